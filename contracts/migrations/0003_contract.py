"""The life of a contract: terms, reviews, supplements, files, copies, reminders; nothing is covered twice at a time."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields.ranges import RangeBoundary
from django.db import migrations, models
from django.db.models import F, Q

from contracts.models.contract import DateRange

PROTECT, CASCADE = django.db.models.deletion.PROTECT, django.db.models.deletion.CASCADE
SAME_CUSTOMER = [
    ("contracts_supplement", "contract_id", "contracts_contract"),
    ("contracts_supplementline", "supplement_id", "contracts_supplement"),
    ("contracts_supplementline", "ends_id", "contracts_contractline"),
    ("contracts_supplementline", "site_id", "customers_site"),
    ("contracts_supplementline", "asset_id", "customers_asset"),
    ("contracts_documentfile", "contract_id", "contracts_contract"),
    ("contracts_contract", "renews_id", "contracts_contract"),
]
# Lines get the term of their contract. Of two contracts that cover the same thing at the same time, which nothing
# prevented so far, the later one is marked supplementary: what was promised stays as it was.
FILL = """
update contracts_contractline line set starts_on = contract.starts_on, ends_on = contract.ends_on
from contracts_contract contract where contract.id = line.contract_id;

update contracts_contract contract set is_supplementary = true
where exists (
    select 1 from contracts_contractline line join contracts_contractline other
    on other.customer_id = line.customer_id and other.contract_id < line.contract_id
    and other.site_id is not distinct from line.site_id and other.asset_id is not distinct from line.asset_id
    and daterange(other.starts_on, other.ends_on, '[]') && daterange(line.starts_on, line.ends_on, '[]')
    where line.contract_id = contract.id
);

update contracts_contractline line set counts = true
from contracts_contract contract
where contract.id = line.contract_id and contract.state <> 'draft' and not contract.is_supplementary
and not exists (
    select 1 from contracts_contractline other where other.contract_id = line.contract_id and other.id < line.id
    and other.site_id is not distinct from line.site_id and other.asset_id is not distinct from line.asset_id
);

update contracts_contract set signed_on = starts_on where state <> 'draft';
"""


def same_customer(table: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        f"""
        alter table {table} add constraint {name}
        foreign key ({column}, customer_id) references {parent} (id, customer_id) on update cascade
        """,
        f"alter table {table} drop constraint {name}",
    )


def key() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def to(target: str, on_delete=PROTECT, related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(on_delete=on_delete, related_name=related_name, to=target)


def maybe(target: str, related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name=related_name, to=target)


def person() -> models.ForeignKey:
    return maybe(settings.AUTH_USER_MODEL)


def money() -> models.DecimalField:
    return models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)


def once(name: str, thing: str, condition: Q) -> migrations.AddConstraint:
    days = DateRange("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True))
    constraint = ExclusionConstraint(name=name, expressions=[(thing, "="), (days, "&&")], condition=condition)
    return migrations.AddConstraint(model_name="contractline", constraint=constraint)


def check(model: str, name: str, condition: Q) -> migrations.AddConstraint:
    return migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))


CONTRACT_FIELDS = {
    "is_supplementary": models.BooleanField(default=False),
    "amount": money(),
    "owner": person(),
    "service_manager": person(),
    "hotline": models.CharField(blank=True, max_length=32),
    "complaint_phone": models.CharField(blank=True, max_length=32),
    "scope": models.TextField(blank=True, max_length=4000),
    "exclusions": models.TextField(blank=True, max_length=4000),
    "acceptance_criteria": models.TextField(blank=True, max_length=4000),
    "liability": models.JSONField(blank=True, default=dict),
    "spare_parts_until": models.DateField(blank=True, null=True),
    "signed_on": models.DateField(blank=True, null=True),
    "renews": maybe("contracts.contract", "renewals"),
    "round": models.PositiveSmallIntegerField(default=0),
    "version": models.PositiveIntegerField(default=0),
}
STATES = [
    ("draft", "Draft"),
    ("review", "In review"),
    ("approved", "Approved"),
    ("signed", "Signed"),
    ("active", "In force"),
    ("expired", "Term over"),
    ("terminated", "Terminated"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0002_tenant"),
        ("customers", "0002_tenant"),
        ("accounts", "0001_initial"),
        ("core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(migrations.AddField("contract", name, field) for name, field in CONTRACT_FIELDS.items()),
        migrations.AlterField("contract", "state", models.CharField(choices=STATES, max_length=10)),
        migrations.AddField(
            "contractline", "starts_on", models.DateField(default="2000-01-01"), preserve_default=False
        ),
        migrations.AddField("contractline", "ends_on", models.DateField(default="2000-01-01"), preserve_default=False),
        migrations.AddField("contractline", "counts", models.BooleanField(default=False)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex("contract", models.Index(fields=["state", "ends_on"], name="contract_ending")),
        check("contract", "contract_amount", Q(amount=None) | Q(amount__gte=0)),
        check("contractline", "contract_line_term", Q(ends_on__gte=F("starts_on"))),
        once("contract_line_asset_once", "asset", Q(counts=True, asset__isnull=False)),
        once("contract_line_site_once", "site", Q(counts=True, site__isnull=False)),
        once("contract_line_customer_once", "customer", Q(counts=True, site=None, asset=None)),
        migrations.CreateModel(
            name="ContractReview",
            fields=[
                key(),
                ("contract", to("contracts.contract", CASCADE, "reviews")),
                ("round", models.PositiveSmallIntegerField()),
                ("department", to("accounts.department")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("approved", "Agrees"), ("rejected", "Does not agree")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("opinion", models.TextField(blank=True, max_length=2000)),
                ("measures", models.TextField(blank=True, max_length=2000)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["contract", "round", "department"], name="contract_review_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="Supplement",
            fields=[
                key(),
                ("contract", to("contracts.contract", PROTECT, "supplements")),
                ("customer", to("customers.customer")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("approved", "Approved"),
                            ("signed", "Signed"),
                            ("dropped", "Dropped"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("effective_on", models.DateField()),
                ("reason", models.TextField(max_length=2000)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("amount", money()),
                ("approved_by", person()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("signed_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["contract", "number"], name="supplement_number"),
                    models.UniqueConstraint(fields=["id", "customer"], name="supplement_tenant"),
                    models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="supplement_amount"),
                ]
            },
        ),
        migrations.CreateModel(
            name="SupplementLine",
            fields=[
                key(),
                ("supplement", to("contracts.supplement", CASCADE, "lines")),
                ("customer", to("customers.customer")),
                ("ends", maybe("contracts.contractline")),
                ("promise_set", maybe("contracts.promiseset")),
                ("site", maybe("customers.site")),
                ("asset", maybe("customers.asset")),
                ("tell_customer", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ends=None, promise_set__isnull=False)
                        | Q(ends__isnull=False, promise_set=None, site=None, asset=None),
                        name="supplement_line_one_way",
                    ),
                    models.CheckConstraint(condition=Q(site=None) | Q(asset=None), name="supplement_line_one_object"),
                ]
            },
        ),
        migrations.CreateModel(
            name="DocumentFile",
            fields=[
                key(),
                ("contract", to("contracts.contract", PROTECT, "files")),
                ("customer", to("customers.customer")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contract", "Contract text"),
                            ("annex", "Annex"),
                            ("supplement", "Supplement"),
                            ("other", "Other document"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=80)),
                ("number", models.PositiveSmallIntegerField()),
                ("internal", models.BooleanField(default=True)),
                ("attachment", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("size", models.PositiveIntegerField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("uploaded_by", person()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["contract", "title", "number"], name="document_file_version")
                ]
            },
        ),
        migrations.CreateModel(
            name="ContractCopy",
            fields=[
                key(),
                ("contract", to("contracts.contract", CASCADE, "copies")),
                ("supplement", maybe("contracts.supplement", "copies")),
                ("department", to("accounts.department")),
                ("sent_at", models.DateTimeField()),
                ("sent_by", person()),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_by", person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["contract", "supplement", "department"],
                        name="contract_copy_once",
                        nulls_distinct=False,
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="RenewalNotice",
            fields=[
                key(),
                ("contract", to("contracts.contract", CASCADE, "renewal_notices")),
                ("days", models.PositiveSmallIntegerField()),
                ("told_at", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["contract", "days"], name="renewal_notice_once")]},
        ),
        *(same_customer(*parts) for parts in SAME_CUSTOMER),
    ]
