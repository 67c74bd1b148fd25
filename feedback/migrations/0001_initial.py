"""Ratings: of the ticket's customer, never changed and never deleted."""

import django.db.models.deletion
from django.db import migrations, models


def same_customer(column: str, parent: str) -> migrations.RunSQL:
    name = f"feedback_rating_{column}_tenant"
    return migrations.RunSQL(
        f"""
        alter table feedback_rating add constraint {name}
        foreign key ({column}, customer_id) references {parent} (id, customer_id) on update cascade
        """,
        f"alter table feedback_rating drop constraint {name}",
    )


APPEND_ONLY = """
create trigger feedback_rating_append_only before update or delete on feedback_rating
for each row execute function core_refuse_change()
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("tickets", "0007_portal"), ("customers", "0002_tenant"), ("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "stars",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Very dissatisfied"),
                            (2, "Dissatisfied"),
                            (3, "Neither nor"),
                            (4, "Satisfied"),
                            (5, "Very satisfied"),
                        ]
                    ),
                ),
                ("comment", models.TextField(blank=True, max_length=2000)),
                ("created_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.contact",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="rating_customer"),
                    models.Index(fields=["created_at"], name="rating_created"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "round"), name="rating_once"),
                    models.CheckConstraint(
                        condition=models.Q(("stars__gte", 1), ("stars__lte", 5)), name="rating_stars"
                    ),
                ],
            },
        ),
        same_customer("ticket_id", "tickets_ticket"),
        same_customer("contact_id", "customers_contact"),
        migrations.RunSQL(APPEND_ONLY, "drop trigger feedback_rating_append_only on feedback_rating"),
    ]
