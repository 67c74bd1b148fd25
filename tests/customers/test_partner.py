"""Partners: whom they serve for us, what their people see, what they promise us."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from contracts.domain import partner_agreement as agreements
from contracts.models import PartnerAgreement, PromiseSet
from core.errors import InputError, RuleError
from core.models import Audit
from customers.domain import customer as customers
from customers.domain import partner as partners
from customers.models import Customer, Partner, PartnerStaff
from customers.queries.customer import assets_for, contacts_for, customers_for, sites_for
from customers.queries.partner import partners_for
from tests.customers.pages import errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.queries.ticket import tickets_for

pytestmark = pytest.mark.django_db


def make_partner(world: World, **given: Any) -> Partner:
    values = {"code": "FW-01", "name": "河东服务商", "kind": "partner", "actor": None, "now": world.now}
    return partners.create(**values | given)


@pytest.fixture
def partner(world: World) -> Partner:
    """Customer A is served through it."""
    made = make_partner(world)
    customers.change(customer=world.a.customer, partner=made, actor=None, now=world.now)
    return made


@pytest.fixture
def colleague(world: World, partner: Partner) -> User:
    user = make_user(Role.PARTNER, name="服务商小周")
    partners.add_staff(partner=partner, user=user, actor=world.manager, now=world.now)
    return user


@pytest.fixture
def manager(world: World) -> Client:
    return logged_in(world.manager)


def test_a3_a_partners_people_see_its_customers_and_no_others(world: World, colleague: User) -> None:
    ticket = world.report()
    world.report(world.b)
    seen = [set(one(colleague)) for one in (customers_for, sites_for, assets_for, contacts_for)]
    assert seen == [{world.a.customer}, {world.a.site}, {world.a.asset}, {world.a.contact}]
    assert not tickets_for(colleague).exists()
    client = logged_in(colleague)
    assert client.get(f"/customers/{world.a.customer.pk}/").status_code == 200
    assert client.get(f"/customers/{world.b.customer.pk}/").status_code == 404
    assert client.get(f"/tickets/{ticket.number}/").status_code == 404


def test_a3_without_role_partner_or_cooperation_nothing_is_seen(
    world: World, partner: Partner, colleague: User
) -> None:
    engineer = make_user(Role.ENGINEER)
    PartnerStaff.objects.create(partner=partner, user=engineer)
    assert not customers_for(engineer).exists()
    assert not customers_for(make_user(Role.PARTNER)).exists()
    Partner.objects.update(is_active=False)
    assert not customers_for(User.objects.get(pk=colleague.pk)).exists()
    Partner.objects.update(is_active=True)
    partners.remove_staff(partner=partner, user=colleague, actor=None, now=world.now)
    assert not customers_for(User.objects.get(pk=colleague.pk)).exists()


def test_only_partner_staff_works_for_a_partner_and_twice_is_once(
    world: World, partner: Partner, colleague: User
) -> None:
    for user in (world.agent, world.a.user, None):
        with pytest.raises(InputError) as refusal:
            partners.add_staff(partner=partner, user=user, actor=None, now=world.now)
        assert refusal.value.field == "user"
    partners.add_staff(partner=partner, user=colleague, actor=None, now=world.now)
    assert list(PartnerStaff.objects.values_list("user")) == [(colleague.pk,)]
    assert Audit.objects.filter(action="partner.add_staff").count() == 1


def test_a_partner_with_customers_is_not_ended(world: World, partner: Partner) -> None:
    with pytest.raises(RuleError, match="has_customers"):
        partners.change(partner=partner, is_active=False, actor=None, now=world.now)
    assert Partner.objects.get().is_active
    customers.change(customer=world.a.customer, partner=None, actor=None, now=world.now)
    partners.change(partner=partner, is_active=False, actor=None, now=world.now)
    with pytest.raises(InputError) as refusal:
        customers.change(customer=world.b.customer, partner=partner, actor=None, now=world.now)
    assert (refusal.value.field, Customer.objects.filter(partner=partner).exists()) == ("partner", False)


GIVEN = {"code": "YZ-02", "name": "北塔办事处", "kind": "office", "contact_name": "罗经理", "phone": "138 0013 8000"}


def test_a_partner_is_registered_changed_and_found(world: World, manager: Client) -> None:
    assert manager.post("/partners/new/", GIVEN).status_code == 302
    made = Partner.objects.get()
    assert (made.kind, made.phone, made.is_active) == ("office", "+8613800138000", True)
    url = f"/partners/{made.pk}/change/"
    version = version_in(manager.get(url))
    changed = GIVEN | {"is_active": "on", "contact_name": "新经理", "version": version}
    assert manager.post(url, changed).headers["Location"] == f"/partners/{made.pk}/"
    assert manager.post(url, changed | {"contact_name": "旧"}).status_code == 409
    assert Partner.objects.get().contact_name == "新经理"
    found = [
        manager.get("/partners/", query).context["page_obj"].object_list for query in ({"q": "北塔"}, {"kind": "maker"})
    ]
    assert [list(one) for one in found] == [[made], []]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": ""}, "name"), ({"code": "FW-01"}, "code"), ({"kind": "moon"}, "kind"), ({"phone": "1"}, "phone")],
)
def test_a_bad_partner_is_refused_at_the_field(
    world: World, manager: Client, wrong: dict[str, str], field: str
) -> None:
    make_partner(world)
    answer = manager.post("/partners/new/", GIVEN | wrong)
    assert (answer.status_code, list(errors_of(answer))) == (422, [field])
    assert Partner.objects.count() == 1


def test_people_are_added_and_removed_on_the_partners_page(world: World, partner: Partner, manager: Client) -> None:
    user = make_user(Role.PARTNER, name="服务商小周")
    url = f"/partners/{partner.pk}/"
    assert "服务商小周" in text_of(manager.get(url))
    manager.post(f"{url}staff/", {"user": user.pk})
    assert list(PartnerStaff.objects.values_list("user")) == [(user.pk,)]
    assert world.a.customer.name in text_of(manager.get(url))
    manager.post(f"{url}staff/", {"user": world.agent.pk})
    assert PartnerStaff.objects.count() == 1
    assert manager.post(f"{url}staff/{user.pk}/remove/").status_code == 302
    assert manager.post(f"{url}staff/{user.pk}/remove/").status_code == 404
    assert not PartnerStaff.objects.exists()


def test_a1_who_reads_and_who_keeps_partners(world: World, partner: Partner, colleague: User) -> None:
    url = f"/partners/{partner.pk}/"
    acts = ("/partners/new/", f"{url}change/", f"{url}staff/", f"{url}staff/{colleague.pk}/remove/")
    for user, page in ((world.agent, 200), (colleague, 200), (world.engineer, 404), (world.a.user, 403)):
        client = logged_in(user)
        assert client.get(url).status_code == page
        assert {client.post(act, GIVEN).status_code for act in acts} == {403}
    assert not partners_for(world.a.user).exists()
    assert (Partner.objects.count(), PartnerStaff.objects.count()) == (1, 1)


def test_the_customer_list_is_narrowed_to_a_partners(world: World, partner: Partner, manager: Client) -> None:
    page = manager.get("/customers/", {"partner": partner.pk})
    assert [row["customer"].code for row in page.context["rows"]] == ["A"]
    assert "河东服务商" in text_of(page)


def test_lists_ask_as_often_for_50_as_for_5(world: World, partner: Partner, manager: Client) -> None:
    def more(start: int, end: int) -> None:
        for number in range(start, end):
            make_partner(world, code=f"P{number}", name=f"伙伴 {number}")
            partners.add_staff(partner=partner, user=make_user(Role.PARTNER), actor=None, now=world.now)
            customers.create(code=f"K{number}", name=f"K{number}", partner=partner, actor=None, now=world.now)

    urls = ("/partners/", f"/partners/{partner.pk}/")
    more(0, 5)
    few = [statements(manager, url)[1] for url in urls]
    more(5, 50)
    assert [statements(manager, url)[1] for url in urls] == few
    assert (few[0] <= 12, few[1] <= 20) == (True, True)


# --- What they promise us ---------------------------------------------------------------------------------------------


def agreed(world: World, partner: Partner, **given: Any) -> PartnerAgreement:
    values = {
        "promise_set": PromiseSet.objects.get(code="HW12"),
        "number": "XY-1",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
    }
    return agreements.create(**values | {"partner": partner, "actor": None, "now": world.now} | given)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"number": "XY-2", "starts_on": date(2026, 12, 31), "ends_on": date(2027, 12, 31)}, "starts_on"),
        ({"number": "XY-1", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}, "number"),
    ],
)
def test_a_bad_agreement_is_refused(world: World, partner: Partner, given: dict[str, Any], field: str) -> None:
    agreed(world, partner)
    with pytest.raises(InputError) as refusal:
        agreed(world, partner, **given)
    assert (refusal.value.field, PartnerAgreement.objects.count()) == (field, 1)


def test_agreements_follow_one_another_and_those_of_others_do_not_matter(world: World, partner: Partner) -> None:
    agreed(world, partner)
    agreed(world, partner, number="XY-2", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    agreed(world, make_partner(world, code="B", name="B"), number="XY-3")
    assert PartnerAgreement.objects.count() == 3


def test_the_agreement_is_kept_on_the_partners_page(world: World, partner: Partner, manager: Client) -> None:
    chosen = PromiseSet.objects.get(code="HW12").pk
    given = {"number": "XY-9", "promise_set": chosen, "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    home = f"/partners/{partner.pk}/"
    assert manager.post(f"{home}agreements/new/", given).headers["Location"] == home
    made = PartnerAgreement.objects.get()
    url = f"/partner-agreements/{made.pk}/change/"
    version = version_in(manager.get(url))
    assert manager.post(url, given | {"ends_on": "2027-06-30", "version": version}).status_code == 302
    assert manager.post(url, given | {"version": version}).status_code == 409
    assert PartnerAgreement.objects.get().ends_on == date(2027, 6, 30)
    assert "XY-9" in text_of(manager.get(home))
    house = PromiseSet.objects.exclude(scope="contract").first()
    assert house is not None
    bad = manager.post(f"{home}agreements/new/", given | {"number": "XY-10", "promise_set": house.pk})
    assert (bad.status_code, list(errors_of(bad))) == (422, ["promise_set"])


def test_a3_agreements_of_partners_one_does_not_see_are_not_found(
    world: World, partner: Partner, colleague: User
) -> None:
    agreement = agreed(world, make_partner(world, code="B", name="B"))
    finance_and_partner = make_user(Role.FINANCE, roles=[Role.FINANCE, Role.PARTNER])
    client = logged_in(finance_and_partner)
    assert client.get(f"/partner-agreements/{agreement.pk}/change/").status_code == 404
    assert logged_in(world.agent).get(f"/partner-agreements/{agreement.pk}/change/").status_code == 403
