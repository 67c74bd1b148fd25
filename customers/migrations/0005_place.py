"""Where sites stand seen from our service centres, who is who at a customer, partners, care plans, confirmed callers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def key() -> tuple[str, models.Field]:
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def to(model: str, on_delete=django.db.models.deletion.PROTECT, related_name="+", **given) -> models.ForeignKey:
    return models.ForeignKey(on_delete=on_delete, related_name=related_name, to=model, **given)


def coordinate() -> models.DecimalField:
    return models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)


CASCADE = django.db.models.deletion.CASCADE
CONTACT_ROLES = [
    ("decision_maker", "Decision maker"),
    ("user", "User of the devices"),
    ("finance", "Finance"),
    ("other", "Other"),
]
PARTNER_KINDS = [
    ("office", "Office"),
    ("partner", "Service partner"),
    ("subcontractor", "Subcontractor"),
    ("maker", "Maker"),
]
ON_THE_GLOBE = Q(latitude=None, longitude=None) | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                )


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_search"),
        ("accounts", "0003_service_center"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("site", "latitude", coordinate()),
        migrations.AddField("site", "longitude", coordinate()),
        migrations.AddField("site", "service_center", to("accounts.servicecenter", blank=True, null=True)),
        migrations.AddField("site", "is_placed_by_hand", models.BooleanField(default=True)),
        migrations.AddConstraint(
            "site", models.CheckConstraint(condition=ON_THE_GLOBE, name="site_coordinates")
        ),
        migrations.AddField(
            "contact", "role", models.CharField(choices=CONTACT_ROLES, default="other", max_length=16)
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                key(),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=120, unique=True)),
                ("kind", models.CharField(choices=PARTNER_KINDS, max_length=16)),
                ("contact_name", models.CharField(blank=True, max_length=60)),
                ("phone", models.CharField(blank=True, max_length=32)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="PartnerStaff",
            fields=[
                key(),
                ("partner", to("customers.partner", CASCADE, "staff")),
                ("user", to(settings.AUTH_USER_MODEL, CASCADE)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("partner", "user"), name="partner_staff")],
            },
        ),
        migrations.AddField(
            "customer", "partner", to("customers.partner", related_name="customers", blank=True, null=True)
        ),
        migrations.CreateModel(
            name="CarePlan",
            fields=[
                key(),
                ("every_months", models.PositiveSmallIntegerField()),
                ("next_on", models.DateField()),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="care_plan",
                        to="customers.customer",
                    ),
                ),
                ("owner", to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["next_on"], name="care_plan_next")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(every_months__gte=1, every_months__lte=36), name="care_plan_months"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallerCheck",
            fields=[
                key(),
                ("subject", models.CharField(max_length=80, unique=True)),
                ("at", models.DateTimeField()),
                ("actor", to(settings.AUTH_USER_MODEL, null=True)),
                ("contact", to("customers.contact")),
                ("customer", to("customers.customer")),
            ],
        ),
        migrations.RunSQL(
            """
            alter table customers_callercheck add constraint customers_callercheck_contact_id_tenant
            foreign key (contact_id, customer_id) references customers_contact (id, customer_id) on update cascade
            """,
            "alter table customers_callercheck drop constraint customers_callercheck_contact_id_tenant",
        ),
    ]
