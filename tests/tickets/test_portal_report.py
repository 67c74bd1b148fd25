"""S44: a fault reported in the portal. What is promised before and after, what is refused, and that nothing is half
done or revealed.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from core import clock
from core.models import Attachment, Outbox
from customers.domain import contact as contacts
from customers.domain import site as sites
from tests.factories import logged_in, make_user
from tests.files import archive, bomb, picture, upload
from tests.tickets.desk import errors_of
from tests.tickets.portal import (
    HOME,
    NEW,
    PREVIEW,
    WORDS,
    Customer,
    contract_dues,
    customer_of,
    more_devices,
    text,
    times,
)
from tests.world import World
from tickets.domain import resolution
from tickets.models import Event, Link, Ticket


@pytest.fixture
def customer(world: World) -> Customer:
    return customer_of(world.a, world.now)


# --- Saved ------------------------------------------------------------------------------------------------------------


def test_a_report_becomes_a_ticket_of_the_portal(world: World, customer: Customer) -> None:
    ticket = customer.reports()
    assert (ticket.customer, ticket.contact, ticket.asset) == (world.a.customer, world.a.contact, world.a.asset)
    assert (ticket.site, ticket.assignee, ticket.created_by) == (world.a.site, None, world.a.user)
    assert (ticket.subject, ticket.description) == ("打印头走纸异常，票据模糊", WORDS)
    assert (ticket.severity, ticket.kind, ticket.channel, ticket.coverage) == (2, "fault", "portal", "contract")
    assert (ticket.caller_name, ticket.caller_phone, ticket.state) == ("", "", "new")
    reported = Event.objects.get(ticket=ticket, kind="reported")
    assert (reported.source, reported.actor) == ("portal", world.a.user)
    assert Outbox.objects.filter(key=f"receipt:{ticket.pk}").count() == 1


def test_somebody_else_to_call_is_kept(customer: Customer) -> None:
    ticket = customer.reports(caller_name="门卫老赵", caller_phone="138 0013 8000")
    assert (ticket.caller_name, ticket.caller_phone) == ("门卫老赵", "138 0013 8000")


def test_what_has_no_field_stands_in_the_description(world: World, customer: Customer) -> None:
    ticket = customer.reports(
        device="serial", serial="x-99", words="打印不清楚", wanted_at="2026-11-24T09:30", others_take_over="on"
    )
    assert ticket.asset is None
    assert ticket.site == world.a.site
    assert ticket.description.splitlines() == [
        "客户填写的序列号：x-99",
        "期望时间：2026-11-24 09:30",
        "其他设备可以顶上。",
    ]
    assert ticket.severity == 2


def test_a_serial_number_finds_the_device(world: World, customer: Customer) -> None:
    ticket = customer.reports(device="serial", serial=" sn-a ", others_take_over="on")
    assert (ticket.asset, ticket.severity) == (world.a.asset, 3)


def test_a_question_is_no_fault(customer: Customer) -> None:
    ticket = customer.reports(impact="help", device="none")
    assert (ticket.kind, ticket.severity, ticket.asset) == ("question", 4, None)


def test_files_are_the_customers_and_hang_on_the_report(world: World, customer: Customer) -> None:
    photo = upload("现场.png", picture())
    ticket = customer.reports(attachments=[photo, upload("日志.txt", b"error 17")])
    stored = Attachment.objects.filter(parent_key=ticket.number).order_by("created_at", "name")
    assert {(one.name, one.internal, one.uploaded_by) for one in stored} == {
        ("现场.png", False, world.a.user),
        ("日志.txt", False, world.a.user),
    }
    page = customer.get(f"/portal/tickets/{ticket.number}/").content.decode()
    link = f"/attachments/{stored[0].pk}/"
    assert link in page or str(stored[0].pk) in page
    assert page.count('class="wb-entry') == 1


def test_sent_twice_it_is_one_ticket(customer: Customer) -> None:
    sent = customer.form()
    first, second = (customer.client.post(NEW, sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Ticket.objects.count() == 1


def test_the_same_form_with_other_words_is_asked_back(customer: Customer) -> None:
    sent = customer.form()
    customer.client.post(NEW, sent)
    status, said = customer.refused(NEW, sent | {"words": "另一件事"})
    assert (status, said) == (409, ["__all__: 这份报修已经提交过。如果是另一件事，请您再提交一次。"])


@pytest.mark.parametrize("key", ["", "x" * 81])
def test_without_a_proper_key_nothing_is_saved(customer: Customer, key: str) -> None:
    assert customer.refused(NEW, customer.form(idempotency_key=key))[0] == 422


# --- The promise ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("impact", ["stopped", "limited", "part", "help"])
@pytest.mark.parametrize("device", ["", "none"])
def test_27_the_promise_before_is_the_promise_after_is_the_clocks(
    world: World, customer: Customer, impact: str, device: str
) -> None:
    chosen = {"device": device or world.a.asset.pk, "impact": impact}
    before = times(customer.get(PREVIEW, **chosen).content.decode())
    ticket = customer.reports(**chosen)
    assert before == contract_dues(ticket)
    card = customer.get(f"/portal/tickets/{ticket.number}/").content.decode()
    card = card[card.index("wb-promise-card") : card.index("wb-track")]
    assert set(times(card)) == set(before)


def test_27_by_the_levels_of_another_customer(world: World) -> None:
    """L4: an answer within the hour, and on site within a day for a whole system down."""
    customer = customer_of(world.b, world.now)
    chosen = {"device": world.b.asset.pk, "impact": "stopped"}
    assert times(customer.get(PREVIEW, **chosen).content.decode()) == [world.later(hours=1), world.later(hours=24)]
    assert contract_dues(customer.reports(**chosen), "L4") == [world.later(hours=1), world.later(hours=24)]
    chosen["impact"] = "part"
    assert times(customer.get(PREVIEW, **chosen).content.decode()) == [world.later(hours=1)]


def test_27_without_script_a_button_shows_the_promise_and_keeps_the_words(customer: Customer) -> None:
    response = customer.client.post(NEW, customer.form(preview="1", caller_name="门卫"))
    page = response.content.decode()
    assert Ticket.objects.count() == 0
    assert "今天 22:00 前到场" in text(response)
    assert WORDS in page
    assert 'value="门卫"' in page
    assert "has-error" not in page


def test_before_the_answers_there_is_no_promise(world: World, customer: Customer) -> None:
    assert "选好设备和影响后" in text(customer.get(NEW))
    assert "若现在提交" not in text(customer.get(PREVIEW, device=world.a.asset.pk))
    assert "若现在提交" in text(customer.get(PREVIEW, device=world.a.asset.pk, impact="part"))


def test_a5_no_internal_promise_and_no_name_of_a_set_is_shown(world: World, customer: Customer) -> None:
    """The house's own sets (HOTLINE …) and the names of promise sets never reach the customer."""
    ticket = customer.reports()
    pages = [customer.get(path) for path in (NEW, HOME, f"/portal/tickets/{ticket.number}/")]
    pages.append(customer.get(PREVIEW, device=world.a.asset.pk, impact="stopped"))
    for page in pages:
        for hidden in ("HOTLINE", "热线服务规范", "HW12", "终端设备保修", "一级", "二级", "CANARY-B", "SN-B"):
            assert hidden not in page.content.decode()


# --- Refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["device", "site"])
def test_a3_what_belongs_to_another_customer_does_not_exist(world: World, customer: Customer, field: str) -> None:
    """The same answer as for a row that never was."""
    theirs = world.b.asset.pk if field == "device" else world.b.site.pk
    answers = []
    for value in (theirs, 10**9, "x"):
        given: dict[str, Any] = {"device": "none", field: value}
        answers.append(customer.refused(NEW, customer.form(**given)))
    word = {"device": "device: 这台设备不存在，请您从列表中选择。", "site": "site: 这个地点不存在，请您从列表中选择。"}
    assert answers == [(422, [word[field]])] * 3


def test_a3_another_customers_serial_number_is_only_words(world: World, customer: Customer) -> None:
    ticket = customer.reports(device="serial", serial="SN-B")
    assert (ticket.customer, ticket.asset) == (world.a.customer, None)


def test_a3_a_device_of_a_site_that_is_not_mine(world: World, customer: Customer) -> None:
    """A contact reports about their own sites; the customer's other ones do not exist either."""
    other = sites.create(
        customer=world.a.customer,
        name="A 二厅",
        address="A 路 20 号",
        locality="local",
        distance_km=9,
        actor=None,
        now=world.now,
    )
    assert customer.refused(NEW, customer.form(device="none", site=other.pk))[0] == 422
    assert "A 二厅" not in text(customer.get(NEW))


def test_a6_a8_the_customer_decides_neither_level_nor_source_nor_owner(world: World, customer: Customer) -> None:
    ticket = customer.reports(
        severity="1",
        kind="complaint",
        channel="phone",
        source="desk",
        customer=world.b.customer.pk,
        contact=world.b.contact.pk,
        assignee=world.agent.pk,
        author=world.agent.pk,
        number="WB-0000-00001",
        state="closed",
        reported_at="2020-01-01",
    )
    assert (ticket.severity, ticket.kind, ticket.channel, ticket.customer) == (2, "fault", "portal", world.a.customer)
    assert (ticket.contact, ticket.assignee, ticket.state) == (world.a.contact, None, "new")
    assert (ticket.created_by, ticket.reported_at) == (world.a.user, world.now)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("words", " 　"),
        ("words", "x" * 20_000),
        ("words", "a\x00b"),
        ("impact", ""),
        ("impact", "5"),
        ("impact", "\x00"),
        ("device", ""),
        ("device", "9" * 40),
        ("device", "\x00"),
        ("caller_name", "x" * 61),
        ("caller_phone", "12"),
        ("caller_phone", "1" * 21),
        ("wanted_at", "2026-11-20T09:00"),
        ("wanted_at", "tomorrow"),
        ("wanted_at", "9999-12-31T23:59"),
        ("follows", "WB-2611-99999"),
    ],
)
def test_wrong_input_is_named_at_its_field(customer: Customer, name: str, value: str) -> None:
    status, said = customer.refused(NEW, customer.form(**{name: value}))
    assert status == 422
    assert [line.partition(":")[0] for line in said] == [name]


def test_a_serial_number_that_was_promised_is_asked_for(customer: Customer) -> None:
    assert customer.refused(NEW, customer.form(device="serial"))[1] == ["serial: 请填写序列号，或者选择“不确定”。"]


def test_of_several_sites_one_is_chosen(world: World, customer: Customer) -> None:
    other = sites.create(
        customer=world.a.customer,
        name="A 二厅",
        address="x",
        locality="local",
        distance_km=9,
        actor=None,
        now=world.now,
    )
    contacts.assign_sites(contact=world.a.contact, sites=[world.a.site, other], actor=None, now=world.now)
    assert customer.refused(NEW, customer.form(device="none"))[1] == ["site: 请选择设备所在的地点。"]
    assert customer.reports(device="none", site=other.pk).site == other


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.heic", b"\x00\x00\x00\x18ftypheic", "不接受"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不接受"),
        ("a.html", b"<html>", "不接受"),
        ("a.png", b"GIF89a", "内容"),
        ("a.jpg", b"", "空"),
    ],
)
def test_b2_a_file_that_is_refused_leaves_nothing_behind(
    customer: Customer, name: str, content: bytes, said: str
) -> None:
    files = [upload("good.png", picture()), upload(name, content)]
    status, errors = customer.refused(NEW, customer.form(attachments=files))
    assert status == 422
    assert [error.startswith(("attachments: ", f"attachments: {name}")) for error in errors] == [True]
    assert WORDS in customer.client.post(NEW, customer.form(attachments=[upload(name, content)])).content.decode()


def test_b10_a_zip_bomb_and_an_oversized_file_leave_nothing_behind(customer: Customer) -> None:
    packed = bomb(250)
    status, errors = customer.refused(NEW, customer.form(attachments=[upload("logs.zip", packed)]))
    assert (status, len(errors)) == (422, 1)
    large = upload("a.pdf", b"%PDF-1.7" + b"0" * (21 * 1024 * 1024))
    status, errors = customer.refused(NEW, customer.form(attachments=[large]))
    assert (status, len(errors)) == (422, 1)


@pytest.mark.parametrize(("count", "expected"), [(11, 422), (50, 400)])
def test_too_many_files_are_refused_together(customer: Customer, count: int, expected: int) -> None:
    files = [upload(f"{number}.txt", b"x") for number in range(count)]
    assert customer.refused(NEW, customer.form(attachments=files))[0] == expected


def test_archives_of_logs_are_taken(customer: Customer) -> None:
    ticket = customer.reports(attachments=[upload("logs.zip", archive("a.log"))])
    assert Attachment.objects.filter(parent_key=ticket.number).count() == 1


# --- Going on with an earlier case ------------------------------------------------------------------------------------


def test_after_the_days_of_reopening_a_new_case_is_linked(world: World, customer: Customer) -> None:
    first = customer.reports()
    resolution.resolve(ticket=first, solution="已更换", cause="hardware", actor=world.agent, now=world.now)
    with clock.frozen(world.later(days=20)):
        page = customer.get(NEW, follows=first.number).content.decode()
        assert f'value="{first.number}"' in page
        assert f"这是 {first.number} 的后续问题。" in page
        second = customer.reports(follows=first.number)
    assert list(Link.objects.values_list("ticket", "other", "kind")) == [(second.pk, first.pk, "follow_up")]


def test_a3_another_customers_case_cannot_be_gone_on_with(world: World, customer: Customer) -> None:
    theirs = world.report(world.b)
    assert customer.refused(NEW, customer.form(follows=theirs.number)) == (
        422,
        ["follows: 这张服务单不存在。"],
    )


# --- Who --------------------------------------------------------------------------------------------------------------


def test_only_contacts_have_the_portal(world: World) -> None:
    for user in (world.agent, world.admin, make_user(Role.CLIENT)):
        client = logged_in(user)
        assert [client.get(path).status_code for path in (HOME, NEW, PREVIEW)] == [403] * 3
    assert Client().get(NEW).headers["Location"].startswith("/login/")


def test_a16_a_contact_who_left_is_told_politely_and_reports_nothing(world: World, customer: Customer) -> None:
    world.a.contact.is_active = False
    world.a.contact.save()
    assert "您的账号目前没有关联到客户单位" in text(customer.get(HOME))
    before = Ticket.objects.count()
    assert "您的账号目前没有关联到客户单位" in text(customer.send())
    assert Ticket.objects.count() == before
    nobody = logged_in(make_user(Role.CONTACT))
    assert "服务热线" in text(nobody.get(HOME))


@pytest.mark.parametrize("count", [4, 49])
def test_the_form_asks_as_often_for_five_devices_as_for_fifty(
    world: World, customer: Customer, count: int, django_assert_max_num_queries: Any
) -> None:
    more_devices(world, world.a, count)
    customer.get(NEW)
    with django_assert_max_num_queries(12):
        page = customer.get(NEW).content.decode()
    assert page.count('name="device"') == count + 3


def test_a_chosen_device_in_the_address_is_chosen(world: World, customer: Customer) -> None:
    more_devices(world, world.a, 9)
    page = customer.get(NEW, device=world.a.asset.pk).content.decode()
    assert f'value="{world.a.asset.pk}" checked' in page
    assert f'value="{world.b.asset.pk}"' not in customer.get(NEW, device=world.b.asset.pk).content.decode()


@pytest.mark.parametrize("junk", ["\x00", "9" * 40, "-1", "x" * 5000, "\ud83d"])
def test_d3_junk_counts_as_not_known(customer: Customer, junk: str) -> None:
    sent = junk.encode("utf-8", "surrogatepass")
    names = ("device", "serial", "site", "impact", "others_take_over", "follows", "words")
    for path in (NEW, PREVIEW):
        assert customer.client.get(path, dict.fromkeys(names, sent)).status_code == 200


def test_errors_keep_everything_that_was_typed(customer: Customer) -> None:
    response = customer.send(impact=None, caller_name="门卫")
    page = response.content.decode()
    assert errors_of(response) == ["impact: 请选择影响有多大。"]
    assert WORDS in page
    assert 'value="门卫"' in page
    assert '<a href="#id_impact">' in page
    assert 'id="id_impact"' in page


def test_now_is_the_moment_of_sending(world: World, customer: Customer) -> None:
    with clock.frozen(world.now + timedelta(minutes=7)):
        assert customer.reports().reported_at == world.now + timedelta(minutes=7)
