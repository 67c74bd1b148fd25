"""Everything of a ticket belongs to the ticket's customer; events and escalations are never rewritten."""

from django.db import migrations

SAME_CUSTOMER = [
    ("tickets_ticket", "contact_id", "customers_contact"),
    ("tickets_ticket", "site_id", "customers_site"),
    ("tickets_ticket", "asset_id", "customers_asset"),
    ("tickets_ticket", "line_id", "contracts_contractline"),
    ("tickets_ticket", "merged_into_id", "tickets_ticket"),
    ("tickets_event", "ticket_id", "tickets_ticket"),
    ("tickets_clock", "ticket_id", "tickets_ticket"),
    ("tickets_message", "ticket_id", "tickets_ticket"),
    ("tickets_message", "from_contact_id", "customers_contact"),
    ("tickets_message", "to_contact_id", "customers_contact"),
    ("tickets_link", "ticket_id", "tickets_ticket"),
    ("tickets_link", "other_id", "tickets_ticket"),
]


def same_customer(table: str, column: str, parent: str) -> migrations.RunSQL:
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        f"""
        alter table {table} add constraint {name}
        foreign key ({column}, customer_id) references {parent} (id, customer_id)
        """,
        f"alter table {table} drop constraint {name}",
    )


EVENTS_APPEND_ONLY = """
create trigger tickets_event_append_only before update or delete on tickets_event
for each row execute function core_refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial"), ("contracts", "0002_tenant"), ("core", "0001_initial")]
    operations = [
        *(same_customer(*parts) for parts in SAME_CUSTOMER),
        migrations.RunSQL(EVENTS_APPEND_ONLY, "drop trigger tickets_event_append_only on tickets_event"),
    ]
