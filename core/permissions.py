"""The one question of authority: `can(user, "tickets.resolve_ticket", ticket)`.

Each app declares its predicates in its `permissions.py`; they are a fixed table, not editable at run time (decisions
20).
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError

from core.errors import Denied

Predicate = Callable[[Any, Any], bool]
logger = logging.getLogger(__name__)
_predicates: dict[str, Predicate] = {}


def permission(name: str) -> Callable[[Predicate], Predicate]:
    """Declare the predicate behind a permission; a name is declared once."""

    def register(predicate: Predicate) -> Predicate:
        if name in _predicates:
            raise ValueError(f"permission {name} is declared twice")
        _predicates[name] = predicate
        return predicate

    return register


def declared() -> dict[str, Predicate]:
    return dict(_predicates)


def can(user: Any, name: str, obj: Any = None) -> bool:
    """Whether the user may. Fails closed: a predicate that raises or answers anything but True denies."""
    predicate = _predicates[name]
    if not getattr(user, "is_active", False):
        return False
    try:
        return predicate(user, obj) is True
    except (InterfaceError, OperationalError):
        raise  # the database is away: nobody was judged, and "no" would be taken for the last word
    except Exception:
        logger.exception("permission %s failed, denied", name)
        return False


def require(user: Any, name: str, obj: Any = None) -> None:
    """Raise Denied unless `can`."""
    if not can(user, name, obj):
        raise Denied(name)
