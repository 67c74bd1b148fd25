"""S43, S45: what a customer reads of their cases and does to them."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.enums import Role
from core import clock
from core.domain import outbox
from core.models import Attachment, Notification, Outbox
from customers.domain import contact as contacts
from tests.factories import logged_in, make_user
from tests.files import picture, upload
from tests.tickets.portal import HOME, LIST, Customer, administrator_of, contract_dues, customer_of, text
from tests.world import World
from tickets.domain import assignment, attachment, cancellation, message, progress, resolution, waiting
from tickets.domain.sweep import sweep
from tickets.models import Event, Message, Ticket


@pytest.fixture
def customer(world: World) -> Customer:
    return customer_of(world.a, world.now)


@pytest.fixture
def ticket(world: World, customer: Customer) -> Ticket:
    return customer.reports()


def path(ticket: Ticket, act: str = "") -> str:
    return f"/portal/tickets/{ticket.number}/{act}"


def key() -> str:
    return str(uuid4())


def resolved(world: World, ticket: Ticket) -> None:
    resolution.resolve(
        ticket=ticket, solution="更换打印头，测试正常。", cause="hardware", actor=world.agent, now=clock.now()
    )


# --- What is promised -------------------------------------------------------------------------------------------------


def test_a_running_promise_in_clock_time(customer: Customer, ticket: Ticket) -> None:
    page = text(customer.get(path(ticket)))
    assert "我们承诺 今天 10:05 前与您联系" in page
    assert "已收到，正在安排人员" in page
    assert "今天 22:00 前到场" in page


def test_a_late_promise_is_said_first_by_us(world: World, customer: Customer, ticket: Ticket) -> None:
    """With name and time, at the instant at which it is late, before any sweep has run."""
    with clock.frozen(world.later(minutes=17)):
        page = text(customer.get(path(ticket)))
        assert "抱歉，我们比承诺晚了 12 分" in page
        assert "值班经理李主任将在 今天 10:35 前致电您。" in page
        assert "原承诺：今天 10:05 前与您联系。" in page
        assert "抱歉，我们比承诺晚了，值班经理会致电您。" in text(customer.get(HOME))
        assert "超时" not in page
    with clock.frozen(world.later(minutes=36)):
        page = text(customer.get(path(ticket)))
        assert "值班经理李主任正在跟进" in page
        assert "致电您。" not in page


def test_a_pause_says_what_we_wait_for_and_never_the_note(world: World, customer: Customer, ticket: Ticket) -> None:
    progress.record_progress(ticket=ticket, kind="first_contact", actor=world.agent, now=world.now)
    waiting.pause(
        ticket=ticket, reason="waiting_customer", note="CANARY-INTERNAL 客户难缠", actor=world.agent, now=world.now
    )
    page = text(customer.get(path(ticket)))
    assert "因等待您的回复，时限已暂停" in page
    assert "自 今天 10:00 起暂停。" in page
    assert "CANARY-INTERNAL" not in page


def test_kept_and_late_promises_are_told_as_they_were(world: World, customer: Customer, ticket: Ticket) -> None:
    progress.record_progress(ticket=ticket, kind="first_contact", actor=world.agent, now=world.later(minutes=4))
    with clock.frozen(world.later(minutes=90)):
        message.reply(ticket=ticket, body="方案如下", is_plan=True, actor=world.agent, now=clock.now())
        page = text(customer.get(path(ticket)))
    assert "已按承诺与您联系：今天 10:04（承诺 今天 10:05 前）" in page
    assert "晚于承诺给出处理方案：今天 11:30（承诺 今天 11:00 前）" in page


def test_outside_the_service_hours(world: World) -> None:
    customer = customer_of(world.b, world.now)
    promised = world.report(world.b)
    assert "现在是非服务时间" not in text(customer.get(path(promised)))


def test_the_way_in_plain_words(world: World, customer: Customer, ticket: Ticket) -> None:
    def steps() -> list[tuple[str, str]]:
        page = customer.get(path(ticket)).context["page"]
        return [(step.label, step.state) for step in page.steps]

    assert steps() == [
        ("已报修", "done"),
        ("受理", "now"),
        ("处理方案", "todo"),
        ("工程师到场", "todo"),
        ("处理与试运行", "todo"),
        ("请您确认并评价", "todo"),
    ]
    assignment.assign(ticket=ticket, assignee=world.engineer, actor=world.agent, now=world.now)
    progress.record_progress(ticket=ticket, kind="checked_in", actor=world.engineer, now=world.now)
    assert steps() == [
        ("已报修", "done"),
        ("已受理", "done"),
        ("工程师已到场", "done"),
        ("处理与试运行", "now"),
        ("请您确认并评价", "todo"),
    ]
    assert "王工" in text(customer.get(path(ticket)))
    resolved(world, ticket)
    assert steps()[-2:] == [("已处理并试运行", "done"), ("请您确认并评价", "now")]


def test_the_phone_of_our_people_is_not_shown(world: World, customer: Customer, ticket: Ticket) -> None:
    engineer = make_user(Role.ENGINEER, name="张工", phone="13900139000")
    assignment.assign(ticket=ticket, assignee=engineer, actor=world.agent, now=world.now)
    page = customer.get(path(ticket)).content.decode()
    assert "张工" in page
    assert "139 0013 9000" not in page
    assert "13900139000" not in page


# --- What is said -----------------------------------------------------------------------------------------------------


def test_a5_nothing_internal_reaches_the_customer(world: World, customer: Customer, ticket: Ticket) -> None:
    message.note(ticket=ticket, body="CANARY-INTERNAL-NOTE", actor=world.agent, now=world.now)
    attachment.attach(
        ticket=ticket,
        upload=upload("CANARY-INTERNAL-FILE.png", picture()),
        internal=True,
        actor=world.agent,
        now=world.now,
    )
    waiting.set_state(
        ticket=ticket, state="waiting_parts", note="CANARY-INTERNAL-STATE", actor=world.agent, now=world.now
    )
    progress.record_progress(
        ticket=ticket, kind="remote_failed", note="CANARY-INTERNAL-PROGRESS", actor=world.agent, now=world.now
    )
    world.report(world.b, subject="CANARY-B-SUBJECT")
    with clock.frozen(world.later(hours=30)):
        sweep(clock.now())
        pages = [customer.get(one) for one in (path(ticket), path(ticket, "live/"), HOME, LIST)]
    for page in pages:
        html = page.content.decode()
        for hidden in ("CANARY-INTERNAL", "CANARY-B", "安排上门", "热线服务规范", "值班经理回电"):
            assert hidden not in html


def test_our_answer_appears_once_it_cannot_be_taken_back(world: World, customer: Customer, ticket: Ticket) -> None:
    message.reply(ticket=ticket, body="您好，工程师今天到场。", actor=world.agent, now=world.now)
    assert "工程师今天到场" not in text(customer.get(path(ticket)))
    with clock.frozen(world.later(seconds=11)):
        page = text(customer.get(path(ticket)))
    assert "工程师今天到场" in page
    assert "王芳" in page


def test_a_message_with_a_file_ends_the_pause_and_tells_the_assignee(
    world: World, customer: Customer, ticket: Ticket
) -> None:
    assignment.assign(ticket=ticket, assignee=world.agent, actor=world.agent, now=world.now)
    waiting.pause(ticket=ticket, reason="waiting_customer", note="", actor=world.agent, now=world.now)
    sent = {"body": "停机窗口定在今晚八点", "attachments": [upload("单据.png", picture())], "idempotency_key": key()}
    response = customer.client.post(path(ticket, "message/"), sent)
    assert response.headers["Location"] == path(ticket)
    ticket.refresh_from_db()
    said = Message.objects.get(ticket=ticket)
    assert (said.body, said.author, said.from_contact, said.internal) == (
        "停机窗口定在今晚八点",
        world.a.user,
        world.a.contact,
        False,
    )
    assert (ticket.state, ticket.customer_waits) == ("in_progress", True)
    assert Event.objects.filter(ticket=ticket, kind="resumed").count() == 1
    assert Notification.objects.filter(user=world.agent, kind="heard").count() == 1
    entries = customer.get(path(ticket)).context["page"].entries
    assert [(entry.author, entry.body, [file["name"] for file in entry.files]) for entry in entries[1:]] == [
        ("您", "停机窗口定在今晚八点", ["单据.png"])
    ]


def test_23_a_message_sent_twice_is_one(customer: Customer, ticket: Ticket) -> None:
    sent = {"body": "还在等", "idempotency_key": key()}
    assert [customer.client.post(path(ticket, "message/"), sent).status_code for _ in range(2)] == [302, 302]
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_a8_the_author_of_a_message_is_who_is_logged_in(world: World, customer: Customer, ticket: Ticket) -> None:
    forged = {"author": world.agent.pk, "from_contact": world.b.contact.pk, "is_plan": "on", "next_state": "resolved"}
    customer.client.post(path(ticket, "message/"), {"body": "我是客服", "internal": "1", **forged})
    said = Message.objects.get(ticket=ticket)
    assert (said.author, said.from_contact, said.internal) == (world.a.user, world.a.contact, False)
    assert not Event.objects.filter(ticket=ticket, kind__in=("plan_sent", "responded", "resolved")).exists()


@pytest.mark.parametrize("body", ["", "  ", "x" * 5001, "a\x00b"])
def test_a_message_that_is_none_is_refused(customer: Customer, ticket: Ticket, body: str) -> None:
    status, said = customer.refused(path(ticket, "message/"), {"body": body, "idempotency_key": key()})
    assert (status, [line.partition(":")[0] for line in said]) == (422, ["body"])


def test_b2_a_message_whose_file_is_refused_is_not_sent(customer: Customer, ticket: Ticket) -> None:
    sent = {"body": "见附件", "attachments": [upload("a.svg", b"<svg/>")], "idempotency_key": key()}
    assert customer.refused(path(ticket, "message/"), sent)[0] == 422
    assert Attachment.objects.count() == 0


def test_b1_files_of_the_case_are_the_customers_and_internal_ones_are_not(
    world: World, customer: Customer, ticket: Ticket
) -> None:
    open_one, hidden = (
        attachment.attach(
            ticket=ticket, upload=upload(name, picture()), internal=internal, actor=world.agent, now=world.now
        )
        for name, internal in (("a.png", False), ("b.png", True))
    )
    assert customer.get(f"/attachments/{open_one.pk}/").status_code == 200
    assert customer.get(f"/attachments/{hidden.pk}/").status_code == 404
    assert logged_in(world.b.user).get(f"/attachments/{open_one.pk}/").status_code == 404


# --- Solved or not ----------------------------------------------------------------------------------------------------


def test_confirming_completes_the_case_without_asking_why_it_was_late(
    world: World, customer: Customer, ticket: Ticket
) -> None:
    with clock.frozen(world.later(minutes=40)):
        resolution.resolve(
            ticket=ticket,
            solution="更换打印头",
            cause="hardware",
            breach_reasons={"first_contact": "workload"},
            actor=world.agent,
            now=clock.now(),
        )
        page = text(customer.get(path(ticket)))
        assert "处理结果：更换打印头" not in page  # still within our ten seconds
        assert "已处理完成，请您确认是否解决" in page
    with clock.frozen(world.later(minutes=50)):
        assert "处理结果：更换打印头" in text(customer.get(path(ticket)))
        for _ in range(2):
            assert customer.client.post(path(ticket, "confirm/")).headers["Location"] == path(ticket)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.closed_at) == ("closed", world.later(minutes=50))
    closed = Event.objects.get(ticket=ticket, kind="closed")
    assert (closed.actor, closed.source) == (world.a.user, "portal")


def test_only_what_is_resolved_can_be_confirmed(customer: Customer, ticket: Ticket) -> None:
    assert customer.refused(path(ticket, "confirm/"), {})[0] == 409
    assert 'id="confirm"' not in customer.get(path(ticket)).content.decode()


def test_not_solved_opens_a_new_round_and_tells_the_assignee(world: World, customer: Customer, ticket: Ticket) -> None:
    assignment.assign(ticket=ticket, assignee=world.agent, actor=world.agent, now=world.now)
    resolved(world, ticket)
    sent = {"reason": "还是打不清楚", "idempotency_key": key()}
    with clock.frozen(world.later(days=1)):
        assert customer.client.post(path(ticket, "reopen/"), sent).headers["Location"] == path(ticket)
        assert customer.client.post(path(ticket, "reopen/"), sent).status_code == 302
        page = text(customer.get(path(ticket)))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.round) == ("in_progress", 2)
    assert "还没解决：还是打不清楚" in page
    assert "您再次反馈" in page
    assert Notification.objects.filter(user=world.agent, kind="not_solved").count() == 1


def test_a_reason_written_by_us_is_not_shown(world: World, customer: Customer, ticket: Ticket) -> None:
    resolved(world, ticket)
    resolution.reopen(ticket=ticket, reason="CANARY-INTERNAL", actor=world.agent, now=world.now)
    with clock.frozen(world.later(minutes=1)):
        page = text(customer.get(path(ticket)))
    assert "CANARY-INTERNAL" not in page
    assert "我们继续处理。" in page


def test_after_fourteen_days_the_way_is_a_new_report(world: World, customer: Customer, ticket: Ticket) -> None:
    resolved(world, ticket)
    with clock.frozen(world.later(days=14)):
        assert customer.get(path(ticket, "reopen/")).status_code == 200
    with clock.frozen(world.later(days=14, seconds=1)):
        page = customer.get(path(ticket)).content.decode()
        assert f"/portal/new/?follows={ticket.number}" in page
        response = customer.client.post(path(ticket, "reopen/"), {"reason": "还是坏的"})
        assert response.headers["Location"] == f"/portal/new/?follows={ticket.number}"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.round) == ("resolved", 1)


def test_not_solved_wants_a_reason_and_an_ended_case(customer: Customer, world: World, ticket: Ticket) -> None:
    assert customer.refused(path(ticket, "reopen/"), {"reason": "x"})[0] == 409
    resolved(world, ticket)
    assert customer.refused(path(ticket, "reopen/"), {"reason": " "})[0] == 422


def test_a_report_can_be_withdrawn_until_work_begins(world: World, customer: Customer, ticket: Ticket) -> None:
    other = customer.reports()
    assert customer.client.post(path(ticket, "withdraw/"), {"note": "已自行恢复"}).headers["Location"] == path(ticket)
    ticket.refresh_from_db()
    cancelled = Event.objects.get(ticket=ticket, kind="cancelled")
    assert (ticket.state, cancelled.data["reason"], cancelled.data["note"]) == ("cancelled", "withdrawn", "已自行恢复")
    assert "这次报修已撤回" in text(customer.get(path(ticket)))
    message.reply(ticket=other, body="您好", actor=world.agent, now=world.now)
    assert customer.refused(path(other, "withdraw/"), {})[0] == 409
    assert "withdraw/" not in customer.get(path(other)).content.decode()


def test_a_case_that_is_over_takes_no_message(world: World, customer: Customer, ticket: Ticket) -> None:
    cancellation.cancel(ticket=ticket, reason="mistake", note="", actor=world.agent, now=world.now)
    assert customer.refused(path(ticket, "message/"), {"body": "喂"})[0] == 409


# --- Whose ------------------------------------------------------------------------------------------------------------


ACTS = ("", "live/", "message/", "confirm/", "reopen/", "withdraw/")


def test_a1_another_customers_case_does_not_exist(world: World, customer: Customer) -> None:
    theirs = world.report(world.b)
    for act in ACTS:
        for number in (theirs.number, "WB-0001-99999"):
            for method in ("get", "post"):
                answer = getattr(customer.client, method)(f"/portal/tickets/{number}/{act}", {"body": "x"})
                assert answer.status_code in (404, 405)
                assert "CANARY-B" not in answer.content.decode()
    theirs.refresh_from_db()
    assert (theirs.state, theirs.version) == ("new", 1)


def test_a16_a_contact_sees_their_sites_and_the_administrator_all(world: World, customer: Customer) -> None:
    mine = customer.reports()
    contacts.assign_sites(contact=world.a.contact, sites=[], actor=None, now=world.now)
    other = world.report(contact=None)
    assert customer.get(path(other)).status_code == 404
    assert customer.get(path(mine)).status_code == 200
    administrator = administrator_of(world.a)
    assert [administrator.get(path(one)).status_code for one in (mine, other)] == [200, 200]
    assert administrator.get(path(world.report(world.b))).status_code == 404


def test_words_of_a_merged_case_that_is_not_mine_stay_hidden(world: World, customer: Customer) -> None:
    mine = customer.reports()
    contacts.assign_sites(contact=world.a.contact, sites=[], actor=None, now=world.now)
    other = world.report(contact=None, now=world.later(minutes=1))
    message.hear(ticket=other, body="CANARY-OTHER", contact=None, actor=world.agent, now=world.later(minutes=1))
    with clock.frozen(world.later(minutes=2)):
        cancellation.merge(ticket=mine, other=other, actor=world.agent, now=clock.now())
    with clock.frozen(world.later(minutes=3)):
        assert "CANARY-OTHER" not in text(customer.get(path(mine)))
        assert "CANARY-OTHER" in text(administrator_of(world.a).get(path(mine)))


def test_trainings_and_repairs_are_no_services(world: World, customer: Customer) -> None:
    hidden = world.report(kind="training", subject="培训班")
    assert "培训班" not in text(customer.get(LIST)) + text(customer.get(HOME))
    assert customer.get(path(hidden)).status_code == 404


# --- First page and list ----------------------------------------------------------------------------------------------


def test_the_first_page_says_what_is_open(world: World, customer: Customer) -> None:
    assert "您还没有服务记录。遇到问题请点“我要报修”。" in text(customer.get(HOME))
    first, second = customer.reports(), customer.reports(words="第二台也不行")
    cancellation.cancel(ticket=first, reason="withdrawn", note="", actor=world.agent, now=world.now)
    customer.get(LIST)  # takes the messages along
    page = text(customer.get(HOME))
    assert second.number in page
    assert first.number not in page
    assert "我们承诺 今天 10:05 前与您联系" in page
    resolved(world, second)
    assert "请您确认" in text(customer.get(HOME))


def test_the_poll_answers_only_news(world: World, customer: Customer, ticket: Ticket) -> None:
    for where, name in (("/portal/cases/", "token"), (path(ticket, "live/"), None)):
        context = customer.get(where).context
        mark = context["token"] if name else context["page"].token
        assert customer.get(where, since=mark).status_code == 204
        assert customer.get(where, since="x").status_code == 200
        with clock.frozen(world.later(minutes=6)):
            assert customer.get(where, since=mark).status_code == 200


def test_the_list_finds_by_number_and_words(world: World, customer: Customer, ticket: Ticket) -> None:
    other = customer.reports(words="键盘失灵")
    world.report(world.b, subject="键盘 CANARY-B")
    customer.get(HOME)  # takes the messages along
    page = text(customer.get(LIST, q=ticket.number))
    assert ticket.number in page
    assert other.number not in page
    assert other.number in text(customer.get(LIST, q="键盘"))
    for words in ("%", "_", "CANARY-B", "x" * 10_000, "😀", "。。"):
        assert "没有找到" in text(customer.get(LIST, q=words))
    assert ticket.number in text(customer.get(LIST, q="\x00"))


def test_the_list_has_pages(customer: Customer) -> None:
    made = [customer.reports(words=f"第 {number} 件事") for number in range(22)]
    customer.get(HOME)  # takes the messages along
    assert made[0].number not in text(customer.get(LIST))
    assert made[0].number in text(customer.get(LIST, page=2))
    assert customer.get(LIST, page="x").status_code == 200


# --- Figures ----------------------------------------------------------------------------------------------------------


def fill(world: World, ticket: Ticket, count: int) -> None:
    for number in range(count):
        message.hear(
            ticket=ticket,
            body=f"留言 {number}",
            contact=world.a.contact,
            actor=world.a.user,
            now=world.later(seconds=number),
        )


@pytest.mark.parametrize("count", [5, 50])
def test_19_the_case_page_keeps_its_budget(
    world: World, customer: Customer, ticket: Ticket, count: int, django_assert_max_num_queries: Any
) -> None:
    fill(world, ticket, count)
    with clock.frozen(world.later(hours=2)):
        customer.get(path(ticket))
        with django_assert_max_num_queries(10):
            page = customer.get(path(ticket))
    assert len(page.context["page"].entries) == count + 1
    assert "李主任" in text(page)


@pytest.mark.parametrize("count", [5, 50])
def test_19_home_and_list_keep_their_budget(
    world: World, customer: Customer, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        world.report(subject=f"第 {number} 件事")
    customer.get(HOME)
    with django_assert_max_num_queries(8):
        text(customer.get(HOME))
    with django_assert_max_num_queries(8):
        text(customer.get("/portal/cases/"))
    with django_assert_max_num_queries(9):
        text(customer.get(LIST))


# --- A late promise is told once --------------------------------------------------------------------------------------


def late_mails() -> int:
    return Outbox.objects.filter(kind="ticket.late").count()


def pass_time(world: World, minutes: float) -> None:
    now = world.later(minutes=minutes)
    with clock.frozen(now):
        sweep(now)
        outbox.drain(now)


def test_a_late_promise_is_mailed_once_a_clock_where_the_contract_says_so(
    world: World, customer: Customer, mailoutbox: list[Any]
) -> None:
    world.a.line.tell_customer = True
    world.a.line.save()
    ticket = customer.reports()
    pass_time(world, 4)
    assert late_mails() == 0
    pass_time(world, 5.1)
    assert late_mails() == 1
    pass_time(world, 9)
    pass_time(world, 59)
    assert late_mails() == 1
    pass_time(world, 60.1)
    assert late_mails() == 3  # the plan and the remote support
    told = [mail for mail in mailoutbox if "晚" in mail.subject]
    assert [mail.to for mail in told] == [["A 陈敏 <contact-a@example.com>"]] * 3 or len(told) == 3
    assert ticket.number in told[0].subject


def test_without_that_word_in_the_contract_nobody_is_mailed(world: World, customer: Customer) -> None:
    customer.reports()
    pass_time(world, 300)
    assert late_mails() == 0


def test_a5_an_internal_clock_is_never_mailed_to_the_customer(world: World, customer: Customer) -> None:
    """The duty manager's call within the hour is a promise among ourselves."""
    world.a.line.tell_customer = True
    world.a.line.save()
    ticket = customer.reports(impact="help")
    progress.record_progress(ticket=ticket, kind="urgent_visit_requested", actor=world.agent, now=world.now)
    for hours in (1, 2, 3, 30):
        pass_time(world, hours * 60 + 1)
    late = set(ticket.clocks.filter(state="breached").values_list("set_code", "target"))
    assert late == {("HW12", "remote"), ("HOTLINE", "manager_callback")}
    assert late_mails() == 1


def test_dues_of_the_card_are_those_of_the_clocks(customer: Customer, ticket: Ticket) -> None:
    lines = customer.get(path(ticket)).context["page"].promise.lines
    assert sorted(line.due_at for line in lines) == contract_dues(ticket)


def test_what_the_customer_does_is_a_post(world: World, customer: Customer, ticket: Ticket) -> None:
    resolved(world, ticket)
    for act in ("message/", "confirm/"):
        assert customer.get(path(ticket, act)).status_code == 405
    assert Client(enforce_csrf_checks=True).post(path(ticket, "confirm/")).status_code in (302, 403)
    ticket.refresh_from_db()
    assert ticket.state == "resolved"
