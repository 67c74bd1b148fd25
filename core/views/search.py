"""S08: searching everything that one sees, on a page of its own and from the box in every page's bar."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.domain.search import remember
from core.grams import Query, query_of
from core.queries.search import Found, recent, search

OFFERED = 8


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What was found, in groups. Just a number leads to its page; `open` (Enter on this page) to the first hit."""
    query = _query(request)
    found = search(request.user, query)
    context = {"query": query, "found": found}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "core/search_results.html", context)
    if found.hits:
        remember(request.user, query)
    if found.first and (found.first.exact or "open" in request.GET):
        return redirect(found.first.url)
    return render(request, "core/search.html", context | {"recent": recent(request.user)})


@require_safe
def search_hits(request: HttpRequest) -> HttpResponse:
    """The first ones found, as the options of the box in the bar; the last option is the page with all."""
    query = _query(request)
    return render(request, "wb/options.html", {"options": _options(query, search(request.user, query))})


def _query(request: HttpRequest) -> Query:
    return query_of(request.GET.get("q", ""))


def _options(query: Query, found: Found) -> list[dict[str, str]]:
    listed = [
        {"value": hit.url, "label": hit.title, "hint": f"{group.label} · {hit.sub}" if hit.sub else str(group.label)}
        for group in found.groups
        for hit in group.hits
    ]
    everything = {"value": f"{reverse('core:search')}?{urlencode({'q': query.typed})}", "label": _("All results")}
    return [*listed[:OFFERED], everything] if listed else []
