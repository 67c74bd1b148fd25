"""Contacts on the desk: registering, changing with their sites, their portal login."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.models import Audit
from customers.domain import contact as contacts
from customers.domain import site as sites
from customers.models import Contact
from tests.customers.pages import HOSTILE, errors_of, text_of, version_in
from tests.factories import logged_in
from tests.world import World


@pytest.fixture
def agent(world: World) -> Client:
    return logged_in(world.agent)


def given(world: World, **more: Any) -> dict[str, Any]:
    return {
        "name": "周敏",
        "position": "信息科",
        "phone": "138 0013 8000",
        "email": "zhou@example.com",
        "may_report": "on",
        "sites": [world.a.site.pk],
        **more,
    }


def test_a_contact_is_registered_with_phone_and_sites(world: World, agent: Client) -> None:
    response = agent.post(f"/customers/{world.a.customer.pk}/contacts/new/", given(world))
    made = Contact.objects.get(name="周敏")
    goes_to = f"/customers/{world.a.customer.pk}/?tab=contacts"
    assert (response.status_code, response.headers["Location"]) == (302, goes_to)
    kept = (made.customer_id, made.phone, made.email, made.may_report, made.is_active, made.user)
    assert kept == (world.a.customer.pk, "+8613800138000", "zhou@example.com", True, True, None)
    assert list(made.sites.all()) == [world.a.site]
    assert "138 0013 8000" in text_of(agent.get(goes_to))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "1380013800"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"email": "no address"}, "email"),
        ({"email": "a@b.c\nBcc: x@y.z"}, "email"),
        ({"sites": [999_999]}, "sites"),
        ({"sites": ["x"]}, "sites"),
    ],
)
def test_wrong_contacts_are_refused_at_the_field(
    world: World, agent: Client, wrong: dict[str, Any], field: str
) -> None:
    before = (Contact.objects.count(), Audit.objects.count())
    response = agent.post(f"/customers/{world.a.customer.pk}/contacts/new/", given(world, **wrong))
    assert (response.status_code, list(errors_of(response))) == (422, [field])
    assert (Contact.objects.count(), Audit.objects.count()) == before


def test_a_site_of_another_customer_is_refused_like_a_missing_one(world: World, agent: Client) -> None:
    sent = [given(world, sites=[pk]) for pk in (world.b.site.pk, 999_999_999)]
    answers = [agent.post(f"/customers/{world.a.customer.pk}/contacts/new/", one) for one in sent]
    errors = [
        str(errors_of(answer)).replace(str(one["sites"][0]), "N") for answer, one in zip(answers, sent, strict=True)
    ]
    assert errors[0] == errors[1]
    assert not Contact.objects.filter(name="周敏").exists()


def test_person_and_sites_change_together_or_not_at_all(world: World, agent: Client) -> None:
    second = sites.create(
        customer=world.a.customer, name="分部", address="x", locality="local", distance_km=1, actor=None, now=world.now
    )
    url = f"/contacts/{world.a.contact.pk}/change/"
    version = version_in(agent.get(url))
    wrong = agent.post(url, given(world, phone="1", sites=[second.pk], is_active="on", version=version))
    kept = Contact.objects.get(pk=world.a.contact.pk)
    assert (wrong.status_code, kept.name, list(kept.sites.all())) == (422, "A 陈敏", [])
    right = agent.post(url, given(world, sites=[second.pk], is_active="on", version=version))
    kept = Contact.objects.get(pk=world.a.contact.pk)
    assert (right.status_code, kept.name, list(kept.sites.all()), kept.user) == (302, "周敏", [second], world.a.user)


def test_sites_given_meanwhile_make_the_form_stale(world: World, agent: Client) -> None:
    url = f"/contacts/{world.a.contact.pk}/change/"
    version = version_in(agent.get(url))
    contacts.assign_sites(contact=world.a.contact, sites=[world.a.site], actor=None, now=world.now)
    response = agent.post(url, given(world, sites=[], is_active="on", version=version))
    assert response.status_code == 409
    assert "A 大厅" in text_of(response)
    kept = Contact.objects.get(pk=world.a.contact.pk)
    assert (kept.name, list(kept.sites.all())) == ("A 陈敏", [world.a.site])


def test_the_login_is_invited_disabled_and_enabled(world: World, agent: Client) -> None:
    made = contacts.create(customer=world.a.customer, name="周敏", email="zhou@example.com", actor=None, now=world.now)
    tab = f"/customers/{world.a.customer.pk}/?tab=contacts"
    for act, is_active, actions in (
        ("invite", True, ["contact.create", "contact.invite"]),
        ("disable", False, ["contact.create", "contact.invite", "contact.change"]),
        ("enable", True, ["contact.create", "contact.invite", "contact.change", "contact.change"]),
    ):
        assert f'action="/contacts/{made.pk}/{act}/"' in agent.get(tab).content.decode(), act
        response = agent.post(f"/contacts/{made.pk}/{act}/")
        assert (response.status_code, response.headers["Location"]) == (302, tab)
        assert Contact.objects.get(pk=made.pk).is_active is is_active
        noted = Audit.objects.filter(subject=f"customers.contact:{made.pk}").order_by("id")
        assert list(noted.values_list("action", flat=True)) == actions


def test_engineers_change_no_contact_and_find_no_foreign_one(world: World) -> None:
    world.report(assignee=world.engineer)
    client = logged_in(world.engineer)
    before = list(Contact.objects.order_by("pk").values())
    for place, status in ((world.a, 403), (world.b, 404)):
        for rest in ("change", "invite", "disable", "enable"):
            assert client.post(f"/contacts/{place.contact.pk}/{rest}/", given(world)).status_code == status, rest
        assert client.post(f"/customers/{place.customer.pk}/contacts/new/", given(world)).status_code == status
    assert list(Contact.objects.order_by("pk").values()) == before
    tab = client.get(f"/customers/{world.a.customer.pk}/?tab=contacts").content.decode()
    assert ("/change/" in tab, "/invite/" in tab, "A 陈敏" in tab) == (False, False, True)


def test_b3_a_hostile_contact_stands_as_it_is(world: World, agent: Client) -> None:
    contacts.change(contact=world.a.contact, name=HOSTILE, position="{{7*7}}<b>", actor=None, now=world.now)
    for url in (f"/customers/{world.a.customer.pk}/?tab=contacts", f"/contacts/{world.a.contact.pk}/change/"):
        body = agent.get(url).content.decode()
        assert ("<img src=x" in body, "&lt;img src=x" in body) == (False, True), url


def test_the_customers_administrator_is_named_by_us_and_relieved(world: World, agent: Client) -> None:
    url, tab = f"/contacts/{world.a.contact.pk}/appoint/", f"/customers/{world.a.customer.pk}/?tab=contacts"
    inside = logged_in(world.a.user)
    for sent, roles in (("1", {"contact_admin"}), ("1", {"contact_admin"}), ("0", {"contact"})):
        assert agent.post(url, {"is_administrator": sent}).headers["Location"] == tab
        assert User.objects.get(pk=world.a.user.pk).role_codes == roles
    assert inside.get("/portal/").status_code == 302  # with other rights one logs in anew
    trail = Audit.objects.filter(action="contact.appoint").order_by("id").values_list("changes", flat=True)
    assert list(trail) == [{"is_administrator": [False, True]}, {"is_administrator": [True, False]}]


def test_nobody_without_a_login_is_administrator_and_customers_name_none(world: World, agent: Client) -> None:
    made = contacts.create(customer=world.a.customer, name="周敏", actor=None, now=world.now)
    assert agent.post(f"/contacts/{made.pk}/appoint/", {"is_administrator": "1"}).status_code == 409
    assert logged_in(world.a.user).post(f"/contacts/{world.a.contact.pk}/appoint/").status_code == 403
    world.report(assignee=world.engineer)
    assert logged_in(world.engineer).post(f"/contacts/{world.a.contact.pk}/appoint/").status_code == 403
    assert not Audit.objects.filter(action="contact.appoint").exists()


def test_c7_unticking_active_in_the_form_closes_the_login_too(world: World, agent: Client) -> None:
    url = f"/contacts/{world.a.contact.pk}/change/"
    agent.post(url, given(world, version=version_in(agent.get(url))))
    assert not User.objects.get(pk=world.a.user.pk).is_active
    agent.post(url, given(world, is_active="on", version=version_in(agent.get(url))))
    assert User.objects.get(pk=world.a.user.pk).is_active


def test_the_role_at_the_customer_is_kept_and_shown(world: World, agent: Client) -> None:
    agent.post(f"/customers/{world.a.customer.pk}/contacts/new/", given(world, role="finance"))
    made = Contact.objects.get(name="周敏")
    assert made.role == "finance"
    assert "财务" in text_of(agent.get(f"/customers/{world.a.customer.pk}/?tab=contacts"))
    wrong = agent.post(f"/contacts/{made.pk}/change/", given(world, role="king"))
    assert (wrong.status_code, list(errors_of(wrong))) == (422, ["role"])
