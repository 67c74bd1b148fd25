"""Reads of departments and teams. Only staff know them."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Department, Team
from accounts.permissions import is_staff


def teams_for(user: Any) -> QuerySet[Team]:
    teams = Team.objects.select_related("department", "lead").order_by("department__name", "name", "pk")
    return teams if is_staff(user) else teams.none()


def departments_for(user: Any) -> QuerySet[Department]:
    departments = Department.objects.select_related("head").order_by("name", "pk")
    return departments if is_staff(user) else departments.none()


def departments_with_teams(user: Any) -> QuerySet[Department]:
    """Each with its `teams`, and each of these with how many people are in it: `active` ones, and `people` at all. Two
    statements.
    """
    active = Count("members", filter=Q(members__is_active=True))
    teams = Team.objects.select_related("lead").annotate(active=active, people=Count("members"))
    return departments_for(user).prefetch_related(Prefetch("teams", queryset=teams.order_by("name", "pk")))


def led_by(user: Any) -> list[Team]:
    return list(Team.objects.filter(lead=user).order_by("name"))


def headed_by(user: Any) -> list[Department]:
    return list(Department.objects.filter(head=user).order_by("name"))
