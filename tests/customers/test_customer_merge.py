"""Doubled customers: proposed by name and phone, merged in one transaction with everything, refused to others (R3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.enums import Role
from contracts.models import ContractLine
from core import clock, hooks
from core.domain import outbox
from core.errors import InputError, RuleError
from core.models import Attachment, Audit
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import customer_merge
from customers.domain import secret as secrets
from customers.models import Customer, Secret
from customers.queries.customer import customers_for
from customers.queries.customer_merge import core_of, likely_doubles
from tests.customers.pages import errors_of, statements, text_of
from tests.factories import logged_in, make_user
from tests.files import upload
from tests.races.conftest import shared_world  # noqa: F401
from tests.races.together import codes, together
from tests.world import World
from tickets.domain import attachment, message, progress
from tickets.models import Event, Ticket, TicketWords

WHY = "同一家单位，营业执照一致"


@pytest.fixture(autouse=True)
def nothing_in_common(request: pytest.FixtureRequest) -> None:
    """Both customers of the world have a contract for everything and a contact of the same phone; no longer."""
    name = next((name for name in ("world", "shared_world") if name in request.fixturenames), "")
    if name:
        place = request.getfixturevalue(name).b
        contacts.change(contact=place.contact, phone="139 0013 9000", actor=None, now=clock.now())
        ContractLine.objects.filter(pk=place.line.pk).update(counts=False)


def merge(world: World, **given: Any) -> Customer:
    facts = {"first": world.a.customer, "second": world.b.customer, "reason": WHY, "actor": world.manager}
    return customer_merge.merge(**facts | given, now=world.now)


def owned(customer: Customer) -> dict[str, int]:
    """How many rows each table has of the customer."""
    found = {}
    with connection.cursor() as cursor:
        for table in customer_merge.tables():
            cursor.execute(
                f'select count(*) from {table.model._meta.db_table} where "{table.column}" = %s', [customer.pk]
            )
            found[table.label] = cursor.fetchone()[0]
    return {label: count for label, count in found.items() if count}


def populate(world: World) -> Ticket:
    """Something of everything at customer B."""
    ticket = world.report(world.b)
    message.reply(ticket=ticket, body="您好，已安排工程师。", actor=world.agent, now=world.now)
    secrets.create(customer=world.b.customer, asset=world.b.asset, name="口令", password="x", actor=None, now=world.now)
    return ticket


def test_everything_moves_and_the_older_one_stays(world: World) -> None:
    ticket = populate(world)
    before_a, before_b = owned(world.a.customer), owned(world.b.customer)
    assert before_b["tickets.ticket"] == 1
    assert before_b["tickets.event"] >= 2
    assert merge(world, first=world.b.customer, second=world.a.customer) == world.a.customer
    assert owned(world.b.customer) == {}
    labels = before_a.keys() | before_b.keys()
    assert owned(world.a.customer) == {label: before_a.get(label, 0) + before_b.get(label, 0) for label in labels}
    world.b.customer.refresh_from_db()
    assert (world.b.customer.merged_into, world.b.customer.is_active) == (world.a.customer, False)
    ticket.refresh_from_db()
    assert (ticket.customer, ticket.site, ticket.contact) == (world.a.customer, world.b.site, world.b.contact)
    assert not customers_for(world.agent).filter(pk=world.b.customer.pk).exists()


def test_it_is_audited_with_what_moved_and_why(world: World) -> None:
    populate(world)
    merge(world)
    lines = list(Audit.objects.filter(action="customer.merge").order_by("id"))
    assert [line.customer_id for line in lines] == [world.a.customer.pk, world.b.customer.pk]
    assert lines[0].actor == world.manager
    assert lines[0].changes["doubled"] == [world.b.customer.pk, world.a.customer.pk]
    assert lines[0].changes["reason"] == [None, WHY]
    assert lines[0].changes["moved"]["tickets.ticket"] == lines[0].changes["moved"]["customers.site"] == 1


def test_what_the_customer_that_stays_does_not_say_is_taken_over(world: World) -> None:
    customers.change(customer=world.b.customer, phone="021-55550188", is_key=True, actor=None, now=world.now)
    customers.change(customer=world.a.customer, industry="银行", actor=None, now=world.now)
    customers.change(customer=world.b.customer, industry="证券", actor=None, now=world.now)
    kept = merge(world)
    kept.refresh_from_db()
    assert (kept.code, kept.name, kept.phone, kept.industry, kept.is_key) == (
        "A",
        "CANARY-A 集团",
        "+862155550188",
        "银行",
        True,
    )


def test_tickets_work_on_and_are_found_by_the_customer_that_stays(world: World) -> None:
    ticket = populate(world)
    merge(world)
    progress.record_progress(
        ticket=ticket, kind="checked_in", actor=world.agent, at=world.now, now=world.later(minutes=5)
    )
    ticket.refresh_from_db()
    assert set(Event.objects.filter(ticket=ticket).values_list("customer", flat=True)) == {world.a.customer.pk}
    grams = TicketWords.objects.get(ticket=ticket).grams
    assert f"c:{world.a.customer.pk}" in grams
    assert f"c:{world.b.customer.pk}" not in grams


def test_files_move_along(world: World) -> None:
    ticket = world.report(world.b)
    attachment.attach(ticket=ticket, upload=upload("a.txt", b"abc"), internal=True, actor=world.agent, now=world.now)
    merge(world)
    assert Attachment.objects.get().customer_id == world.a.customer.pk


def test_access_data_of_the_same_name_keeps_both(world: World) -> None:
    for place in (world.a, world.b):
        secrets.create(customer=place.customer, name="口令", password=place.customer.code, actor=None, now=world.now)
    merge(world)
    kept = Secret.objects.filter(customer=world.a.customer).order_by("pk")
    assert [one.name for one in kept] == ["口令", "口令 (B)"]
    shown = [secrets.show(secret=one, reason="核对", actor=world.manager, now=world.now) for one in kept]
    assert shown == [{"password": "A"}, {"password": "B"}]


def test_an_old_address_leads_on_also_over_two_merges(world: World) -> None:
    third = customers.create(code="C", name="C 集团", actor=None, now=world.later(minutes=1))
    merge(world, first=third, second=world.b.customer)
    merge(world)
    client = logged_in(world.agent)
    for old in (world.b.customer, third):
        response = client.get(f"/customers/{old.pk}/?tab=contacts")
        assert (response.status_code, response.headers["Location"]) == (
            302,
            f"/customers/{world.a.customer.pk}/?tab=contacts",
        )
        assert client.get(f"/api/v1/customers/{old.pk}/").status_code == 404
    assert logged_in(world.b.user).get(f"/customers/{third.pk}/").status_code in (403, 404)


def test_portal_contacts_of_the_double_go_on(world: World) -> None:
    ticket = world.report(world.b)
    merge(world)
    client = logged_in(world.b.user)
    assert ticket.number in client.get("/portal/cases/").content.decode() + text_of(client.get("/portal/"))
    assert world.a.customer.name not in text_of(logged_in(world.b.user).get("/tickets/"))


def test_d10_append_only_rows_open_for_this_alone(world: World) -> None:
    populate(world)
    merge(world)
    for change in ({"customer": world.b.customer}, {"kind": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.update(**change)
    for statement in ("update core_audit set customer_id = 1", "update tickets_event set kind = 'x'"):
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("select set_config('weibao.merging', 'on', true)")
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(statement)


def test_a_guard_may_refuse_and_then_nothing_has_moved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**facts: Any) -> None:
        raise RuleError("not_now", "…")

    monkeypatch.setitem(hooks._afters, "customers.merge", [refuse])
    populate(world)
    before = owned(world.a.customer), owned(world.b.customer), Audit.objects.count()
    with pytest.raises(RuleError, match="not_now"):
        merge(world)
    assert (owned(world.a.customer), owned(world.b.customer), Audit.objects.count()) == before
    assert not Customer.objects.exclude(merged_into=None).exists()


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_without_a_reason_nothing_happens(world: World, reason: str) -> None:
    with pytest.raises(InputError) as refused:
        merge(world, reason=reason)
    assert refused.value.field == "reason"
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_k1_contract_lines_that_would_overlap_are_named(world: World) -> None:
    ContractLine.objects.filter(pk=world.b.line.pk).update(counts=True)
    before = owned(world.a.customer), owned(world.b.customer), Audit.objects.count()
    with pytest.raises(RuleError, match="overlap"):
        merge(world)
    url = f"/customers/{world.a.customer.pk}/merge/{world.b.customer.pk}/"
    assert logged_in(world.manager).post(url, {"reason": WHY}).status_code == 409
    assert (owned(world.a.customer), owned(world.b.customer), Audit.objects.count()) == before


def test_a_double_cannot_be_merged_again_nor_a_customer_into_itself(world: World) -> None:
    with pytest.raises(RuleError, match="merged"):
        merge(world, second=world.a.customer)
    merge(world)
    with pytest.raises(RuleError, match="merged"):
        merge(world)
    assert Audit.objects.filter(action="customer.merge").count() == 2


def test_what_was_saved_for_the_double_meanwhile_is_fetched(world: World) -> None:
    merge(world)
    late = contacts.create(customer=world.b.customer, name="晚到的人", actor=None, now=world.now)
    outbox.drain(world.later(minutes=2))
    late.refresh_from_db()
    assert late.customer == world.a.customer
    assert owned(world.b.customer) == {}


# --- Races ------------------------------------------------------------------------------------------------------------


def test_r3_of_many_merges_at_once_one_happens(shared_world: World) -> None:  # noqa: F811
    world = shared_world
    populate(world)
    pairs = [(world.a.customer, world.b.customer), (world.b.customer, world.a.customer)] * 3
    done = together([lambda pair=pair: merge(world, first=pair[0], second=pair[1]) for pair in pairs])
    assert codes(done) == ["done", *["merged"] * 5]
    assert owned(world.b.customer) == {}
    assert Audit.objects.filter(action="customer.merge").count() == 2


def test_r3_work_goes_on_while_customers_are_merged(shared_world: World) -> None:  # noqa: F811
    """Whatever is reported, said and registered at the same moment is whole and with the customer that stays."""
    world = shared_world
    tickets = [world.report(world.b) for _ in range(3)]

    def reply(ticket: Ticket) -> Any:
        return message.reply(ticket=ticket, body="您好，已安排。", actor=world.agent, now=world.now)

    def register(number: int) -> Any:
        return contacts.create(customer=world.b.customer, name=f"新人 {number}", actor=None, now=world.now)

    acts: list[Any] = [lambda: merge(world)]
    acts += [lambda ticket=ticket: reply(ticket) for ticket in tickets]
    acts += [lambda number=number: register(number) for number in range(3)]
    done = codes(together(acts))
    assert "busy" not in done
    outbox.drain(world.later(minutes=2))
    assert owned(world.b.customer) == {}
    made = world.a.customer.contacts.filter(name__startswith="新人").count()
    assert made == 3
    assert {ticket.customer for ticket in Ticket.objects.all()} == {world.a.customer}


# --- Proposals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("华信科技有限公司", "华信科技"),
        ("华信科技（集团）股份有限公司", "华信科技"),
        (" 华 信 科 技 ", "华信科技"),
        ("ＨＵＡＸＩＮ Co., Ltd.", "huaxin"),
        ("公司", "公司"),
        ("", ""),
    ],
)
def test_names_are_compared_without_forms_of_law(name: str, core: str) -> None:
    assert core_of(name) == core


def test_likely_doubles_are_proposed_with_their_signs_the_likeliest_first(world: World) -> None:
    act: dict[str, Any] = {"actor": None}
    one = customers.create(code="H1", name="华信科技有限公司", phone="021-55550199", now=world.now, **act)
    two = customers.create(code="H2", name="华信科技", phone="021-55550199", now=world.later(days=1), **act)
    three = customers.create(code="H3", name="上海华信科技有限公司", now=world.later(days=2), **act)
    four = customers.create(code="K", name="开元", now=world.later(days=3), **act)
    contacts.create(customer=four, name="李", phone="139 0013 9000", now=world.now, **act)
    found = [(pair.keeper.code, pair.doubled.code, pair.signs) for pair in likely_doubles(world.manager)]
    assert found == [
        ("H1", "H2", ["name", "phone"]),
        ("H2", "H3", ["part"]),
        ("H1", "H3", ["part"]),
        ("B", "K", ["contact_phone"]),
    ]
    customer_merge.mark_distinct(two, one)
    customer_merge.mark_distinct(one, two)
    merge(world, first=one, second=three)
    assert [pair.doubled.code for pair in likely_doubles(world.manager)] == ["K"]


def test_a_number_that_many_share_is_no_sign(world: World) -> None:
    for number in range(6):
        customers.create(code=f"P{number}", name=f"单位{number}", phone="400-800-1234", actor=None, now=world.now)
    assert likely_doubles(world.manager) == []


def test_many_names_take_as_many_statements(world: World, django_assert_max_num_queries: Any) -> None:
    rows = [
        Customer(code=f"X{i}", name=f"第{i}号单位有限公司", short_name="x", created_at=world.now) for i in range(3000)
    ]
    Customer.objects.bulk_create(rows)
    with django_assert_max_num_queries(5):
        assert likely_doubles(world.manager) == []


# --- Pages ------------------------------------------------------------------------------------------------------------

MERGERS = {Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN}


@pytest.mark.parametrize("role", [*Role, None])
def test_a2_only_keepers_of_the_whole_may_merge(world: World, role: Role | None) -> None:
    client, may = logged_in(make_user(role)), role in MERGERS
    both = f"{world.a.customer.pk}/merge/{world.b.customer.pk}/"
    assert client.get("/customers/doubles/").status_code == (200 if may else 403)
    assert client.get(f"/customers/{both}").status_code == (200 if may else 403)
    assert client.post(f"/customers/{both}", {"reason": WHY}).status_code == (302 if may else 403)
    assert Customer.objects.exclude(merged_into=None).count() == may


def test_the_comparison_says_what_would_move(world: World) -> None:
    populate(world)
    world.b.user.roles.create(role=Role.CONTACT_ADMIN)
    url = f"/customers/{world.b.customer.pk}/merge/{world.a.customer.pk}/"
    client = logged_in(world.manager)
    response = client.get(url)
    text = text_of(response)
    assert response.context["keeper"] == world.a.customer
    assert {str(line["label"]): line["count"] for line in response.context["moving"]}["工单"] == 1
    assert "B 陈敏" in text
    refused = client.post(url, {"reason": ""})
    assert (refused.status_code, list(errors_of(refused))) == (422, ["reason"])
    done = client.post(url, {"reason": WHY})
    assert (done.status_code, done.headers["Location"]) == (302, f"/customers/{world.a.customer.pk}/")
    assert client.post(url, {"reason": WHY}).status_code == 404
    assert client.get(f"/customers/{world.a.customer.pk}/merge/{world.a.customer.pk}/").status_code == 404


def test_two_chosen_customers_are_compared(world: World) -> None:
    client = logged_in(world.manager)
    a, b = world.a.customer, world.b.customer
    response = client.get("/customers/doubles/", {"first": a.pk, "second": b.pk})
    assert response.headers["Location"] == f"/customers/{a.pk}/merge/{b.pk}/"
    response = client.get("/customers/doubles/", {"first_text": "a", "second_text": b.name})
    assert response.headers["Location"] == f"/customers/{a.pk}/merge/{b.pk}/"
    for wrong in ({"first": a.pk, "second": a.pk}, {"first": a.pk}, {"first": "x", "second_text": "\x00"}):
        assert client.get("/customers/doubles/", wrong).status_code == 422


def test_a_dismissed_pair_is_not_proposed_again(world: World) -> None:
    twin = customers.create(code="A2", name="CANARY-A", actor=None, now=world.later(days=1))
    client = logged_in(world.manager)
    assert "CANARY-A 集团" in text_of(client.get("/customers/doubles/"))
    assert client.post(f"/customers/{twin.pk}/distinct/{world.a.customer.pk}/").status_code == 302
    assert "CANARY-A 集团" not in text_of(client.get("/customers/doubles/"))


@pytest.mark.parametrize("count", [5, 50])
def test_as_many_statements_for_fifty_pairs_as_for_five(world: World, count: int) -> None:
    with clock.frozen(world.now + timedelta(days=1)):
        for number in range(count):
            for suffix in ("", "有限公司"):
                customers.create(
                    code=f"D{number}{len(suffix)}", name=f"单位第{number}号{suffix}", actor=None, now=clock.now()
                )
    response, asked = statements(logged_in(world.manager), "/customers/doubles/")
    assert len(response.context["pairs"]) == count
    assert asked <= 12
