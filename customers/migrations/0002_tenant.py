"""A row belongs to the customer of its parent: the database itself refuses another customer's site (decisions 19)."""

from django.db import migrations

SAME_CUSTOMER = [
    ("customers_asset", "site_id", "customers_site"),
    ("customers_contactsite", "contact_id", "customers_contact"),
    ("customers_contactsite", "site_id", "customers_site"),
]


def same_customer(table: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        f"""
        alter table {table} add constraint {name}
        foreign key ({column}, customer_id) references {parent} (id, customer_id) on update cascade
        """,
        f"alter table {table} drop constraint {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [same_customer(*parts) for parts in SAME_CUSTOMER]
