from celery import shared_task

from core import clock
from core.domain import heartbeat, outbox


@shared_task(name="core.drain_outbox")
def drain_outbox() -> int:
    now = clock.now()
    heartbeat.beat("outbox", now)
    return outbox.drain(now)


@shared_task(name="core.beat_heartbeat")
def beat_heartbeat() -> None:
    """Sent by beat, run by a worker: proves that both live."""
    heartbeat.beat("beat", clock.now())


@shared_task(name="core.worker_heartbeat")
def worker_heartbeat() -> None:
    heartbeat.beat("worker", clock.now())
