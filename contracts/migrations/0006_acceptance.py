"""Certificates of acceptance: rows of one customer, never changed again once signed, each stage once a device."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STAGES = [("preliminary", "Preliminary acceptance"), ("trial", "Trial run"), ("final", "Final acceptance")]
STATES = [("draft", "Draft"), ("signed", "Signed"), ("discarded", "Draft discarded")]
SAME_CUSTOMER = [
    ("contracts_acceptance", "contract_id", "contracts_contract"),
    ("contracts_acceptanceasset", "acceptance_id", "contracts_acceptance"),
    ("contracts_acceptanceasset", "contract_id", "contracts_contract"),
    ("contracts_acceptanceasset", "asset_id", "customers_asset"),
]
# What is signed stays as it was signed; only its customer may become another one (merge of doubles).
SIGNED = ("number", "contract_id", "stage", "state", "accepted_on", "signatories_theirs", "signatories_ours")
SIGNED += ("remaining_points", "signed_at", "signed_by_id", "pdf", "pdf_sha256")


def own_key() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def row(to: str, related_name: str = "+", **options: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **options)


def same_customer(table: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        f"""
        alter table {table} add constraint {name}
        foreign key ({column}, customer_id) references {parent} (id, customer_id) on update cascade
        """,
        f"alter table {table} drop constraint {name}",
    )


def final(table: str, name: str, condition: str, event: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        create trigger {table}_{name} before {event} on {table} for each row
        when ({condition}) execute function core_refuse_change()
        """,
        f"drop trigger {table}_{name} on {table}",
    )


def of(side: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{side}.{column}" for column in columns)


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_entitlement"),
        ("customers", "0006_system"),
        ("core", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                own_key(),
                ("number", models.CharField(max_length=20, unique=True)),
                ("stage", models.CharField(choices=STAGES, max_length=12)),
                ("state", models.CharField(choices=STATES, default="draft", max_length=10)),
                ("accepted_on", models.DateField()),
                ("signatories_theirs", models.TextField(blank=True)),
                ("signatories_ours", models.TextField(blank=True)),
                ("remaining_points", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(null=True)),
                ("pdf", models.UUIDField(null=True)),
                ("pdf_sha256", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
                ("contract", row("contracts.contract", "acceptances")),
                ("created_by", row(settings.AUTH_USER_MODEL, null=True)),
                ("customer", row("customers.customer")),
                ("signed_by", row(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["id", "customer"], name="acceptance_tenant"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "signed"), _negated=True)
                        | models.Q(pdf__isnull=False, signed_at__isnull=False),
                        name="acceptance_signed_whole",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="AcceptanceAsset",
            fields=[
                own_key(),
                ("stage", models.CharField(choices=STAGES, max_length=12)),
                ("is_signed", models.BooleanField(default=False)),
                (
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assets",
                        to="contracts.acceptance",
                    ),
                ),
                ("asset", row("customers.asset", "acceptances")),
                ("contract", row("contracts.contract")),
                ("customer", row("customers.customer")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["acceptance", "asset"], name="acceptance_asset"),
                    models.UniqueConstraint(
                        condition=models.Q(is_signed=True),
                        fields=["contract", "asset", "stage"],
                        name="acceptance_once",
                    ),
                ]
            },
        ),
        *(same_customer(*parts) for parts in SAME_CUSTOMER),
        final(
            "contracts_acceptance",
            "final",
            f"old.state = 'signed' and ({of('new', SIGNED)}) is distinct from ({of('old', SIGNED)})",
            "update",
        ),
        final("contracts_acceptance", "stays", "old.state = 'signed'", "delete"),
        final(
            "contracts_acceptanceasset",
            "final",
            "old.is_signed and (new.acceptance_id, new.asset_id, new.stage, new.is_signed)"
            " is distinct from (old.acceptance_id, old.asset_id, old.stage, old.is_signed)",
            "update",
        ),
        final("contracts_acceptanceasset", "stays", "old.is_signed", "delete"),
    ]
