"""How the composer of the ticket page shows what was refused: in its place, as a dialog, or in the whole page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tickets.views.dialog import Drawing, draw_dialog
from tickets.views.page import page_of


def draw_composer(request: HttpRequest, drawing: Drawing) -> HttpResponse:
    if request.method != "POST":
        return _to_the_page(request, drawing)
    if request.htmx and (drawing.theirs or request.htmx.target != "composer"):  # type: ignore[attr-defined]
        drawing.form.auto_id = "act_%s"
        return draw_dialog(request, drawing)
    if request.htmx and drawing.status == 409:  # type: ignore[attr-defined]
        text = " ".join(str(error) for errors in drawing.form.errors.values() for error in errors)
        return HttpResponse(text, status=409, content_type="text/plain; charset=utf-8")
    page = page_of(request, drawing.ticket, drawing.now)
    context = {
        "page": page,
        "ticket": page.ticket,
        "form": drawing.form,
        "mode": page.mode_of(request.POST.get("mode", "")),
        "theirs": drawing.theirs,
    }
    template = "tickets/ticket_composer.html" if request.htmx else "tickets/ticket_detail.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=drawing.status)


def _to_the_page(request: HttpRequest, drawing: Drawing) -> HttpResponse:
    """The composer stands on the ticket's page."""
    mode = request.path.rstrip("/").rpartition("/")[2]
    return redirect(f"{reverse('tickets:ticket-detail', args=[drawing.ticket.number])}?mode={mode}#composer")
