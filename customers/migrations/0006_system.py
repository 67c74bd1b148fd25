"""Systems and their devices, states, software versions with their history, and the releases of our software."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [("state", "State"), ("version", "Software version"), ("site", "Site")]
LEVELS = [("system", "System"), ("device", "Device")]
STATES = [("in_use", "In use"), ("spare", "Spare"), ("in_repair", "In repair"), ("retired", "Retired")]

# A part stands where its system stands, and moves with it.
PART_AT_THE_SAME_SITE = """
alter table customers_asset add constraint customers_asset_parent_id_place
foreign key (parent_id, customer_id, site_id) references customers_asset (id, customer_id, site_id) on update cascade
"""
CHANGE_OF_OWN_ASSET = """
alter table customers_assetchange add constraint customers_assetchange_asset_id_tenant
foreign key (asset_id, customer_id) references customers_asset (id, customer_id) on update cascade
"""
# The customer of a line may become another one (merge of doubles), nothing else.
CHANGE_IS_FINAL = """
create trigger customers_assetchange_final before update on customers_assetchange for each row
when ((new.asset_id, new.kind, new.before, new.after, new.note, new.at, new.actor_id)
      is distinct from (old.asset_id, old.kind, old.before, old.after, old.note, old.at, old.actor_id))
execute function core_refuse_change()
"""
CHANGE_STAYS = """
create trigger customers_assetchange_stays before delete on customers_assetchange
for each row execute function core_refuse_change()
"""


def own_key() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def row(to: str, related_name: str = "+", **options: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_place"),
        ("core", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("product", "maker", models.CharField(blank=True, max_length=80, default=""), False),
        migrations.AddField("product", "warranty", models.JSONField(blank=True, default=dict)),
        migrations.AddField("product", "is_active", models.BooleanField(default=True)),
        migrations.AddField("asset", "parent", row("customers.asset", "parts", null=True, blank=True)),
        migrations.AddField("asset", "level", models.CharField(choices=LEVELS, default="device", max_length=8)),
        migrations.AddField("asset", "state", models.CharField(choices=STATES, default="in_use", max_length=10)),
        migrations.AddField("asset", "software_version", models.CharField(blank=True, max_length=40, default=""), False),
        migrations.AddField("asset", "accepted_in", models.CharField(blank=True, max_length=20, default=""), False),
        migrations.AddConstraint(
            "asset", models.UniqueConstraint(fields=["id", "customer", "site"], name="asset_place")
        ),
        migrations.AddConstraint(
            "asset",
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")), name="asset_not_its_own_part"
            ),
        ),
        migrations.RunSQL(
            PART_AT_THE_SAME_SITE, "alter table customers_asset drop constraint customers_asset_parent_id_place"
        ),
        migrations.CreateModel(
            name="AssetChange",
            fields=[
                own_key(),
                ("kind", models.CharField(choices=KINDS, max_length=8)),
                ("before", models.CharField(blank=True, max_length=80)),
                ("after", models.CharField(blank=True, max_length=80)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("actor", row(settings.AUTH_USER_MODEL, null=True)),
                ("asset", row("customers.asset", "changes")),
                ("customer", row("customers.customer")),
            ],
            options={"indexes": [models.Index(fields=["asset", "-at"], name="asset_change_life")]},
        ),
        migrations.RunSQL(
            CHANGE_OF_OWN_ASSET,
            "alter table customers_assetchange drop constraint customers_assetchange_asset_id_tenant",
        ),
        migrations.RunSQL(CHANGE_IS_FINAL, "drop trigger customers_assetchange_final on customers_assetchange"),
        migrations.RunSQL(CHANGE_STAYS, "drop trigger customers_assetchange_stays on customers_assetchange"),
        migrations.CreateModel(
            name="Release",
            fields=[
                own_key(),
                ("number", models.CharField(max_length=40)),
                ("released_on", models.DateField()),
                ("notes", models.TextField(blank=True)),
                ("minimum", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("created_by", row(settings.AUTH_USER_MODEL, null=True)),
                ("product", row("customers.product", "releases")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["product", "number"], name="release_version")]
            },
        ),
        migrations.CreateModel(
            name="ReleaseNotice",
            fields=[
                own_key(),
                ("told_at", models.DateTimeField()),
                ("receivers", models.PositiveSmallIntegerField()),
                ("customer", row("customers.customer")),
                ("release", row("customers.release", "notices")),
                ("told_by", row(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["release", "customer"], name="release_told_once")]
            },
        ),
    ]
