"""The panels of the dashboard: each reads its own figures, in four statements at most, and is drawn alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.charts import Bar, Cell, Series, framed, horizontal_bars, line
from core.permissions import can
from feedback.enums import Stars
from reports.queries import compliance as kept
from reports.queries import figures
from reports.queries.selection import Selection
from reports.views.definitions import DEFINITIONS
from reports.views.drill import Drill, share_of
from reports.views.tiles import key_figures, share_text
from tickets.domain.clock import nearest_views
from tickets.enums import BreachReason, Severity

GOAL = 100 * kept.GOAL


@dataclass(frozen=True)
class Look:
    """Who looks at which tickets, when."""

    user: Any
    selection: Selection
    now: datetime
    by: str = "severity"

    @property
    def drill(self) -> Drill:
        return Drill(self.selection)


def key_row(look: Look) -> dict[str, Any]:
    found = key_figures(look.user, look.selection, look.now)
    listed = [(one, share_of(look.drill, one.now, one.target)) for one in found.promises]
    return {
        "tiles": [(tile, DEFINITIONS[tile.definition]) for tile in found.tiles],
        "promised": [pair for pair in listed if not pair[0].is_house],
        "ours": [pair for pair in listed if pair[0].is_house],
    }


def trend(look: Look) -> dict[str, Any]:
    weeks = kept.trend(look.user, look.selection)
    targets = kept.leading_targets(week.kept for week in weeks)
    if not targets:
        return {"chart": ""}
    labels = [f"{week.first:%m-%d}" for week in weeks]
    shares = {target: [week.of(target).share for week in weeks] for target in targets}
    series = [
        Series(
            kept.name_of(target, short=True),
            [None if share is None else round(100 * share, 1) for share in shares[target]],
            [_said(week.of(target)) for week in weeks],
        )
        for target in targets
    ]
    lowest = min([100 * share for values in shares.values() for share in values if share is not None], default=100)
    chart = line(
        labels,
        series,
        title=_("Compliance by week"),
        description=_("One line for each promise; the dotted line is the goal of 95%."),
        low=max(0.0, lowest // 20 * 20 - (20 if lowest % 20 == 0 else 0)) if lowest < 80 else 80.0,
        target=GOAL,
        target_label=_("goal 95%"),
        urls=[look.drill.every(week.first, week.last) for week in weeks],
    )
    return {
        "chart": framed(
            chart,
            [_("Week from"), *(one.name for one in series)],
            _weeks(look, weeks, targets),
            _("Compliance by week"),
        )
    }


def _weeks(look: Look, weeks: list[kept.Week], targets: list[str]) -> list[list[Cell | str]]:
    def cell(week: kept.Week, target: str) -> Cell:
        url = look.drill.every(week.first, week.last, target=target, outcome="late")
        return Cell(_said(week.of(target)), url if week.of(target).n else "")

    return [[f"{week.first:%m-%d}", *(cell(week, target) for target in targets)] for week in weeks]


def _said(one: kept.Kept) -> str:
    return f"{share_text(one.share)} (n={one.n})"


def backlog(look: Look) -> dict[str, Any]:
    ages = figures.backlog(look.user, look.selection, look.now)
    names = [_("< 1 day"), _("1–3 days"), _("3–7 days"), _("> 7 days")]
    bars = [
        Bar(name, age.count, formats.grouped(age.count), look.drill.age(age.first, age.last))
        for name, age in zip(names, ages, strict=True)
    ]
    title = _("Open tickets by age")
    return {"chart": _bars(bars, title, [_("Age in days"), _("Tickets")]) if any(age.count for age in ages) else ""}


def _bars(bars: list[Bar], title: str, head: list[str]) -> Any:
    rows: list[list[Cell | str]] = [[bar.label, Cell(bar.said, bar.url)] for bar in bars]
    return framed(horizontal_bars(bars, title=title), head, rows, title)


def risk(look: Look) -> dict[str, Any]:
    listed = figures.at_risk(look.user, look.selection, look.now)
    tickets = list(listed[: figures.AT_RISK])
    views = nearest_views(tickets, look.now) if tickets else {}
    return {
        "rows": [(ticket, views[ticket.pk]) for ticket in tickets],
        "count": listed.order_by().count() if len(tickets) == figures.AT_RISK else len(tickets),
        "list_url": look.drill.open("critical"),
        "may_assign": can(look.user, "tickets.assign_ticket"),
    }


def matrix(look: Look) -> dict[str, Any]:
    groups = figures.matrix(look.user, look.selection, look.by)
    targets = matrix_targets(groups)
    return {
        "by": look.by,
        "choices": [(name, label, name == look.by) for name, label in GROUP_NAMES.items()],
        "heads": [kept.name_of(target, short=True) for target in targets],
        "rows": [_group(look, group, targets) for group in groups],
        "cut": len(groups) == figures.MOST_GROUPS,
    }


def matrix_targets(groups: list[figures.Group]) -> list[str]:
    """The targets of the columns: as the key figures choose them."""
    return kept.leading_targets(group.kept for group in groups)


def _group(look: Look, group: figures.Group, targets: list[str]) -> dict[str, Any]:
    more = parameters_of(look.by, group)
    found = [group.kept.get(target, kept.NONE_KEPT) for target in targets]
    if more is None:
        cells = [(one, None) for one in found]
        return {"label": label_of(look.by, group), "n": group.tickets, "url": "", "cells": cells}
    shares = [(one, share_of(look.drill, one, target, **more)) for one, target in zip(found, targets, strict=True)]
    return {
        "label": label_of(look.by, group),
        "n": group.tickets,
        "url": look.drill.every(**more),
        "cells": shares,
        "severity": group.value if look.by == "severity" else None,
    }


def parameters_of(by: str, group: figures.Group) -> dict[str, Any] | None:
    """The parameters of the list of a group; None where no list is that narrow."""
    if by == "engineer":
        return {"assignee": group.value or "none"}
    return {by: group.value} if group.value not in (None, "") else None


def label_of(by: str, group: figures.Group) -> str:
    if by == "severity":
        return str(Severity(group.value).label)
    empty = _("Unassigned") if by == "engineer" else _("Without district")
    return str(group.label or empty)


def reasons(look: Look) -> dict[str, Any]:
    found = figures.breach_reasons(look.user, look.selection)
    words: dict[str, Any] = dict(BreachReason.choices)
    bars = [
        Bar(
            str(words.get(one.code) or one.code or _("Not given yet")),
            one.count,
            _("%(n)s (in all %(share)s)") % {"n": one.count, "share": formats.percent(one.share_so_far)},
            look.drill.every(outcome="late", breach_reason=one.code) if one.code else "",
            tone=2,
        )
        for one in found
    ]
    return {"chart": _bars(bars, _("Reasons of delay"), [_("Reason"), _("Tickets")]) if bars else ""}


def satisfaction(look: Look) -> dict[str, Any]:
    found = figures.satisfaction(look.user, look.selection)
    bars = [
        Bar(str(Stars(stars).label), found.by_stars[stars], str(found.by_stars[stars]), tone=3 if stars > 3 else 6)
        for stars in sorted(found.by_stars, reverse=True)
    ]
    return {
        "chart": _bars(bars, _("Ratings given"), [_("Rating"), _("Number of answers")]) if found.count else "",
        "found": found,
        "share": share_text(found.satisfied if found.count >= kept.FEWEST else None),
        "low": figures.low_ratings(look.user, look.selection) if found.low else [],
    }


@dataclass(frozen=True)
class Panel:
    """One panel: its heading, the definition of its figures, how it reads them and how much room it keeps."""

    name: str
    label: Lazy
    read: Callable[[Look], dict[str, Any]]
    definition: str

    @property
    def template(self) -> str:
        return f"reports/dashboard_{self.name}.html"

    @property
    def says(self) -> Lazy:
        return DEFINITIONS[self.definition]

    def draw(self, request: HttpRequest, look: Look, **more: Any) -> str:
        return render_to_string(self.template, self.read(look) | {"panel": self, "look": look, **more}, request)


GROUP_NAMES = {
    "severity": gettext_lazy("Severity"),
    "customer": gettext_lazy("Customer"),
    "district": gettext_lazy("District"),
    "engineer": gettext_lazy("Engineer"),
}
KEY_ROW = Panel("key", gettext_lazy("Key figures"), key_row, "share")
LAZY = (
    Panel("trend", gettext_lazy("Compliance by week"), trend, "trend"),
    Panel("backlog", gettext_lazy("Open tickets by age"), backlog, "age"),
    Panel("risk", gettext_lazy("About to breach"), risk, "risk"),
    Panel("matrix", gettext_lazy("Comparison"), matrix, "matrix"),
    Panel("reasons", gettext_lazy("Reasons of delay"), reasons, "reasons"),
    Panel("satisfaction", gettext_lazy("Satisfaction"), satisfaction, "satisfaction"),
)
PANELS: Mapping[str, Panel] = MappingProxyType({panel.name: panel for panel in (KEY_ROW, *LAZY)})
