"""Signs of life, for people (`health`) and for monitoring (`healthz`). Neither names hosts, users or contents."""

from datetime import datetime
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from core.queries.heartbeat import Backlog, Pulse, backlog, pulses

PARTS = {
    "beat": _("Timer"),
    "worker": _("Background worker"),
    "clock": _("Deadline clock"),
    "outbox": _("Message delivery"),
}


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    rows = [
        {"name": pulse.name, "label": PARTS[pulse.name], "at": pulse.at, "age": pulse.age, "late": pulse.late}
        for pulse in pulses(now)
    ]
    context = {"pulses": rows, "backlog": backlog(now), "server": _database_version()}
    return render(request, "core/health.html", context)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 if the database answers, else 503; with the ages of the heartbeats and the outbox in seconds."""
    now = clock.now()
    try:
        beats, waiting = pulses(now), backlog(now)
    except DatabaseError:
        return JsonResponse({"status": "down", "database": False}, status=503)
    status = "late" if any(pulse.late for pulse in beats) else "ok"
    return JsonResponse({"status": status, "database": True} | _ages(beats, waiting, now))


def _ages(beats: list[Pulse], waiting: Backlog, now: datetime) -> dict[str, Any]:
    oldest = (now - waiting.oldest).total_seconds() if waiting.oldest else None
    return {
        "heartbeats": {pulse.name: pulse.age.total_seconds() if pulse.age else None for pulse in beats},
        "outbox": {"waiting": waiting.waiting, "oldest": oldest, "dead": waiting.dead},
    }


def _database_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        (version,) = cursor.fetchone()
    return str(version).split()[0]
