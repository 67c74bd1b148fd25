"""Who sees which customers, sites, assets, contacts."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts.enums import DESK_ROLES, Role
from accounts.models import User
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.filters import AssetFilter, ContactFilter, CustomerFilter, SiteFilter
from customers.models import Asset, Contact, Customer, Site
from customers.queries import customer as visibility
from tests.customers.test_customer import NOW, make_customer, make_product, make_site
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate() -> dict[str, Any]:
    """Customer A with two sites, a contact for the first of them, one asset each; customer B with one of all."""
    a, b = make_customer("A"), make_customer("B")
    hall, branch, far = make_site(a, name="hall"), make_site(a, name="branch"), make_site(b, name="far")
    product = make_product()
    for site in (hall, branch, far):
        assets.create(site=site, product=product, name=f"at {site.name}", serial=site.name, actor=None, now=NOW)
    plain, head = make_user(Role.CONTACT), make_user(Role.CONTACT_ADMIN)
    contacts.create(customer=a, name="plain", user=plain, sites=[hall], actor=None, now=NOW)
    contacts.create(customer=a, name="head", user=head, actor=None, now=NOW)
    contacts.create(customer=b, name="other", phone="13800138000", actor=None, now=NOW)
    return {"a": a, "b": b, "plain": plain, "head": head}


@pytest.fixture
def unwidened() -> Iterator[None]:
    before = dict(visibility._widening)
    visibility._widening.clear()
    yield
    visibility._widening.clear()
    visibility._widening.update(before)


def seen(user: Any) -> dict[str, set[str]]:
    return {
        "customers": set(visibility.customers_for(user).values_list("code", flat=True)),
        "sites": set(visibility.sites_for(user).values_list("name", flat=True)),
        "assets": set(visibility.assets_for(user).values_list("name", flat=True)),
        "contacts": set(visibility.contacts_for(user).values_list("name", flat=True)),
    }


EVERYTHING = {
    "customers": {"A", "B"},
    "sites": {"hall", "branch", "far"},
    "assets": {"at hall", "at branch", "at far"},
    "contacts": {"plain", "head", "other"},
}
ALL_OF_A = {
    "customers": {"A"},
    "sites": {"hall", "branch"},
    "assets": {"at hall", "at branch"},
    "contacts": {"plain", "head"},
}
NOTHING: dict[str, set[str]] = {"customers": set(), "sites": set(), "assets": set(), "contacts": set()}


@pytest.mark.parametrize("role", [*sorted(DESK_ROLES), Role.CLIENT])
def test_desk_and_rest_clients_see_everything(role: str, estate: dict[str, Any]) -> None:
    assert seen(make_user(role)) == EVERYTHING


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.PARTNER, Role.STORES, None])
def test_other_staff_see_what_upper_apps_show_them(role: str | None, estate: dict[str, Any], unwidened: None) -> None:
    user, colleague = make_user(role), make_user(role)
    assert seen(user) == NOTHING
    visibility.widen("work", lambda who: Q(code="A") if who == user else Q(pk__in=[]))
    assert (seen(user), seen(colleague)) == (ALL_OF_A, NOTHING)
    visibility.widen("care", lambda who: Q(code="B"))
    assert (seen(user), seen(colleague)["customers"]) == (EVERYTHING, {"B"})


def test_engineer_with_a_desk_role_sees_everything(estate: dict[str, Any]) -> None:
    assert seen(make_user(Role.ENGINEER, roles=[Role.ENGINEER, Role.AGENT])) == EVERYTHING


def test_contact_sees_the_own_sites(estate: dict[str, Any]) -> None:
    expected = {"customers": {"A"}, "sites": {"hall"}, "assets": {"at hall"}, "contacts": {"plain"}}
    assert seen(estate["plain"]) == expected


def test_customer_administrator_sees_the_own_customer(estate: dict[str, Any]) -> None:
    assert seen(estate["head"]) == ALL_OF_A


@pytest.mark.parametrize("name", ["plain", "head"])
def test_contact_who_left_sees_nothing(name: str, estate: dict[str, Any]) -> None:
    Contact.objects.filter(name=name).update(is_active=False)
    assert seen(estate[name]) == NOTHING


def test_contact_of_no_customer_and_strangers_see_nothing(estate: dict[str, Any]) -> None:
    for user in (make_user(Role.CONTACT), make_user(Role.CONTACT_ADMIN), AnonymousUser()):
        assert seen(user) == NOTHING


def test_lists_take_one_statement_each_after_the_roles(estate: dict[str, Any]) -> None:
    user = User.objects.get(pk=estate["plain"].pk)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        seen(user)
        [asset.product.name for asset in visibility.assets_for(user)]
    assert len(statements) == 6


def test_filters_find_by_words_and_numbers(estate: dict[str, Any]) -> None:
    a, b = estate["a"], estate["b"]
    assert [one.code for one in CustomerFilter({"q": "客户 B"}, Customer.objects.all()).qs] == ["B"]
    assert {one.name for one in SiteFilter({"customer": str(a.pk)}, Site.objects.all()).qs} == {"hall", "branch"}
    assert {one.name for one in SiteFilter({"customer": str(b.pk), "q": "hall"}, Site.objects.all()).qs} == set()
    assert {one.name for one in AssetFilter({"serial": "hall"}, Asset.objects.all()).qs} == {"at hall"}
    assert {one.name for one in ContactFilter({"q": "+86138"}, Contact.objects.all()).qs} == {"other"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"customer": "x"}, "customer"),
        ({"customer": "0"}, "customer"),
        ({"customer": str(2**64)}, "customer"),
        ({"q": "a\x00"}, "q"),
        ({"q": "a" * 101}, "q"),
        ({"locality": "moon"}, "locality"),
    ],
)
def test_filters_refuse_what_they_cannot_read(given: dict[str, str], field: str) -> None:
    form = SiteFilter(given, Site.objects.all()).form
    assert not form.is_valid()
    assert list(form.errors) == [field]
