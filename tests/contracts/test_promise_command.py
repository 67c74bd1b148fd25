"""`manage.py promise due` and `manage.py promise replay`; no test here may touch a database."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]
CASE = {
    "promise_set": "HB2D",
    "ticket": {"severity": 2, "channel": "email", "locality": "local", "distance_km": 8, "kind": "fault"},
    "events": [
        {"at": "2026-09-30T16:20:00+08:00", "event": "reported"},
        {"at": "2026-09-30T08:30:00Z", "event": "paused", "reason": "waiting_customer"},
        {"at": "2026-09-30T16:35:00+08:00", "event": "paused", "reason": "force_majeure"},
        {"at": "2026-10-08T10:00:00+08:00", "event": "resumed"},
        {"at": "2026-10-08T10:30:00+08:00", "event": "responded"},
        {"at": "2026-10-08T10:40:00+08:00", "event": "facts_changed", "severity": 1},
        {"at": "2026-10-08T11:00:00+08:00", "event": "date_agreed", "target": "on_site", "due": "2026-10-09T01:00:00Z"},
    ],
    "until": "2026-10-08T12:00:00+08:00",
}
ANSWER = {
    "clocks": [
        {
            "target": "response",
            "round": 1,
            "state": "met",
            "due_at": "2026-10-08T13:50:00+08:00",
            "met_at": "2026-10-08T10:30:00+08:00",
            "row": 0,
            "reason": "row 0: 4h (office_cn) from reported for kind fault/request/question",
            "used_seconds": 2400,
            "steps": [
                {"step": "50%", "at": "2026-10-08T11:50:00+08:00"},
                {"step": "80%", "at": "2026-10-08T13:02:00+08:00"},
                {"step": "100%", "at": "2026-10-08T13:50:00+08:00"},
                {"step": "+25%", "at": "2026-10-08T14:50:00+08:00"},
                {"step": "+50%", "at": "2026-10-08T15:50:00+08:00"},
            ],
        },
        {
            "target": "on_site",
            "round": 1,
            "state": "running",
            "due_at": "2026-10-09T09:00:00+08:00",
            "met_at": None,
            "row": None,
            "reason": "agreed date; no row fits",
            "used_seconds": 3600,
            "steps": [
                {"step": "50%", "at": "2026-10-08T22:00:00+08:00"},
                {"step": "80%", "at": "2026-10-09T04:36:00+08:00"},
                {"step": "100%", "at": "2026-10-09T09:00:00+08:00"},
                {"step": "+25%", "at": "2026-10-09T14:30:00+08:00"},
                {"step": "+50%", "at": "2026-10-09T20:00:00+08:00"},
            ],
        },
        {
            "target": "resolution",
            "round": 1,
            "state": "running",
            "due_at": "2026-10-10T09:50:00+08:00",
            "met_at": None,
            "row": 1,
            "reason": "row 1: 2wd (office_cn) from reported for kind fault",
            "used_seconds": 7800,
            "steps": [
                {"step": "50%", "at": "2026-10-09T09:50:00+08:00"},
                {"step": "80%", "at": "2026-10-09T15:14:00+08:00"},
                {"step": "100%", "at": "2026-10-10T09:50:00+08:00"},
                {"step": "+25%", "at": "2026-10-10T14:20:00+08:00"},
                {"step": "+50%", "at": "2026-10-12T09:50:00+08:00"},
            ],
        },
    ],
    "ignored": [{"at": "2026-09-30T16:35:00+08:00", "event": "paused", "reason": "reason not allowed"}],
}


def promise(*arguments: str) -> str:
    out = io.StringIO()
    call_command("promise", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    """The message of a call that must end with exit code 2."""
    with pytest.raises(CommandError) as error:
        promise(*arguments)
    assert error.value.returncode == 2
    return str(error.value)


@pytest.fixture
def case_file(tmp_path):
    def write(document: object) -> str:
        path = tmp_path / "case.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    return write


def test_replay_answers_a_case(case_file):
    answer = json.loads(promise("replay", case_file(CASE), "--json"))
    # 16:20 to 16:30 and from 10:00 on: ten minutes are used before the pause
    assert answer == ANSWER


def test_replay_answers_a_list_with_a_list(case_file):
    assert json.loads(promise("replay", case_file([CASE, CASE]), "--json")) == [ANSWER, ANSWER]
    assert json.loads(promise("replay", case_file([]), "--json")) == []


def test_replay_reads_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(CASE).encode())))
    assert json.loads(promise("replay", "-", "--json")) == ANSWER


def test_replay_as_a_table(case_file):
    lines = promise("replay", case_file(CASE)).splitlines()
    assert lines[0].split() == ["TARGET", "ROUND", "STATE", "DUE", "MET", "WHY"]
    assert lines[1].split()[:5] == [
        "response",
        "1",
        "met",
        "2026-10-08T13:50:00+08:00",
        "2026-10-08T10:30:00+08:00",
    ]
    assert lines[4] == "ignored: paused at 2026-09-30T16:35:00+08:00, reason not allowed"


@pytest.mark.parametrize("ticket", [None, {}, {"severity": None, "kind": None}])
def test_facts_may_be_null_or_absent(case_file, ticket):
    answer = json.loads(promise("replay", case_file({**CASE, "ticket": ticket}), "--json"))
    assert [clock["target"] for clock in answer["clocks"]] == ["on_site"]


def changed(**fields: object) -> dict:
    return {**CASE, **fields}


def with_event(**fields: object) -> dict:
    return changed(events=[CASE["events"][0], {"at": "2026-10-01T00:00:00Z", "event": "reported", **fields}])


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (changed(promise_set="L5"), "case.promise_set: unknown promise set 'L5'"),
        (changed(promise_set=None), "case.promise_set: unknown promise set None"),
        (changed(until="2026-10-01T00:00:00"), "case.until: time without offset: '2026-10-01T00:00:00'"),
        (changed(until="soon"), "case.until: not an ISO 8601 time: 'soon'"),
        (changed(until=5), "case.until: must be an ISO 8601 time"),
        (changed(until="9999-12-31T23:59:59-12:00"), "case.until: year outside 1970 to 2199"),
        (changed(ticket={"severity": 7}), "case.ticket.severity: unknown severity 7"),
        (changed(ticket={"severity": "2"}), "case.ticket.severity: unknown severity '2'"),
        (changed(ticket={"kind": "war"}), "case.ticket.kind: unknown kind 'war'"),
        (changed(ticket={"channel": ["phone"]}), "case.ticket.channel: unknown channel ['phone']"),
        (changed(ticket={"distance_km": -1}), "case.ticket.distance_km: not a distance in km: -1"),
        (changed(ticket={"distance_km": 10**400}), "case.ticket.distance_km: not a distance in km: "),
        (changed(ticket={"mood": "bad"}), "case.ticket.mood: unknown field"),
        (changed(ticket=[]), "case.ticket: must be an object"),
        (changed(events={}), "case.events: must be a list"),
        (changed(extra=1), "case.extra: unknown field"),
        (with_event(event="boom"), "case.events[1].event: unknown event 'boom'"),
        (with_event(event="resolution_breached"), "case.events[1].event: resolution_breached is derived"),
        (with_event(event=None), "case.events[1].event: unknown event 'None'"),
        (with_event(at="2026-10-01T00:00:00"), "case.events[1].at: time without offset"),
        (with_event(note="x"), "case.events[1].note: unknown field"),
        (with_event(event="paused"), "case.events[1].reason: must be a text"),
        (with_event(event="facts_changed", severity=9), "case.events[1].severity: unknown severity 9"),
        (with_event(event="date_agreed", target="tea", due="x"), "case.events[1].target: unknown target 'tea'"),
        (with_event(event="date_agreed", target="plan"), "case.events[1].due: is missing"),
        (
            with_event(event="date_agreed", target="plan", due="2026-10-01T08:00:00+08:00"),
            "case.events[1].due: '2026-10-01T08:00:00+08:00' is not after the agreement",
        ),
        ([CASE, changed(until=None)], "case 2 of 2: cases[1].until: must be an ISO 8601 time"),
        ([CASE, 3], "case 2 of 2: cases[1]: must be an object"),
        ({}, "case.promise_set: is missing"),
        ("L4", "case: must be an object"),
    ],
)
def test_bad_cases_are_named_with_their_field(case_file, case, message):
    said = refused("replay", case_file(case), "--json")
    assert said.startswith(message)
    assert "\n" not in said


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_no_json_is_refused(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_bytes(text)
    assert refused("replay", str(path)).startswith(f"{path}: not JSON")


def test_missing_file_is_refused(tmp_path):
    assert refused("replay", str(tmp_path / "none.json")).endswith("No such file or directory")


DUE = ("due", "L4", "--severity", "1", "--channel", "phone", "--locality", "remote", "--distance-km", "300")
AT = ("--kind", "fault", "--at", "2026-09-30T17:30+08:00")


def test_due_as_a_table():
    why = "row 0: 30m (always) from reported for channel phone; earliest of rows 0, 2"
    assert promise(*DUE, *AT).splitlines() == [
        "L4, reported 2026-09-30T17:30:00+08:00",
        "TARGET    DUE                        WHY",
        f"response  2026-09-30T18:00:00+08:00  {why}",
        "on_site   2026-10-01T17:30:00+08:00  row 9: 24h (always) from reported for severity 1",
        "on_site   starts at remote_failed    row 4: 6h (always) from remote_failed for severity 1/2, locality remote",
        "on_site   starts at visit_requested  row 7: 8h (always) from visit_requested for distance below 1000 km",
    ]


def test_due_as_json():
    answer = json.loads(promise(*DUE, *AT, "--json"))
    assert [(clock["target"], clock["row"], clock["due_at"]) for clock in answer["clocks"]] == [
        ("response", 0, "2026-09-30T18:00:00+08:00"),
        ("on_site", 9, "2026-10-01T17:30:00+08:00"),
    ]
    assert [(row["target"], row["row"], row["starts_at"]) for row in answer["waiting"]] == [
        ("on_site", 4, "remote_failed"),
        ("on_site", 7, "visit_requested"),
    ]
    assert answer["unannounced_years"] == []


def test_due_warns_of_a_year_without_known_holidays():
    lines = promise("due", "HN58", "--kind", "fault", "--at", "2026-12-30T10:00+08:00").splitlines()
    assert lines[-1] == "The holidays of 2027 are not announced: plain weekdays count."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("due", "L5", *AT), "promise_set: unknown promise set 'L5'"),
        (("due", "L4", "--at", "2026-09-30T17:30"), "at: time without offset"),
        (("due", "L4", "--severity", "two", *AT), "severity: unknown severity 'two'"),
        (("due", "L4", "--severity", "1.5", *AT), "severity: unknown severity 1.5"),
        (("due", "L4", "--distance-km", "nan", *AT), "distance_km: not a distance in km: nan"),
        (("due", "L4", "--locality", "moon", *AT), "locality: unknown locality 'moon'"),
    ],
)
def test_bad_questions_are_refused(arguments, message):
    assert refused(*arguments).startswith(message)


def test_thousand_cases_in_one_call_without_a_database():
    """From outside: exit codes, one line on standard error, and no server behind it."""
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    command = [sys.executable, "manage.py", "promise", "replay", "-", "--json"]

    def ask(document: object) -> subprocess.CompletedProcess:
        text = json.dumps(document)
        return subprocess.run(
            command, input=text, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60
        )

    answered = ask([CASE] * 1000)
    assert (answered.returncode, json.loads(answered.stdout)) == (0, [ANSWER] * 1000)
    failed = ask([CASE] * 10 + [changed(until="x")])
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.splitlines() == ["CommandError: case 11 of 11: cases[10].until: not an ISO 8601 time: 'x'"]
