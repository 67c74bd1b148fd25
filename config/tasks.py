import logging

from celery import shared_task

from config.management.demo.finale import finish
from config.management.demo.load import load_more
from core import clock

logger = logging.getLogger(__name__)
BATCH = 10


@shared_task(name="config.load_demo")
def load_demo() -> int:
    """The next ten tickets of a demonstration that was begun, with a line that says how far it is."""
    now = clock.now()
    loaded, there, whole = load_more(BATCH, now)
    if loaded:
        logger.info("demonstration: %s of %s tickets are there", there, whole)
    elif 0 < there == whole and finish(now):
        logger.info("demonstration: complete, with last month's reports")
    return loaded
