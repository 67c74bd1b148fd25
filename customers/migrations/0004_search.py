"""What customers, contacts and devices are found by; for the rows that are there already it is written now."""

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from core.grams import grams_of, phone_text, text_of

CHUNK = 1000


def text_of_customer(row: Any) -> str:
    return text_of(row.code, row.name, row.short_name, phone_text(row.phone))


def text_of_contact(row: Any) -> str:
    return text_of(row.name, phone_text(row.phone), row.email)


def text_of_asset(row: Any) -> str:
    return text_of(row.name, row.serial, row.product.name, row.product.code)


TEXTS = {"Customer": text_of_customer, "Contact": text_of_contact, "Asset": text_of_asset}


def write_present(apps: Any, schema_editor: Any) -> None:
    for name, text_for in TEXTS.items():
        rows = apps.get_model("customers", name).objects.order_by("pk")
        rows = rows.select_related("product") if name == "Asset" else rows
        texts = ((row.pk, text_for(row)) for row in rows.iterator(CHUNK))
        table = apps.get_model("customers", f"{name}Words")
        table.objects.bulk_create(
            [table(pk=pk, text=text, grams=grams_of(text)) for pk, text in texts], batch_size=CHUNK
        )


def words(name: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=f"{name}Words",
        fields=[
            ("text", models.TextField()),
            ("grams", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            (
                name.lower(),
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    primary_key=True,
                    related_name="words",
                    serialize=False,
                    to=f"customers.{name.lower()}",
                ),
            ),
        ],
        options={
            "abstract": False,
            "indexes": [
                django.contrib.postgres.indexes.GinIndex(
                    fastupdate=False, fields=["grams"], name=f"{name.lower()}words_grams"
                )
            ],
        },
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_label")]

    operations = [
        *(words(name) for name in TEXTS),
        migrations.RunPython(write_present, migrations.RunPython.noop),
    ]
