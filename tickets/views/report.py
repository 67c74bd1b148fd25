"""S05: a new ticket, with what we would promise shown before it is saved."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.domain.coverage import verdict_of, verdicts
from contracts.domain.coverage_card import card
from contracts.domain.facts import Facts
from contracts.domain.preview import Preview, due_if_reported
from contracts.domain.promise_words import goal_of, set_name, target_name
from contracts.queries.entitlement import entitled
from core import clock
from core.domain.idempotency import Answer, once
from core.errors import InputError, RuleError
from core.permissions import require
from tickets.domain import message
from tickets.domain import ticket as tickets
from tickets.domain.coverage import judged_day
from tickets.enums import Source
from tickets.forms.report import CustomerSearchForm, ReportForm
from tickets.queries.similar import Similar, duplicates
from tickets.queries.ticket import tickets_for

MOST_OPTIONS = 20
SUBJECT_MAX = 160
# What the parts of the page beside the form are made of.
ASKED = "customer,customer_text,contact,site,asset,severity,kind,channel,maintenance,subject,occurred_at"


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_create(request: HttpRequest) -> HttpResponse:
    """The form; without script the customer's name is sent first (`find`), and what was typed stays."""
    require(request.user, "tickets.report_ticket")
    sent = _with_typed_customer(request, request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and "find" not in sent:
        form = ReportForm(sent, user=request.user)
        return _append(request, form) if sent.get("append") else _save(request, form)
    return _page(request, ReportForm(user=request.user, initial=sent.dict()))


@require_safe
def ticket_customers(request: HttpRequest) -> HttpResponse:
    """The customers that a combobox offers."""
    found = CustomerSearchForm(request.GET).found(request.user).order_by("name")[:MOST_OPTIONS]
    options = [{"value": one.pk, "label": one.name, "hint": one.code} for one in found]
    return render(request, "wb/options.html", {"options": options})


@require_safe
def ticket_choices(request: HttpRequest) -> HttpResponse:
    """Contacts, sites and devices of the chosen customer; a device of another site than the chosen one is let go."""
    require(request.user, "tickets.report_ticket")
    form = ReportForm(user=request.user, initial=request.GET.dict())
    asset, site = form.chosen("asset"), form.chosen("site")
    if asset and site is None:
        form.initial["site"] = asset.site_id
    elif asset and asset.site_id != site.pk:
        form.initial["asset"] = None
    if form.chosen("site"):
        form.fields["asset"].queryset = form.fields["asset"].queryset.filter(site=form.chosen("site"))  # type: ignore[attr-defined]
    return _parts(request, form, place=True)


@require_safe
def ticket_preview(request: HttpRequest) -> HttpResponse:
    """Who pays, what we would promise, what may be reported already."""
    require(request.user, "tickets.report_ticket")
    form = ReportForm(user=request.user, initial=request.GET.dict())
    return _parts(request, form, place=False)


def _parts(request: HttpRequest, form: ReportForm, *, place: bool) -> HttpResponse:
    context = {"form": form, "place": place, **preview(form, clock.now())}
    return render(request, "tickets/ticket_create_parts.html", context)


def preview(form: ReportForm, now: datetime) -> dict[str, Any]:
    """From what is chosen so far; whatever makes no sense counts as not known."""
    if form.owner is None:
        return {}
    asset = form.chosen("asset")
    site = form.chosen("site") or (asset.site if asset else None)
    found = entitled(customer=form.owner, site=site, asset=asset, on_day=now.astimezone(tickets.OFFICE).date())
    day = judged_day(now, form.chosen("occurred_at"))
    judged = found if day == found.day else entitled(customer=form.owner, site=site, asset=asset, on_day=day)
    verdict = verdict_of(judged)
    facts = Facts(
        severity=form.chosen("severity"),
        kind=form.chosen("kind") or form.fields["kind"].initial,
        channel=form.chosen("channel") or form.fields["channel"].initial,
        locality=site.locality if site else None,
        distance_km=site.distance_km if site else None,
        coverage=str(verdict.code),
    )
    promised = due_if_reported(entitlement=found, facts=facts, now=now)
    return {
        "verdict": card(verdict, verdicts(judged, distance_km=facts.distance_km)),
        "others": [line.contract.number for line in found.others],
        "dues": [{"name": target_name(due.target), "at": due.due_at, "goal": goal_of(due.row)} for due in promised.due],
        "set_name": _set_name(promised, found.promise_set.code if found.promise_set else ""),
        "severity_missing": facts.severity is None,
        "repeats": repeats(form, now),
    }


def repeats(form: ReportForm, now: datetime) -> list[Similar]:
    """What the report may say once more."""
    if form.owner is None:
        return []
    subject = form.data.get("subject", "") if form.is_bound else form.initial.get("subject", "")
    return duplicates(form.user, form.owner, form.chosen("asset"), str(subject)[:SUBJECT_MAX], now)


def _set_name(promised: Preview, code: str) -> str:
    """The name of the contract's promise set, if it has something to say here; the house's sets go without saying."""
    sets = [due.promise_set for due in promised.due] + [waiting.promise_set for waiting in promised.waiting]
    return next((set_name(one) for one in sets if one.code == code), "")


def _save(request: HttpRequest, form: ReportForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, status=422)
    now = clock.now()

    def report() -> Answer:
        if "anyway" not in request.POST and repeats(form, now):
            raise RuleError("repeats", _("This may be reported already. Please choose what to do with it."))
        saved = tickets.report(
            report=form.report(),
            actor=request.user,
            now=now,
            assignee=form.assignee_chosen(),
            answered=form.cleaned_data["answered"],
        )
        return Answer(201, {"number": saved.number})

    return _once(request, form, now, report)


def _append(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """What was typed becomes a word of the customer in the ticket that is there already."""
    number = form.data["append"]
    mine = tickets_for(request.user).filter(number=number, customer=form.owner)
    ticket = mine.first() if number.isprintable() else None
    if ticket is None:
        raise Http404
    require(request.user, "tickets.hear_ticket", ticket)
    said = [str(form.data.get(name, "")).strip() for name in ("subject", "description")]
    now = clock.now()

    def hear() -> Answer:
        message.hear(
            ticket=ticket,
            body="\n".join(filter(None, said)),
            contact=form.chosen("contact"),
            said_by=str(form.data.get("caller_name", "")),
            actor=request.user,
            now=now,
            source=Source.DESK,
        )
        messages.success(request, _("Added to this ticket as the customer's words"))
        return Answer(200, {"number": ticket.number})

    return _once(request, form, now, hear)


def _once(request: HttpRequest, form: ReportForm, now: datetime, act: Callable[[], Answer]) -> HttpResponse:
    """Act once for the key of the form and go to the ticket; what is refused is said beside what was typed."""
    key = request.POST.get("idempotency_key", "")
    try:
        answer = once(actor=request.user, key=key, request=_typed(request), now=now, act=act)
    except RuleError as error:
        text = error.message
        if error.code == "key_reused":
            text = _("This form has been recorded already. Send it again to record another ticket.")
        form.full_clean()
        form.add_error(error.field if error.field in form.fields else None, text)
        return _page(request, form, 422 if isinstance(error, InputError) else 409, asks=error.code == "repeats")
    return redirect("tickets:ticket-detail", number=answer.body["number"])


def _typed(request: HttpRequest) -> bytes:
    """What was sent, without the token that differs between two drawings of the same form."""
    given = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    return json.dumps(given, sort_keys=True).encode()


def _page(request: HttpRequest, form: ReportForm, status: int = 200, *, asks: bool = False) -> HttpResponse:
    """The whole page; `asks` puts what may be reported already before everything else."""
    typed = (request.POST or request.GET).get("customer_text", "")
    context = {
        "form": form,
        "asked": ASKED,
        "customer_text": form.owner.name if form.owner else typed,
        "candidates": _candidates(request, typed) if typed and form.owner is None else [],
        "asks": asks,
        **preview(form, clock.now()),
    }
    return render(request, "tickets/ticket_create.html", context, status=status)


def _with_typed_customer(request: HttpRequest, sent: Any) -> Any:
    """What was sent, with the customer picked from the list of candidates, or the one that the typed words name where
    none was chosen (no script).
    """
    typed, completed = sent.get("customer_text", ""), sent.copy()
    if sent.get("find"):
        completed["customer"] = sent["find"]
    elif typed and not sent.get("customer"):
        found = _candidates(request, typed)
        completed["customer"] = str(found[0].pk) if len(found) == 1 else ""
    return completed


def _candidates(request: HttpRequest, typed: str) -> list[Any]:
    return list(CustomerSearchForm({"q": typed}).found(request.user).order_by("name")[:MOST_OPTIONS])
