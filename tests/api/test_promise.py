"""Promise due and replay: the questions and answers of `manage.py promise`."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from contracts.domain import promise_version
from contracts.domain.presets import load_presets
from tests.api.caller import Caller, error, traces
from tests.world import World

CASE: dict[str, Any] = {
    "promise_set": "HB2D",
    "ticket": {"severity": 2, "channel": "email", "locality": "local", "distance_km": 8, "kind": "fault"},
    "events": [
        {"at": "2026-09-30T16:20:00+08:00", "event": "reported"},
        {"at": "2026-09-30T16:40:00+08:00", "event": "paused", "reason": "waiting_customer"},
        {"at": "2026-09-30T17:00:00+08:00", "event": "resumed"},
        {"at": "2026-09-30T17:10:00+08:00", "event": "facts_changed", "severity": 1},
    ],
    "until": "2026-10-09T12:00:00+08:00",
}
DUE = {
    "promise_set": "L4",
    "at": "2026-09-30T17:30:00+08:00",
    "severity": 1,
    "channel": "phone",
    "locality": "remote",
    "distance_km": 300,
    "kind": "fault",
}


def asked(*words: str) -> Any:
    out = StringIO()
    call_command("promise", *words, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_due_answers_like_the_command(agent: Caller) -> None:
    words = ["due", "L4", "--at", "2026-09-30T17:30+08:00", "--severity", "1", "--channel", "phone"]
    words += ["--locality", "remote", "--distance-km", "300", "--kind", "fault"]
    answer = agent.post("/promise/due/", DUE)
    assert answer.status_code == 200
    assert answer.json() == asked(*words)
    assert answer.json()["clocks"]


def test_replay_answers_like_the_command(agent: Caller, tmp_path: Any) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE))
    one = agent.post("/promise/replay/", CASE).json()
    assert one == asked("replay", str(file))
    assert one["clocks"]
    assert agent.post("/promise/replay/", [CASE, CASE]).json() == [one, one]
    assert agent.post("/promise/replay/", []).json() == []


def test_it_writes_nothing(agent: Caller) -> None:
    before = traces()
    agent.post("/promise/replay/", CASE)
    agent.post("/promise/due/", DUE)
    assert traces() == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"promise_set": "NONE"}, "promise_set"),
        ({"promise_set": "a\x00b"}, "promise_set"),
        ({"promise_set": "中" * 50}, "promise_set"),
        ({"promise_set": 7}, "promise_set"),
        ({"promise_set": None}, "promise_set"),
        ({"at": "2026-09-30T17:30:00"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": 5}, "at"),
        ({"severity": 9}, "severity"),
        ({"severity": "1"}, "severity"),
        ({"severity": True}, "severity"),
        ({"distance_km": -1}, "distance_km"),
        ({"distance_km": 2**63}, "distance_km"),
        ({"kind": ["fault"]}, "kind"),
        ({"ticket": {}}, "ticket"),
    ],
)
def test_due_names_the_field(agent: Caller, change: dict[str, Any], field: str) -> None:
    assert error(agent.post("/promise/due/", DUE | change)) == (400, "document", [field])


@pytest.mark.parametrize(
    ("case", "field"),
    [
        (CASE | {"until": "2026-10-09T12:00:00"}, "until"),
        (CASE | {"events": 7}, "events"),
        (CASE | {"events": [{"at": "2026-09-30T16:20:00+08:00", "event": "nonsense"}]}, "events[0].event"),
        (CASE | {"events": [{"at": "2026-09-30T16:20:00+08:00", "event": "resolution_breached"}]}, "events[0].event"),
        (CASE | {"ticket": {"colour": "red"}}, "ticket.colour"),
        ({"promise_set": "HB2D"}, "events"),
        ([CASE, CASE | {"until": None}], "cases[1].until"),
        ([CASE, 7], "cases[1]"),
    ],
)
def test_replay_names_the_field(agent: Caller, case: Any, field: str) -> None:
    assert error(agent.post("/promise/replay/", case)) == (400, "document", [field])


def test_a_case_that_is_nothing(agent: Caller) -> None:
    assert error(agent.post("/promise/replay/", b"7"))[:2] == (400, "document")


def test_more_than_can_be_asked_at_a_time(agent: Caller) -> None:
    assert error(agent.post("/promise/replay/", [CASE] * 1001)) == (400, "too_many", [])
    for cases, events, status in ((1, 101, 400), (1, 100, 200), (101, 100, 400)):
        many = [CASE | {"events": [CASE["events"][0]] * events}] * cases
        assert agent.post("/promise/replay/", many).status_code == status


def test_the_published_wording_counts(agent: Caller, world: World) -> None:
    """A set that was changed here answers as it was changed, from the day on which it counts."""
    document: Any = load_presets().document["sets"]["L4"]  # type: ignore[index]
    shorter = document | {"rows": [row | {"budget": "7m"} for row in document["rows"]]}
    since = world.now - timedelta(days=1)
    promise_version.publish(code="L4", document=shorter, effective_from=since, actor=None, now=world.now)
    assert {clock["budget"] for clock in agent.post("/promise/due/", DUE).json()["clocks"]} == {"7m"}
