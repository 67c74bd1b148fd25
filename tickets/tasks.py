from celery import shared_task

from core import clock
from core.domain.heartbeat import beat
from tickets.domain.reapply import drain
from tickets.domain.resolution import close_silent
from tickets.domain.sweep import refold_due
from tickets.domain.sweep import sweep as sweep_due


@shared_task(name="tickets.sweep")
def sweep() -> int:
    now = clock.now()
    beat("clock", now)
    return sweep_due(now)


@shared_task(name="tickets.refold")
def refold() -> int:
    return refold_due(clock.now())


@shared_task(name="tickets.reapply")
def reapply() -> int:
    return drain(clock.now())


@shared_task(name="tickets.close_silent")
def close_resolved() -> int:
    return close_silent(clock.now())
