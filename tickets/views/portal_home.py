"""S43: the customer's first page and the list of their cases."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.filters import LONGEST_SEARCH
from tickets.queries.portal_case import A_PAGE, MOST_OPEN, case_list, live_cases
from tickets.views.portal_page import portal, rows_of, token


@require_safe
@portal
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "tickets/portal_home.html", _live(request))


@require_safe
@portal
def cases(request: HttpRequest) -> HttpResponse:
    """The open cases of the first page, for its poll: 204 if they would look the same."""
    context = _live(request)
    if request.GET.get("since") == context["token"]:
        return HttpResponse(status=204)
    return render(request, "tickets/portal_cases.html", context)


@require_safe
@portal
def case_page(request: HttpRequest) -> HttpResponse:
    """All cases, open and past."""
    words = request.GET.get("q", "").replace("\x00", "")[:LONGEST_SEARCH].strip()
    pages = Paginator(case_list(request.user, words), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {"rows": rows_of(list(page.object_list), clock.now()), "page_obj": page, "q": words}
    return render(request, "tickets/portal_list.html", context)


def _live(request: HttpRequest) -> dict[str, Any]:
    rows = rows_of(live_cases(request.user), clock.now())
    return {"rows": rows, "token": token([row.look for row in rows]), "is_full": len(rows) == MOST_OPEN}
