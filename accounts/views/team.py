"""Departments and their teams, as settings."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain import department as departments
from accounts.domain import team as teams
from accounts.forms.team import DepartmentForm, TeamForm
from accounts.queries.team import departments_for, departments_with_teams, teams_for
from core import clock
from core.permissions import can, require
from core.views.edit import Keeping, Place, sent

DEPARTMENTS = Keeping(
    app="accounts",
    noun="department",
    new=gettext_lazy("New department"),
    changed=gettext_lazy("Change department"),
    submit=gettext_lazy("Save department"),
    done=gettext_lazy("Department saved."),
    create=departments.create,
    change=departments.change,
    version=departments.version_of,
)
TEAMS = Keeping(
    app="accounts",
    noun="team",
    new=gettext_lazy("New team"),
    changed=gettext_lazy("Change team"),
    submit=gettext_lazy("Save team"),
    done=gettext_lazy("Team saved."),
    create=teams.create,
    change=teams.change,
    version=teams.version_of,
)


@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    """All departments with their teams; there are few."""
    require(request.user, "accounts.list_teams")
    context = {
        "departments": departments_with_teams(request.user),
        "may_change": can(request.user, "accounts.change_team"),
    }
    return render(request, "accounts/team_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def department_create(request: HttpRequest) -> HttpResponse:
    return DEPARTMENTS.creating(request, DepartmentForm(sent(request)), _place())


@require_http_methods(["GET", "HEAD", "POST"])
def department_change(request: HttpRequest, pk: int) -> HttpResponse:
    department = get_object_or_404(departments_for(request.user), pk=pk)
    return DEPARTMENTS.changing(request, DepartmentForm(sent(request), row=department), _place(), department)


@require_POST
def department_remove(request: HttpRequest, pk: int) -> HttpResponse:
    department = get_object_or_404(departments_for(request.user), pk=pk)
    require(request.user, "accounts.remove_department", department)
    return _removed(request, departments.remove, _("Department removed."), department=department)


@require_http_methods(["GET", "HEAD", "POST"])
def team_create(request: HttpRequest) -> HttpResponse:
    """A new team, in the department `?department=` if it is known."""
    asked = request.GET.get("department", "")
    within = {"department": asked} if asked.isascii() and asked.isdigit() else {}
    return TEAMS.creating(request, TeamForm(sent(request), initial=within), _place())


@require_http_methods(["GET", "HEAD", "POST"])
def team_change(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(teams_for(request.user), pk=pk)
    return TEAMS.changing(request, TeamForm(sent(request), row=team), _place(), team)


@require_POST
def team_remove(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(teams_for(request.user), pk=pk)
    require(request.user, "accounts.remove_team", team)
    return _removed(request, teams.remove, _("Team removed."), team=team)


def _removed(request: HttpRequest, remove: Callable[..., None], done: str, **row: Any) -> HttpResponse:
    remove(**row, actor=request.user, now=clock.now())
    messages.success(request, done)
    return redirect("accounts:team-list")


def _place() -> Place:
    listed = reverse("accounts:team-list")
    return Place(listed, [{"label": _("Departments and teams"), "url": listed}])
