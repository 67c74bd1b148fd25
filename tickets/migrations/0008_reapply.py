import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

STATES = [("running", "Under way"), ("done", "Done"), ("cancelled", "Stopped")]
REBINDING = ["calendar_changed", "promise_changed"]


def person() -> models.ForeignKey:
    user = settings.AUTH_USER_MODEL
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=user)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_portal"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Reapplication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("promises", models.JSONField(default=dict)),
                ("calendars", models.JSONField(default=dict)),
                ("reason", models.CharField(max_length=500)),
                ("state", models.CharField(choices=STATES, default="running", max_length=10)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("cursor", models.BigIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("moved", models.PositiveIntegerField(default=0)),
                ("failed", models.JSONField(default=list)),
                ("started_by", person()),
            ],
            options={
                "indexes": [models.Index(condition=Q(state="running"), fields=["id"], name="reapplication_running")],
            },
        ),
        migrations.CreateModel(
            name="ReapplicationMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("set_code", models.CharField(max_length=20)),
                ("target", models.CharField(max_length=32)),
                ("round", models.PositiveSmallIntegerField()),
                ("about", models.CharField(blank=True, max_length=80)),
                ("old_due", models.DateTimeField(null=True)),
                ("new_due", models.DateTimeField(null=True)),
                ("old_state", models.CharField(blank=True, max_length=12)),
                ("new_state", models.CharField(blank=True, max_length=12)),
                (
                    "reapplication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="tickets.reapplication"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reapplication", "ticket", "set_code", "target", "round", "about"), name="reapplication_move_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(condition=Q(kind__in=REBINDING), fields=["ticket"], name="event_rebinding"),
        ),
    ]
