"""What the stories stand on beside people and customers: centres, partners, contracts, devices, money, access data."""

from datetime import date, datetime

from config.management.demo import assets, calendars, contracts, coverage, geo, io, money, promises
from config.management.demo.stage import Stage
from core.domain import outbox


def furnish(stage: Stage, day: date, now: datetime) -> None:
    """Everything that is there before the first story, as of a day in the office."""
    admin, manager = stage.users["admin"], stage.users["manager"]
    geo.make(stage, day, actor=manager, now=now)
    calendars.make(actor=admin, now=now)
    promises.make(actor=admin, now=now)
    contracts.make(stage, day, now)
    assets.make(stage, day, now)
    money.make(stage, day, now)
    io.make(stage, now)
    outbox.drain(now)


def finish(stage: Stage, day: date, now: datetime) -> None:
    """What needs a ticket to stand on."""
    coverage.make(stage, day, now)
    outbox.drain(now)
