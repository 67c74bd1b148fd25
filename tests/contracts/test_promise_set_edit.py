"""Editing documents of promise sets and carrying them as files, hostile ones included. No database."""

import json
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.domain import promise_set_edit as edit
from contracts.domain.document import DocumentError
from contracts.domain.presets import PRESETS as PRESETS_FILE
from contracts.domain.promise_set import compile_set
from contracts.domain.promise_set_compare import differences
from contracts.domain.promise_set_matrix import matrix_of, severities_of
from contracts.domain.promise_set_terms import terms_in_words
from contracts.domain.promise_set_words import OwnWords, full_vocabulary
from contracts.domain.promise_set_yaml import DEEPEST, LARGEST_BYTES, load_plain, read_file, write_file
from tests.contracts.examples import PRESETS, WORLD_CALENDARS, WORLD_VOCABULARY, rows, set_documents

CODES = list(PRESETS.document["sets"])
NONE = OwnWords()


def stored(code: str) -> dict[str, Any]:
    """A preset as the database holds it: JSON knows texts as keys only."""
    document: dict[str, Any] = json.loads(json.dumps(PRESETS.document["sets"][code]))
    return document


# --- Documents --------------------------------------------------------------------------------------------------------


def test_a_row_is_written_as_the_presets_write_it() -> None:
    assert edit.clean_row(target="plan", budget="1h", calendar="always", from_event="reported", armed_by="") == {
        "target": "plan",
        "budget": "1h",
        "calendar": "always",
    }
    row = edit.clean_row(
        target="on_site",
        budget="2h",
        calendar="always",
        from_event="occurred",
        armed_by="remote_failed",
        when={"severity": [1, 2], "kind": ["fault"], "locality": "", "channel": [], "distance_km_from": 0},
    )
    assert row["when"] == {"severity": [1, 2], "kind": "fault", "distance_km_from": 0}
    assert (row["from"], row["armed_by"]) == ("occurred", "remote_failed")
    same = edit.clean_row(target="plan", budget="1h", calendar="always", from_event="occurred", armed_by="occurred")
    assert "armed_by" not in same


def test_rows_are_added_behind_their_target_changed_and_removed() -> None:
    document = stored("L4")
    before = deepcopy(document)
    row = {"target": "response", "budget": "10m", "calendar": "always"}
    longer = edit.add_row(document, row)
    assert [one["target"] for one in longer["rows"]].index("on_site") == 4
    assert longer["rows"][3] == row
    assert edit.remove_row(longer, 3) == document
    assert edit.change_row(longer, 3, document["rows"][0])["rows"][3] == document["rows"][0]
    cells = edit.change_cells(document, {0: {"budget": "45m"}, 2: {"calendar": "office_cn"}})
    assert [cells["rows"][i]["budget"] for i in (0, 2)] == ["45m", "1h"]
    assert cells["rows"][2]["calendar"] == "office_cn"
    assert document == before, "what is given is left alone"
    for index in (-1, 10):
        with pytest.raises(DocumentError):
            edit.remove_row(document, index)


def test_terms_are_written_before_the_rows_and_empty_ones_left_out() -> None:
    document = stored("HW12")
    changed = edit.change_terms(document, {"source": "", "quotas": {"training": 5}, "pause": [], "name": "新"})
    assert list(changed)[-1] == "rows"
    assert "source" not in changed
    assert (changed["quotas"], changed["pause"], changed["name"]) == ({"training": 5}, [], "新")
    assert changed["rows"] == document["rows"]


@settings(max_examples=60, deadline=None)
@given(set_documents(), st.lists(st.tuples(st.sampled_from("acrx"), st.integers(0, 9), rows()), max_size=8))
def test_every_edit_of_a_set_compiles(document: dict[str, Any], acts: list[Any]) -> None:
    """A set whose rows are good stays good whatever is added, copied, changed and removed; lengths add up."""
    for act, at, row in acts:
        if not document["rounds"]:
            row = row | {"from": "reported", "armed_by": "reported"}
        count = len(document["rows"])
        place = at % count if count else 0
        if act == "a" or not count:
            document, count = edit.add_row(document, row), count + 1
        elif act == "c":
            document, count = edit.add_row(document, document["rows"][place]), count + 1
        elif act == "r":
            document, count = edit.remove_row(document, place), count - 1
        else:
            document = edit.change_row(document, place, row)
        assert len(document["rows"]) == count
    compiled = compile_set("R", document, WORLD_VOCABULARY, WORLD_CALENDARS)
    assert [row.index for row in compiled.rows] == list(range(len(document["rows"])))
    assert differences(compiled, compiled, NONE) == []


# --- The matrix -------------------------------------------------------------------------------------------------------


def compiled(code: str) -> Any:
    return PRESETS.sets[code]


@pytest.mark.parametrize("code", CODES)
def test_every_row_stands_in_the_matrix_at_each_of_its_levels(code: str) -> None:
    matrix = matrix_of(compiled(code), NONE)
    assert [rank for rank, _words in matrix.heads] == [1, 2, 3, 4]
    shown = sorted(
        (cell.row.index, rank) for line in matrix.lines for cell in line.cells if cell.row for rank in cell.ranks
    )
    ranks = [1, 2, 3, 4]
    assert shown == sorted((row.index, rank) for row in compiled(code).rows for rank in severities_of(row, ranks))
    assert all(sum(cell.span for cell in line.cells) == 4 for line in matrix.lines)
    firsts = [cell.row.index for line in matrix.lines for cell in line.cells if cell.row and cell.first]
    assert sorted(firsts) == list(range(len(compiled(code).rows))), "one place to type for each row"


def test_levels_of_one_case_share_a_line() -> None:
    lines = matrix_of(compiled("TY-ABCD"), NONE).lines
    plan = next(line for line in lines if line.target == "解决方案")
    assert [(cell.ranks, cell.goal) for cell in plan.cells] == [
        ([1], "2天"),
        ([2], "3天"),
        ([3], "4天12小时"),
        ([4], ""),
    ]
    assert [line.title for line in lines] == ["响应", "解决方案", "到场", "", ""]
    assert next(line for line in lines if line.title == "到场").lines == 3


def test_differences_are_told_by_what_a_row_is_about() -> None:
    old = compiled("XC30")
    document = edit.change_cells(stored("XC30"), {0: {"budget": "20m"}})
    document = edit.remove_row(document, 1)
    document = edit.add_row(document, {"target": "plan", "budget": "1d", "calendar": "always"})
    document = edit.change_terms(document, {"name": "新名称"})
    new = compile_set("XC30", document, PRESETS.vocabulary, PRESETS.calendars)
    told = [(one.kind, one.what.split(" · ")[0], one.old, one.new) for one in differences(old, new, NONE)]
    assert [(kind, what) for kind, what, _old, _new in told[:3]] == [
        ("changed", "响应"),
        ("added", "解决方案"),
        ("removed", "修复"),
    ]
    assert ("30 分" in told[0][2], "20 分" in told[0][3], told[1][2], told[2][3]) == (True, True, "", "")
    assert (told[3][0], told[3][2:]) == ("changed", ("信息化项目质保 36 个月", "新名称"))


@pytest.mark.parametrize("code", CODES)
def test_terms_are_told_in_words(code: str) -> None:
    told = dict(terms_in_words(compiled(code)))
    assert compiled(code).name in told.values()
    assert all(told.values())


# --- Files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_preset_goes_out_and_comes_in_with_the_same_meaning(code: str) -> None:
    calendars = {name: PRESETS.document["calendars"][name] for name in ("always", "office_cn")}
    text = write_file({code: stored(code)}, full_vocabulary(NONE), calendars)
    assert yaml.safe_load(text)["sets"][code] == PRESETS.document["sets"][code]
    file = read_file(text.encode())
    assert (file.sets, file.calendars, file.own) == ({code: stored(code)}, calendars, NONE)
    assert write_file(file.sets, full_vocabulary(file.own), file.calendars) == text


def test_the_shipped_file_itself_comes_in() -> None:
    file = read_file(PRESETS_FILE.read_bytes())
    assert list(file.sets) == CODES
    assert file.own == NONE


def test_own_words_travel() -> None:
    target = {"met_by": "data_restored", "zh": "数据恢复", "short": "恢复", "en": "Data restored"}
    own = OwnWords({"restore": target}, {"data_restored": {"zh": "数据已恢复", "en": "Data is back"}})
    text = write_file({"A": stored("L4")}, full_vocabulary(own), {})
    assert read_file(text.encode()).own == own


@settings(max_examples=60, deadline=None)
@given(set_documents())
def test_any_set_goes_out_and_comes_in(document: dict[str, Any]) -> None:
    text = write_file({"R": document}, full_vocabulary(NONE), {})
    assert read_file(text.encode()).sets == {"R": json.loads(json.dumps(document))}


BOMB = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nsets: {A: *c}\n"
DEEP = "sets: " + "[" * 5_000 + "]" * 5_000


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (BOMB, "1"),
        ("sets: {A: &x {}}", "1"),
        ("sets: !!python/object/apply:os.system ['true']", "1"),
        ("sets:\n  A: !!python/name:os.system", "2"),
        ("sets: !!str x", "1"),
        ("sets: !own {}", "1"),
        (DEEP, "1"),
        ("sets: {A: {}}\n---\nsets: {}", "2"),
        ("sets: {A: 1}\nsets: {B: 2}", "1"),
        ("sets:\n  A: {name: x, name: y}", "2"),
        ("sets:\n  <<: {A: 1}", "2"),
        ("sets: {A: {source: 2026-01-01}}", "1"),
        ("sets: {A: {? [1, 2] : 3}}", "1"),
        ("sets: {A: [1, 2", ""),
        ("sets: {A: \x01}", ""),
        ("sets: {" + ",".join(f"A{i}: 1" for i in range(60_000)) + "}", ""),
    ],
    ids=lambda value: str(value)[:20],
)
def test_hostile_yaml_is_refused_with_the_place(text: str, place: str) -> None:
    with pytest.raises(DocumentError) as refused:
        load_plain(text.encode())
    if place:
        assert place in refused.value.path


def test_ten_megabytes_and_foreign_bytes_are_refused_unread() -> None:
    for content in (b"x" * (LARGEST_BYTES + 1), b"x" * 10_000_000, "sets: {A: 承诺}".encode("gb18030"), b"\xff\xfe"):
        with pytest.raises(DocumentError):
            load_plain(content)


def test_what_is_just_deep_enough_is_read() -> None:
    depth = DEEPEST
    assert load_plain(("[" * depth + "]" * depth).encode()) is not None
    with pytest.raises(DocumentError):
        load_plain(("[" * (depth + 1) + "]" * (depth + 1)).encode())


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "sets"),
        ("[]", "sets"),
        ("sets: []", "sets"),
        ("sets: {}", "sets"),
        ("sets: {A: 1}", "sets.A"),
        ("sets: {A: {}}\nlunch: 1", "lunch"),
        ("sets: {A: {}}\ncalendars: 7", "calendars"),
        ("sets: {A: {}}\ntargets: [1]", "targets"),
        ("sets: {A: {}}\nevents: {a: 1}", "events"),
        ("sets: {A: {}}\ntimezone: Europe/Berlin", "timezone"),
        ("sets: {A: {}}\nkinds: [fault]", "kinds"),
        ("sets: {A: {}}\ntargets: {plan: {met_by: resolved, zh: a, short: b, en: c}}", "targets.plan"),
    ],
)
def test_a_file_is_refused_at_its_part(text: str, path: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_file(text.encode())
    assert refused.value.path == path
