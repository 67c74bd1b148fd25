"""What two wordings of a calendar say differently, in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from contracts.domain.calendar_plan import Plan, plan_of
from core.worktime import WEEKDAYS


@dataclass(frozen=True)
class Difference:
    label: str
    old: str
    new: str


def weekday_names() -> dict[str, str]:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return dict(zip(WEEKDAYS, names, strict=True))


def hours_words(document: Mapping[str, Any]) -> list[str]:
    """The weekly hours in a few lines: "Monday to Friday 09:00-12:00, 13:00-18:00"."""
    names = weekday_names()
    hours: Mapping[str, list[str]] = document.get("hours", {})
    if not hours:
        return [_("always open")]
    return [f"{_days_words(days, names)} {', '.join(windows)}" for days, windows in hours.items()]


def _days_words(days: str, names: Mapping[str, str]) -> str:
    if days == "daily":
        return _("every day")
    parts = []
    for part in days.split(","):
        first, _dash, last = part.strip().partition("-")
        span = _("%(first)s to %(last)s") % {"first": names[first], "last": names[last]} if last else names[first]
        parts.append(span)
    return "、".join(parts)


def facts_of(plan: Plan) -> dict[str, str]:
    """Everything a calendar says, by its label, but for special days."""
    closed = _("closed")
    hours = dict(
        zip(weekday_names().values(), (text.replace(", ", "\n") or closed for text in plan.hours), strict=True)
    )
    return {
        _("Name"): plan.name,
        **hours,
        _("Public holidays"): _("closed") if plan.follows_holidays else _("like other days"),
        _("Make-up workdays"): _("hours of Monday to Friday") if plan.make_up_workdays else _("like other days"),
        _("One working day"): _("%(hours)s hours") % {"hours": plan.standard_day}
        if plan.standard_day
        else _("not set"),
        _("Own closures"): "、".join(plan.closures.splitlines()) or _("none"),
    }


def differences(old: str, new: str) -> list[Difference]:
    """Between two stored texts, the special days of every year included; those that are equal are left out."""
    before, after = json.loads(old), json.loads(new)
    first, second = facts_of(plan_of(before["calendar"])), facts_of(plan_of(after["calendar"]))
    found = [Difference(label, first[label], text) for label, text in second.items() if first[label] != text]
    return found + _special_days(before["public_days"], after["public_days"])


def _special_days(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    labels = {"off": _("Public holidays"), "work": _("Make-up workdays")}
    found = []
    for kind, label in labels.items():
        gone, come = sorted(set(old[kind]) - set(new[kind])), sorted(set(new[kind]) - set(old[kind]))
        if gone or come:
            found.append(Difference(label, _listed(gone), _listed(come)))
    return found


def _listed(days: list[str]) -> str:
    if len(days) > 40:
        return _("%(count)s days, %(first)s to %(last)s") % {"count": len(days), "first": days[0], "last": days[-1]}
    return "、".join(days) or "—"
