"""WSGI entry of the web process. Refuses to start with settings that are unsafe in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.checks import refuse_unsafe  # noqa: E402  (needs the app registry)

refuse_unsafe()
