"""Without a login: a report at the device's label, and following it by number and phone."""

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from core import clock
from core.models import Attachment, Audit
from tests.api.caller import traces
from tests.factories import logged_in
from tests.files import picture, upload
from tests.tickets.desk import errors_of
from tests.tickets.portal import contract_dues, customer_of, text, times
from tests.world import World
from tickets.domain import message
from tickets.models import Event, LabelReport, Message, Participant, Ticket

FOLLOW = "/follow/"


@pytest.fixture(autouse=True)
def fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def stranger(world: World) -> Client:
    return Client()


def label(world: World) -> str:
    return f"/d/{world.a.asset.label_key}/"


def form(**given: Any) -> dict[str, Any]:
    facts = {
        "words": "票据模糊。三号窗口",
        "impact": "part",
        "caller_name": "路过的同事",
        "caller_phone": "138 0013 8000",
        "idempotency_key": str(uuid4()),
    }
    return {name: value for name, value in (facts | given).items() if value is not None}


def refused(client: Client, path: str, data: dict[str, Any]) -> tuple[int, list[str]]:
    before = traces()
    response = client.post(path, data)
    assert traces() == before
    assert LabelReport.objects.count() == 0
    return response.status_code, errors_of(response)


def ask(client: Client, number: str, phone: str, **more: Any) -> HttpResponse:
    return client.post(FOLLOW, {"number": number, "phone": phone, **more})


# --- At the device ----------------------------------------------------------------------------------------------------


def test_the_page_names_the_device_and_nobody(world: World, stranger: Client) -> None:
    page = text(stranger.get(label(world)))
    assert "自助终端" in page
    assert "A 三号窗口" in page
    assert "序列号尾号 SN-A" in page
    for hidden in ("CANARY", "A 陈敏", "021", "路 18 号", "A 大厅", "HT-A"):
        assert hidden not in page


def test_only_the_end_of_a_serial_number_is_shown(world: World, stranger: Client) -> None:
    world.a.asset.serial = "SECRET-88A-0192"
    world.a.asset.save()
    page = text(stranger.get(label(world)))
    assert "序列号尾号 0192" in page
    assert "SECRET" not in page


@pytest.mark.parametrize("key", ["x", "WB-0001-99999", "0" * 22, "null", "A" * 300])
def test_c3_an_unknown_label_is_a_page_that_does_not_exist(world: World, stranger: Client, key: str) -> None:
    answer, other = stranger.get(f"/d/{key}/"), stranger.get("/no-such-page/")
    assert (answer.status_code, text(answer, 404)) == (404, text(other, 404))
    assert stranger.post(f"/d/{key}/", form()).status_code == 404


def test_a_stranger_reports_and_follows_at_once(world: World, stranger: Client) -> None:
    response = stranger.post(label(world), form(attachments=[upload("现场.png", picture())]))
    ticket = Ticket.objects.get()
    assert response.headers["Location"] == f"/follow/{ticket.number}/"
    assert (ticket.customer, ticket.contact, ticket.asset) == (world.a.customer, None, world.a.asset)
    assert (ticket.caller_name, ticket.caller_phone) == ("路过的同事", "138 0013 8000")
    assert (ticket.channel, ticket.severity, ticket.kind, ticket.created_by) == ("portal", 3, "fault", None)
    assert set(Event.objects.filter(ticket=ticket).values_list("source", "actor")) == {("portal", None)}
    assert not Participant.objects.exists()
    assert Audit.objects.get(action="ticket.report").actor is None
    assert Attachment.objects.get().uploaded_by is None
    page = text(stranger.get(response.headers["Location"]))
    assert ticket.number in page
    assert "我们承诺 今天 10:05 前与您联系" in page
    assert LabelReport.objects.get().ticket == ticket


def test_the_desk_reads_who_reported_it(world: World, stranger: Client) -> None:
    stranger.post(label(world), form())
    ticket = Ticket.objects.get()
    page = text(logged_in(world.agent).get(f"/tickets/{ticket.number}/"))
    assert "路过的同事" in page
    assert "138 0013 8000" in page


def test_23_sent_twice_it_is_one_report(world: World, stranger: Client) -> None:
    sent = form()
    first, second = stranger.post(label(world), sent), Client().post(label(world), sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("words", ""),
        ("words", "a\x00b"),
        ("words", "x" * 20_000),
        ("impact", ""),
        ("impact", "1"),
        ("caller_name", ""),
        ("caller_name", "x" * 61),
        ("caller_phone", ""),
        ("caller_phone", "110"),
        ("caller_phone", "13800138000' or 1=1"),
    ],
)
def test_wrong_input_is_named_at_its_field(world: World, stranger: Client, name: str, value: str) -> None:
    status, said = refused(stranger, label(world), form(**{name: value}))
    assert (status, [line.partition(":")[0] for line in said]) == (422, [name])


def test_too_many_or_bad_files_leave_nothing_behind(world: World, stranger: Client) -> None:
    four = [upload(f"{number}.png", picture()) for number in range(4)]
    assert refused(stranger, label(world), form(attachments=four)) == (422, ["attachments: 一次最多上传 3 个文件。"])
    bad = [upload("a.png", picture()), upload("a.svg", b"<svg/>")]
    assert refused(stranger, label(world), form(attachments=bad))[0] == 422


@pytest.mark.parametrize("key", ["", "short", "x" * 41, "密钥密钥密钥密钥"])
def test_a_form_without_its_key_is_asked_back(world: World, stranger: Client, key: str) -> None:
    assert refused(stranger, label(world), form(idempotency_key=key))[0] == 422


def test_who_fills_the_hidden_field_is_no_person(world: World, stranger: Client) -> None:
    before = traces()
    response = stranger.post(label(world), form(website="https://spam.example"))
    assert response.headers["Location"] == FOLLOW
    assert traces() == before


def test_a6_a_stranger_decides_nothing_else(world: World, stranger: Client) -> None:
    stranger.post(
        label(world),
        form(
            severity="1",
            customer=world.b.customer.pk,
            contact=world.a.contact.pk,
            asset=world.b.asset.pk,
            source="desk",
        ),
    )
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.contact, ticket.asset, ticket.severity) == (
        world.a.customer,
        None,
        world.a.asset,
        3,
    )


def test_c6_the_sixth_report_within_the_minute_waits(world: World, stranger: Client) -> None:
    answers = [stranger.post(label(world), form()).status_code for _ in range(7)]
    assert answers == [302] * 5 + [429] * 2
    assert Ticket.objects.count() == 5
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post(label(world), form()).status_code == 429  # the device has had its share too
    assert elsewhere.post(f"/d/{world.b.asset.label_key}/", form()).status_code == 302


def test_f2_without_redis_reports_are_taken(world: World, stranger: Client, settings: Any) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert [stranger.post(label(world), form()).status_code for _ in range(2)] == [302, 302]


def test_a_customer_who_left_has_no_labels(world: World, stranger: Client) -> None:
    world.a.customer.is_active = False
    world.a.customer.save()
    assert stranger.get(label(world)).status_code == 404


def test_a_contact_who_sees_the_device_gets_the_full_form(world: World) -> None:
    customer = customer_of(world.a, world.now)
    assert customer.get(label(world)).headers["Location"] == f"/portal/new/?device={world.a.asset.pk}"
    assert logged_in(world.b.user).get(label(world)).status_code == 200


def test_a18_c4_looking_changes_nothing(world: World, stranger: Client) -> None:
    before = traces()
    for _ in range(3):
        for path in (label(world), FOLLOW, "/follow/WB-2611-00001/"):
            stranger.get(path)
            stranger.head(path)
    assert traces() == before
    assert settings.SESSION_COOKIE_NAME not in stranger.cookies


# --- Following --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report(contact=None, caller_name="路过的同事", caller_phone="138 0013 8000")


@pytest.mark.parametrize("phone", ["13800138000", "138 0013 8000", "+86 138-0013-8000"])
def test_number_and_phone_open_the_case_however_they_are_written(
    world: World, stranger: Client, ticket: Ticket, phone: str
) -> None:
    response = ask(stranger, f" {ticket.number.lower()} ", phone)
    assert response.headers["Location"] == f"/follow/{ticket.number}/"
    assert ticket.number in text(stranger.get(response.headers["Location"]))


def test_the_phone_of_the_contact_opens_it_too(world: World, stranger: Client) -> None:
    ticket = world.report()
    assert ask(stranger, ticket.number, "021-5555 0101").status_code == 302


def test_c6_every_wrong_question_gets_the_same_answer(world: World, ticket: Ticket) -> None:
    world.report(kind="training", contact=None, caller_phone="138 0013 8000")
    hidden = Ticket.objects.get(kind="training")
    without = world.report(contact=None)
    wrong = [
        (ticket.number, "139 0013 8000"),
        ("WB-2611-99999", "138 0013 8000"),
        (hidden.number, "138 0013 8000"),
        (without.number, "138 0013 8000"),
        ("'; drop table", "138 0013 8000"),
    ]
    pages = set()
    for number, phone in wrong:
        client = Client()
        response = ask(client, number, phone)
        page = text(response, 422).replace(number, "…").replace(phone, "…")
        pages.add((page, errors_of(response)[0], settings.SESSION_COOKIE_NAME in client.cookies))
        cache.clear()
    assert len(pages) == 1
    assert "没有找到单号和电话都相符的记录" in pages.pop()[0]


def test_c6_the_sixth_try_within_the_minute_waits(world: World, stranger: Client, ticket: Ticket) -> None:
    answers = [ask(stranger, ticket.number, "139 0013 8000").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert ask(stranger, ticket.number, "138 0013 8000").status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert ask(elsewhere, ticket.number, "138 0013 8000").status_code == 429


@pytest.mark.parametrize(
    ("number", "phone"), [("", ""), ("x" * 21, "138 0013 8000"), ("a\x00b", "x"), ("密", "一二三")]
)
def test_c3_malformed_questions_are_named(world: World, stranger: Client, number: str, phone: str) -> None:
    assert ask(stranger, number, phone).status_code == 422


def test_nobody_sees_a_case_without_asking_and_after_an_hour(world: World, stranger: Client, ticket: Ticket) -> None:
    path = f"/follow/{ticket.number}/"
    assert stranger.get(path).headers["Location"] == FOLLOW
    other = world.report(world.b)
    ask(stranger, ticket.number, "138 0013 8000")
    assert stranger.get(path).status_code == 200
    assert stranger.get(f"/follow/{other.number}/").headers["Location"] == FOLLOW
    assert Client().get(path).headers["Location"] == FOLLOW
    with clock.frozen(world.later(minutes=59)):
        assert stranger.get(path).status_code == 200
    with clock.frozen(world.later(minutes=60)):
        assert stranger.get(path).headers["Location"] == FOLLOW
        assert stranger.post(path, {"body": "x"}).headers["Location"] == FOLLOW
    assert not Message.objects.exists()


def test_a5_it_says_state_and_promise_and_nothing_else(world: World, stranger: Client, ticket: Ticket) -> None:
    message.note(ticket=ticket, body="CANARY-INTERNAL", actor=world.agent, now=world.now)
    message.reply(ticket=ticket, body="CANARY-THREAD", actor=world.agent, now=world.now)
    ask(stranger, ticket.number, "138 0013 8000")
    with clock.frozen(world.later(minutes=2)):
        html = stranger.get(f"/follow/{ticket.number}/").content.decode()
    assert "正在处理" in html
    for hidden in ("CANARY", "王芳", "打印头", "A 陈敏", "三号窗口", "138 0013", "路过的同事", "A 大厅"):
        assert hidden not in html
    assert set(times(html)) >= set(contract_dues(ticket)[-2:])


def test_a_late_promise_is_said_here_too(world: World, stranger: Client, ticket: Ticket) -> None:
    ask(stranger, ticket.number, "138 0013 8000")
    with clock.frozen(world.later(minutes=6)):
        page = text(stranger.get(f"/follow/{ticket.number}/"))
    assert "抱歉，我们比承诺晚了 1 分" in page
    assert "值班经理李主任将在 今天 10:35 前致电您。" in page


def test_a_word_to_us_is_the_callers_and_nobodys_else(world: World, stranger: Client, ticket: Ticket) -> None:
    path = f"/follow/{ticket.number}/"
    ask(stranger, ticket.number, "138 0013 8000")
    response = stranger.post(path, {"body": "下午四点前有人", "author": world.agent.pk})
    assert response.headers["Location"] == f"{path}?sent=1"
    said = Message.objects.get()
    assert (said.body, said.author, said.from_contact, said.internal) == ("下午四点前有人", None, None, False)
    ticket.refresh_from_db()
    assert ticket.customer_waits is True
    assert "您的留言已发送" in text(stranger.get(f"{path}?sent=1"))
    assert "下午四点前有人" not in text(stranger.get(path))
    assert "下午四点前有人" in text(logged_in(world.agent).get(f"/tickets/{ticket.number}/"))


@pytest.mark.parametrize("body", ["", "x" * 2001, "a\x00b"])
def test_a_word_that_is_none_is_refused(world: World, stranger: Client, ticket: Ticket, body: str) -> None:
    ask(stranger, ticket.number, "138 0013 8000")
    assert refused(stranger, f"/follow/{ticket.number}/", {"body": body})[0] == 422


def test_the_poll_answers_only_news(world: World, stranger: Client, ticket: Ticket) -> None:
    path = f"/follow/{ticket.number}/"
    ask(stranger, ticket.number, "138 0013 8000")
    mark = stranger.get(path).context["token"]
    assert stranger.get(path, {"since": mark}).status_code == 204
    with clock.frozen(world.later(minutes=6)):
        fresh = stranger.get(path, {"since": mark})
    assert fresh.status_code == 200
    assert "<html" not in fresh.content.decode()
