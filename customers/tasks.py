from celery import shared_task

from core import clock
from customers.domain import imports
from customers.domain.care_plan import remind


@shared_task(name="customers.remind_care")
def remind_care() -> int:
    return remind(clock.now())


@shared_task(name="customers.drain_imports", soft_time_limit=1800, time_limit=1860)
def drain_imports() -> int:
    """Files of master data; a long one keeps its worker for minutes, the next ticks pass it over."""
    return imports.drain(clock.now())
