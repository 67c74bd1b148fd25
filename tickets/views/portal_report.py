"""S44: report a fault in one page, with what we promise shown before it is sent."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.domain.coverage import Verdict, verdict_of, verdicts
from contracts.domain.coverage_card import card
from contracts.domain.coverage_rules import Finding
from contracts.domain.facts import Facts
from contracts.domain.preview import due_if_reported
from contracts.queries.entitlement import entitled
from core import clock
from core.errors import InputError, RuleError
from core.permissions import require
from tickets.domain.impact import Impact, kind_of, severity_of
from tickets.domain.portal_promise import AT_A_GLANCE, forecast_of
from tickets.domain.portal_report import report_case
from tickets.domain.ticket import OFFICE
from tickets.enums import Channel
from tickets.forms.portal_report import CaseForm
from tickets.views.portal_page import contact_of, effect, portal

ASKED = "device,serial,site,impact,others_take_over"


@require_http_methods(["GET", "HEAD", "POST"])
@portal
def report(request: HttpRequest) -> HttpResponse:
    """The form. Without script the button `preview` shows the promise and keeps what was typed."""
    require(request.user, "tickets.portal_report")
    now = clock.now()
    if request.method != "POST":
        return _page(request, _form(request, now, initial=_prefilled(request)), now)
    form = _form(request, now, request.POST, request.FILES)
    if "preview" in request.POST:
        return _page(request, _form(request, now, initial=_typed(request)), now, asked=True)
    return _save(request, form, now) if form.is_valid() else _page(request, form, now, status=422)


@require_safe
@portal
def preview(request: HttpRequest) -> HttpResponse:
    """What we would promise for what is chosen so far."""
    require(request.user, "tickets.portal_report")
    now = clock.now()
    form = _form(request, now, initial=_typed(request))
    return render(request, "tickets/portal_report_promise.html", promised(form, now))


def promised(form: CaseForm, now: datetime) -> dict[str, Any]:
    """The promise and who pays, for what is chosen so far; nothing before the answers that decide it."""
    asset, site = form.chosen()
    impact = form.value_of("impact")
    if not form.value_of("device") or impact not in Impact.values:
        return {}
    found = entitled(customer=form.contact.customer, site=site, asset=asset, on_day=now.astimezone(OFFICE).date())
    verdict = verdict_of(found)
    take_over = form.value_of("others_take_over") not in ("", "False")
    facts = Facts(
        severity=severity_of(impact, asset.product.kind if asset else "", others_take_over=take_over),
        kind=kind_of(impact),
        channel=str(Channel.PORTAL),
        locality=site.locality if site else None,
        distance_km=site.distance_km if site else None,
        coverage=str(verdict.code),
    )
    judged = verdicts(found, distance_km=facts.distance_km)
    lines = forecast_of(due_if_reported(entitlement=found, facts=facts, now=now))
    return {"known": True, "lines": lines[:AT_A_GLANCE], "more": lines[AT_A_GLANCE:], "cost": _cost(verdict, judged)}


def _cost(verdict: Verdict, judged: list[Finding]) -> dict[str, Any]:
    """Who pays, and what is included or costs money."""
    return {"reason": verdict.reason, "includes": card(verdict, judged)["includes"]}


def _save(request: HttpRequest, form: CaseForm, now: datetime) -> HttpResponse:
    def act() -> str:
        uploads = form.cleaned_data["attachments"]
        saved = report_case(facts=form.report(), uploads=uploads, actor=request.user, now=now, follows=form.before)
        return saved.number

    if not request.POST.get("idempotency_key"):
        form.add_error(None, _("This form is too old. Please check it and send it again."))
        return _page(request, form, now, status=422)
    try:
        number = effect(request, now, act)
    except RuleError as error:
        form.add_error(*_refusal(error, form))
        return _page(request, form, now, status=422 if isinstance(error, InputError) else 409)
    messages.success(request, _("We have received your report. Its number is %(number)s.") % {"number": number})
    return redirect("tickets:portal-case", number=number)


def _refusal(error: RuleError, form: CaseForm) -> tuple[str | None, str]:
    if error.code == "key_reused":
        return None, _("This form has been sent already. Send it again to report something else.")
    names = {"subject": "words", "description": "words", "site": "device", "asset": "device"}
    field = names.get(error.field, error.field)
    return field if field in form.fields else None, error.message


def _form(request: HttpRequest, now: datetime, data: Any = None, files: Any = None, initial: Any = None) -> CaseForm:
    contact = contact_of(request.user)
    assert contact is not None  # noqa: S101  (asked by `portal`)
    return CaseForm(data, files, contact=contact, now=now, initial=initial or {})


def _prefilled(request: HttpRequest) -> dict[str, str]:
    """What an address may bring along: the device of a label, or the case that this one goes on with."""
    given = {name: request.GET[name] for name in ("device", "follows") if request.GET.get(name)}
    if "follows" in given:
        given["words"] = _("This goes on with case %(number)s.") % {"number": given["follows"][:20]} + "\n"
    return given


def _typed(request: HttpRequest) -> dict[str, Any]:
    sent = request.POST if request.method == "POST" else request.GET
    return {name: sent[name] for name in CaseForm.base_fields if name in sent}


def _page(
    request: HttpRequest, form: CaseForm, now: datetime, *, status: int = 200, asked: bool = False
) -> HttpResponse:
    context = {"form": form, "asked": ASKED, "was_asked": asked, **promised(form, now)}
    return render(request, "tickets/portal_report.html", context, status=status)
