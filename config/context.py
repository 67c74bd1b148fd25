"""What every page's shell needs: the navigation by role, the bell, the user's preferences.

The numbers beside the items come from the apps: a provider in the slot `nav.badge.<route>` answers a number as text
or "".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.enums import STAFF_ROLES, Role, Theme
from accounts.models import User
from accounts.permissions import is_staff
from config.access import ACCESS
from core import slots
from core.queries.notification import unread_count


@dataclass(frozen=True)
class Item:
    """A place in the navigation, shown to whom its route is open. Its `inner` places show while one is there; pages
    under its `further` addresses belong to it without a place of their own.
    """

    route: str
    label: Promise
    icon: str
    inner: tuple["Item", ...] = ()
    further: tuple[str, ...] = ()


NAV = (
    Item("tickets:workbench", _("Workbench"), "home"),
    Item("tickets:duty", _("Duty desk"), "alert-triangle"),
    Item("tickets:ticket-list", _("Tickets"), "ticket"),
    Item("customers:customer-list", _("Customers"), "building"),
    Item("customers:asset-list", _("Devices"), "device-desktop"),
    Item("reports:dashboard", _("Deadlines"), "report-analytics"),
    Item("reports:report-list", _("Service reports"), "file-text"),
    Item(
        "contracts:contract-list",
        _("Contracts"),
        "shield-check",
        inner=(
            Item("contracts:obligation-list", _("Obligations"), "calendar-event"),
            Item("contracts:ageing", _("Receivables"), "currency-yuan"),
            Item("contracts:acceptance-list", _("Certificates of acceptance"), "clipboard-list"),
        ),
    ),
    Item(
        "core:settings",
        _("Settings"),
        "settings",
        further=("customers:product-list", "customers:partner-list", "tickets:macro-list", "reports:wall-list"),
    ),
    Item("core:health", _("Running state"), "activity"),
)
PORTAL_NAV = (
    Item("tickets:portal-home", _("Home"), "home"),
    Item("tickets:portal-report", _("Report a fault"), "plus"),
    Item("tickets:portal-list", _("My services"), "ticket"),
    Item("contracts:portal-contract-list", _("Contracts and warranty"), "shield-check"),
    Item("reports:portal-report-list", _("Reports"), "file-text"),
    Item("customers:portal-contact-list", _("Contacts"), "users"),
)

# Where the work of a role begins, the most particular role first; one without a place of its own is welcomed.
HOMES = (
    (Role.AGENT, "tickets:workbench"),
    (Role.DUTY_MANAGER, "tickets:duty"),
    (Role.ENGINEER, "tickets:ticket-list"),
    (Role.PARTNER, "tickets:ticket-list"),
    (Role.SERVICE_MANAGER, "reports:dashboard"),
    (Role.MANAGER, "reports:dashboard"),
    (Role.DIRECTOR, "reports:dashboard"),
    (Role.QUALITY, "reports:dashboard"),
    (Role.ADMIN, "core:health"),
    (Role.FINANCE, "contracts:ageing"),
    (Role.REVIEWER, "contracts:contract-list"),
    (Role.CONTACT, "tickets:portal-home"),
    (Role.CONTACT_ADMIN, "tickets:portal-home"),
    *((role, "tickets:ticket-list") for role in STAFF_ROLES),
)


def desk(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor. The parts that ask the database are asked for only by the templates that draw them."""
    user = getattr(request, "user", AnonymousUser())
    return {
        "user": user,
        "nav_items": SimpleLazyObject(lambda: nav_items(request, user)),
        "shell": SimpleLazyObject(lambda: shell(user)),
    }


def home_route(user: Any) -> str:
    """The route where this user's work begins."""
    roles: frozenset[str] = getattr(user, "role_codes", frozenset())
    routes = (route for role, route in HOMES if role in roles)
    return next((route for route in routes if is_open(route, user)), "accounts:welcome")


def is_open(route: str, user: Any) -> bool:
    return route in ACCESS and ACCESS[route].allows(user)


def nav_items(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    if not getattr(user, "is_active", False):
        return []
    shown = [item for item in (NAV if is_staff(user) else PORTAL_NAV) if is_open(item.route, user)]
    places = [_places(item, user) for item in shown]
    urls = [url for found in places for url in found if request.path.startswith(url)]
    here = max(urls, key=len, default="")
    drawn = []
    for item, found in zip(shown, places, strict=True):
        drawn.append(_item(request, item, reverse(item.route), found.get(here) is item))
        if here in found:
            inner = [one for one in item.inner if is_open(one.route, user)]
            drawn += [_item(request, one, reverse(one.route), found[here] is one, inner=True) for one in inner]
    return drawn


def _places(item: Item, user: Any) -> dict[str, Item]:
    """The addresses that belong to an item, with the place that is the active one there."""
    inner = {reverse(one.route): one for one in item.inner if is_open(one.route, user)}
    return {reverse(item.route): item} | {reverse(route): item for route in item.further} | inner


def _item(request: HttpRequest, item: Item, url: str, active: bool, inner: bool = False) -> dict[str, Any]:
    badge = "".join(slots.render(f"nav.badge.{item.route}", request, request.user))
    return {"label": item.label, "url": url, "icon": item.icon, "badge": badge, "active": active, "inner": inner}


def shell(user: Any) -> dict[str, Any]:
    if not isinstance(user, User):
        return {}
    mine = {
        "user_name": user.name,
        "user_role": main_role(user),
        "theme": user.theme,
        "density": user.density,
        "shortcuts": "on" if user.shortcuts else "off",
        "logout_url": reverse("accounts:logout"),
        "language_url": reverse("accounts:language"),
        "password_url": reverse("accounts:password-change"),
    }
    return mine | (desk_links(user) if is_staff(user) else portal_links(user))


def portal_links(user: User) -> dict[str, Any]:
    """The portal is light unless one chooses otherwise, and knows neither densities nor keys."""
    theme = user.theme if user.theme == Theme.DARK else Theme.LIGHT
    return {"portal": True, "theme": theme, "prefs_url": reverse("accounts:preference")}


def desk_links(user: User) -> dict[str, Any]:
    new = "tickets:ticket-create"
    return {
        "new_url": reverse(new) if is_open(new, user) else "",
        "profile_url": reverse("accounts:profile"),
        "prefs_url": reverse("accounts:preference"),
        "search_url": reverse("core:search"),
        "inbox_url": reverse("core:notification-list"),
        "inbox_count": unread_count(user),
    }


def main_role(user: User) -> str:
    """The label of the user's first role, in the order of the enum."""
    return next((str(role.label) for role in Role if role in user.role_codes), "")
