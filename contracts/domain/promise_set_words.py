"""Codes of the promise vocabulary in words, and the words that an installation added to it.

The product's own codes are named by the apps that record them (`register`); what an installation adds carries its names
in the version that uses it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.domain.calendars import Calendar
from contracts.domain.promise_set import Condition, PromiseSet, Row
from contracts.domain.promise_version import preset_vocabulary
from contracts.domain.vocabulary import Vocabulary, read_vocabulary
from contracts.enums import Coverage
from contracts.models import PromiseVersion
from core.language import is_chinese
from customers.enums import Locality

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)
EVENT_NAMES_KEY = "event_names"
RECEIVERS: dict[str, str | Promise] = {
    "assignee": gettext_lazy("Assignee, else the team on duty"),
    "team_lead": gettext_lazy("Team lead"),
    "duty_manager": gettext_lazy("Duty manager"),
    "department_head": gettext_lazy("Head of department"),
    "customer_contact": gettext_lazy("The customer's contact, where the contract says so"),
}
FACTS: dict[str, str | Promise] = {
    "severity": gettext_lazy("Severity"),
    "kind": gettext_lazy("Kind"),
    "channel": gettext_lazy("Channel"),
    "locality": gettext_lazy("Locality"),
    "distance_km": gettext_lazy("Distance (km)"),
    "coverage": gettext_lazy("Coverage"),
}
_names: dict[str, dict[str, str | Promise]] = {
    "receiver": dict(RECEIVERS),
    "locality": dict(Locality.choices),
    "coverage": dict(Coverage.choices),
}


@dataclass(frozen=True)
class OwnWords:
    """Targets (as in the presets) and events (code to {zh, en}) that are not shipped with the product."""

    targets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def with_more(self, other: "OwnWords") -> "OwnWords":
        """Both, this one's wording where a code is in both."""
        return OwnWords({**other.targets, **self.targets}, {**other.events, **self.events})

    def used_by(self, document: Mapping[str, Any]) -> "OwnWords":
        """Those that the rows of a set need."""
        listed = document.get("rows")
        rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
        named = {str(row.get("target")) for row in rows}
        targets = {name: target for name, target in self.targets.items() if name in named}
        events = {str(row.get(key)) for row in rows for key in ("from", "armed_by")}
        events |= {str(target.get("met_by")) for target in targets.values()}
        return OwnWords(targets, {code: names for code, names in self.events.items() if code in events})


def register(group: str, names: Mapping[Any, str | Promise]) -> None:
    """Name the codes of a group (kind, channel, severity, event, pause); an upper app does so in its `apps.py`."""
    _names[group] = {str(code): name for code, name in names.items()}


def word(group: str, code: object) -> str:
    """A code in words; one that nobody named is shown as it is."""
    return str(_names.get(group, {}).get(str(code), code))


def words(group: str) -> dict[str, str]:
    """All named codes of a group."""
    return {code: str(name) for code, name in _names.get(group, {}).items()}


def event_word(code: str, own: OwnWords) -> str:
    """An event in words, also one that the installation added."""
    names = own.events.get(code)
    return (names["zh"] if is_chinese() else names["en"]) if names else word("event", code)


def own_words(vocabulary: Mapping[str, Any]) -> OwnWords:
    """What a stored vocabulary has beyond the shipped one."""
    shipped = preset_vocabulary()
    names = vocabulary.get(EVENT_NAMES_KEY, {})
    targets = {code: one for code, one in vocabulary["targets"].items() if code not in shipped["targets"]}
    events = {code: names.get(code, {"zh": code, "en": code}) for code in vocabulary["events"]}
    return OwnWords(targets, {code: one for code, one in events.items() if code not in shipped["events"]})


def installation_words(versions: Iterable[PromiseVersion]) -> OwnWords:
    """The own words of published versions, of two wordings the one that comes first."""
    found = OwnWords()
    for version in versions:
        found = found.with_more(_of_text(version.document))
    return found


@lru_cache(maxsize=256)
def _of_text(text: str) -> OwnWords:
    return own_words(json.loads(text)["vocabulary"])


def full_vocabulary(own: OwnWords) -> dict[str, Any]:
    """The shipped vocabulary with own words, in the shape that versions store."""
    vocabulary = deepcopy(preset_vocabulary())
    if own.targets:
        vocabulary["targets"] = {**vocabulary["targets"], **own.targets}
    if own.events:
        vocabulary["events"] = [*vocabulary["events"], *own.events]
        vocabulary[EVENT_NAMES_KEY] = {code: dict(names) for code, names in own.events.items()}
    return vocabulary


def read_words(own: OwnWords) -> Vocabulary:
    """The checked vocabulary. DocumentError with the place of what cannot be used."""
    return read_vocabulary(full_vocabulary(own)) if own.targets or own.events else _shipped()


@lru_cache(maxsize=1)
def _shipped() -> Vocabulary:
    return read_vocabulary(preset_vocabulary())


# --- Rows in words ----------------------------------------------------------------------------------------------------


def condition_words(condition: Condition) -> str:
    """One condition: Phone, E-mail; Level 1, Level 2; below 1000 km."""
    if condition.below is not None:
        return _("below %(km)s km") % {"km": f"{condition.below:g}"}
    if condition.at_least is not None:
        return _("from %(km)s km") % {"km": f"{condition.at_least:g}"}
    return joined(word(condition.fact, value) for value in condition.any_of)


def conditions_words(row: Row, *, severity: bool = True) -> str:
    """All conditions of a row; without those on the severity if the severity is told elsewhere."""
    told = [condition for condition in row.when if severity or condition.fact != "severity"]
    return " · ".join(condition_words(condition) for condition in told)


def start_words(row: Row, own: OwnWords) -> str:
    """From when the budget counts, and what must have happened for the row to apply."""
    start = _("from the report")
    if row.from_event != "reported":
        start = _("from: %(event)s") % {"event": event_word(row.from_event, own)}
    if row.armed_by == row.from_event:
        return start
    return _("%(start)s, once: %(event)s") % {"start": start, "event": event_word(row.armed_by, own)}


def set_word(document: Mapping[str, Any]) -> str:
    """The name of a set's document in the active language."""
    name: str = document["name"] if is_chinese() else document.get("name_en") or document["name"]
    return name


def calendar_word(calendar: Calendar) -> str:
    return calendar.name


def severity_word(rank: object, promise_set: PromiseSet) -> str:
    """A level, with the name that the contract has for it: Level 1 (A)."""
    names: Any = promise_set.document.get("severities", {})
    named = names.get(str(rank), names.get(rank)) if isinstance(names, Mapping) else None
    return f"{word('severity', rank)} ({named})" if named else word("severity", rank)


def joined(parts: Iterable[str]) -> str:
    """Several things in one line, as the language separates them."""
    return ("、" if is_chinese() else ", ").join(parts)
