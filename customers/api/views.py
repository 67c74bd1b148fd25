"""Customers with their people, sites and devices, partners and care plans."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.queries.service_center import service_centers_for
from accounts.queries.user import staff
from core.api.fields import existing
from core.api.keep import KeptRows, kept
from customers.api import bodies
from customers.api.serializers import CarePlanRow, ContactRow, CustomerRow, PartnerRow, SiteRow
from customers.domain import care_plan as care_plans
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import partner as partners
from customers.domain import site as sites
from customers.filters import CarePlanFilter, ContactFilter, CustomerFilter, PartnerFilter, SiteFilter
from customers.models import CarePlan, Contact, Customer, Partner, Site
from customers.queries.care_plan import care_plans_for
from customers.queries.customer import contacts_for, customers_for, sites_for
from customers.queries.partner import partners_for

Data = dict[str, Any]


def both(permission: str) -> dict[str, str]:
    return {"list": permission, "retrieve": permission}


def all_acts(noun: str) -> dict[str, str]:
    return both(f"customers.list_{noun}s") | {
        "create": f"customers.create_{noun}",
        "change": f"customers.change_{noun}",
    }


@kept(
    row=CustomerRow,
    new=bodies.CustomerBody,
    changed=bodies.CustomerChange,
    example={"code": "HX-001", "name": "云州市人民医院", "phone": "021-5555 0101", "is_key": True},
    list=_("List customers"),
    read=_("Read a customer"),
    make=_("Register a customer"),
    alter=_("Change a customer"),
)
class CustomerViewSet(KeptRows):
    tag = "customers"
    queryset = Customer.objects.none()
    serializer_class = CustomerRow
    filterset_class = CustomerFilter
    lookup_value_converter = "int"
    permission_of = all_acts("customer")
    new, changed = bodies.CustomerBody, bodies.CustomerChange

    def get_queryset(self) -> QuerySet[Customer]:
        return customers_for(self.request.user)

    def make(self, data: Data) -> Customer:
        return customers.create(**self._named(data), **self.who)

    def alter(self, row: Customer, data: Data) -> None:
        customers.change(customer=row, **self._named(data), **self.who)

    def _named(self, data: Data) -> Data:
        if data.get("partner") is not None:
            data["partner"] = existing(partners_for(self.request.user), data["partner"], "partner")
        return data


@kept(
    row=SiteRow,
    new=bodies.SiteBody,
    changed=bodies.SiteChange,
    example={
        "customer": 1,
        "name": "门诊楼",
        "address": "云州市金河区健康路 20 号",
        "district": "金河区",
        "latitude": "36.061200",
        "longitude": "103.834100",
        "is_placed_by_hand": False,
    },
    list=_("List sites"),
    read=_("Read a site"),
    make=_("Register a site"),
    alter=_("Change a site"),
)
class SiteViewSet(KeptRows):
    tag = "sites"
    queryset = Site.objects.none()
    serializer_class = SiteRow
    filterset_class = SiteFilter
    lookup_value_converter = "int"
    permission_of = all_acts("site")
    new, changed = bodies.SiteBody, bodies.SiteChange

    def get_queryset(self) -> QuerySet[Site]:
        return sites_for(self.request.user)

    def make(self, data: Data) -> Site:
        customer = existing(customers_for(self.request.user), data.pop("customer"), "customer")
        return sites.create(customer=customer, **self._named(data), **self.who)

    def alter(self, row: Site, data: Data) -> None:
        sites.change(site=row, **self._named(data), **self.who)

    def _named(self, data: Data) -> Data:
        if data.get("service_center") is not None:
            centers = service_centers_for(self.request.user).filter(is_active=True)
            data["service_center"] = existing(centers, data["service_center"], "service_center")
        return data


@kept(
    row=ContactRow,
    new=bodies.ContactBody,
    changed=bodies.ContactChange,
    example={"customer": 1, "name": "周敏", "role": "user", "phone": "138 0013 8000", "sites": [3]},
    list=_("List contacts"),
    read=_("Read a contact"),
    make=_("Register a contact"),
    alter=_("Change a contact"),
)
class ContactViewSet(KeptRows):
    tag = "contacts"
    queryset = Contact.objects.none()
    serializer_class = ContactRow
    filterset_class = ContactFilter
    lookup_value_converter = "int"
    permission_of = all_acts("contact")
    new, changed = bodies.ContactBody, bodies.ContactChange

    def get_queryset(self) -> QuerySet[Contact]:
        return contacts_for(self.request.user).prefetch_related("sites")

    def make(self, data: Data) -> Contact:
        customer = existing(customers_for(self.request.user), data.pop("customer"), "customer")
        return contacts.create(customer=customer, **self._named(data), **self.who)

    def alter(self, row: Contact, data: Data) -> None:
        contacts.revise(contact=row, **self._named(data), **self.who)

    def _named(self, data: Data) -> Data:
        if "sites" in data:
            seen = sites_for(self.request.user)
            data["sites"] = [existing(seen, pk, "sites") for pk in dict.fromkeys(data["sites"])]
        return data


@kept(
    row=PartnerRow,
    new=bodies.PartnerBody,
    changed=bodies.PartnerChange,
    example={"code": "FW-01", "name": "河东服务商", "kind": "partner", "phone": "021-5555 0102"},
    list=_("List partners"),
    read=_("Read a partner"),
    make=_("Register a partner"),
    alter=_("Change a partner"),
)
class PartnerViewSet(KeptRows):
    tag = "partners"
    queryset = Partner.objects.none()
    serializer_class = PartnerRow
    filterset_class = PartnerFilter
    lookup_value_converter = "int"
    permission_of = all_acts("partner")
    new, changed = bodies.PartnerBody, bodies.PartnerChange

    def get_queryset(self) -> QuerySet[Partner]:
        return partners_for(self.request.user)

    def make(self, data: Data) -> Partner:
        return partners.create(**data, **self.who)

    def alter(self, row: Partner, data: Data) -> None:
        partners.change(partner=row, **data, **self.who)


@kept(
    row=CarePlanRow,
    new=bodies.CarePlanBody,
    changed=bodies.CarePlanChange,
    example={"customer": 1, "owner": 4, "every_months": 12, "next_on": "2026-12-18"},
    list=_("List care plans"),
    read=_("Read a care plan"),
    make=_("Plan the care of a customer"),
    alter=_("Change a care plan"),
)
class CarePlanViewSet(KeptRows):
    tag = "care-plans"
    queryset = CarePlan.objects.none()
    serializer_class = CarePlanRow
    filterset_class = CarePlanFilter
    lookup_value_converter = "int"
    permission_of = all_acts("care_plan")
    new, changed = bodies.CarePlanBody, bodies.CarePlanChange

    def get_queryset(self) -> QuerySet[CarePlan]:
        return care_plans_for(self.request.user).select_related("customer")

    def make(self, data: Data) -> CarePlan:
        customer = existing(customers_for(self.request.user), data.pop("customer"), "customer")
        return care_plans.create(customer=customer, **self._named(data), **self.who)

    def alter(self, row: CarePlan, data: Data) -> None:
        care_plans.change(care_plan=row, **self._named(data), **self.who)

    def _named(self, data: Data) -> Data:
        if "owner" in data:
            data["owner"] = existing(staff(), data["owner"], "owner")
        return data
