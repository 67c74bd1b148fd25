"""S40: where an installation is set up: one card a place, given by the apps in the slot `settings.card`."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from core import clock
from core.queries.heartbeat import backlog, clock_drift, pulses

MOST_DRIFT = 2.0
"""Seconds by which the clock of the database may differ from ours before deadlines can be told wrongly."""


@dataclass(frozen=True)
class Card:
    """A place of the settings; `text` says what one does there."""

    title: str | Promise
    text: str | Promise
    icon: str
    url: str


def draw_card(request: HttpRequest, card: Card) -> str:
    """The card as the slot's providers answer it."""
    return render_to_string("core/settings_card.html", {"card": card}, request)


@require_safe
def settings_home(request: HttpRequest) -> HttpResponse:
    """The state of the installation above the places where it is set up."""
    now = clock.now()
    drift = clock_drift(now)
    context = {
        "late": [pulse for pulse in pulses(now) if pulse.late],
        "backlog": backlog(now),
        "drift": drift,
        "drifts": abs(drift) > MOST_DRIFT,
    }
    return render(request, "core/settings.html", context)
