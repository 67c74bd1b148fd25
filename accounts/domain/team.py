"""Teams: groups of staff within a department, with one lead."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import department as departments
from accounts.domain import user as users
from accounts.models import Department, Team, User
from accounts.permissions import is_staff
from core.domain import audit, record
from core.errors import InputError, RuleError

FIELDS = frozenset({"name", "department", "lead", "on_duty"})


def create(
    *, name: str, department: Department, actor: Any, now: datetime, lead: Any = None, on_duty: bool = False
) -> Team:
    """Found a team; its lead becomes a member. InputError at the field for a taken name or a lead who is none of our
    staff.
    """
    team = Team()
    given = _checked(team, {"name": name, "department": department, "lead": lead, "on_duty": on_duty})
    with transaction.atomic():
        record.save(team, given, actor=actor, action="team.create", now=now)
        _take_in(team, lead, actor, now)
    return team


def create_team(
    *,
    name: str,
    department: str,
    now: datetime,
    lead: User | None = None,
    head: User | None = None,
    on_duty: bool = False,
    actor: User | None = None,
) -> Team:
    """`create`, and the team's department with `head` if there is none of that name."""
    with transaction.atomic():
        parent = Department.objects.filter(name=department).first()
        if parent is None:
            parent = departments.create(name=department, head=head, actor=actor, now=now)
        return create(name=name, department=parent, lead=lead, on_duty=on_duty, actor=actor, now=now)


def change(*, team: Team, actor: Any, now: datetime, version: str | None = None, **values: Any) -> None:
    """Change any of `FIELDS`; a new lead becomes a member. InputError at the field, StaleError if `version` is no
    longer the row's.
    """
    with transaction.atomic():
        given, before = _checked(team, values), team.lead_id
        record.change(team, given, FIELDS, version=version, actor=actor, action="team.change", now=now)
        if team.lead_id != before:
            _take_in(team, team.lead, actor, now)


def remove(*, team: Team, actor: Any, now: datetime) -> None:
    """Delete a team that nobody is in and nothing refers to; RuleError says what does."""
    with transaction.atomic():
        team.refresh_from_db(from_queryset=Team.objects.select_for_update(of=("self",)))
        people = User.objects.filter(team=team).count()
        if people:
            message = ngettext(
                "%(n)s person is in this team, disabled ones included. Give them another team first.",
                "%(n)s people are in this team, disabled ones included. Give them another team first.",
                people,
            )
            raise RuleError("has_members", message % {"n": people})
        subject, name = record.subject(team), team.name
        try:
            team.delete()
        except ProtectedError as error:
            raise RuleError("in_use", _("Other records name this team, so it stays. It can be renamed.")) from error
        audit.record(actor=actor, action="team.remove", subject=subject, changes={"name": [name, None]}, now=now)


def version_of(team: Team) -> str:
    return record.version_of(team, FIELDS)


def _checked(team: Team, values: dict[str, Any]) -> dict[str, Any]:
    name, lead = values.get("name", "").strip(), values.get("lead")
    if name and Team.objects.filter(name=name).exclude(pk=team.pk).exists():
        raise InputError("taken", _("There is a team of this name already."), "name")
    if lead is not None and lead.pk != team.lead_id and not is_staff(lead):
        raise InputError("not_staff", _("Please choose a colleague who works here."), "lead")
    return values


def _take_in(team: Team, lead: User | None, actor: Any, now: datetime) -> None:
    if lead is not None:
        users.change_user(user=lead, team=team, actor=actor, now=now)
