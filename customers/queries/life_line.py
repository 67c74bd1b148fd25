"""What happened to a device, told by every app that knows something of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from customers.models import Asset


@dataclass(frozen=True)
class LifeEvent:
    """One thing in a device's life. `at` is an instant, or a day where no hour is known; `icon` of static/icons.svg."""

    at: datetime | date
    icon: str
    text: str
    url: str = ""

    @property
    def is_day(self) -> bool:
        return not isinstance(self.at, datetime)


Provider = Callable[[Any, Asset], list[LifeEvent]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Let an app tell of a device what the user may know, in one statement or two.

    Called in an app's `AppConfig.ready`; the same name again replaces the provider.
    """
    _providers[name] = provider


def life_line(user: Any, asset: Asset) -> list[LifeEvent]:
    """All that is known to the user, the newest first."""
    events = [event for provider in _providers.values() for event in provider(user, asset)]
    return sorted(events, key=_instant, reverse=True)


def _instant(event: LifeEvent) -> datetime:
    if isinstance(event.at, datetime):
        return event.at
    return datetime.combine(event.at, time(), ZoneInfo(settings.TIME_ZONE))
