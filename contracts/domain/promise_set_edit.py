"""Changing the document of a promise set. Pure; a new document is answered, the given one left alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.domain.document import DocumentError

Document = Mapping[str, Any]
_DEFAULTS = {"from": "reported"}
_LAST = "rows"


def new_document(*, name: str, name_en: str, scope: str) -> dict[str, Any]:
    """A set that promises nothing yet."""
    english = {"name_en": name_en} if name_en else {}
    return {"name": name, **english, "scope": scope, "pause": [], "rows": []}


def clean_row(
    *,
    target: str,
    budget: str,
    calendar: str,
    from_event: str = "",
    armed_by: str = "",
    when: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A row in the shape of the presets: defaults left out, a single value not in a list."""
    start = from_event or _DEFAULTS["from"]
    row: dict[str, Any] = {"target": target, "budget": budget, "calendar": calendar}
    if start != _DEFAULTS["from"]:
        row["from"] = start
    if armed_by and armed_by != start:
        row["armed_by"] = armed_by
    if fitting := {fact: _single(wanted) for fact, wanted in (when or {}).items() if wanted not in (None, "", [], ())}:
        row["when"] = fitting
    return row


def _single(wanted: Any) -> Any:
    if isinstance(wanted, list | tuple):
        return wanted[0] if len(wanted) == 1 else list(wanted)
    return wanted


def add_row(document: Document, row: Mapping[str, Any]) -> dict[str, Any]:
    """With a row more, after the last one of its target, else at the end."""
    rows = list(document["rows"])
    same = [i for i, one in enumerate(rows) if one.get("target") == row.get("target")]
    rows.insert(same[-1] + 1 if same else len(rows), dict(row))
    return {**document, "rows": rows}


def change_row(document: Document, index: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """With another row in the place of one. DocumentError where there is none."""
    rows = list(document["rows"])
    rows[_place(rows, index)] = dict(row)
    return {**document, "rows": rows}


def remove_row(document: Document, index: int) -> dict[str, Any]:
    """Without a row. DocumentError where there is none."""
    rows = list(document["rows"])
    del rows[_place(rows, index)]
    return {**document, "rows": rows}


def change_cells(document: Document, cells: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
    """With other budgets and calendars in some rows; all else of them stays. DocumentError for a row that is none."""
    rows = list(document["rows"])
    for index, values in cells.items():
        place = _place(rows, index)
        rows[place] = {**rows[place], **{key: values[key] for key in ("budget", "calendar") if key in values}}
    return {**document, "rows": rows}


def change_terms(document: Document, terms: Mapping[str, Any]) -> dict[str, Any]:
    """With other terms around the rows; an empty one (None, "", {}) is left out, rows stay last."""
    changed = {**document, **terms}
    kept = {key: value for key, value in changed.items() if key == "pause" or value not in (None, "", {}, [])}
    return {**{key: value for key, value in kept.items() if key != _LAST}, _LAST: list(document["rows"])}


def _place(rows: Sequence[Any], index: int) -> int:
    if not 0 <= index < len(rows):
        raise DocumentError(f"rows[{index}]", "there is no such row")
    return index
