"""Lines and warranties belong to the customer of their contract, site and asset; published versions never change."""

from django.db import migrations

SAME_CUSTOMER = [
    ("contracts_contractline", "contract_id", "contracts_contract"),
    ("contracts_contractline", "site_id", "customers_site"),
    ("contracts_contractline", "asset_id", "customers_asset"),
    ("contracts_warranty", "asset_id", "customers_asset"),
    ("contracts_warranty", "line_id", "contracts_contractline"),
]
UNCHANGING = ["contracts_promiseversion", "contracts_calendarversion"]


def same_customer(table: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        f"""
        alter table {table} add constraint {name}
        foreign key ({column}, customer_id) references {parent} (id, customer_id) on update cascade
        """,
        f"alter table {table} drop constraint {name}",
    )


def unchanging(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        create trigger {table}_unchanging before update or delete on {table}
        for each row execute function core_refuse_change()
        """,
        f"drop trigger {table}_unchanging on {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial"), ("customers", "0002_tenant"), ("core", "0001_initial")]
    operations = [*(same_customer(*parts) for parts in SAME_CUSTOMER), *map(unchanging, UNCHANGING)]
