"""The row of key figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from core.language import language_code
from feedback.queries.rating import Shares
from reports.queries import figures
from reports.queries.compliance import FEWEST, GOAL, Kept, Promise, compliance, leading
from reports.queries.figures import FirstFix, OpenNow
from reports.queries.selection import Selection
from reports.views.drill import Drill

SATISFIED = 0.85


@dataclass(frozen=True)
class Word:
    """A remark below a figure, with the list behind its number."""

    text: str
    url: str = ""
    trend: str = ""


@dataclass(frozen=True)
class Tile:
    """One key figure: its name, its value with the list behind it, remarks, and the key of its definition."""

    key: str
    label: str
    value: str
    url: str
    words: tuple[Word, ...]
    definition: str

    @property
    def is_text(self) -> bool:
        """Whether words stand in the place of a figure."""
        return not self.value[:1].isdigit()


@dataclass(frozen=True)
class KeyFigures:
    """All that the row and the table of promises say; four statements."""

    promises: list[Promise]
    tiles: list[Tile]


def key_figures(user: Any, selection: Selection, now: datetime) -> KeyFigures:
    promises, drill = compliance(user, selection), Drill(selection)
    tiles = [
        *(_promise(promise, drill) for promise in leading(promises)),
        _open(figures.open_now(user, selection, now), drill, now),
        _first_fix(*figures.first_fix(user, selection), drill),
        _satisfied(figures.satisfaction(user, selection)),
    ]
    return KeyFigures(promises, tiles)


def share_text(share: float | None) -> str:
    """The percentage, or that there are too few for one."""
    return _("sample too small") if share is None else formats.percent(share)


def _promise(promise: Promise, drill: Drill) -> Tile:
    kept = promise.now
    late, met = (drill.every(target=promise.target, outcome=outcome) for outcome in ("late", "met"))
    words = [Word(_("met %(n)s") % {"n": kept.met}, met), Word(_("late %(n)s") % {"n": kept.late}, late)]
    if kept.open:
        still = drill.every(target=promise.target, outcome="open")
        words.append(Word(_("open %(n)s") % {"n": kept.open}, still))
    words += [*_change(promise.change), *_goal(kept)]
    label = _("%(target)s kept") % {"target": promise.short}
    return Tile(promise.target, label, share_text(kept.share), late, tuple(words), "share")


def _change(points: float | None) -> Iterable[Word]:
    """How a share moved against the period before, in words."""
    if points is None:
        return []
    if points == 0:
        return [Word(_("as in the period before"))]
    said = _("up %(points)s points") if points > 0 else _("down %(points)s points")
    return [Word(said % {"points": abs(points)}, trend="up" if points > 0 else "down")]


def _goal(kept: Kept) -> Iterable[Word]:
    if kept.n < FEWEST:
        return [Word(_("sample %(n)s") % {"n": kept.n})]
    goal = round(100 * GOAL)
    if not kept.lacking:
        return [Word(_("goal %(goal)s%% reached") % {"goal": goal})]
    said = ngettext("%(n)s ticket short of %(goal)s%%", "%(n)s tickets short of %(goal)s%%", kept.lacking)
    return [Word(said % {"n": kept.lacking, "goal": goal})]


def _open(found: OpenNow, drill: Drill, now: datetime) -> Tile:
    words = [
        Word(_("overdue %(n)s") % {"n": found.overdue}, drill.open("overdue")),
        Word(_("about to breach %(n)s") % {"n": found.at_risk}, drill.open("critical")),
        Word(
            _("likely overdue today %(n)s of %(all)s unassigned") % {"n": found.forecast, "all": found.unassigned},
            drill.open("unassigned"),
        ),
    ]
    if found.oldest:
        age = formats.duration(now - found.oldest, language_code())
        words.append(Word(_("oldest %(age)s") % {"age": age}, drill.open(sort="reported")))
    return Tile("open", _("Open now"), formats.grouped(found.open), drill.open(), tuple(words), "open")


def _first_fix(now: FirstFix, before: FirstFix, drill: Drill) -> Tile:
    words = [
        Word(_("resolved %(n)s") % {"n": now.resolved}, drill.every(state="resolved")),
        Word(_("closed %(n)s") % {"n": now.closed}, drill.every(state="closed")),
        Word(_("at once %(n)s of %(all)s") % {"n": now.at_once, "all": now.n}),
    ]
    if now.share is not None and before.share is not None:
        words += _change(round(100 * (now.share - before.share), 1))
    return Tile("first_fix", _("Solved at once"), share_text(now.share), "", tuple(words), "first_fix")


def _satisfied(found: Shares) -> Tile:
    share = found.satisfied if found.count >= FEWEST else None
    words = [Word(_("sample %(n)s") % {"n": found.count}), Word(_("low ratings %(n)s") % {"n": found.low})]
    if share is not None:
        where = _("above the %(line)s line") if share > SATISFIED else _("below the %(line)s line")
        words.append(Word(where % {"line": f"{SATISFIED:.0%}"}))
    return Tile("satisfaction", _("Satisfaction"), share_text(share), "", tuple(words), "satisfaction")
