"""Files of master data on their way in, doubled customers that were merged, access data of customers' systems."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

SAME_CUSTOMER = [
    ("customers_secret", "asset_id", "customers_asset"),
    ("customers_secretlook", "secret_id", "customers_secret"),
]

# Append-only rows stay as they are; only their customer may become another one, and only while doubles are merged
# (customers.domain.customer_merge). The audit trail keeps even that.
REFUSE_CHANGE = """
create or replace function core_refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and tg_table_name <> 'core_audit'
        and current_setting('weibao.merging', true) = 'on'
        and to_jsonb(new) - 'customer_id' = to_jsonb(old) - 'customer_id'
    then
        return new;
    end if;
    raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end
$$
"""
REFUSE_EVERY_CHANGE = """
create or replace function core_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end
$$
"""
LOOKS_APPEND_ONLY = """
create trigger customers_secretlook_append_only before update or delete on customers_secretlook
for each row execute function core_refuse_change()
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


def own_key() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def row(to: str, related_name: str = "+", **options: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **options)


def end() -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
    )


KINDS = [("customer", "Customers"), ("site", "Sites"), ("contact", "Contacts"), ("asset", "Devices")]
STATES = [
    ("waiting", "Being read"),
    ("checked", "To be confirmed"),
    ("started", "Being taken in"),
    ("done", "Taken in"),
    ("failed", "Could not be read"),
    ("discarded", "Discarded"),
]
VERDICTS = [("good", "Good"), ("bad", "To correct"), ("same", "Registered already")]


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_system"),
        ("core", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "customer", "merged_into", row("customers.customer", "merged", null=True, blank=True)
        ),
        migrations.CreateModel(
            name="NotDouble",
            fields=[own_key(), ("first", end()), ("second", end())],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["first", "second"], name="not_double_once"),
                    models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="not_double_order"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                own_key(),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("cipher", models.BinaryField(blank=True, default=b"")),
                ("sealed_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("asset", row("customers.asset", "secrets", null=True, blank=True)),
                ("customer", row("customers.customer", "secrets")),
                ("sealed_by", row(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["id", "customer"], name="secret_tenant"),
                    models.UniqueConstraint(
                        fields=["customer", "name"], name="secret_name", condition=Q(removed_at__isnull=True)
                    ),
                    models.CheckConstraint(
                        condition=Q(removed_at__isnull=True) | Q(cipher=b""), name="secret_removed_is_empty"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="SecretLook",
            fields=[
                own_key(),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
                ("customer", row("customers.customer")),
                ("secret", row("customers.secret", "looks", db_index=False)),
                ("user", row(settings.AUTH_USER_MODEL, db_index=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["secret", "-id"], name="secret_look_of"),
                    models.Index(fields=["-id"], name="secret_look_newest"),
                ]
            },
        ),
        *(same_customer(*parts) for parts in SAME_CUSTOMER),
        migrations.RunSQL(REFUSE_CHANGE, REFUSE_EVERY_CHANGE),
        migrations.RunSQL(LOOKS_APPEND_ONLY, "drop trigger customers_secretlook_append_only on customers_secretlook"),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                own_key(),
                ("kind", models.CharField(choices=KINDS, max_length=8)),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=9)),
                ("name", models.CharField(max_length=200)),
                ("file", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("good", models.PositiveIntegerField(default=0)),
                ("bad", models.PositiveIntegerField(default=0)),
                ("same", models.PositiveIntegerField(default=0)),
                ("made", models.PositiveIntegerField(default=0)),
                ("good_only", models.BooleanField(default=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("created_by", row(settings.AUTH_USER_MODEL)),
                ("started_by", row(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["id"], name="import_at_work", condition=Q(state__in=["waiting", "started"])
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                own_key(),
                ("number", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                ("verdict", models.CharField(choices=VERDICTS, max_length=4)),
                ("problems", models.JSONField(default=list)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="customers.importrun",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")],
                "indexes": [models.Index(fields=["run", "verdict", "number"], name="import_row_verdict")],
            },
        ),
    ]
