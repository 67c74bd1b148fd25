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

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import is_staff
from config.access import ACCESS
from core import slots
from core.queries.notification import unread_count


@dataclass(frozen=True)
class Item:
    """A place in the navigation; shown to whom its route is open."""

    route: str
    label: Promise
    icon: str


NAV = (
    Item("tickets:ticket-list", _("Tickets"), "ticket"),
    Item("core:notification-list", _("Notifications"), "bell"),
    Item("core:health", _("Running state"), "activity"),
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
    if not is_staff(user):
        return "accounts:welcome"
    return "tickets:ticket-list" if is_open("tickets:ticket-list", user) else "core:notification-list"


def is_open(route: str, user: Any) -> bool:
    return route in ACCESS and ACCESS[route].allows(user)


def nav_items(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    if not is_staff(user):
        return []
    return [_item(request, item) for item in NAV if is_open(item.route, user)]


def _item(request: HttpRequest, item: Item) -> dict[str, Any]:
    url = reverse(item.route)
    badge = "".join(slots.render(f"nav.badge.{item.route}", request, request.user))
    active = request.path.startswith(url)
    return {"label": item.label, "url": url, "icon": item.icon, "badge": badge, "active": active}


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
    return mine | desk_links(user) if is_staff(user) else mine


def desk_links(user: User) -> dict[str, Any]:
    new = "tickets:ticket-create"
    return {
        "new_url": reverse(new) if is_open(new, user) else "",
        "profile_url": reverse("accounts:profile"),
        "prefs_url": reverse("accounts:preference"),
        "inbox_url": reverse("core:notification-list"),
        "inbox_count": unread_count(user),
    }


def main_role(user: User) -> str:
    """The label of the user's first role, in the order of the enum."""
    return next((str(role.label) for role in Role if role in user.role_codes), "")
