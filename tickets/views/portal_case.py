"""S45: one case, told to the customer: promise, way, people, cost, words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.domain.coverage_card import includes
from contracts.enums import Coverage
from core import clock
from core.errors import InputError, RuleError
from core.permissions import can, require
from tickets.domain import portal_case as acts
from tickets.domain.coverage import entitlement_of, findings_of
from tickets.domain.portal_promise import Promise
from tickets.domain.portal_track import KINDS, Step, track
from tickets.enums import REBINDING, EventKind, State
from tickets.forms.portal_case import MessageForm, NotSolvedForm, WithdrawForm
from tickets.models import Event, Ticket
from tickets.queries.portal_case import case_for, events_of_case, manager_on_duty
from tickets.views.portal_page import contact_of, effect, portal, rows_of, token
from tickets.views.portal_thread import Entry, thread

COSTS = {
    Coverage.WARRANTY: gettext_lazy("The device is in warranty. This service is free of charge."),
    Coverage.CONTRACT: gettext_lazy("This service is part of your service contract."),
    Coverage.FREE_AFTER: gettext_lazy("This service is free of charge."),
    Coverage.EXCLUDED: gettext_lazy("This is not part of the contract. We quote first and begin when you agree."),
    Coverage.EXPIRED: gettext_lazy(
        "The term of warranty or contract is over. We quote first and begin when you agree."
    ),
    Coverage.UNKNOWN: gettext_lazy("We check warranty and contract and tell you before anything is charged."),
}


@dataclass
class CasePage:
    """What a contact sees of one case at `now`. Each part is read when it is first drawn."""

    ticket: Ticket
    user: Any
    now: datetime

    @property
    def url(self) -> str:
        return reverse("tickets:portal-case", args=[self.ticket.number])

    @cached_property
    def promise(self) -> Promise:
        binding = [event for event in self._read if event.seq == 1 or event.kind in REBINDING]
        own = [event for event in binding if event.ticket_id == self.ticket.pk]
        return rows_of([self.ticket], self.now, {self.ticket.pk: own})[0].promise

    @cached_property
    def manager(self) -> str:
        """Who calls about a late promise."""
        found = manager_on_duty() if self.promise.kind == "late" else None
        return found.name if found else ""

    @cached_property
    def _read(self) -> list[Event]:
        return events_of_case(self.user, self.ticket, KINDS | REBINDING | {EventKind.REPORTED})

    @cached_property
    def events(self) -> list[Event]:
        return [event for event in self._read if event.kind in KINDS]

    @cached_property
    def steps(self) -> list[Step]:
        own = [event for event in self.events if event.ticket_id == self.ticket.pk]
        return track(self.ticket, own, self.promise.targets)

    @cached_property
    def entries(self) -> list[Entry]:
        return thread(self.ticket, self.events, contact_of(self.user), self.now)

    @property
    def cost(self) -> str:
        return str(COSTS[Coverage(self.ticket.coverage)])

    @cached_property
    def cost_includes(self) -> list[dict[str, Any]]:
        """What is included and what costs money, by what the ticket's coverage was judged to be."""
        return includes(findings_of(self.ticket, entitlement_of(self.ticket)))

    @property
    def token(self) -> str:
        return token(self.ticket.version, self.promise.look, len(self.entries))

    # --- What may be done --------------------------------------------------------------------------------------------

    @property
    def may_say(self) -> bool:
        over = self.ticket.state in (State.CLOSED, State.CANCELLED)
        return not over and can(self.user, "tickets.portal_message_ticket", self.ticket)

    @property
    def may_confirm(self) -> bool:
        return self.ticket.state == State.RESOLVED and can(self.user, "tickets.portal_confirm_ticket", self.ticket)

    @property
    def may_reopen(self) -> bool:
        return acts.may_reopen(self.ticket, self.now) and can(self.user, "tickets.portal_reopen_ticket", self.ticket)

    @property
    def may_withdraw(self) -> bool:
        early = self.ticket.state in acts.WITHDRAWABLE
        return early and can(self.user, "tickets.portal_withdraw_ticket", self.ticket)

    @property
    def may_follow_up(self) -> bool:
        """Too late to go on with this case: a new one is linked to it."""
        return self.ticket.state in acts.REOPENABLE and not self.may_reopen

    @cached_property
    def message_form(self) -> forms.Form:
        return MessageForm()


# --- Pages ------------------------------------------------------------------------------------------------------------


@require_safe
@portal
def case(request: HttpRequest, number: str) -> HttpResponse:
    return _draw(request, _page(request, number))


@require_safe
@portal
def live(request: HttpRequest, number: str) -> HttpResponse:
    """Promise, way and thread, for the poll: 204 if they would look the same."""
    page = _page(request, number)
    if request.GET.get("since") == page.token:
        return HttpResponse(status=204)
    return render(request, "tickets/portal_live.html", {"page": page, "ticket": page.ticket, "polled": True})


@require_POST
@portal
def say(request: HttpRequest, number: str) -> HttpResponse:
    """A message with files."""
    page = _page(request, number)
    require(request.user, "tickets.portal_message_ticket", page.ticket)
    form = MessageForm(request.POST, request.FILES)
    page.message_form = form

    def act() -> None:
        data = form.cleaned_data
        acts.say(
            ticket=page.ticket,
            body=data["body"],
            uploads=data["attachments"],
            contact=contact_of(request.user),
            actor=request.user,
            now=page.now,
        )

    return _done(request, page, form, act, _("Your message has been sent."), _draw)


@require_POST
@portal
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Solved."""
    page = _page(request, number)
    require(request.user, "tickets.portal_confirm_ticket", page.ticket)
    acts.confirm(ticket=page.ticket, actor=request.user, now=page.now)
    messages.success(request, _("Thank you for confirming. Your case is completed."))
    return redirect(page.url)


@require_http_methods(["GET", "HEAD", "POST"])
@portal
def not_solved(request: HttpRequest, number: str) -> HttpResponse:
    """Not solved yet: what is still wrong."""
    page = _page(request, number)
    require(request.user, "tickets.portal_reopen_ticket", page.ticket)
    if page.may_follow_up:
        return redirect(f"{reverse('tickets:portal-report')}?follows={page.ticket.number}")
    form = NotSolvedForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        acts.not_solved(ticket=page.ticket, reason=reason, actor=request.user, now=page.now)

    return _done(request, page, form, act, _("We go on working on it at once."), _draw_not_solved)


@require_http_methods(["GET", "HEAD", "POST"])
@portal
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Not needed any more."""
    page = _page(request, number)
    require(request.user, "tickets.portal_withdraw_ticket", page.ticket)
    form = WithdrawForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        acts.withdraw(ticket=page.ticket, note=form.cleaned_data["note"], actor=request.user, now=page.now)

    return _done(request, page, form, act, _("Your report is withdrawn."), _draw_withdraw)


Draw = Callable[..., HttpResponse]


def _done(
    request: HttpRequest, page: CasePage, form: forms.Form, act: Callable[[], None], text: str, draw: Draw
) -> HttpResponse:
    """Draw the form, or act once and go back to the case; a refusal stands at its field."""
    if request.method != "POST":
        return draw(request, page, form)
    if not form.is_valid():
        return draw(request, page, form, 422)

    def effected() -> str:
        act()
        return page.ticket.number

    try:
        effect(request, page.now, effected)
    except RuleError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return draw(request, page, form, 422 if isinstance(error, InputError) else 409)
    messages.success(request, text)
    return redirect(page.url)


def _page(request: HttpRequest, number: str) -> CasePage:
    ticket = case_for(request.user, number)
    if ticket is None:
        raise Http404
    return CasePage(ticket, request.user, clock.now())


def _draw(request: HttpRequest, page: CasePage, form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    context = {"page": page, "ticket": page.ticket, "form": form or page.message_form}
    return render(request, "tickets/portal_case.html", context, status=status)


def _draw_not_solved(request: HttpRequest, page: CasePage, form: forms.Form, status: int = 200) -> HttpResponse:
    context = {"page": page, "ticket": page.ticket, "form": form}
    return render(request, "tickets/portal_not_solved.html", context, status=status)


def _draw_withdraw(request: HttpRequest, page: CasePage, form: forms.Form, status: int = 200) -> HttpResponse:
    context = {"page": page, "ticket": page.ticket, "form": form}
    return render(request, "tickets/portal_withdraw.html", context, status=status)
