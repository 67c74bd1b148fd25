"""The warranty classes of contract lines; warranties remember the terms that they began with."""

import json

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

STARTS = [
    ("acceptance_day", "On the day of acceptance"),
    ("day_after_acceptance", "On the day after acceptance"),
    ("final_acceptance_day", "On the day of final acceptance"),
    ("contract_end", "When the contract has ended"),
]
STAGES = [("preliminary", "Preliminary acceptance"), ("trial", "Trial run"), ("final", "Final acceptance")]
COVERS = [
    ("material_make", "Faults of material and make"),
    ("all_but_misuse", "All faults but those from misuse"),
    ("any_cause", "Faults of any cause"),
]
SERVICES = [
    ("phone_advice", "Advice by phone"),
    ("remote", "Remote support"),
    ("visit", "Visit and travel"),
    ("labour", "Labour"),
    ("parts", "Spare parts"),
    ("loaner", "Loaner unit"),
    ("software_version", "New software version"),
    ("requirement_defect", "Defect against the agreed requirements"),
]
CHARGED = [
    ("long_distance_travel", "Travel over long distances"),
    ("long_distance_labour", "Labour over long distances"),
]
PRICES = [
    ("cost", "At cost"),
    ("cost_at_most_bid", "At cost, at most the bid price"),
    ("preferential", "At a preferential price"),
    ("list", "At list price"),
]
PARTS = [
    ("remainder", "Shares the remaining term of the device"),
    ("restart", "A full new term for equipment and key parts"),
    ("extend", "The old part's remaining term, longer by the days from fault to exchange"),
]
SCOPES = [("hardware", "Hardware"), ("software", "Software"), ("named", "The named products")]


def several(of: models.Field) -> models.Field:
    return django.contrib.postgres.fields.ArrayField(base_field=of, blank=True, default=list, size=None)


def row(to: str, on_delete: object, related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(on_delete=on_delete, related_name=related_name, to=to)


def same_customer(table: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        f"""
        alter table {table} add constraint {name}
        foreign key ({column}, customer_id) references {parent} (id, customer_id) on update cascade
        """,
        f"alter table {table} drop constraint {name}",
    )


def give_terms(apps, schema_editor):
    """Lines from before get the warranty of the newest wording of their promise set."""
    terms, versions = apps.get_model("contracts", "WarrantyTerms"), apps.get_model("contracts", "PromiseVersion")
    newest = versions.objects.order_by("promise_set", "-number").distinct("promise_set")
    documents = {one.promise_set_id: json.loads(one.document)["set"] for one in newest}
    for line in apps.get_model("contracts", "ContractLine").objects.order_by("pk"):
        document = documents.get(line.promise_set_id, {})
        if "warranty" in document:
            terms.objects.create(
                customer_id=line.customer_id, line=line, position=1, name=document["name"][:60], **known(document)
            )


def known(document):
    fields = ("months", "starts", "first_day_counts", "covers", "free_after", "charged_inside", "price_after")
    fields += ("replaced_part", "software_upgrade_months")
    return {name: document["warranty"][name] for name in fields if name in document["warranty"]}


class Migration(migrations.Migration):
    dependencies = [("contracts", "0006_acceptance")]

    operations = [
        migrations.CreateModel(
            name="WarrantyTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("product_kind", models.CharField(blank=True, choices=SCOPES, max_length=8)),
                ("products", several(models.CharField(max_length=40))),
                ("months", models.PositiveSmallIntegerField()),
                ("starts", models.CharField(choices=STARTS, max_length=24)),
                ("stage", models.CharField(choices=STAGES, default="final", max_length=12)),
                ("first_day_counts", models.BooleanField(default=False)),
                ("covers", models.CharField(choices=COVERS, max_length=16)),
                ("free_after", several(models.CharField(choices=SERVICES, max_length=20))),
                ("charged_inside", several(models.CharField(choices=CHARGED, max_length=24))),
                ("long_distance_km", models.PositiveSmallIntegerField(default=1000)),
                ("price_after", models.CharField(choices=PRICES, default="list", max_length=20)),
                ("replaced_part", models.CharField(choices=PARTS, default="remainder", max_length=12)),
                ("software_upgrade_months", models.PositiveSmallIntegerField(default=0)),
                ("customer", row("customers.customer", django.db.models.deletion.PROTECT)),
                ("line", row("contracts.contractline", django.db.models.deletion.CASCADE, "terms")),
            ],
            options={"ordering": ["line", "position"]},
        ),
        migrations.AddField("warranty", "part", models.CharField(blank=True, max_length=120)),
        migrations.AddField("warranty", "terms", models.JSONField(blank=True, default=dict)),
        migrations.AddField("warranty", "origin", models.CharField(blank=True, max_length=60)),
        migrations.AddConstraint(
            "warranty",
            models.UniqueConstraint(
                fields=["asset", "part", "origin"], name="warranty_once", condition=~models.Q(origin="")
            ),
        ),
        migrations.AddConstraint(
            "warrantyterms", models.UniqueConstraint(fields=["line", "position"], name="warranty_terms_position")
        ),
        migrations.AddConstraint(
            "warrantyterms",
            models.CheckConstraint(
                condition=models.Q(months__gte=1, months__lte=240, software_upgrade_months__lte=240),
                name="warranty_terms_months",
            ),
        ),
        same_customer("contracts_warrantyterms", "line_id", "contracts_contractline"),
        migrations.RunPython(give_terms, migrations.RunPython.noop),
    ]
