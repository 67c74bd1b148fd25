"""Loading the demonstration, each batch in one transaction: all of it or nothing. What was loaded stands in the audit
trail, and with it seed and instant, so that what is loaded later fits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from django.db import connection, transaction

from config.management.demo import further, simulation
from config.management.demo import stage as stages
from config.management.demo.people import load_people
from config.management.demo.play import Play
from config.management.demo.stage import STANDING, Stage, load_customers
from config.management.demo.stories import stories
from config.management.demo.story import Story
from core import clock
from core.clock import office_day
from core.domain import audit
from core.models import Audit
from tickets.models import Ticket

SET = "demo.set"
TOLD = "demo.told"
LOCK = 4_862_001


@dataclass(frozen=True)
class Setting:
    """By which seed and at which instant the demonstration was begun."""

    seed: int
    at: datetime


def load(*, seed: int, now: datetime, first: int | None, tick: Callable[[int], None]) -> int:
    """Load those of the first so many stories (None: all) that are not there yet. Returns how many.

    They happened up to the instant at which the demonstration was begun: `now` unless it is there already, whose seed
    counts then too. Deterministic by both, apart from ids and passwords. What is open since takes its escalation steps
    up to the end of the loading. One transaction; a second loader beside it does nothing.
    """
    with transaction.atomic():
        if not _is_alone():
            return 0
        setting = begun() or Setting(seed, now)
        told = told_stories()
        wanted = [story for story in stories(setting.seed)[:first] if story.key not in told]
        if wanted:
            _play(wanted, told, setting, now, tick)
    return len(wanted)


def load_more(batch: int, now: datetime) -> tuple[int, int, int]:
    """Load the next so many stories of a demonstration that was begun. Returns how many were loaded, how many are
    there now, and of how many; zeros where none was begun.
    """
    setting = begun()
    if setting is None:
        return 0, 0, 0
    there, whole = len(told_stories()), len(stories(setting.seed))
    loaded = load(seed=setting.seed, now=now, first=there + batch, tick=lambda count: None) if there < whole else 0
    return loaded, there + loaded, whole


def begun() -> Setting | None:
    """How the demonstration was begun, if it was."""
    earlier = Audit.objects.filter(action=SET).first()
    if earlier is None:
        return None
    return Setting(earlier.changes["seed"], datetime.fromisoformat(earlier.changes["at"]))


def told_stories() -> dict[str, str]:
    """The numbers of the demonstration's tickets, by story."""
    rows = Audit.objects.filter(action=TOLD).values_list("changes", flat=True)
    return {row["story"]: row["number"] for row in rows}


def _is_alone() -> bool:
    """Whether nobody else loads; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _play(
    wanted: list[Story], told: dict[str, str], setting: Setting, now: datetime, tick: Callable[[int], None]
) -> None:
    tickets = Ticket.objects.in_bulk(told.values(), field_name="number")
    known = {key: tickets[number] for key, number in told.items()}
    play = Play(_stage(setting), known, setting.at, lambda key: Random(f"{setting.seed}:{key}"), tick)
    play.run(wanted)
    if not told:
        further.finish(play.stage, office_day(setting.at), setting.at)
    for key, ticket in play.new.items():
        _note(TOLD, f"tickets.ticket:{ticket.number}", {"story": key, "number": ticket.number}, now)
    play.pass_time(max(now, clock.now()))
    if not told:
        simulation.make(play.stage, setting.at)


def _stage(setting: Setting) -> Stage:
    """People and customers: those of an earlier loading, else new ones."""
    earlier = Audit.objects.filter(action=SET).first()
    if earlier:
        return stages.found(earlier.changes["stage"])
    random = Random(f"{setting.seed}:stage")
    since = setting.at - STANDING
    stage = Stage(users=load_people(since, random))
    load_customers(stage, office_day(setting.at), since, random)
    further.furnish(stage, office_day(setting.at), setting.at)
    changes = {"seed": setting.seed, "at": setting.at.isoformat(), "stage": stage.keys()}
    _note(SET, "demo", changes, setting.at)
    return stage


def _note(action: str, subject: str, changes: dict[str, Any], now: datetime) -> None:
    audit.record(actor=None, action=action, subject=subject, changes=changes, now=now)
