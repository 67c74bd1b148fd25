import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MODES = [("reply", "Reply to customer"), ("note", "Internal note"), ("hear", "Customer said")]
SEVERITIES = [(1, "Level 1"), (2, "Level 2"), (3, "Level 3"), (4, "Level 4")]
STATES = [
    ("new", "New"),
    ("accepted", "Accepted"),
    ("in_progress", "In progress"),
    ("waiting_customer", "Waiting for customer"),
    ("waiting_parts", "Waiting for parts"),
    ("waiting_vendor", "Waiting for vendor"),
    ("waiting_other", "Waiting, other"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_saved_view"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Macro",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("body", models.TextField(max_length=4000)),
                ("mode", models.CharField(choices=MODES, default="reply", max_length=8)),
                ("next_state", models.CharField(blank=True, choices=STATES, max_length=16)),
                ("severity", models.PositiveSmallIntegerField(choices=SEVERITIES, null=True)),
                ("assign_to_me", models.BooleanField(default=False)),
                ("preset", models.CharField(blank=True, max_length=32)),
                ("is_active", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("preset", ""), _negated=True), fields=("preset",), name="macro_preset_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mode", models.CharField(choices=MODES, max_length=8)),
                ("body", models.TextField(max_length=20000)),
                ("updated_at", models.DateTimeField()),
                (
                    "macro",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.macro",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="tickets.ticket"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("user", "ticket"), name="draft_once")]},
        ),
    ]
