"""Promise documents: what compiles to what, and what is refused with its place."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from contracts.domain.budget import BudgetKind
from contracts.domain.calendars import compile_calendar
from contracts.domain.document import DocumentError
from contracts.domain.facts import Facts
from contracts.domain.holidays import announced_china
from contracts.domain.presets import PRESETS as PRESETS_FILE
from contracts.domain.presets import compile_presets
from contracts.domain.promise_set import agreement_owner, compile_set, masked
from contracts.domain.vocabulary import read_vocabulary
from tests.contracts.examples import PRESETS, cn, compiled

ROW = {"target": "on_site", "budget": "2h", "calendar": "always"}


def test_presets_are_the_nine_contract_and_three_house_sets():
    scopes = {code: promise_set.scope for code, promise_set in PRESETS.sets.items()}
    assert [code for code, scope in scopes.items() if scope == "house"] == ["HOTLINE", "COMPLAINT", "PAPERS"]
    assert sorted(code for code, scope in scopes.items() if scope == "contract") == sorted(
        ["HW12", "YC24", "HB2D", "QH5", "TY-ABCD", "XC30", "HN48", "HN58", "L4"]
    )
    assert [code for code, promise_set in PRESETS.sets.items() if not promise_set.rounds] == ["COMPLAINT", "PAPERS"]


def test_presets_have_the_targets_in_their_order():
    targets = list(PRESETS.vocabulary.targets.values())
    assert [target.order for target in targets] == list(range(16))
    assert (targets[0].name, targets[5].name, targets[-1].name) == ("first_contact", "resolution", "depot_repair")
    assert targets[5].short == "修复"


def test_row_compiles_with_its_defaults():
    row = compiled({**ROW, "from": "remote_failed", "when": {"severity": [1, 2]}}).rows[0]
    assert (row.index, row.target.name) == (0, "on_site")
    assert (row.from_event, row.armed_by) == ("remote_failed", "remote_failed")
    assert (row.budget.kind, row.budget.seconds, row.calendar.code) == (BudgetKind.OPEN, 7200, "always")
    assert row.text == "2h (always) from remote_failed for severity 1/2"
    assert compiled(ROW).rows[0].from_event == "reported"


@pytest.mark.parametrize(
    ("budget", "seconds"),
    [("30m", 1800), ("2h", 7200), ("3d", 3 * 86_400), ("2wd", 2 * 9 * 3600)],
)
def test_open_budgets(budget, seconds):
    assert compiled({**ROW, "budget": budget, "calendar": "office_cn"}).rows[0].budget.seconds == seconds


def test_month_budget():
    budget = compiled({**ROW, "budget": "3mo"}).rows[0].budget
    assert (budget.kind, budget.months) == (BudgetKind.MONTHS, 3)


@pytest.mark.parametrize(
    ("when", "facts", "fits"),
    [
        ({"severity": 1}, {"severity": 1}, True),
        ({"severity": [1, 2]}, {"severity": 3}, False),
        ({"severity": [1, 2]}, {}, False),
        ({"severity": 1, "locality": "local"}, {"severity": 1}, False),
        ({"severity": 1, "locality": "local"}, {"severity": 1, "locality": "local"}, True),
        ({"distance_km_below": 1000}, {"distance_km": 999.9}, True),
        ({"distance_km_below": 1000}, {"distance_km": 1000}, False),
        ({"distance_km_from": 1000}, {"distance_km": 1000}, True),
        ({"distance_km_from": 1000}, {}, False),
        ({}, {}, True),
        ({"coverage": "warranty"}, {"coverage": "warranty"}, True),
    ],
)
def test_conditions(when, facts, fits):
    assert compiled({**ROW, "when": when}).rows[0].fits(Facts(**facts)) is fits


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"target": "lunch"}, "rows[0].target"),
        ({"target": ["on_site"]}, "rows[0].target"),
        ({"calendar": "moon"}, "rows[0].calendar"),
        ({"budget": "2 h"}, "rows[0].budget"),
        ({"budget": "0m"}, "rows[0].budget"),
        ({"budget": "-2h"}, "rows[0].budget"),
        ({"budget": "2w"}, "rows[0].budget"),
        ({"budget": 30}, "rows[0].budget"),
        ({"budget": "2H"}, "rows[0].budget"),
        ({"budget": "２h"}, "rows[0].budget"),
        ({"budget": "2wd"}, "rows[0].budget"),  # always has no standard day
        ({"budget": "9999d"}, "rows[0].budget"),
        ({"budget": "121mo"}, "rows[0].budget"),
        ({"from": "coffee"}, "rows[0].from"),
        ({"from": "paused"}, "rows[0].from"),
        ({"armed_by": "facts_changed"}, "rows[0].armed_by"),
        ({"when": {"colour": "red"}}, "rows[0].when.colour"),
        ({"when": {"severity": 5}}, "rows[0].when.severity"),
        ({"when": {"severity": True}}, "rows[0].when.severity"),
        ({"when": {"severity": "1"}}, "rows[0].when.severity"),
        ({"when": {"severity": []}}, "rows[0].when.severity"),
        ({"when": {"kind": None}}, "rows[0].when.kind"),
        ({"when": {"kind": ["fault", "war"]}}, "rows[0].when.kind"),
        ({"when": {"distance_km_below": "far"}}, "rows[0].when.distance_km_below"),
        ({"when": {"distance_km_from": -1}}, "rows[0].when.distance_km_from"),
        ({"when": {"distance_km_from": float("nan")}}, "rows[0].when.distance_km_from"),
        ({"when": ["severity"]}, "rows[0].when"),
        ({"unless": {}}, "rows[0].unless"),
    ],
)
def test_bad_rows_are_refused_with_their_place(change, path):
    with pytest.raises(DocumentError) as refused:
        compiled({**ROW, **change})
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"scope": "moon"}, "scope"),
        ({"name": " "}, "name"),
        ({"rounds": "no"}, "rounds"),
        ({"pause": "waiting_customer"}, "pause"),
        ({"pause": [1]}, "pause[0]"),
        ({"rows": {}}, "rows"),
        ({"rows": [3]}, "rows[0]"),
        ({"rows": [{"target": "on_site"}]}, "rows[0].budget"),
        ({"warranty": 12}, "warranty"),
        ({"colour": "red"}, "colour"),
        ({"ladder": [{"at": "50%"}]}, "ladder[0].tell"),
        ({"ladder": [{"at": "half", "tell": []}]}, "ladder[0].at"),
        ({"ladder": [{"at": "0%", "tell": []}]}, "ladder[0].at"),
        ({"ladder": [{"at": "120%", "tell": []}]}, "ladder[0].at"),
        ({"ladder": [{"at": "80%", "tell": []}, {"at": "50%", "tell": []}]}, "ladder[1].at"),
        ({"ladder": [{"at": "80%", "tell": [""]}]}, "ladder[0].tell[0]"),
        ({"rounds": False, "rows": [{**ROW, "from": "reopened"}]}, "rows[0].from"),
    ],
)
def test_bad_sets_are_refused_with_their_place(change, path):
    document = {"name": "T", "scope": "contract", "pause": [], "rows": [], **change}
    with pytest.raises(DocumentError) as refused:
        compile_set("T", document, PRESETS.vocabulary, PRESETS.calendars)
    assert refused.value.path == path


def test_document_that_is_no_object_is_refused():
    with pytest.raises(DocumentError, match="must be an object"):
        compile_set("T", ["rows"], PRESETS.vocabulary, PRESETS.calendars)


def test_set_with_a_ladder_of_its_own():
    promise_set = compiled(ROW, ladder=[{"at": "90%", "tell": ["assignee"]}, {"at": "+100%", "tell": ["team_lead"]}])
    assert [(step.step, step.percent, step.tell) for step in promise_set.ladder] == [
        ("90%", 90, ("assignee",)),
        ("+100%", 200, ("team_lead",)),
    ]
    assert [step.step for step in compiled(ROW).ladder] == ["50%", "80%", "100%", "+25%", "+50%"]


def test_set_keeps_terms_that_no_clock_needs():
    assert PRESETS.sets["L4"].document["warranty"]["months"] == 24


def test_set_listens_to_what_starts_and_meets_its_rows():
    """L4: responded and what implies it, remote_failed, visit_requested and what implies it; not unit_tested."""
    listens = PRESETS.sets["L4"].listens_to
    assert {"reported", "responded", "checked_in", "remote_failed", "urgent_visit_requested", "resolved"} <= listens
    assert not {"unit_tested", "visit_scheduled", "paused", "training_ended"} & listens
    assert "resolved" not in PRESETS.sets["PAPERS"].listens_to


def vocabulary_with(**change: object) -> dict:
    document = yaml.safe_load(PRESETS_FILE.read_text(encoding="utf-8"))
    for key, value in change.items():
        document[key] = {**document[key], **value} if isinstance(value, dict) else value
    return document


def test_vocabulary_is_data():
    """A new event and target of an administrator start and meet clocks like the built-in ones."""
    document = vocabulary_with(targets={"tea": {"met_by": "tea_served", "zh": "茶", "short": "茶", "en": "Tea"}})
    document["events"] += ["tea_served", "guest_seated"]
    document["implies"]["tea_served"] = ["responded"]
    document["sets"]["TEA"] = {"name": "T", "scope": "house", "pause": [], "rows": []}
    document["sets"]["TEA"]["rows"] = [{"target": "tea", "budget": "5m", "calendar": "always", "from": "guest_seated"}]
    presets = compile_presets(document)
    assert presets.vocabulary.counts_as["tea_served"] == ("tea_served", "responded", "first_contact")
    assert presets.sets["TEA"].started_by == {"guest_seated": ("tea",)}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"events": ["reported"]}, "events"),
        ({"timezone": "Asia/Atlantis"}, "timezone"),
        ({"targets": {"tea": {"met_by": "tea_served", "zh": "a", "short": "a", "en": "a"}}}, "targets.tea.met_by"),
        ({"targets": {"tea": {"met_by": "paused", "zh": "a", "short": "a", "en": "a"}}}, "targets.tea.met_by"),
        ({"targets": {"tea": {"met_by": "resolved", "zh": "a", "en": "a"}}}, "targets.tea.short"),
        ({"implies": {"responded": ["paused"]}}, "implies.responded[0]"),
        ({"implies": {"responded": ["reopened"]}}, "implies.responded"),
        ({"on_resolved_not_needed": ["tea"]}, "on_resolved_not_needed[0]"),
    ],
)
def test_bad_vocabularies_are_refused_with_their_place(change, path):
    with pytest.raises(DocumentError) as refused:
        read_vocabulary(vocabulary_with(**change))
    assert refused.value.path == path


def test_bad_set_among_presets_is_named():
    with pytest.raises(DocumentError, match=r"sets\.L4\.rows: must be a list"):
        compile_presets(vocabulary_with(sets={"L4": {"name": "x", "scope": "contract", "pause": [], "rows": 1}}))


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({}, "name"),
        ({"name": "x", "hours": {"mon": ["9-18"]}}, "hours"),
        ({"name": "x", "hours": {}}, "hours"),
        ({"name": "x", "holidays": "FR"}, "holidays"),
        ({"name": "x", "make_up_workdays": True}, "make_up_workdays"),
        ({"name": "x", "standard_day": "1mo"}, "standard_day"),
        ({"name": "x", "standard_day": "25h"}, "standard_day"),
        ({"name": "x", "closures": ["2026-02-30"]}, "closures[0]"),
        ({"name": "x", "timezone": "../etc/passwd"}, "timezone"),
        ({"name": "x", "colour": "red"}, "colour"),
    ],
)
def test_bad_calendars_are_refused_with_their_place(document, path):
    with pytest.raises(DocumentError) as refused:
        compile_calendar("x", document, ZoneInfo("Asia/Shanghai"), {"CN": announced_china()})
    assert refused.value.path == path


def test_calendar_with_closures_and_zone_of_its_own():
    document = {"name": "x", "hours": {"daily": ["09:00-18:00"]}, "closures": ["2026-03-09"]}
    document |= {"timezone": "America/New_York", "standard_day": "9h"}
    calendar = compile_calendar("x", document, ZoneInfo("Asia/Shanghai"), {})
    assert (calendar.work.zone.key, calendar.work.standard_day) == ("America/New_York", 9 * 3600)
    # 8 March 2026 12:00 in New York is after the jump; the 9th is closed
    assert calendar.work.add(cn("2026-03-09 00:00"), 7 * 3600) == cn("2026-03-10 22:00")


def test_house_rows_are_masked_by_the_contract():
    hotline = masked(PRESETS.sets["HOTLINE"], PRESETS.sets["L4"])
    assert [(row.index, row.target.name) for row in hotline.rows] == [(0, "visit_arranged"), (2, "manager_callback")]
    assert masked(PRESETS.sets["HOTLINE"], None) is PRESETS.sets["HOTLINE"]
    assert masked(PRESETS.sets["PAPERS"], PRESETS.sets["L4"]) is PRESETS.sets["PAPERS"]


@pytest.mark.parametrize(
    ("target", "contract", "owner"),
    [
        ("on_site", "L4", "L4"),
        ("on_site", "HB2D", "HOTLINE"),
        ("complaint_reply", "L4", "COMPLAINT"),
        ("loaner", "L4", "L4"),  # nobody has a row: an agreement with the contract
        ("on_site", None, "HOTLINE"),
        ("loaner", None, None),
    ],
)
def test_agreement_belongs_to_one_set(target, contract, owner):
    houses = [PRESETS.sets[code] for code in ("HOTLINE", "COMPLAINT", "PAPERS")]
    found = agreement_owner(target, PRESETS.sets[contract] if contract else None, houses)
    assert (found and found.code) == owner


def test_presets_file_carries_the_rules():
    """The engine's docstrings cite the rules by number; the numbers are in the head of this file."""
    head = Path(PRESETS_FILE).read_text(encoding="utf-8").split("timezone:")[0]
    assert all(f"#  {number:>2}. " in head for number in range(1, 13))


def test_longest_budgets_stay_within_the_calendar():
    run_out = compiled({**ROW, "budget": "3660d", "calendar": "office_cn"}).rows[0]
    assert run_out.calendar.work.add(cn("2026-01-01 00:00"), run_out.budget.seconds) > cn(
        "2026-01-01 00:00"
    ) + timedelta(days=3660 * 2)
