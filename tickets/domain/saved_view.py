"""Writing of saved views, pins and columns. Who may is asked by the caller (`tickets.permissions`).

They are a person's furniture, not business: only sharing leaves a line in the audit trail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Density
from core.domain import audit
from core.errors import InputError, RuleError
from tickets.domain.text import cleaned
from tickets.models import SavedView, ViewPin

MOST_VIEWS = 50
MOST_PINS = 12
LONGEST_QUERY = 2000


@dataclass(frozen=True)
class Facts:
    """What a saved view says. `query` is a query string of the list's own parameters, made by the caller."""

    name: str
    query: str
    columns: str = ""
    density: str = ""
    is_shared: bool = False


def save(*, facts: Facts, actor: Any, now: datetime) -> SavedView:
    """A new view, among the tabs of its owner. Raises InputError for a name that the owner has already."""
    with transaction.atomic():
        _check(facts, actor)
        if SavedView.objects.filter(owner=actor, deleted_at=None).count() > MOST_VIEWS:
            raise RuleError("too_many", _("You have many views already. Please delete one that you no longer need."))
        view = SavedView.objects.create(
            owner=actor, created_at=now, updated_at=now, **_columns(facts) | {"is_shared": facts.is_shared}
        )
        pin(view=view, user=actor, now=now)
        if view.is_shared:
            _note("view.share", view, actor, now)
    return view


def change(*, view: SavedView, facts: Facts, actor: Any, now: datetime) -> SavedView:
    """Another name, content or audience; the owner stays. Raises InputError for a name that is taken."""
    with transaction.atomic():
        locked = SavedView.objects.select_for_update().get(pk=view.pk)
        _check(facts, locked.owner, locked)
        was_shared = locked.is_shared
        for name, value in (_columns(facts) | {"is_shared": facts.is_shared, "updated_at": now}).items():
            setattr(locked, name, value)
        locked.save()
        if was_shared or locked.is_shared:
            _note("view.change", locked, actor, now)
    return locked


def remove(*, view: SavedView, actor: Any, now: datetime) -> None:
    """Out of everybody's sight; `restore` brings it back with its pins."""
    with transaction.atomic():
        SavedView.objects.filter(pk=view.pk, deleted_at=None).update(deleted_at=now)
        if view.is_shared:
            _note("view.delete", view, actor, now)


def restore(*, view: SavedView, actor: Any, now: datetime) -> None:
    """Take a deletion back. Raises InputError if the name was given to another view meanwhile."""
    with transaction.atomic():
        if _taken(view.name, view.owner, view):
            raise InputError("name_taken", _("You have a view of this name already."), "name")
        SavedView.objects.filter(pk=view.pk).update(deleted_at=None, updated_at=now)
        if view.is_shared:
            _note("view.restore", view, actor, now)


def pin(*, view: SavedView, user: Any, now: datetime) -> None:
    """Keep the view among the user's tabs. Twice changes nothing."""
    if ViewPin.objects.filter(user=user, view__deleted_at=None).exclude(view=view).count() >= MOST_PINS:
        raise RuleError("too_many", _("Your tabs are full. Please take one off first."))
    ViewPin.objects.get_or_create(user=user, view=view, defaults={"pinned_at": now})


def unpin(*, view: SavedView, user: Any) -> None:
    ViewPin.objects.filter(user=user, view=view).delete()


def keep_columns(*, user: Any, columns: Iterable[str], now: datetime) -> None:
    """The columns of the user's standard views; none given: as shipped."""
    SavedView.objects.update_or_create(
        owner=user,
        name="",
        deleted_at=None,
        defaults={"columns": ",".join(columns), "updated_at": now},
        create_defaults={"columns": ",".join(columns), "created_at": now, "updated_at": now},
    )


def _columns(facts: Facts) -> dict[str, Any]:
    return {"name": facts.name.strip(), "query": facts.query, "columns": facts.columns, "density": facts.density}


def _check(facts: Facts, owner: Any, view: SavedView | None = None) -> None:
    name = cleaned(facts.name, "name", limit=40)
    if facts.density not in ("", *Density.values) or len(facts.query) > LONGEST_QUERY:
        raise InputError("choice", _("Please choose one of the listed values."), "density")
    if _taken(name, owner, view):
        raise InputError("name_taken", _("You have a view of this name already."), "name")


def _taken(name: str, owner: Any, view: SavedView | None) -> bool:
    others = SavedView.objects.filter(owner=owner, name=name, deleted_at=None)
    return (others.exclude(pk=view.pk) if view else others).exists()


def _note(action: str, view: SavedView, actor: Any, now: datetime) -> None:
    changes = {"name": view.name, "query": view.query, "is_shared": view.is_shared}
    audit.record(actor=actor, action=action, subject=f"tickets.view:{view.pk}", changes=changes, now=now)
