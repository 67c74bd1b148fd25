"""S05: a new ticket, with what we would promise shown before it is saved."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.domain.coverage import Verdict, verdict_of
from contracts.domain.facts import Facts
from contracts.domain.preview import Preview, due_if_reported
from contracts.enums import Coverage
from contracts.queries.entitlement import entitled
from core import clock
from core.domain.idempotency import Answer, once
from core.errors import InputError, RuleError
from core.permissions import require
from tickets.domain import ticket as tickets
from tickets.domain.clock import goal_of
from tickets.domain.promises import target_name
from tickets.forms.report import CustomerSearchForm, ReportForm
from tickets.queries.similar import similar_open
from tickets.views.story import set_name

MOST_OPTIONS = 20
# What the parts of the page beside the typed texts are made of.
ASKED = "customer,customer_text,contact,site,asset,severity,kind,channel,maintenance"
LOOKS = {"ok": "covered", "soon": "expiring", "paid": "expired", "check": "unknown"}


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_create(request: HttpRequest) -> HttpResponse:
    """The form; without script the customer's name is sent first (`find`), and what was typed stays."""
    require(request.user, "tickets.report_ticket")
    sent = _with_typed_customer(request, request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and "find" not in sent:
        return _save(request, ReportForm(sent, user=request.user))
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
    verdict = verdict_of(found)
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
        "verdict": _verdict(verdict),
        "others": [line.contract.number for line in found.others],
        "dues": [{"name": target_name(due.target), "at": due.due_at, "goal": goal_of(due.row)} for due in promised.due],
        "set_name": _set_name(promised, found.promise_set.code if found.promise_set else ""),
        "severity_missing": facts.severity is None,
        "similar": similar_open(form.user, form.owner, asset),
    }


def _set_name(promised: Preview, code: str) -> str:
    """The name of the contract's promise set, if it has something to say here; the house's sets go without saying."""
    sets = [due.promise_set for due in promised.due] + [waiting.promise_set for waiting in promised.waiting]
    return next((set_name(one) for one in sets if one.code == code), "")


def _verdict(verdict: Verdict) -> dict[str, Any]:
    code = "out_of_scope" if verdict.code == Coverage.EXCLUDED else LOOKS[verdict.level]
    shown = {name: getattr(verdict, name) for name in ("title", "reason", "source")}
    return shown | {"code": code}


def _save(request: HttpRequest, form: ReportForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, status=422)
    now = clock.now()

    def report() -> Answer:
        saved = tickets.report(
            report=form.report(),
            actor=request.user,
            now=now,
            assignee=form.assignee_chosen(),
            answered=form.cleaned_data["answered"],
        )
        return Answer(201, {"number": saved.number})

    key = request.POST.get("idempotency_key", "")
    try:
        answer = once(actor=request.user, key=key, request=_typed(request), now=now, act=report)
    except RuleError as error:
        sent_before = error.code == "key_reused"
        message = _("This form has been recorded already. Send it again to record another ticket.")
        form.add_error(error.field if error.field in form.fields else None, message if sent_before else error.message)
        return _page(request, form, status=422 if isinstance(error, InputError) else 409)
    return redirect("tickets:ticket-detail", number=answer.body["number"])


def _typed(request: HttpRequest) -> bytes:
    """What was sent, without the token that differs between two drawings of the same form."""
    given = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    return json.dumps(given, sort_keys=True).encode()


def _page(request: HttpRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    typed = (request.POST or request.GET).get("customer_text", "")
    context = {
        "form": form,
        "asked": ASKED,
        "customer_text": form.owner.name if form.owner else typed,
        "candidates": _candidates(request, typed) if typed and form.owner is None else [],
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
