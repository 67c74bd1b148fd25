"""Departments and teams."""

from datetime import datetime

from django.db import transaction

from accounts.models import Department, Team, User
from core.domain import audit


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
    """Create a team, and its department with `head` if there is none of that name. The lead becomes a member."""
    with transaction.atomic():
        parent, _new = Department.objects.get_or_create(name=department, defaults={"head": head})
        team = Team.objects.create(name=name, department=parent, lead=lead, on_duty=on_duty)
        if lead:
            User.objects.filter(pk=lead.pk).update(team=team)
            lead.team = team
        changes = {"name": name, "department": department, "lead": lead.pk if lead else None, "on_duty": on_duty}
        audit.record(actor=actor, action="team.create", subject=f"accounts.team:{team.pk}", changes=changes, now=now)
    return team
