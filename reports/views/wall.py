"""S35: the wallboard behind its unguessable address, and where its addresses are made and revoked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, formats
from core.charts import Bar, horizontal_bars
from core.permissions import require
from reports.domain import wall as walls
from reports.forms.wall import WallForm
from reports.models import WallBoard
from reports.queries import figures
from reports.queries.compliance import Kept, compliance
from reports.queries.selection import Selection
from reports.queries.wall import shown_wall_board, wall_boards_for
from reports.views.tiles import share_text
from tickets.domain.clock import ClockView, nearest_views
from tickets.models import Ticket

RISKS = 8
PEOPLE = 8
DAYS = 27
# Surnames of two characters; all others have one.
LONG_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "长孙",
    "宇文",
)


@dataclass(frozen=True)
class Risk:
    """A row of the board: which ticket, whose, how long, and who is on it."""

    number: str
    customer: str
    clock: ClockView
    person: str


@require_safe
def wall(request: HttpRequest, token: str) -> HttpResponse:
    """The board. An unknown, revoked or malformed address is not found, without saying which."""
    now = clock.now()
    board = shown_wall_board(walls.digest(token), now)
    if board is None:
        raise Http404
    return render(request, "reports/wall.html", {"board": board, **board_figures(board, now)})


def board_figures(board: WallBoard, now: datetime) -> dict[str, Any]:
    """What the board's maker may see, without names, phones and subjects. Seven statements."""
    user, selection = board.created_by, _selection(board, now)
    listed = figures.at_risk(user, selection, now)[:RISKS]
    tickets = list(listed)
    views = nearest_views(tickets, now) if tickets else {}
    promises = [one for one in compliance(user, selection) if not one.is_house]
    found = figures.open_now(user, selection, now)
    return {
        "now": now,
        "numbers": _numbers(found, promises),
        "risks": [_risk(ticket, views[ticket.pk]) for ticket in tickets],
        "people": [(_short(one.name), one) for one in figures.loads(user, selection, now, PEOPLE)],
        "promises": [(one.name, share_text(one.now.share), one.now) for one in promises],
        "ages": _ages(figures.backlog(user, selection, now)),
    }


def _selection(board: WallBoard, now: datetime) -> Selection:
    zone = timezone.get_current_timezone()
    today = now.astimezone(zone).date()
    return Selection(first=today - timedelta(days=DAYS), last=today, zone=zone, severity=board.filters.get("severity"))


def _numbers(found: figures.OpenNow, promises: list[Any]) -> list[tuple[str, str, str]]:
    """(label, number, tone) of the four large numbers."""
    whole = Kept(sum(one.now.met for one in promises), sum(one.now.late for one in promises))
    return [
        (_("About to breach"), formats.grouped(found.at_risk), "critical" if found.at_risk else ""),
        (_("Overdue"), formats.grouped(found.overdue), "late" if found.overdue else ""),
        (_("Open now"), formats.grouped(found.open), ""),
        (_("Promises kept, 4 weeks"), "–" if whole.share is None else formats.percent(whole.share), ""),
    ]


def _risk(ticket: Ticket, view: ClockView) -> Risk:
    person = _short(ticket.assignee.name) if ticket.assignee else _("Unassigned")
    return Risk(ticket.number, ticket.customer.short_name or ticket.customer.name, view, person)


def _short(name: str) -> str:
    """王小明 is 王工 on the wall; a name in Latin letters is its first letter."""
    surname = name[:2] if name.startswith(LONG_SURNAMES) else name[:1]
    return _("Eng. %(surname)s") % {"surname": surname}


def _ages(ages: list[figures.Age]) -> Any:
    names = [_("< 1 day"), _("1–3 days"), _("3–7 days"), _("> 7 days")]
    bars = [Bar(name, age.count) for name, age in zip(names, ages, strict=True)]
    return horizontal_bars(bars, title=_("Open tickets by age"))


# --- Making and revoking ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def wall_list(request: HttpRequest) -> HttpResponse:
    """The boards. A new one's address is in the answer to the form, and nowhere else ever again."""
    require(request.user, "reports.manage_wall")
    sent = request.method == "POST"
    form = WallForm(request.POST if sent else None)
    context: dict[str, Any] = {}
    if sent and form.is_valid():
        facts = {"name": form.cleaned_data["name"], "filters": form.filters}
        board, token = walls.create(**facts, actor=request.user, now=clock.now())
        address = request.build_absolute_uri(reverse("reports:wall", args=[token]))
        context, form = {"made": board, "address": address}, WallForm()
    boards = list(wall_boards_for(request.user))
    status = 422 if form.is_bound else 200
    return render(request, "reports/wall_list.html", context | {"form": form, "boards": boards}, status=status)


@require_POST
def wall_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    board = get_object_or_404(wall_boards_for(request.user), pk=pk)
    require(request.user, "reports.manage_wall", board)
    walls.revoke(board=board, actor=request.user, now=clock.now())
    messages.success(request, _("The address of %(name)s opens nothing any more.") % {"name": board.name})
    return redirect("reports:wall-list")
