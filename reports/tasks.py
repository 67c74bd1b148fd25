from celery import shared_task

from core import clock
from reports.domain.report_run import draft_monthly
from reports.domain.simulation import purge
from reports.domain.simulation_work import work


@shared_task(name="reports.draft_monthly")
def draft_reports() -> int:
    return draft_monthly(clock.now())


@shared_task(name="reports.simulate")
def simulate() -> int:
    """One part, and the next one behind whatever else waits in the queue; if that is lost, the tick goes on."""
    seen = work(clock.now())
    if seen:
        simulate.apply_async(expires=30)
    return seen


@shared_task(name="reports.purge_simulations")
def purge_simulations() -> int:
    return purge(clock.now())
