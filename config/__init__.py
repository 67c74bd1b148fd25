"""Project configuration. Importing it makes the Celery app the current one, so that `@shared_task` finds it."""

from .celery import app as celery_app

__all__ = ["celery_app"]
