"""Keeping customers, sites, products, assets and contacts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.enums import Role
from core.errors import InputError
from core.models import Audit
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import product as products
from customers.domain import site as sites
from customers.models import Asset, Contact, ContactSite, Customer, Product, Site
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def make_customer(number: str = "K001", **given: Any) -> Customer:
    return customers.create(**{"code": number, "name": f"客户{number}", "actor": None, "now": NOW} | given)


def make_site(customer: Customer, **given: Any) -> Site:
    values = {"name": "大厅", "address": "人民路 1 号", "locality": "local", "distance_km": 8}
    return sites.create(**values | {"customer": customer, "actor": None, "now": NOW} | given)


def make_product(code: str = "KT-300") -> Product:
    return products.create(code=code, name="自助终端", kind="hardware", actor=None, now=NOW)


def test_create_keeps_what_was_given_and_says_who_did_it() -> None:
    agent = make_user(Role.AGENT)
    customer = customers.create(code=" K1 ", name="市民中心", phone="021-55550101", actor=agent, now=NOW)
    stored = Customer.objects.get()
    assert (stored.code, stored.name, stored.short_name, stored.phone) == (
        "K1",
        "市民中心",
        "市民中心",
        "+862155550101",
    )
    assert stored.created_at == NOW
    line = Audit.objects.get(action="customer.create")
    assert (line.actor, line.subject, line.customer_id) == (agent, f"customers.customer:{customer.pk}", customer.pk)
    assert line.changes["phone"] == ["", "+862155550101"]


def test_change_notes_before_and_after_and_nothing_where_nothing_changed() -> None:
    customer = make_customer()
    customers.change(customer=customer, name="新名", is_key=True, actor=None, now=NOW)
    customers.change(customer=customer, name="新名", actor=None, now=NOW)
    line = Audit.objects.get(action="customer.change")
    assert line.changes == {"name": ["客户K001", "新名"], "is_key": [False, True]}
    assert Customer.objects.get().name == "新名"


def test_change_does_not_overwrite_what_another_session_changed() -> None:
    mine, theirs = make_customer(), Customer.objects.get()
    customers.change(customer=theirs, industry="医院", actor=None, now=NOW)
    customers.change(customer=mine, is_key=True, actor=None, now=NOW)
    assert Customer.objects.values_list("industry", "is_key").get() == ("医院", True)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "长" * 1_000_000}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"code": "K001"}, "code"),
        ({"name": "客户K001"}, "name"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_bad_customer_is_refused_at_the_field(given: dict[str, str], field: str) -> None:
    make_customer()
    with pytest.raises(InputError) as refusal:
        make_customer("K002", **given)
    assert refusal.value.field == field
    assert list(Audit.objects.filter(action__startswith="customer.").values_list("action")) == [("customer.create",)]
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [({"locality": "moon"}, "locality"), ({"distance_km": -1}, "distance_km"), ({"address": ""}, "address")],
)
def test_bad_site_is_refused_at_the_field(given: dict[str, Any], field: str) -> None:
    customer = make_customer()
    with pytest.raises(InputError) as refusal:
        make_site(customer, **given)
    assert refusal.value.field == field
    assert not Site.objects.exists()


def test_site_and_product_change() -> None:
    site, product = make_site(make_customer()), make_product()
    sites.change(site=site, locality="remote", distance_km=1200, actor=None, now=NOW)
    products.change(product=product, name="柜员机", actor=None, now=NOW)
    assert Site.objects.values_list("locality", "distance_km").get() == ("remote", 1200)
    assert Product.objects.get().name == "柜员机"


def test_asset_takes_customer_from_its_site_and_name_from_its_product() -> None:
    site = make_site(make_customer())
    asset = assets.create(site=site, product=make_product(), serial="sn-7a", actor=None, now=NOW)
    assert (asset.customer_id, asset.name, asset.serial) == (site.customer_id, "自助终端", "SN-7A")


def test_serial_is_unique_within_a_product_whatever_its_case() -> None:
    site, product = make_site(make_customer()), make_product()
    assets.create(site=site, product=product, serial="SN-1", actor=None, now=NOW)
    assets.create(site=site, product=make_product("KT-400"), serial="SN-1", actor=None, now=NOW)
    other = assets.create(site=site, product=product, actor=None, now=NOW)
    with pytest.raises(InputError) as refusal:
        assets.change(asset=other, serial="sn-1", actor=None, now=NOW)
    assert (refusal.value.code, refusal.value.field) == ("taken", "serial")
    assert sorted(Asset.objects.values_list("serial", flat=True)) == ["", "SN-1", "SN-1"]


def test_asset_does_not_move_to_another_customer() -> None:
    asset = assets.create(site=make_site(make_customer()), product=make_product(), actor=None, now=NOW)
    with pytest.raises(InputError) as refusal:
        assets.change(asset=asset, site=make_site(make_customer("K002")), actor=None, now=NOW)
    assert refusal.value.field == "site"


def test_contact_answers_for_sites_of_the_own_customer_only() -> None:
    customer = make_customer()
    here, there = make_site(customer), make_site(customer, name="分院")
    contact = contacts.create(customer=customer, name="陈敏", sites=[here], actor=None, now=NOW)
    contacts.assign_sites(contact=contact, sites=[there], actor=None, now=NOW)
    assert list(contact.sites.all()) == [there]
    with pytest.raises(InputError) as refusal:
        contacts.assign_sites(contact=contact, sites=[make_site(make_customer("K002"))], actor=None, now=NOW)
    assert refusal.value.field == "sites"
    assert list(contact.sites.all()) == [there]
    changes = Audit.objects.filter(action="contact.assign_sites").order_by("pk").values_list("changes", flat=True)
    assert list(changes) == [{"sites": [[], [here.pk]]}, {"sites": [[here.pk], [there.pk]]}]


def test_contact_has_no_login_of_our_staff_and_a_plain_address() -> None:
    customer = make_customer()
    for given, field in ({"user": make_user(Role.AGENT)}, "user"), ({"email": "nowhere"}, "email"):
        with pytest.raises(InputError) as refusal:
            contacts.create(**{"customer": customer, "name": "陈敏", "actor": None, "now": NOW} | given)
        assert refusal.value.field == field
    assert not Contact.objects.exists()


def foreign_site_of_asset(own: Site, foreign: Site) -> None:
    Asset.objects.create(customer=own.customer, site=foreign, product=make_product(), name="x")


def foreign_site_of_contact(own: Site, foreign: Site) -> None:
    contact = Contact.objects.create(customer=own.customer, name="x")
    ContactSite.objects.create(customer=own.customer, contact=contact, site=foreign)


def foreign_contact_of_site(own: Site, foreign: Site) -> None:
    contact = Contact.objects.create(customer=foreign.customer, name="x")
    ContactSite.objects.create(customer=own.customer, contact=contact, site=own)


@pytest.mark.parametrize("write", [foreign_site_of_asset, foreign_site_of_contact, foreign_contact_of_site])
def test_database_refuses_rows_across_customers(write: Callable[[Site, Site], None]) -> None:
    own, foreign = make_site(make_customer()), make_site(make_customer("K002"))
    with pytest.raises(IntegrityError, match="_tenant"), transaction.atomic():
        write(own, foreign)


def test_rows_follow_a_site_to_another_customer() -> None:
    site, heir = make_site(make_customer()), make_customer("K002")
    asset = assets.create(site=site, product=make_product(), actor=None, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("update customers_site set customer_id = %s where id = %s", [heir.pk, site.pk])
    asset.refresh_from_db()
    assert asset.customer_id == heir.pk
