"""What we owe at least: the due list, one obligation with what was done for it, and the forms."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from contracts.domain import obligation as obligations
from contracts.domain.pace import Standing, standing, standings
from contracts.enums import Pace
from contracts.forms.money import ReasonForm
from contracts.forms.obligation import DoneForm, ObligationForm, ObligationListForm
from contracts.models import Obligation, ObligationDone, ObligationMiss
from contracts.queries.obligation import done_for, misses_for, obligations_for, owed_on
from contracts.views.contract_link import contract_or_404, crumbs_of, url_of_contract
from contracts.views.words import today
from core.domain.record import version_of
from core.forms import MasterForm
from core.permissions import can, require
from core.views.edit import Editing, Keeping, Place, edit, sent

A_PAGE = 50
METHODS = ["GET", "HEAD", "POST"]
# How wb.css colours a chip, and its icon.
LOOKS = {
    Pace.COMING: ("none", "calendar"),
    Pace.DONE: ("met", "check"),
    Pace.ON_PACE: ("met", "check"),
    Pace.SOON: ("soon", "clock"),
    Pace.BEHIND: ("critical", "alert-triangle"),
    Pace.MISSED: ("missed", "alert-octagon"),
    Pace.ENDED: ("none", "minus"),
}
VIEWS = (
    ("", gettext_lazy("Everything owed"), frozenset(Pace)),
    ("late", gettext_lazy("Behind or missed"), frozenset({Pace.BEHIND, Pace.MISSED})),
    ("soon", gettext_lazy("Due soon"), frozenset({Pace.SOON})),
)
LAST_IN_LINE = (Pace.DONE, Pace.COMING, Pace.ENDED)


def shown(one: Standing, day: date) -> dict[str, Any]:
    """A standing as the templates draw it."""
    tone, icon = LOOKS[one.pace]
    late = (day - one.due_on).days if one.due_on and one.due_on < day else 0
    return {"standing": one, "obligation": one.obligation, "tone": tone, "icon": icon, "late": late}


@require_safe
def obligation_list(request: HttpRequest) -> HttpResponse:
    """The due list: what is missed and behind first, then by the day that keeps the pace."""
    require(request.user, "contracts.list_contracts")
    form, day, view = ObligationListForm(request.GET), today(), request.GET.get("view", "")
    owed = owed_on(day).filter(pk__in=obligations_for(request.user).values("pk"))
    listed = sorted(standings(list(_narrowed(owed, form.wanted())), day), key=_order)
    wanted = {key: paces for key, _label, paces in VIEWS}.get(view, VIEWS[0][2])
    page = Paginator([one for one in listed if one.pace in wanted], A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "views": [_tab(key, label, paces, listed, view, form.wanted()) for key, label, paces in VIEWS],
        "view": view,
        "page_obj": page,
        "rows": [shown(one, day) for one in page],
        "may_record": can(request.user, "contracts.record_done_obligation"),
    }
    return render(request, "contracts/obligation_list.html", context)


def _narrowed(owed: QuerySet[Obligation], wanted: dict[str, str]) -> QuerySet[Obligation]:
    for word in wanted.get("q", "").split():
        owed = owed.filter(Q(customer__name__icontains=word) | Q(contract__number__icontains=word))
    return owed.filter(kind=wanted["kind"]) if "kind" in wanted else owed


def _order(one: Standing) -> tuple[int, date, int]:
    rank = {Pace.MISSED: 0, Pace.BEHIND: 1}.get(one.pace, 3 if one.pace in LAST_IN_LINE else 2)
    return rank, one.due_on or date.max, one.obligation.pk


def _tab(
    key: str, label: Any, paces: frozenset[Pace], listed: list[Standing], chosen: str, wanted: dict[str, str]
) -> dict[str, Any]:
    asked = wanted | ({"view": key} if key else {})
    url = reverse("contracts:obligation-list") + (f"?{urlencode(asked)}" if asked else "")
    return {"label": label, "url": url, "active": key == chosen, "count": sum(one.pace in paces for one in listed)}


@require_safe
def obligation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One obligation: where it stands, what was done, what was missed."""
    obligation, day = obligation_or_404(request, pk), today()
    done = done_for(request.user).filter(obligation=obligation).order_by("-done_on", "-pk")
    page = Paginator(done.select_related("recorded_by"), A_PAGE).get_page(request.GET.get("page"))
    missed = misses_for(request.user).filter(obligation=obligation).order_by("-first")
    misses = list(missed.select_related("settled_by"))
    days = list(done.filter(withdrawn_at=None).values_list("done_on", flat=True))
    open_ones = [one for one in misses if one.settled_at is None]
    context = {
        "row": shown(standing(obligation, days, day, open_ones), day),
        "contract_url": url_of_contract(obligation.contract),
        "page_obj": page,
        "misses": misses,
        "may_record": can(request.user, "contracts.record_done_obligation", obligation),
        "may_keep": can(request.user, "contracts.change_obligation", obligation),
    }
    return render(request, "contracts/obligation_detail.html", context)


def obligation_or_404(request: HttpRequest, pk: int) -> Obligation:
    require(request.user, "contracts.list_contracts")
    return get_object_or_404(obligations_for(request.user).select_related("contract__customer"), pk=pk)


def url_of(obligation: Obligation) -> str:
    return reverse("contracts:obligation-detail", args=[obligation.pk])


OBLIGATION = Keeping(
    app="contracts",
    noun="obligation",
    new=gettext_lazy("New obligation"),
    changed=gettext_lazy("Change obligation"),
    submit=gettext_lazy("Save obligation"),
    done=gettext_lazy("Obligation saved."),
    create=obligations.create,
    change=obligations.change,
    version=lambda row: version_of(row, obligations.FIELDS),
)


@require_http_methods(METHODS)
def obligation_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new obligation of the contract `pk`."""
    contract = contract_or_404(request, pk)
    place = Place(url_of_contract(contract), crumbs_of(contract), goes_to=url_of)
    return OBLIGATION.creating(request, ObligationForm(sent(request)), place, contract=contract)


@require_http_methods(METHODS)
def obligation_change(request: HttpRequest, pk: int) -> HttpResponse:
    obligation = obligation_or_404(request, pk)
    place = Place(url_of(obligation), _crumbs(obligation))
    return OBLIGATION.changing(request, ObligationForm(sent(request), row=obligation), place, obligation)


@require_http_methods(METHODS)
def obligation_record_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that something was done for the obligation `pk`."""
    obligation = obligation_or_404(request, pk)
    require(request.user, "contracts.record_done_obligation", obligation)
    form = DoneForm(sent(request), initial={"done_on": today()})

    def save(values: dict[str, Any], now: datetime) -> ObligationDone:
        return obligations.record_done(
            obligation=obligation, key=key_by_hand(request), actor=request.user, now=now, **values
        )

    words = (_("Record %(kind)s as done"), _("Save entry"), _("Entry saved."))
    return _edit(request, obligation, form, save, (words[0] % {"kind": obligation.get_kind_display()}, *words[1:]))


@require_http_methods(METHODS)
def obligation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the entry `pk` of something done."""
    rows = done_for(request.user).select_related("obligation__contract__customer")
    done = get_object_or_404(rows, pk=pk)
    require(request.user, "contracts.withdraw_obligation", done)

    def save(values: dict[str, Any], now: datetime) -> ObligationDone:
        obligations.withdraw(done=done, actor=request.user, now=now, **values)
        return done

    words = (_("Take the entry back"), _("Take back"), _("Entry taken back."))
    return _edit(request, done.obligation, ReasonForm(sent(request)), save, words)


@require_http_methods(METHODS)
def obligation_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how the missed period `pk` was made good."""
    rows = misses_for(request.user).select_related("obligation__contract__customer")
    miss = get_object_or_404(rows, pk=pk)
    require(request.user, "contracts.settle_obligation", miss)

    def save(values: dict[str, Any], now: datetime) -> ObligationMiss:
        obligations.settle(miss=miss, actor=request.user, now=now, **values)
        return miss

    words = (_("Settle the missed period"), _("Settle"), _("Missed period settled."))
    return _edit(request, miss.obligation, ReasonForm(sent(request)), save, words)


def key_by_hand(request: HttpRequest) -> str:
    """The key of an entry made by hand: that of its form, so that sending it twice is one entry."""
    return f"hand:{request.POST.get('idempotency_key', '')[:60] or uuid4()}"


def _edit(request: HttpRequest, obligation: Obligation, form: MasterForm, save: Any, words: Any) -> HttpResponse:
    title, submit, done = words
    url = url_of(obligation)
    editing = Editing(
        title=title,
        submit=submit,
        done=done,
        form=form,
        save=save,
        goes_to=lambda row: url,
        back_url=url,
        crumbs=_crumbs(obligation),
    )
    return edit(request, editing)


def _crumbs(obligation: Obligation) -> list[dict[str, str]]:
    return crumbs_of(obligation.contract, str(obligation.get_kind_display()), url_of(obligation))
