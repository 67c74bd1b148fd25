"""The places of the settings home, in their order; whose route is not open to somebody is not shown to them."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.context import is_open
from core import slots
from core.views.settings import Card, draw_card


@dataclass(frozen=True)
class Place:
    """A page of the settings and what one does there."""

    route: str
    title: str | Promise
    text: str | Promise
    icon: str


PLACES = (
    Place(
        "accounts:user-list",
        _("People"),
        _("Colleagues and REST clients: who gets in, and what they may do"),
        "users",
    ),
    Place(
        "accounts:team-list",
        _("Departments and teams"),
        _("Who heads them, who leads, and who is told where nobody is named yet"),
        "building",
    ),
    Place(
        "contracts:promise-set-list",
        _("Promise sets"),
        _("What we promise, how long we have, and who is told when it gets late"),
        "shield-check",
    ),
    Place(
        "contracts:calendar-list",
        _("Working calendars"),
        _("When time counts: weekly hours, holidays and make-up workdays"),
        "calendar",
    ),
    Place(
        "contracts:holiday-list",
        _("Public holidays"),
        _("Holidays and make-up workdays by year"),
        "calendar-event",
    ),
    Place(
        "tickets:reapply-list",
        _("Apply to open tickets"),
        _("Bring open tickets under new promises and calendars"),
        "refresh",
    ),
    Place(
        "accounts:service-center-list",
        _("Service centres"),
        _("Where our people start from, and what counts as local"),
        "map-pin",
    ),
    Place("customers:product-list", _("Products"), _("The catalogue with its default warranties"), "package"),
    Place("customers:partner-list", _("Partners"), _("Who serves customers with us"), "user-check"),
    Place("tickets:macro-list", _("Macros"), _("Texts and acts that come again and again"), "bolt"),
    Place("reports:wall-list", _("Wallboards"), _("Screens with today's figures, for everybody"), "device-desktop"),
    Place("core:health", _("Running state"), _("Timer, worker, deadline clock and outgoing messages"), "activity"),
    Place("core:api-docs", _("Interface"), _("The REST description, for programs"), "link"),
)


def declare() -> None:
    """Fill the slot of the settings home."""
    for order, place in enumerate(PLACES):
        slots.register("settings.card", place.route, _provider(place), order=order)


def _provider(place: Place) -> slots.Provider:
    def card(request: HttpRequest, user: object) -> str:
        if not is_open(place.route, user):
            return ""
        try:
            url = reverse(place.route)
        except NoReverseMatch:
            return ""
        return draw_card(request, Card(place.title, place.text, place.icon, url))

    return card
