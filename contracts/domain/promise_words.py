"""What a promise set promises, in words for people who never read a promise set."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracts.domain.budget import BudgetKind
from contracts.domain.facts import Facts
from contracts.domain.forecast import forecast
from contracts.domain.promise_set import PromiseSet, Row
from contracts.domain.promise_version import compiled
from contracts.domain.terms_words import class_words
from contracts.domain.vocabulary import Target
from contracts.domain.warranty_terms import read_warranty
from contracts.queries.promise_version import newest_calendars, versions_of
from contracts.queries.terms import Terms
from core import formats
from core.language import is_chinese, language_code

SEVERITIES = (1, 2, 3, 4)
IMPACTS = {
    1: gettext_lazy("The whole system is down"),
    2: gettext_lazy("Work is severely limited"),
    3: gettext_lazy("Part of it fails, the system is usable"),
    4: gettext_lazy("Help with information or configuration"),
}
# What must happen first, where a promise does not count from the report.
STARTS = {
    "remote_failed": gettext_lazy("%(promise)s, if remote help is not enough"),
    "visit_requested": gettext_lazy("%(promise)s, once a visit is requested"),
    "urgent_visit_requested": gettext_lazy("%(promise)s, once a visit is urgent"),
}
OWED = {
    ("inspection", "quarterly"): gettext_lazy("an inspection every quarter"),
    ("inspection", "yearly"): gettext_lazy("an inspection every year"),
    ("report", "quarterly"): gettext_lazy("a service report every quarter"),
}


@dataclass(frozen=True)
class Promised:
    """What is promised at some severities; `severities` is empty where it is the same for all."""

    severities: tuple[int, ...]
    promises: tuple[str, ...]

    @property
    def impacts(self) -> list[str]:
        return [str(IMPACTS[rank]) for rank in self.severities]


def sets_in_force(set_ids: Collection[int], now: datetime) -> dict[int, PromiseSet]:
    """The compiled sets that count for what is reported now, by the key of the set; two statements, four the first
    time.
    """
    versions, calendars = versions_of(set_ids, now), newest_calendars().values()
    return {key: compiled(version, calendars) for key, version in versions.items()}


def promised(
    promise_set: PromiseSet, *, locality: str | None, distance_km: float | None, now: datetime
) -> list[Promised]:
    """What a fault reported now through the portal would be promised, equal severities together."""
    lines: dict[tuple[str, ...], list[int]] = {}
    for rank in SEVERITIES:
        facts = Facts(rank, "fault", "portal", locality, distance_km, "contract")
        lines.setdefault(_promises(promise_set, facts, now), []).append(rank)
    if len(lines) == 1:
        return [Promised((), words) for words in lines if words]
    return [Promised(tuple(ranks), words) for words, ranks in lines.items() if words]


def included(promise_set: PromiseSet, classes: Iterable[Terms] | None = None) -> list[dict[str, object]]:
    """What the contract includes and what costs money, as wb/verdict shows it: its obligations, and what its warranty
    classes say (none given: those that the set itself words).
    """
    if classes is None:
        warranty = promise_set.document.get("warranty")
        classes = read_warranty(warranty)[:1] if warranty else []
    owed = [OWED[one] for one in _terms(promise_set, "obligations").items() if one in OWED]
    said = [word for terms in classes for word in class_words(terms)]
    return [*({"label": str(one), "included": True} for one in owed), *said]


def _terms(promise_set: PromiseSet, name: str) -> Mapping[str, Any]:
    terms: Any = promise_set.document.get(name, {})
    return terms if isinstance(terms, Mapping) else {}


def _promises(promise_set: PromiseSet, facts: Facts, now: datetime) -> tuple[str, ...]:
    answer = forecast(promise_set, facts, now)
    targets: Mapping[str, Target] = promise_set.vocabulary.targets
    due = [(targets[clock.target].order, _within(clock.fits[0].row)) for clock in answer.clocks]
    later = [
        (waiting.row.target.order, str(STARTS[waiting.starts_at]) % {"promise": _within(waiting.row)})
        for waiting in answer.waiting
        if waiting.starts_at in STARTS
    ]
    return tuple(_once(words for _order, words in sorted([*due, *later], key=lambda one: one[0])))


def _once(words: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(words)


def _within(row: Row) -> str:
    return _("%(target)s: %(goal)s") % {"target": target_name(row.target), "goal": goal_of(row)}


def target_name(target: Target) -> str:
    """The name of a target in the active language."""
    return target.zh if is_chinese() else target.en


def set_name(promise_set: PromiseSet) -> str:
    """The name of a promise set in the active language."""
    return promise_set.name if is_chinese() else promise_set.name_en


def goal_of(row: Row) -> str:
    """The budget of a row in words: 5 分, 12小时, 2 个工作日, 1 个月, 当日."""
    budget = row.budget
    if budget.kind is BudgetKind.TODAY:
        return _("within the day")
    if budget.kind is BudgetKind.MONTHS:
        return ngettext("%(n)s month", "%(n)s months", budget.months) % {"n": budget.months}
    if budget.text.endswith("wd"):
        return formats.working_days(int(budget.text.removesuffix("wd")), language_code())
    return formats.duration(budget.seconds, language_code())
