"""Macros: who keeps them, what their variables become, and what goes with their sending."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.enums import Role
from contracts.domain.installation import install_presets
from core.errors import Denied, InputError, StaleError
from core.models import Audit
from tests.factories import logged_in, make_user
from tests.tickets.desk import HTMX, Person, text_of
from tests.world import World
from tickets.domain import macro as macros
from tickets.domain.copy import doubts
from tickets.domain.macro import Wording, filled, install_macros, values_for
from tickets.domain.macro_preset import PRESETS
from tickets.domain.undo import undo
from tickets.models import Draft, Event, Macro, Message, Participant, Ticket

SETTINGS = "/settings/macros/"


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report()


@pytest.fixture
def agent(world: World, ticket: Ticket) -> Person:
    return Person(world.agent, ticket)


def make(world: World, owner: Any = None, **given: Any) -> Macro:
    values = {"name": "问候", "body": "{{contact}}，您好。", "updated_at": world.now}
    return Macro.objects.create(owner=owner, **values | given)


def form(**given: Any) -> dict[str, Any]:
    values = {"name": "问候", "mode": "reply", "body": "您好，{{number}}", "position": "5", "is_active": "on"}
    return {name: value for name, value in (values | given).items() if value is not None}


def errors(response: HttpResponse) -> set[str]:
    assert response.status_code == 422, response.status_code
    return set(response.context["form"].errors)


# --- Variables --------------------------------------------------------------------------------------------------------


def test_every_variable_becomes_a_word_of_the_ticket(world: World, ticket: Ticket) -> None:
    body = "{{customer}}|{{contact}}|{{ number }}|{{subject}}|{{agent}}|{{due}}"
    said = filled(body, values_for(ticket, world.agent, world.now))
    assert said == f"A|A 陈敏|{ticket.number}|打印头走纸异常，票据模糊|王芳|今天 10:05 前"


def test_without_a_contact_the_caller_is_addressed_and_without_a_deadline_no_time_is_named(world: World) -> None:
    ticket = world.report(contact=None, caller_name="门卫", kind="usability")
    values = values_for(ticket, world.agent, world.now)
    assert (values["contact"], values["due"]) == ("门卫", "尽快")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{7*7}}", "{{7*7}}"),
        ("{{ subject.__class__ }}", "{{ subject.__class__ }}"),
        ("{% load i18n %}{{number}}", "{% load i18n %}N"),
        ("{{{number}}}", "{N}"),
        ("{{number}", "{{number}"),
        ("{{subject}}", "{{agent}}"),
    ],
)
def test_b3_nothing_but_the_variables_is_filled_and_no_value_is_filled_again(body: str, said: str) -> None:
    assert filled(body, {"number": "N", "subject": "{{agent}}", "agent": "王芳"}) == said


# --- Picking one ------------------------------------------------------------------------------------------------------


def test_the_dialog_offers_the_filled_texts_by_every_word(world: World, agent: Person) -> None:
    Macro.objects.all().delete()
    make(world, body="{{contact}}，您好，备件已到。", name="备件")
    make(world, name="我的", body="{{subject}}，您好。", owner=world.agent)
    make(world, name="别人的", owner=world.other_agent)
    make(world, name="停用的", is_active=False)
    text = text_of(agent.get("macros/", headers=HTMX))
    assert ("A 陈敏，您好，备件已到。" in text, "打印头走纸异常，票据模糊，您好。" in text) == (True, True)
    assert ("别人的" in text, "停用的" in text) == (False, False)
    part = agent.get("macros/?q=备件 已到", headers=HTMX | {"HX-Target": "macro-list"}).content.decode()
    assert re.findall(r'data-name="([^"]*)"', part) == ["备件"]
    assert "没有符合条件的话术。" in text_of(agent.get("macros/?q=xyz"))


@pytest.mark.parametrize("junk", ["%00", "%25", "_", "%F0%9F%98%80", "x" * 5000, "。。。"])
def test_searching_for_junk_finds_nothing(agent: Person, junk: str) -> None:
    assert agent.get(f"macros/?q={junk}").status_code == 200


def test_picked_without_script_it_stands_below_what_was_written(world: World, agent: Person) -> None:
    macro = make(world, mode="note", body="请看 {{number}}", assign_to_me=True)
    Draft.objects.create(user=world.agent, ticket=agent.ticket, mode="reply", body="已写", updated_at=world.now)
    answer = agent.client.post(agent.path("macros/"), {"macro": macro.pk})
    assert answer.headers["Location"] == f"{agent.path('')}#composer"
    draft = Draft.objects.get()
    assert (draft.body, draft.mode, draft.macro) == (f"已写\n请看 {agent.ticket.number}", "note", macro)
    page = text_of(agent.get())
    assert ("话术已填入编辑框，请核对后发送。" in page, "问候 · 分派给我" in page) == (True, True)
    assert Message.objects.count() == 0


def test_a1_macros_of_others_are_not_there(world: World, agent: Person) -> None:
    theirs = make(world, owner=world.other_agent)
    for given in (theirs.pk, "x", "9" * 40, ""):
        assert agent.client.post(agent.path("macros/"), {"macro": given}).status_code == 404
    for path in (f"{theirs.pk}/", "999999999/", f"{'9' * 30}/"):
        assert agent.client.get(SETTINGS + path).status_code == 404
    assert agent.client.post(f"{SETTINGS}{theirs.pk}/disable/").status_code == 404
    assert Macro.objects.get(pk=theirs.pk).is_active
    assert Person(world.engineer, agent.ticket).get("macros/").status_code == 404
    assert logged_in(world.a.user).get(SETTINGS).status_code == 403
    assert Draft.objects.count() == 0


def test_who_may_only_note_is_offered_notes(world: World, ticket: Ticket) -> None:
    Macro.objects.all().delete()
    make(world, name="给客户")
    make(world, name="给同事", mode="note")
    Participant.objects.create(ticket=ticket, user=world.engineer, why="follower", since=world.now)
    html = Person(world.engineer, ticket).get("macros/").content.decode()
    assert re.findall(r'data-name="([^"]*)"', html) == ["给同事"]


# --- What goes with the sending ---------------------------------------------------------------------------------------


def test_state_severity_and_assignee_go_with_the_text_and_are_taken_back_with_it(world: World, ticket: Ticket) -> None:
    duty = Person(world.duty_manager, ticket)
    macro = make(world, severity=1, assign_to_me=True)
    duty.done("reply/", mode="reply", body="您好", next_state="waiting_parts", macro=macro.pk)
    assert (ticket.severity, ticket.assignee, ticket.state) == (1, world.duty_manager, "waiting_parts")
    assert len(set(Event.objects.filter(ticket=ticket, seq__gt=1).values_list("batch", flat=True))) == 1
    undo(ticket=ticket, event=Event.objects.get(kind="message"), actor=world.duty_manager, now=world.now)
    assert (ticket.severity, ticket.assignee, ticket.state) == (2, None, "new")


@pytest.mark.parametrize(("mode", "internal"), [("note", True), ("hear", False)])
def test_they_go_with_a_note_and_with_what_was_heard(world: World, agent: Person, mode: str, internal: bool) -> None:
    macro = make(world, mode=mode, assign_to_me=True)
    agent.done("reply/", mode=mode, body="见电话", macro=macro.pk)
    assert (agent.ticket.assignee, Message.objects.get().internal) == (world.agent, internal)


def test_what_the_person_may_not_do_is_not_done_through_a_macro(world: World, ticket: Ticket) -> None:
    macro = make(world, severity=4)
    agent = Person(world.agent, ticket)
    assert agent.refused("reply/", mode="reply", body="您好", macro=macro.pk)[0] == 403
    theirs = make(world, owner=world.other_agent, assign_to_me=True)
    assert agent.refused("reply/", mode="reply", body="您好", macro=theirs.pk)[0] == 422


# --- Keeping them -----------------------------------------------------------------------------------------------------


def test_anybody_keeps_own_ones_and_some_keep_everybodys(world: World) -> None:
    agent, manager = logged_in(world.agent), logged_in(world.manager)
    assert agent.post(f"{SETTINGS}new/", form(name="我的", shared="on")).status_code == 302
    assert manager.post(f"{SETTINGS}new/", form(name="大家的", shared="on")).status_code == 302
    owners = {macro.name: macro.owner for macro in Macro.objects.filter(preset="")}
    assert owners == {"我的": world.agent, "大家的": None}
    assert 'name="shared"' not in agent.get(f"{SETTINGS}new/").content.decode()
    assert 'name="shared"' in manager.get(f"{SETTINGS}new/").content.decode()
    assert Audit.objects.filter(action="macro.create").count() == 2


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.DUTY_MANAGER, Role.MANAGER, Role.ADMIN])
def test_who_may_keep_everybodys(world: World, role: Role) -> None:
    macro = macros.create(wording=Wording("a", "您好"), shared=True, actor=make_user(role), now=world.now)
    assert macro.is_shared


@pytest.mark.parametrize("role", [Role.AGENT, Role.ENGINEER, Role.DIRECTOR, Role.PARTNER, Role.STORES])
def test_who_may_not_keep_everybodys(world: World, role: Role) -> None:
    person, shared = make_user(role), make(world)
    with pytest.raises(Denied):
        macros.create(wording=Wording("a", "您好"), shared=True, actor=person, now=world.now)
    client = logged_in(person)
    for path in (f"{shared.pk}/", f"{shared.pk}/disable/"):
        assert client.post(SETTINGS + path, form()).status_code == 403
    shared.refresh_from_db()
    assert (shared.is_active, shared.version, Macro.objects.filter(preset="").count()) == (True, 1, 1)


def test_change_and_switch_off(world: World) -> None:
    client, macro = logged_in(world.agent), make(world, owner=world.agent)
    assert client.post(f"{SETTINGS}{macro.pk}/", form(name="新名", severity="2", version=1)).status_code == 302
    macro.refresh_from_db()
    assert (macro.name, macro.severity, macro.position, macro.version, macro.owner) == ("新名", 2, 5, 2, world.agent)
    for _ in range(2):
        assert client.post(f"{SETTINGS}{macro.pk}/disable/").status_code == 302
    macro.refresh_from_db()
    assert (macro.is_active, macro.version) == (False, 3)
    assert "已停用" in text_of(client.get(SETTINGS))
    changes = Audit.objects.get(action="macro.change").changes
    assert (changes["name"], changes["severity"]) == (["问候", "新名"], [None, 2])


def test_a_stale_form_shows_both_and_can_be_sent_again(world: World) -> None:
    client, macro = logged_in(world.manager), make(world)
    macros.change(macro=macro, wording=Wording("同事的", "您好"), actor=world.admin, now=world.now)
    page = client.post(f"{SETTINGS}{macro.pk}/", form(name="我的", version=1))
    html = page.content.decode()
    assert (page.status_code, 'value="我的"' in html, "同事的" in html) == (409, True, True)
    assert 'name="version" value="2"' in html
    assert client.post(f"{SETTINGS}{macro.pk}/", form(name="我的", version=2)).status_code == 302
    with pytest.raises(StaleError):
        macros.change(macro=macro, wording=Wording("x", "您好"), actor=world.manager, now=world.now, version=1)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"body": " "}, "body"),
        ({"body": "x" * 4001}, "body"),
        ({"body": "您好 {{phone}}"}, "body"),
        ({"body": "{{7*7}}"}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"mode": "shout"}, "mode"),
        ({"next_state": "closed"}, "next_state"),
        ({"next_state": "waiting_parts", "mode": "note"}, "next_state"),
        ({"severity": "5"}, "severity"),
        ({"position": "-1"}, "position"),
        ({"position": "x"}, "position"),
    ],
)
def test_wrong_input_is_named_at_its_field(world: World, given: dict[str, Any], field: str) -> None:
    client = logged_in(world.agent)
    assert errors(client.post(f"{SETTINGS}new/", form(**given))) == {field}
    assert Macro.objects.filter(preset="").count() == 0


def test_an_unknown_variable_names_the_known_ones(world: World) -> None:
    with pytest.raises(InputError) as refused:
        macros.create(wording=Wording("a", "{{phone}}"), shared=False, actor=world.agent, now=world.now)
    assert "phone" in refused.value.message
    assert "{{customer}}、{{contact}}" in refused.value.message


# --- Copy -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mode", "count"),
    [
        ("您好，这个问题我请工程师确认。", "reply", 0),
        ("对不起，您的问题电话中无法解决，我们三天内派人上门解决，可以吗？", "reply", 0),
        ("您好，这个无法解决。", "reply", 1),
        ("您好，不知道，不行。", "reply", 2),
        ("这是您操作的问题", "reply", 1),
        ("已安排。", "reply", 1),
        ("您好！", "reply", 1),
        ("Dear customer, it is arranged.", "reply", 0),
        ("电池已换！", "note", 0),
        ("客户说不清楚", "note", 1),
    ],
)
def test_no_24_the_copy_is_checked(text: str, mode: str, count: int) -> None:
    assert len(doubts(text, mode)) == count


def test_no_24_saving_warns_and_saves(world: World) -> None:
    client = logged_in(world.agent)
    page = text_of(client.post(f"{SETTINGS}new/", form(body="这个不行"), follow=True))
    assert "“不行”语气生硬" in page
    assert "给客户的文字请使用“您”。" in page
    assert "请检查措辞" in page
    assert Macro.objects.filter(preset="").count() == 1


def test_no_24_the_shipped_ones_pass_and_use_known_variables_only() -> None:
    assert [
        (preset.code, doubts(preset.body, preset.mode)) for preset in PRESETS if doubts(preset.body, preset.mode)
    ] == []
    assert {found for preset in PRESETS for found in re.findall(r"{{(\w+)}}", preset.body)} <= set(macros.VARIABLES)


# --- Shipped ones -----------------------------------------------------------------------------------------------------


def test_the_shipped_ones_come_with_the_presets_once_and_edits_stay(world: World) -> None:
    Macro.objects.all().delete()
    install_presets(actor=None, now=world.now)
    assert list(Macro.objects.values_list("preset", flat=True)) == [preset.code for preset in PRESETS]
    first = Macro.objects.get(preset="greeting")
    macros.change(macro=first, wording=Wording("改过", "您好"), actor=world.admin, now=world.now)
    macros.disable(macro=Macro.objects.get(preset="late"), actor=world.admin, now=world.now)
    assert install_macros(now=world.now) == 0
    first.refresh_from_db()
    assert (first.name, Macro.objects.get(preset="late").is_active) == ("改过", False)
    Macro.objects.filter(preset="late").delete()
    assert install_macros(now=world.now) == 1


def test_the_list_needs_the_same_statements_for_any_number(world: World, django_assert_max_num_queries: Any) -> None:
    client: Client = logged_in(world.manager)
    client.get(SETTINGS)
    for number in range(50):
        make(world, name=f"话术 {number}")
    with django_assert_max_num_queries(7):
        page = client.get(SETTINGS).content.decode()
    assert page.count('<tr id="macro-') >= 50
