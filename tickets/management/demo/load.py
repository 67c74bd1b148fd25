"""Loading the demonstration, in one transaction: all of it or nothing. What was loaded stands in the audit trail."""

from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random
from typing import Any

from django.db import transaction

from core import clock
from core.domain import audit
from core.models import Audit
from tickets.management.demo import stage as stages
from tickets.management.demo.people import load_people
from tickets.management.demo.play import Play
from tickets.management.demo.stage import STANDING, Stage, load_customers, local_day
from tickets.management.demo.stories import STORIES
from tickets.management.demo.story import Story
from tickets.models import Ticket

SET = "demo.set"
TOLD = "demo.told"


def load(stories: Iterable[Story], *, seed: int, now: datetime, tick: Callable[[int], None]) -> int:
    """Load those of `stories` that are not there yet, as if they had happened up to `now`. Returns how many.

    Deterministic by seed and `now`, apart from ids and passwords. The last seconds, which the loading itself took, pass
    too before it ends.
    """
    told = told_stories()
    wanted = [story for story in stories if story.key not in told]
    if not wanted:
        return 0
    with transaction.atomic():
        stage = _stage(seed, now)
        tickets = Ticket.objects.in_bulk(told.values(), field_name="number")
        known = {key: tickets[number] for key, number in told.items()}
        play = Play(stage, known, now, lambda key: Random(f"{seed}:{key}"), tick)
        play.run(wanted)
        for key, ticket in play.new.items():
            _note(TOLD, f"tickets.ticket:{ticket.number}", {"story": key, "number": ticket.number}, now)
        play.pass_time(max(now, clock.now()))
    return len(wanted)


def remaining() -> list[Story]:
    """The stories that were never loaded."""
    told = told_stories()
    return [story for story in STORIES if story.key not in told]


def told_stories() -> dict[str, str]:
    """The numbers of the demonstration's tickets, by story."""
    rows = Audit.objects.filter(action=TOLD).values_list("changes", flat=True)
    return {row["story"]: row["number"] for row in rows}


def _stage(seed: int, now: datetime) -> Stage:
    """People and customers: those of an earlier loading, else new ones."""
    earlier = Audit.objects.filter(action=SET).first()
    if earlier:
        return stages.found(earlier.changes)
    random = Random(f"{seed}:stage")
    since = now - STANDING
    stage = Stage(users=load_people(since, random))
    load_customers(stage, local_day(now), since, random)
    _note(SET, "demo", stage.keys(), now)
    return stage


def _note(action: str, subject: str, changes: dict[str, Any], now: datetime) -> None:
    audit.record(actor=None, action=action, subject=subject, changes=changes, now=now)
