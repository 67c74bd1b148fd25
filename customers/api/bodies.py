"""What rows of master data are made and changed with. Each field is named with its type and limit."""

from rest_framework import serializers

from core.api.fields import Choice, Flag, Id, Strict, Text, Whole
from core.api.keep import Changing
from customers.domain.place import FARTHEST_KM
from customers.enums import ContactRole, Locality, PartnerKind

PHONE_MAX = 40


def text(longest: int) -> Text:
    return Text(required=False, allow_blank=True, max_length=longest)


def degree() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=9, decimal_places=6, required=False, allow_null=True)


class CustomerBody(Strict):
    code = Text(max_length=20)
    name = Text(max_length=120)
    short_name = text(40)
    industry = text(40)
    phone = text(PHONE_MAX)
    is_key = Flag(required=False)
    partner = Id(required=False, allow_null=True)


class CustomerChange(Changing, CustomerBody):
    is_active = Flag()


class SiteBody(Strict):
    customer = Id()
    name = Text(max_length=80)
    address = Text(max_length=200)
    district = text(40)
    latitude = degree()
    longitude = degree()
    service_center = Id(required=False, allow_null=True)
    is_placed_by_hand = Flag(required=False)
    locality = Choice(choices=Locality.choices, required=False)
    distance_km = Whole(required=False, min_value=0, max_value=FARTHEST_KM)


class SiteChange(Changing, SiteBody):
    fixed = ("customer",)


class ContactBody(Strict):
    customer = Id()
    name = Text(max_length=60)
    position = text(60)
    role = Choice(choices=ContactRole.choices, required=False)
    phone = text(PHONE_MAX)
    email = text(254)
    may_report = Flag(required=False)
    sites = serializers.ListField(child=Id(), required=False, max_length=1000)


class ContactChange(Changing, ContactBody):
    fixed = ("customer",)
    is_active = Flag()


class PartnerBody(Strict):
    code = Text(max_length=20)
    name = Text(max_length=120)
    kind = Choice(choices=PartnerKind.choices)
    contact_name = text(60)
    phone = text(PHONE_MAX)


class PartnerChange(Changing, PartnerBody):
    is_active = Flag()


class CarePlanBody(Strict):
    customer = Id()
    every_months = Whole(min_value=1, max_value=36)
    next_on = serializers.DateField()
    owner = Id()
    note = text(500)


class CarePlanChange(Changing, CarePlanBody):
    fixed = ("customer",)
