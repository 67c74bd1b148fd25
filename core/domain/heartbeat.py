from datetime import datetime

from core.models import Heartbeat


def beat(name: str, now: datetime) -> None:
    """Note a sign of life; the newest wins."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
