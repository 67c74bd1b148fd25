"""One simulation that is done: what the draft that is being written would have made of the tickets so far."""

from datetime import datetime, timedelta

from config.management.demo.promises import NEW
from config.management.demo.stage import Stage
from reports.domain import simulation, simulation_work
from reports.models import Simulation
from reports.queries.simulation import Span, find_wording

DAYS = timedelta(days=90)


def make(stage: Stage, now: datetime) -> None:
    """Ordered by the manager and worked off at once; again changes nothing."""
    manager = stage.users["manager"]
    wording = find_wording(manager, f"{NEW}:draft")
    if wording is None or Simulation.objects.exists():
        return
    simulation.start(wording=wording, span=Span(now - DAYS, now), actor=manager, now=now)
    while simulation_work.work(now):
        pass
