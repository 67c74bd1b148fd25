"""Departments: who heads them. They review contracts, and teams belong to them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import Department, Team
from accounts.permissions import is_staff
from core.domain import audit, record
from core.errors import InputError, RuleError

FIELDS = frozenset({"name", "head"})


def create(*, name: str, actor: Any, now: datetime, head: Any = None) -> Department:
    """Found a department. InputError at the field for a taken name or a head who is none of our staff."""
    department = Department()
    given = _checked(department, {"name": name, "head": head})
    record.save(department, given, actor=actor, action="department.create", now=now)
    return department


def change(*, department: Department, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`. InputError at the field, StaleError if `version` is no longer the row's."""
    given = _checked(department, values)
    record.change(department, given, FIELDS, version=version, actor=actor, action="department.change", now=now)


def remove(*, department: Department, actor: Any, now: datetime) -> None:
    """Delete a department that nothing refers to; RuleError says what does."""
    with transaction.atomic():
        department.refresh_from_db(from_queryset=Department.objects.select_for_update(of=("self",)))
        teams = list(Team.objects.filter(department=department).order_by("name").values_list("name", flat=True))
        if teams:
            message = _("The department still has teams: %(teams)s. Give them to another one first.")
            raise RuleError("has_teams", message % {"teams": "、".join(teams)})
        subject, name = record.subject(department), department.name
        try:
            department.delete()
        except ProtectedError as error:
            message = _("Contracts or other records name this department, so it stays. It can be renamed.")
            raise RuleError("in_use", message) from error
        audit.record(actor=actor, action="department.remove", subject=subject, changes={"name": [name, None]}, now=now)


def version_of(department: Department) -> str:
    return record.version_of(department, FIELDS)


def _checked(department: Department, values: dict[str, Any]) -> dict[str, Any]:
    name, head = values.get("name", "").strip(), values.get("head")
    if name and Department.objects.filter(name=name).exclude(pk=department.pk).exists():
        raise InputError("taken", _("There is a department of this name already."), "name")
    if head is not None and head.pk != department.head_id and not is_staff(head):
        raise InputError("not_staff", _("Please choose a colleague who works here."), "head")
    return values
