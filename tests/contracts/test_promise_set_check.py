"""What the editor of promise sets refuses, and that it refuses nothing that could ever matter. No database."""

from typing import Any

import pytest
from hypothesis import given, settings

from contracts.domain.facts import Facts
from contracts.domain.promise_set import compile_set
from contracts.domain.promise_set_check import MOST_ROWS, check_set
from contracts.domain.promise_set_words import OwnWords
from contracts.domain.replay import replay
from tests.contracts.examples import PRESETS, WORLD_CALENDARS, WORLD_VOCABULARY, set_documents, tickets

ROW = {"target": "on_site", "budget": "2h", "calendar": "always"}
IDLE = {"doubled", "shadowed", "after_resolved", "event", "contradiction"}
REFUSED = IDLE | {"no_meeting_event", "met_at_start"}  # a row that is met as it starts is judged all the same


def found(*rows: Any, own: OwnWords | None = None, **fields: Any) -> list[tuple[str, str]]:
    """Place and code of what is wrong with a set of these rows."""
    document = {"name": "T", "scope": "contract", "pause": [], "rows": list(rows), **fields}
    return [(one.path, one.code) for one in check_set("T", document, own or OwnWords(), PRESETS.calendars).problems]


@pytest.mark.parametrize("code", PRESETS.document["sets"])
def test_nothing_stands_against_a_preset(code: str) -> None:
    checked = check_set(code, PRESETS.document["sets"][code], OwnWords(), PRESETS.calendars)
    assert checked.problems == ()
    assert checked.promise_set.rows == PRESETS.sets[code].rows


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"target": "lunch"}, "target", "target"),
        ({"calendar": "moon"}, "calendar", "calendar"),
        ({"budget": "soon"}, "budget", "budget"),
        ({"budget": "11y"}, "budget", "budget"),
        ({"budget": "9999999h"}, "budget", "budget"),
        ({"budget": "2wd"}, "budget", "no_standard_day"),
        ({"from": "lunch_ended"}, "from", "event"),
        ({"from": "paused"}, "from", "event"),
        ({"armed_by": "facts_changed"}, "armed_by", "event"),
        ({"from": "checked_in"}, "from", "met_at_start"),
        ({"armed_by": "checked_in"}, "armed_by", "met_at_start"),
        ({"from": "resolved"}, "from", "after_resolved"),
        ({"from": "resolution_breached"}, "from", "event"),
        ({"when": {"severity": 9}}, "when.severity", "value"),
        ({"when": {"severity": []}}, "when.severity", "value"),
        ({"when": {"kind": ["fault", "lunch"]}}, "when.kind", "value"),
        ({"when": {"distance_km_from": -1}}, "when.distance_km_from", "distance"),
        ({"when": {"distance_km_from": float("nan")}}, "when.distance_km_from", "distance"),
        ({"when": {"distance_km_from": 100, "distance_km_below": 100}}, "when.distance_km_below", "contradiction"),
        ({"when": {"distance_km_below": 0}}, "when.distance_km_below", "contradiction"),
    ],
)
def test_a_row_is_refused_at_its_field(change: dict[str, Any], place: str, code: str) -> None:
    assert found({**ROW, **change}) == [(f"rows[0].{place}", code)]


def test_all_faults_are_told_at_once() -> None:
    rows = [{**ROW, "budget": "x", "calendar": "moon"}, {**ROW, "target": "lunch"}]
    assert found(*rows) == [
        ("rows[0].calendar", "calendar"),
        ("rows[0].budget", "budget"),
        ("rows[1].target", "target"),
    ]


def test_an_overdue_repair_needs_a_repair_that_can_be_overdue() -> None:
    plan = {**ROW, "target": "plan", "from": "resolution_breached"}
    assert found({**ROW, "target": "resolution"}, plan) == []
    circle = {**ROW, "target": "resolution", "from": "resolution_breached"}
    assert found(circle, plan) == [("rows[0].from", "event"), ("rows[1].from", "event")]


def test_a_set_without_rounds_never_sees_a_repair() -> None:
    assert found({**ROW, "target": "resolution"}, rounds=False) == [("rows[0].target", "no_meeting_event")]
    assert found({**ROW, "from": "reopened"}, rounds=False) == [("rows[0].from", "event")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"budget": "120m"}, {}),
        ({"when": {"severity": [1, 2]}}, {"when": {"severity": [2, 1]}}),
        ({"when": {"kind": "fault", "severity": 1}}, {"when": {"severity": [1], "kind": ["fault"]}}),
        ({"armed_by": "reported"}, {}),
    ],
)
def test_the_same_row_twice(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert found({**ROW, **first}, {**ROW, **second}) == [("rows[1]", "doubled")]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"budget": "1h"}, {}),
        ({"budget": "1h", "when": {"kind": "fault"}}, {"when": {"kind": "fault", "severity": 1}}),
        ({"budget": "1h", "from": "occurred"}, {}),
        ({"budget": "1h"}, {"calendar": "office_cn"}),
        ({"budget": "1mo"}, {"budget": "2mo", "calendar": "office_cn"}),
        ({"budget": "28d"}, {"budget": "1mo"}),
        ({"budget": "today"}, {"budget": "26h"}),
        ({"budget": "today"}, {"budget": "1mo"}),
        ({"budget": "1h"}, {"armed_by": "remote_failed"}),
        ({"budget": "1h", "when": {"distance_km_below": 1000}}, {"when": {"distance_km_below": 900}}),
    ],
)
def test_a_row_that_is_always_later_is_refused(earlier: dict[str, Any], later: dict[str, Any]) -> None:
    assert found({**ROW, **later}, {**ROW, **earlier}) == [("rows[0]", "shadowed")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"budget": "1h", "calendar": "office_cn"}, {}),
        ({"budget": "1h", "when": {"severity": 1}}, {}),
        ({"budget": "1h", "when": {"severity": [1, 2, 3, 4]}}, {}),  # the level may be unknown
        ({"budget": "1h", "from": "remote_failed"}, {}),
        ({"budget": "1h", "armed_by": "remote_failed"}, {}),
        ({"budget": "29d"}, {"budget": "1mo"}),
        ({"budget": "today"}, {"budget": "24h"}),
        ({"budget": "1h"}, {"budget": "today"}),  # a pause holds the one and not the other
        ({"budget": "1h", "when": {"distance_km_below": 900}}, {"when": {"distance_km_below": 1000}}),
        ({"budget": "1h", "target": "plan"}, {}),
    ],
)
def test_a_row_that_can_decide_stands(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert found({**ROW, **one}, {**ROW, **other}) == []


def test_rows_shadow_together() -> None:
    near = {**ROW, "budget": "1h", "when": {"kind": "fault", "distance_km_below": 50}}
    far = {**ROW, "budget": "90m", "when": {"kind": "fault", "distance_km_from": 50}}
    both = {**ROW, "when": {"kind": "fault", "distance_km_below": 1000}}
    assert found(near, far, both) == [("rows[2]", "shadowed")]
    assert found(near, {**far, "when": {"kind": "fault", "distance_km_from": 51}}, both) == []
    message = check_set(
        "T", {"name": "T", "scope": "contract", "pause": [], "rows": [near, far, both]}, OwnWords(), PRESETS.calendars
    ).problems[0]
    assert "1、2" in message.message


def test_own_words() -> None:
    target = {"met_by": "data_restored", "zh": "数据恢复", "short": "恢复", "en": "Data restored"}
    event = {"data_restored": {"zh": "数据已恢复", "en": "Data restored"}}
    row = {**ROW, "target": "restore"}
    assert found(row, own=OwnWords({"restore": target}, event)) == []
    assert found(row, own=OwnWords({"restore": target})) == [("targets.restore.met_by", "no_meeting_event")]
    for met_by in ("paused", "resolution_breached", "", None, ["resolved"]):
        own = OwnWords({"restore": {**target, "met_by": met_by}})
        assert found(row, own=own) == [("targets.restore.met_by", "no_meeting_event")]
    assert found(own=OwnWords({"Restore!": {**target, "met_by": "resolved", "zh": ""}})) == [
        ("targets.Restore!", "code"),
        ("targets.Restore!.zh", "name"),
    ]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": " "}, "name"),
        ({"name_en": "x" * 61}, "name_en"),
        ({"source": 7}, "source"),
        ({"pause": ["lunch"]}, "pause[0]"),
        ({"pause": [["waiting_customer"]]}, "pause[0]"),
        ({"ladder": [{"at": "50", "tell": ["assignee"]}]}, "ladder[0].at"),
        ({"ladder": [{"at": "50%", "tell": []}]}, "ladder[0].tell"),
        ({"ladder": [{"at": "50%", "tell": ["everybody"]}]}, "ladder[0].tell"),
        ({"warranty": {"months": 0}}, "warranty.months"),
        ({"warranty": {"months": True}}, "warranty.months"),
        ({"warranty": {"covers": "everything"}}, "warranty.covers"),
        ({"warranty": {"free_after": [{}]}}, "warranty.free_after"),
        ({"warranty": {"lunch": 1}}, "warranty.lunch"),
        ({"obligations": {"inspection": "daily"}}, "obligations.inspection"),
        ({"obligations": {"visits_per_year": -1}}, "obligations.visits_per_year"),
        ({"quotas": {"training": 0}}, "quotas.training"),
        ({"quotas": {"training": "many"}}, "quotas.training"),
        ({"severities": {"1": "x" * 21}}, "severities"),
    ],
)
def test_terms_are_refused_at_their_field(fields: dict[str, Any], place: str) -> None:
    assert [path for path, _code in found(ROW, **fields)] == [place]


@pytest.mark.parametrize(
    "document",
    [{}, {"rows": 7}, {"rows": [7]}, {"rows": [{}]}, {"rows": None, "name": None}, {"rows": [{"when": 3}]}],
)
def test_rubbish_is_refused_without_a_crash(document: dict[str, Any]) -> None:
    checked = check_set("T", {"name": "T", "scope": "contract", "pause": [], **document}, OwnWords(), PRESETS.calendars)
    assert bool(checked.problems) is (document != {} or checked.promise_set is None)


def test_a_set_has_an_end() -> None:
    rows = [{**ROW, "budget": f"{i + 1}m"} for i in range(MOST_ROWS + 1)]
    assert found(*rows) == [("rows", "too_many")]


@settings(max_examples=100, deadline=None)
@given(set_documents(), tickets())
def test_what_is_called_idle_never_decides(document: dict[str, Any], ticket: Any) -> None:
    """Without the idle rows every clock of every ticket is as it was."""
    facts, events, until = ticket
    checked = check_set("R", document, OwnWords(), WORLD_CALENDARS)
    assert {one.code for one in checked.problems} <= REFUSED
    idle = {int(one.path[5:].split("]")[0]) for one in checked.problems if one.code in IDLE}
    kept = [row for i, row in enumerate(document["rows"]) if i not in idle]

    def clocks(rows: list[Any]) -> list[Any]:
        try:
            promise_set = compile_set("R", {**document, "rows": rows}, WORLD_VOCABULARY, WORLD_CALENDARS)
        except ValueError:
            return []
        answer = replay(promise_set, Facts(**facts), events, until)
        told = [clock for clock in answer.clocks if not clock.agreed]
        return [(one.target, one.round, one.state, one.due_at, one.met_at) for one in told]

    whole = clocks(document["rows"])
    assert not whole or whole == clocks(kept)
