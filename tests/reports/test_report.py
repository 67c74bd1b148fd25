"""Monthly customer reports: frozen figures, drafted once, published once, seen by the right people."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import translation
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Role
from core import clock, pdf
from core.domain import outbox
from core.errors import InputError, RuleError, StaleError
from core.models import Attachment, Audit, Counter, Outbox
from customers.domain import contact as contacts
from customers.models import Contact
from reports.domain import report as reports
from reports.domain.report_document import document_of
from reports.domain.report_run import draft_monthly
from reports.enums import ReportState, Section
from reports.models import ServiceReport
from reports.queries.report import reports_for
from reports.queries.report_month import Month, last_to_report
from tests.factories import logged_in, make_user
from tests.races.together import codes, together
from tests.world import Place, World, make_place, make_world
from tickets.domain import cancellation, message, resolution
from tickets.models import Clock, Ticket

NOVEMBER = Month(date(2026, 11, 1))
FIRST = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
"""2026-12-01 06:00 in Shanghai."""
WRITERS = (Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR)
READERS = (*WRITERS, Role.QUALITY, Role.ADMIN)
URL = "/portal/reports/"


def late_one(world: World, subject: str, reason: str = "parts") -> Ticket:
    """First contact ten minutes after the promised five, resolved with the reason."""
    ticket = world.report(subject=subject)
    at = world.later(minutes=15)
    with clock.frozen(at):
        message.reply(ticket=ticket, body="您好", actor=world.agent, now=at)
        resolution.resolve(
            ticket=ticket,
            solution="换线",
            cause="hardware",
            actor=world.agent,
            now=world.later(minutes=16),
            breach_reasons={"first_contact": reason},
        )
    return ticket


@pytest.fixture
def month(world: World) -> World:
    """Customer A's November: six faults answered at once, one late and solved, a question; customer B has one fault."""
    for n in range(6):
        world.report(subject=f"按时 {n}", answered=True, severity=3 if n == 5 else 2)
    world.report(subject="如何设置", kind="question", severity=4)
    ticket = late_one(world, "打印头更换")
    message.note(ticket=ticket, body="CANARY-INTERNAL", actor=world.agent, now=world.later(minutes=17))
    world.report(world.b, subject="CANARY-B-SUBJECT")
    return world


@pytest.fixture
def drafted(month: World) -> Iterator[ServiceReport]:
    with clock.frozen(FIRST):
        yield reports.draft(month.a.customer, NOVEMBER, FIRST)


@pytest.fixture
def quiet(world: World) -> Iterator[ServiceReport]:
    """A draft about a month without tickets, for what does not depend on figures."""
    with clock.frozen(FIRST):
        yield reports.draft(world.a.customer, NOVEMBER, FIRST)


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF of a moment in place of the drawn one, for what does not look into it."""
    monkeypatch.setattr(pdf, "render", lambda *_given, **_named: b"%PDF-1.7\n%%EOF\n")


def make_admin(place: Place, name: str = "A 主管") -> Contact:
    user = make_user(Role.CONTACT_ADMIN, name=name)
    return contacts.create(
        customer=place.customer, name=name, phone="", email=user.email, user=user, actor=None, now=clock.now()
    )


def published(report: ServiceReport, actor: Any = None) -> ServiceReport:
    return reports.publish(report, version=report.version, actor=actor, now=FIRST, url=URL)


def text_of(data: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages)


# --- Figures ---------------------------------------------------------------------------------------------------------


def one(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def test_figures_equal_plain_sql(month: World, drafted: ServiceReport) -> None:
    customer = month.a.customer.pk
    span = ("2026-11-01T00:00+08:00", "2026-12-01T00:00+08:00")
    found = drafted.figures
    where = "from tickets_ticket where customer_id = %s and reported_at >= %s and reported_at < %s"
    assert found["counts"]["reported"] == one(f"select count(*) {where}", customer, *span) == 8
    resolved = "select count(*) from tickets_ticket where customer_id = %s and resolved_at >= %s and resolved_at < %s"
    assert found["counts"]["resolved"] == one(resolved, customer, *span) == 1
    assert found["counts"]["open"] == 7
    assert found["kinds"] == [["fault", 7], ["question", 1]]
    assert dict(map(tuple, found["severities"])) == {2: 6, 3: 1, 4: 1}
    assert found["causes"] == [["hardware", 1]]
    contact = next(promise for promise in found["promises"] if promise["target"] == "first_contact")
    counted = """select count(*) from tickets_clock c join tickets_ticket t on t.id = c.ticket_id
        join contracts_promiseversion v on v.id = c.promise_version_id
        join contracts_promiseset s on s.id = v.promise_set_id
        where t.customer_id = %s and s.scope = 'contract' and c.target = 'first_contact' and c.state = any(%s)
        and c.round = t.round"""
    assert contact["met"] == one(counted, customer, ["met"]) == 6
    assert contact["late"] == one(counted, customer, ["met_late", "breached"]) == 1
    assert contact["open"] == 0


def test_late_ones_carry_time_and_reason(drafted: ServiceReport) -> None:
    with translation.override("zh-hans"):
        (late,) = document_of(drafted)["late"]
    assert late["subject"] == "打印头更换"
    assert late["target"] == "首次联系"
    assert late["over_seconds"] == 600
    assert late["due_at"] == datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    assert late["reason"] == "需要先调取备件。"


def test_shares_below_five_are_not_given(month: World, drafted: ServiceReport) -> None:
    with translation.override("en"):
        rows = {row["name"]: row for row in document_of(drafted)["promises"]}
    assert rows["First contact"]["share"] == "85.7%"
    assert [part["share"] for part in rows["First contact"]["severities"]] == ["83.3%", "Too few to tell"]


def test_house_promises_notes_and_other_customers_stay_out(drafted: ServiceReport) -> None:
    stored = json.dumps([drafted.figures, drafted.texts], ensure_ascii=False)
    assert "CANARY-B" not in stored
    assert "CANARY-INTERNAL" not in stored
    house = Clock.objects.filter(promise_version__promise_set__scope="house").values_list("target", flat=True)
    assert set(house).isdisjoint(promise["target"] for promise in drafted.figures["promises"])


def test_a_quiet_month_has_a_report_that_says_so(world: World) -> None:
    report = reports.draft(world.a.customer, NOVEMBER, FIRST)
    assert report.figures["counts"] == {"reported": 0, "cancelled": 0, "resolved": 0, "open": 0}
    assert "本月没有报修" in report.texts[Section.EQUIPMENT]
    assert report.number in text_of(reports.draw_pdf(report, FIRST))


def test_months_begin_and_end_in_shanghai(world: World) -> None:
    for minutes, subject in ((-1, "十月"), (0, "十一月"), (30 * 24 * 60 - 1, "月末"), (30 * 24 * 60, "十二月")):
        at = NOVEMBER.start + timedelta(minutes=minutes)
        with clock.frozen(at):
            world.report(subject=subject, now=at)
    figures = reports.draft(world.a.customer, NOVEMBER, FIRST).figures
    assert [ticket["subject"] for ticket in figures["tickets"]] == ["十一月", "月末"]
    assert [(point["month"], point["reported"]) for point in figures["trend"]][-2:] == [("2026-10", 1), ("2026-11", 2)]


def test_the_figures_take_a_fixed_number_of_statements(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from reports.queries.report_figures import figures_of  # noqa: PLC0415

    counts = []
    for more in (5, 45):
        for n in range(more):
            world.report(subject=f"{more} {n}", answered=True)
        with django_assert_num_queries(8, exact=False) as asked:
            assert figures_of(world.a.customer, NOVEMBER, FIRST)["counts"]["reported"] in (5, 50)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- Frozen, drafted once --------------------------------------------------------------------------------------------


def test_later_events_do_not_change_a_report(month: World, drafted: ServiceReport) -> None:
    before = json.dumps(ServiceReport.objects.get().figures, sort_keys=True)
    with clock.frozen(FIRST + timedelta(hours=1)):
        late_one(month, "事后")
        for ticket in Ticket.objects.filter(subject__startswith="按时"):
            cancellation.cancel(ticket=ticket, reason="mistake", note="", actor=month.agent, now=clock.now())
    assert reports.draft(month.a.customer, NOVEMBER, FIRST + timedelta(days=1)).pk == drafted.pk
    assert json.dumps(ServiceReport.objects.get().figures, sort_keys=True) == before


@pytest.mark.usefixtures("paper")
def test_figures_are_taken_anew_only_by_an_explicit_act_on_a_draft(month: World, drafted: ServiceReport) -> None:
    late_one(month, "补录")
    with clock.frozen(FIRST + timedelta(hours=1)):
        again = reports.refreeze(drafted, version=1, actor=month.manager, now=FIRST + timedelta(hours=1))
    assert (again.figures["counts"]["reported"], again.version) == (9, 2)
    assert again.frozen_at == FIRST + timedelta(hours=1)
    done = published(again, month.manager)
    with pytest.raises(RuleError, match="published"):
        reports.refreeze(done, version=done.version, actor=month.manager, now=FIRST)


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2026-12-01T05:59:59+08:00", "2026-10"),
        ("2026-12-01T06:00:00+08:00", "2026-11"),
        ("2026-12-31T23:59:59+08:00", "2026-11"),
        ("2027-01-01T06:00:00+08:00", "2026-12"),
    ],
)
def test_a_month_is_reported_on_from_six_in_the_morning_of_the_first(now: str, month: str) -> None:
    assert str(last_to_report(datetime.fromisoformat(now))) == month


def test_the_beat_drafts_each_customer_once(month: World) -> None:
    make_place("Q", "L4", month.now)
    with clock.frozen(FIRST):
        assert draft_monthly(FIRST) == 3
        assert draft_monthly(FIRST + timedelta(hours=1)) == 0
        assert draft_monthly(FIRST + timedelta(days=29)) == 0
    assert list(ServiceReport.objects.order_by("number").values_list("number", "customer__code")) == [
        ("RP-2612-00001", "A"),
        ("RP-2612-00002", "B"),
        ("RP-2612-00003", "Q"),
    ]


def test_customers_without_contract_and_tickets_get_no_report(world: World) -> None:
    from customers.domain import customer as customers  # noqa: PLC0415

    customers.create(code="N", name="没有合同", short_name="没有合同", actor=None, now=world.now)
    gone = make_place("G", "L4", world.now).customer
    gone.is_active = False
    gone.save()
    draft_monthly(FIRST)
    assert sorted(ServiceReport.objects.values_list("customer__code", flat=True)) == ["A", "B"]


def test_one_customer_that_fails_does_not_keep_the_others(month: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = reports.figures_of

    def figures(customer: Any, *rest: Any) -> Any:
        if customer.code == "A":
            raise ArithmeticError
        return real(customer, *rest)

    monkeypatch.setattr(reports, "figures_of", figures)
    draft_monthly(FIRST)
    assert list(ServiceReport.objects.values_list("customer__code", "number")) == [("B", "RP-2612-00001")]
    monkeypatch.undo()
    draft_monthly(FIRST)
    assert ServiceReport.objects.count() == 2


def test_a_month_that_is_not_over_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="^month: ") as refusal:
        reports.draft(world.a.customer, NOVEMBER, NOVEMBER.end - timedelta(seconds=1))
    assert refusal.value.field == "month"
    assert not ServiceReport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_r1_two_beats_at_once_draft_one_report_each_without_a_gap_in_numbers(shared_world: World) -> None:
    together([partial(draft_monthly, FIRST)] * 4)
    assert sorted(ServiceReport.objects.values_list("number", flat=True)) == ["RP-2612-00001", "RP-2612-00002"]
    assert Counter.objects.get(prefix="RP").last == 2
    assert Audit.objects.filter(action="reports.draft_report").count() == 2


@pytest.mark.usefixtures("paper")
@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_publish_once(shared_world: World) -> None:
    make_admin(shared_world.a)
    report = reports.draft(shared_world.a.customer, NOVEMBER, FIRST)
    act = partial(reports.publish, report, version=1, actor=shared_world.manager, now=FIRST, url=URL)
    assert codes(together([act, act])) == ["done", "published"]
    assert Attachment.objects.count() == 1
    assert Outbox.objects.filter(kind="report.published").count() == 1


@pytest.fixture
def shared_world(transactional_db: None, presets: None, morning: datetime) -> World:
    return make_world(morning)


# --- Texts -----------------------------------------------------------------------------------------------------------


def test_first_texts_say_the_figures(drafted: ServiceReport) -> None:
    assert drafted.texts[Section.SERVICE].startswith("本月您共报修 8 件，已解决 1 件")
    assert drafted.texts[Section.ANALYSIS] == "已查明的原因：硬件故障 1。"


def test_texts_are_saved_with_the_version_and_audited(world: World, quiet: ServiceReport) -> None:
    new = dict(quiet.texts) | {Section.PLAN: " 下月巡检 \r\n三号窗口 "}
    saved = reports.write_texts(quiet, new, version=1, actor=world.manager, now=FIRST)
    assert saved.texts[Section.PLAN] == "下月巡检\n三号窗口"
    assert saved.version == 2
    line = Audit.objects.get(action="reports.write_report")
    assert line.subject == f"reports.report:{quiet.number}"
    assert list(line.changes) == ["plan"]
    with pytest.raises(StaleError) as stale:
        reports.write_texts(quiet, {}, version=1, actor=world.manager, now=FIRST)
    assert stale.value.current["plan"] == "下月巡检\n三号窗口"
    assert ServiceReport.objects.get().texts == saved.texts


@pytest.mark.parametrize("text", ["x" * 4001, "a\x00b", "a\x1bb"])
def test_texts_that_cannot_be_shown_are_refused(quiet: ServiceReport, text: str) -> None:
    with pytest.raises(InputError) as refusal:
        reports.write_texts(quiet, {"plan": text}, version=1, actor=None, now=FIRST)
    assert refusal.value.field == "plan"
    assert ServiceReport.objects.get().version == 1


# --- Publishing ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("paper")
def test_publishing_stores_the_pdf_and_mails_the_customers_administrators_once(
    world: World, quiet: ServiceReport, settings: Any
) -> None:
    settings.BASE_URL = "https://weibao.example.com"
    admin = make_admin(world.a)
    make_admin(world.b, "B 主管")
    report = published(quiet, world.manager)
    assert (report.state, report.published_at, report.published_by) == (ReportState.PUBLISHED, FIRST, world.manager)
    file = Attachment.objects.get()
    assert (file.pk, file.sha256) == (report.pdf, report.pdf_sha256)
    assert (file.parent_kind, file.parent_key, file.internal) == ("reports.report", report.number, False)
    assert file.name == f"月度服务报告_A_2026-11_{report.number}.pdf"
    with pytest.raises(RuleError, match="published"):
        published(report, world.manager)
    mail.outbox.clear()
    outbox.drain(FIRST)
    outbox.drain(FIRST)
    sent = [one for one in mail.outbox if report.number in one.subject]
    assert [one.to for one in sent] == [[f"{encoded(admin.name)} <{admin.email}>"]]
    assert "https://weibao.example.com/portal/reports/" in sent[0].body
    assert Attachment.objects.count() == 1


def encoded(name: str) -> str:
    from email.utils import formataddr  # noqa: PLC0415

    return formataddr((name, "x@y")).removesuffix(" <x@y>")


@pytest.mark.usefixtures("paper")
def test_who_stopped_being_administrator_gets_no_mail(world: World, quiet: ServiceReport) -> None:
    admin = make_admin(world.a)
    published(quiet, world.manager)
    admin.user.is_active = False
    admin.user.save()
    mail.outbox.clear()
    outbox.drain(FIRST)
    assert [one.subject for one in mail.outbox if quiet.number in one.subject] == []


def test_a_failing_pdf_leaves_the_draft_as_it_was(
    world: World, quiet: ServiceReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any, **_named: Any) -> bytes:
        raise pdf.PdfError("too heavy")

    make_admin(world.a)
    monkeypatch.setattr(pdf, "render", fail)
    client = logged_in(world.manager)
    response = client.post(f"/reports/{quiet.number}/publish/", {"version": 1})
    assert response.status_code == 503
    assert "400-800-1234" in response.content.decode()
    assert client.get(f"/reports/{quiet.number}/pdf/").status_code == 503
    assert ServiceReport.objects.get().state == ReportState.DRAFT
    assert not Attachment.objects.exists()
    assert not Outbox.objects.filter(kind="report.published").exists()


@pytest.mark.usefixtures("paper")
def test_publishing_what_was_changed_meanwhile_is_stale(world: World, quiet: ServiceReport) -> None:
    reports.write_texts(quiet, {"plan": "新"}, version=1, actor=world.manager, now=FIRST)
    with pytest.raises(StaleError):
        reports.publish(quiet, version=1, actor=world.manager, now=FIRST, url=URL)
    assert not Attachment.objects.exists()


def test_the_published_pdf_holds_the_exact_figures_in_the_embedded_font(month: World, drafted: ServiceReport) -> None:
    report = published(drafted, month.manager)
    client = logged_in(month.manager)
    response = client.get(f"/reports/{report.number}/pdf/")
    data = b"".join(response.streaming_content)
    text = text_of(data)
    for expected in (
        "CANARY-A集团",
        "2026年11月",
        report.number,
        "8本月报修（件）",
        "首次联系61085.7%",
        "打印头更换",
        "需要先调取备件。",
        "HT-A",
        "发布日期2026-12-01",
        "打印时间2026-12-0106:00",
        "400-800-1234",
    ):
        assert expected in text, expected
    assert "CANARY-B" not in text
    assert "CANARY-INTERNAL" not in text
    assert "草稿" not in text
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in PdfReader(BytesIO(data)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"Noto-Sans-SC", "Noto-Sans-SC-Bold"}


def test_b5_b6_hostile_words_are_printed_as_typed(world: World) -> None:
    subject = '<img src="http://127.0.0.1:9/x"></td></tr><h1>PAID {{ 7|add:7 }}'
    world.report(subject=subject, answered=True)
    report = reports.draft(world.a.customer, NOVEMBER, FIRST)
    report = reports.write_texts(
        report, {"plan": '<link rel="attachment" href="file:///etc/passwd">'}, version=1, actor=None, now=FIRST
    )
    data = reports.draw_pdf(report, FIRST)
    text = text_of(data)
    assert "".join(subject.split()) in text
    assert '<linkrel="attachment"href="file:///etc/passwd">' in text
    assert dict(PdfReader(BytesIO(data)).attachments) == {}


# --- Pages and who sees them -----------------------------------------------------------------------------------------


def test_a2_who_reads_and_who_writes(quiet: ServiceReport) -> None:
    paths = ["/reports/", f"/reports/{quiet.number}/", "/reports/new/"]
    acts = [f"/reports/{quiet.number}/{act}/" for act in ("texts", "refreeze", "publish")]
    for role in Role:
        user = make_user(role)
        client = logged_in(user)
        reads, writes = role in READERS, role in WRITERS
        got = [client.get(path).status_code for path in paths]
        assert got == [200 if may else 403 for may in (reads, reads, writes)], role
        if not writes:
            assert [client.post(act, {"version": 1}).status_code for act in acts] == [403, 403, 403], role
        assert reports_for(user).count() == (1 if reads else 0), role
    stored = ServiceReport.objects.get()
    assert (stored.version, stored.state) == (1, ReportState.DRAFT)


@pytest.mark.usefixtures("paper")
def test_a1_a_customer_sees_published_reports_of_its_own_and_only_its_administrator(
    world: World, quiet: ServiceReport
) -> None:
    own, foreign = logged_in(make_admin(world.a).user), logged_in(make_admin(world.b, "B 主管").user)
    plain = logged_in(world.a.user)
    page, file = f"/portal/reports/{quiet.number}/", f"/portal/reports/{quiet.number}/pdf/"
    assert [client.get(page).status_code for client in (own, foreign, plain)] == [404, 404, 403]
    report = published(quiet, world.manager)
    download = f"/attachments/{report.pdf}/"
    assert [client.get(page).status_code for client in (own, foreign, plain)] == [200, 404, 403]
    assert [client.get(file).status_code for client in (own, foreign, plain)] == [200, 404, 403]
    assert [client.get(download).status_code for client in (own, foreign, plain)] == [200, 404, 404]
    assert report.number in own.get(URL).content.decode()
    assert report.number not in foreign.get(URL).content.decode()
    assert own.get(f"/reports/{report.number}/").status_code == 403


@pytest.mark.usefixtures("paper")
def test_a16_a_contact_who_leaves_loses_the_reports_at_once(world: World, quiet: ServiceReport) -> None:
    admin = make_admin(world.a)
    published(quiet, world.manager)
    client = logged_in(admin.user)
    assert client.get(f"/portal/reports/{quiet.number}/").status_code == 200
    Contact.objects.filter(pk=admin.pk).update(is_active=False)
    assert client.get(f"/portal/reports/{quiet.number}/").status_code == 404


def test_a_manager_drafts_writes_and_publishes_on_the_pages(month: World) -> None:
    client = logged_in(month.manager)
    with clock.frozen(FIRST):
        answer = client.post("/reports/new/", {"customer": month.a.customer.pk, "month": "2026-11"})
        report = ServiceReport.objects.get()
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/reports/{report.number}/")
        assert report.created_by == month.manager
        again = client.post("/reports/new/", {"customer_text": month.a.customer.name, "month": "2026-11"})
        assert again.headers["Location"] == f"/reports/{report.number}/"
        page = client.get(f"/reports/{report.number}/").content.decode()
        assert "85.7%" in page
        assert "打印头更换" in page
        sent = {"version": 1, "plan": "下月安排巡检"}
        assert client.post(f"/reports/{report.number}/texts/", sent).status_code == 302
        assert client.post(f"/reports/{report.number}/texts/", sent).status_code == 409
        draft = client.get(f"/reports/{report.number}/pdf/")
        assert draft.headers["Content-Type"] == "application/pdf"
        assert draft.headers["Content-Disposition"].startswith("attachment;")
        assert "草稿" in text_of(draft.content)
        assert client.post(f"/reports/{report.number}/publish/", {"version": 2}).status_code == 302
        assert client.post(f"/reports/{report.number}/publish/", {"version": 3}).status_code == 409
    listed = client.get("/reports/", {"q": "CANARY-A", "month": "2026-11", "state": "published"}).content.decode()
    assert report.number in listed
    assert report.number not in client.get("/reports/", {"state": "draft"}).content.decode()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"month": "2026-11"}, "customer"),
        ({"customer": "999999999", "month": "2026-11"}, "customer"),
        ({"customer": "x", "month": "2026-11"}, "customer"),
        ({"month": "2026-13"}, "month"),
        ({"month": "0000-01"}, "month"),
        ({"month": "２０２６-11"}, "month"),
        ({"month": "2026-12"}, "month"),
        ({"month": ""}, "month"),
    ],
)
def test_bad_input_is_shown_at_its_field_and_drafts_nothing(world: World, sent: dict[str, str], field: str) -> None:
    sent = {"customer": str(world.a.customer.pk)} | sent if field == "month" else sent
    with clock.frozen(FIRST):
        response = logged_in(world.manager).post("/reports/new/", sent)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not ServiceReport.objects.exists()


def test_strange_filters_are_no_failure(world: World, quiet: ServiceReport) -> None:
    client = logged_in(world.manager)
    queries = ["?q=%00", "?month=x", "?month=9999-12", "?month=0001-01", "?state=y", "?page=999", "?q=%25_"]
    assert [client.get(f"/reports/{query}").status_code for query in queries] == [200] * 7


def test_acts_without_a_version_change_nothing(world: World, quiet: ServiceReport) -> None:
    client = logged_in(world.manager)
    for act in ("texts", "refreeze", "publish"):
        for version in ("", "x", "-1", "99999999999"):
            response = client.post(f"/reports/{quiet.number}/{act}/", {"version": version})
            assert response.status_code == 422, (act, version)
    assert ServiceReport.objects.get().version == 1


def test_the_list_takes_as_many_statements_for_fifty_as_for_five(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = logged_in(world.manager)
    counts = []
    month = NOVEMBER
    for more in (5, 45):
        for _ in range(more):
            reports.draft(world.a.customer, month, FIRST)
            month = month.previous
        with django_assert_max_num_queries(12) as asked:
            assert client.get("/reports/").content.decode().count("data-row-link") == len(ServiceReport.objects.all())
        counts.append(len(asked) - 1)
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("paper")
def test_the_panels_show_the_newest_to_whom_they_concern(world: World, quiet: ServiceReport, rf: Any) -> None:
    from core import slots  # noqa: PLC0415

    def shown(slot: str, user: Any, subject: Any) -> str:
        request = rf.get("/")
        request.user = user
        return "".join(html for html in slots.render(slot, request, subject) if "reports/" in html)

    admin = make_admin(world.a)
    assert shown("portal.home", admin.user, admin.user) == ""
    assert quiet.number in shown("customer.panel", world.manager, world.a.customer)
    assert quiet.number not in shown("customer.panel", world.manager, world.b.customer)
    assert shown("customer.panel", world.agent, world.a.customer) == ""
    published(quiet, world.manager)
    assert f"/portal/reports/{quiet.number}/" in shown("portal.home", admin.user, admin.user)
    assert shown("portal.home", world.a.user, world.a.user) == ""


def test_pages_carry_no_screen_font() -> None:
    """The fonts of the PDF are megabytes; browsers never get them."""
    static = Path(__file__).parents[2] / "static"
    assert not [path for path in static.rglob("*") if path.suffix in {".ttf", ".otf", ".woff", ".woff2"}]
    assert "@font-face" not in (static / "print.css").read_text("utf-8")
