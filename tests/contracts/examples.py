"""Shared input of the engine's tests: short ways to write events and Hypothesis strategies for sets and tickets."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from contracts.domain.facts import Facts
from contracts.domain.presets import compile_presets, load_presets
from contracts.domain.promise_set import PromiseSet, compile_set
from contracts.domain.replay import Replay, replay
from contracts.domain.timeline import PromiseEvent

SHANGHAI = ZoneInfo("Asia/Shanghai")
PRESETS = load_presets()


def cn(text: str) -> datetime:
    """A local time in China: "2026-09-30 17:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def event(at: str, name: str, **data: object) -> PromiseEvent:
    """An event at a local time in China."""
    return PromiseEvent(cn(at), name, data=data)


def compiled(*rows: dict, **fields: object) -> PromiseSet:
    """A contract set of the given rows; every other field of the document may be given, too."""
    document = {"name": "T", "scope": "contract", "pause": ["waiting_customer"], "rows": list(rows), **fields}
    return compile_set("T", document, PRESETS.vocabulary, PRESETS.calendars)


def fold(promise_set: PromiseSet | str, events: list[PromiseEvent], until: str, **facts: object) -> Replay:
    """Replay up to a local time in China, events entered in the order of the list."""
    chosen = PRESETS.sets[promise_set] if isinstance(promise_set, str) else promise_set
    entered = [PromiseEvent(one.at, one.event, seq, one.data) for seq, one in enumerate(events)]
    return replay(chosen, Facts(**facts), entered, cn(until))


def seen(answer: Replay) -> list[tuple[str, int, str, str]]:
    """Target, round, state and due time (local, to the minute) of all clocks."""
    return [
        (clock.target, clock.round, clock.state, f"{clock.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
        for clock in answer.clocks
    ]


# Random sets and tickets

WORLD = {
    **PRESETS.document,
    "calendars": {
        "always": {"name": "7x24"},
        "office": PRESETS.document["calendars"]["office_5x8"],
        "abroad": {"name": "NY", "timezone": "America/New_York", "hours": {"daily": ["07:30-12:00", "12:30-24:00"]}},
    },
    "sets": {},
}
WORLD_VOCABULARY, WORLD_CALENDARS = (lambda world: (world.vocabulary, world.calendars))(compile_presets(WORLD))

STARTS = [
    datetime(2026, 9, 30, 2, tzinfo=UTC),  # National Day comes
    datetime(2026, 10, 9, 6, tzinfo=UTC),  # a make-up Saturday comes
    datetime(2026, 3, 7, 12, tzinfo=UTC),  # clocks go forward in New York
    datetime(2026, 10, 31, 20, tzinfo=UTC),  # and back
    datetime(1988, 4, 15, 20, tzinfo=UTC),  # and forward in Shanghai
    datetime(2026, 2, 27, 9, tzinfo=UTC),  # a short month
]
TARGETS = ["response", "plan", "on_site", "resolution", "loaner", "complaint_reply"]
BUDGETS = ["20m", "1h", "2h", "8h", "1wd", "1d", "today", "1mo"]
CONDITIONS = [
    {},
    {"kind": "fault"},
    {"severity": 1},
    {"severity": [1, 2], "locality": "local"},
    {"distance_km_below": 1000},
    {"distance_km_from": 1000},
]
TRIGGERS = ["reported", "occurred", "remote_failed", "visit_requested", "resolution_breached", "responded"]
PLAIN = ["reported", "occurred", "responded", "remote_failed", "visit_requested", "plan_sent", "checked_in"] + [
    "loaner_supplied",
    "complaint_replied",
    "resolved",
    "resolved",
    "reopened",
    "reopened",
    "resumed",
    "resumed",
]
FACTS = {
    "severity": st.sampled_from([None, 1, 2, 3]),
    "kind": st.sampled_from([None, "fault", "request"]),
    "locality": st.sampled_from([None, "local", "remote"]),
    "distance_km": st.sampled_from([None, 999.5, 1000]),
}


@st.composite
def rows(draw: st.DrawFn) -> dict:
    budget = draw(st.sampled_from(BUDGETS))
    calendar = "office" if budget.endswith("wd") else draw(st.sampled_from(["always", "office", "abroad"]))
    row = {"target": draw(st.sampled_from(TARGETS)), "budget": budget, "calendar": calendar}
    row["when"] = draw(st.sampled_from(CONDITIONS))
    row["from"] = draw(st.sampled_from(["reported", *TRIGGERS]))
    row["armed_by"] = draw(st.sampled_from([row["from"], row["from"], *TRIGGERS]))
    return row


@st.composite
def set_documents(draw: st.DrawFn) -> dict:
    return {
        "name": "random",
        "scope": "contract",
        "rounds": draw(st.sampled_from([True, True, True, False])),
        "pause": draw(st.sampled_from([["waiting_customer"], ["waiting_customer", "force_majeure"]])),
        "rows": draw(st.lists(rows(), min_size=1, max_size=6)),
    }


@st.composite
def happenings(draw: st.DrawFn, start: datetime) -> PromiseEvent:
    """An event on a grid that makes equal times and events at due instants likely."""
    at = start + timedelta(minutes=draw(st.sampled_from([20, 60])) * draw(st.integers(0, 60)))
    kind = draw(
        st.sampled_from([*PLAIN, "paused", "paused", "paused", "facts_changed", "facts_changed", "date_agreed"])
    )
    data: dict[str, object] = {}
    if kind == "paused":
        data = {"reason": draw(st.sampled_from(["waiting_customer", "waiting_customer", "force_majeure", "lunch"]))}
    elif kind == "facts_changed":
        data = draw(st.fixed_dictionaries({}, optional=FACTS))
    elif kind == "date_agreed":
        due = at + timedelta(minutes=20 * draw(st.integers(1, 100)))
        data = {"target": draw(st.sampled_from(TARGETS)), "due": due}
    return PromiseEvent(at, kind, data=data)


@st.composite
def tickets(draw: st.DrawFn) -> tuple[dict, list[PromiseEvent], datetime]:
    """First facts, events in the order of entry, and an instant to look at them."""
    start = draw(st.sampled_from(STARTS))
    events = [PromiseEvent(start + timedelta(minutes=20 * draw(st.integers(0, 6))), "reported")]
    events += draw(st.lists(happenings(start), max_size=12))
    until = start + timedelta(minutes=20 * draw(st.integers(0, 360)))
    events = [PromiseEvent(one.at, one.event, seq, one.data) for seq, one in enumerate(draw(st.permutations(events)))]
    return draw(st.fixed_dictionaries(FACTS)), events, until
