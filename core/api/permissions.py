"""Who gets into an API view: the routes and predicates of the pages, cut down by the token's scope."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from core.permissions import can

WRITE = "write"


class DenyAll(BasePermission):
    """The default of every view: one that forgets to say who may is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class Allowed(BasePermission):
    """Asks in this order: the route's row in config.access, the token's scope, the permission that the view names.

    A view has `permission_of`, the permission of each action. Actions on one object are judged with the object.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        rule = getattr(request, "access_rule", None)
        if rule is None or not rule.allows(request.user):
            return False
        if _writes(request, view) and getattr(request.auth, "scope", WRITE) != WRITE:
            raise exceptions.PermissionDenied(_("This token may only read."), "scope")
        if view.action in (None, "metadata"):  # no such method here: the view answers 405
            return True
        name = view.permission_of.get(view.action)
        return name is not None and (bool(view.detail) or can(request.user, name))

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        return can(request.user, view.permission_of[view.action], obj)


def _writes(request: Request, view: Any) -> bool:
    return request.method not in SAFE_METHODS and view.action not in view.asking
