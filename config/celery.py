"""The Celery app: settings come from the CELERY_* names in config.settings, tasks from each app's tasks.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("weibao")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
