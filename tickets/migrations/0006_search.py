"""What tickets are found by; for those that are there already it is written now. And those to be reviewed, by index."""

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from core.grams import grams_of, phone_text, text_of

CHUNK = 1000
READ = ("number", "subject", "description", "caller_name", "caller_phone", "solution", "customer", "contact", "asset")


def write_present(apps: Any, schema_editor: Any) -> None:
    table = apps.get_model("tickets", "TicketWords")
    chunk = []
    for row in apps.get_model("tickets", "Ticket").objects.only(*READ).order_by("pk").iterator(CHUNK):
        text = text_of(
            row.number, row.subject, row.description, row.caller_name, phone_text(row.caller_phone), row.solution
        )
        kinds = (("c", row.customer_id), ("p", row.contact_id), ("a", row.asset_id))
        keys = [f"{kind}:{pk}" for kind, pk in kinds if pk]
        chunk.append(table(pk=row.pk, text=text, grams=[*grams_of(text), *keys]))
        if len(chunk) == CHUNK:
            table.objects.bulk_create(chunk)
            chunk = []
    table.objects.bulk_create(chunk)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_composing")]

    operations = [
        migrations.CreateModel(
            name="TicketWords",
            fields=[
                ("text", models.TextField()),
                ("grams", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["grams"], name="ticketwords_grams"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("needs_review", True)), fields=["id"], name="ticket_review"
            ),
        ),
        migrations.RunPython(write_present, migrations.RunPython.noop),
    ]
