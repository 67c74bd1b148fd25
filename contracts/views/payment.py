"""The money of a contract: payment schedule, invoices, receipts, steps of asking."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.domain import payment as payments
from contracts.domain.amount import total
from contracts.domain.dunning import next_kind, overdue_days
from contracts.forms.money import NoForm, PaymentForm, ScheduleForm
from contracts.models import Contract, DunningStep, Payment
from contracts.queries.payment import invoices_for, last_steps, payments_for, receipts_for
from contracts.views.contract_link import contract_or_404, crumbs_of, url_of_contract
from contracts.views.words import today
from core.domain.record import version_of
from core.forms import MasterForm
from core.permissions import can, require
from core.views.edit import Editing, edit, sent

SOON_DAYS = 7
SHOWN_ON_PANEL = 4


@dataclass(frozen=True)
class Row:
    """An instalment as the schedule shows it."""

    payment: Payment
    late: int
    steps: list[DunningStep]

    @property
    def open(self) -> Any:
        return payments.open_of(self.payment)

    @property
    def is_overdue(self) -> bool:
        return bool(self.open) and self.late > 0

    @property
    def look(self) -> str:
        """paid, overdue, soon or open."""
        if not self.open:
            return "paid"
        return "overdue" if self.late > 0 else "soon" if self.late >= -SOON_DAYS else "open"

    @property
    def next_step(self) -> Any:
        """The step of asking that may be taken now."""
        return next_kind(self.steps) if self.is_overdue else None


def rows_of(found: Any, day: date) -> list[Row]:
    """Two statements."""
    listed = list(found)
    steps = last_steps(listed)
    return [Row(one, overdue_days(one, day), steps.get(one.pk, [])) for one in listed]


@require_safe
def payment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All the money of one contract."""
    require(request.user, "contracts.list_money")
    contract = contract_or_404(request, pk)
    mine = payments_for(request.user).filter(contract=contract).order_by("due_on", "number")
    invoices = list(invoices_for(request.user).filter(contract=contract).select_related("payment", "recorded_by"))
    receipts = receipts_for(request.user).filter(contract=contract).select_related("payment", "recorded_by")
    context = {
        "contract": contract,
        "contract_url": url_of_contract(contract),
        "invoices": sorted(invoices, key=lambda one: (one.issued_on, one.pk)),
        "invoiced": total(one.amount for one in invoices if not one.voided_at),
        "receipts": receipts.order_by("received_on", "pk"),
        "may_write": can(request.user, "contracts.create_payment", contract),
        **_sums(contract, rows_of(mine, today())),
    }
    return render(request, "contracts/payment_list.html", context)


def _sums(contract: Contract, rows: list[Row]) -> dict[str, Any]:
    overdue = total(row.open for row in rows if row.is_overdue)
    schedule = payments.schedule_of(contract, (row.payment for row in rows))
    return {"rows": rows, "schedule": schedule, "overdue": overdue, "over": -schedule.difference}


def money_panel(request: HttpRequest, contract: Contract) -> str:
    """On the contract's page: the sums and what is due next, for who reads money; two statements."""
    if not can(request.user, "contracts.list_money", contract):
        return ""
    rows = rows_of(payments_for(request.user).filter(contract=contract).order_by("due_on", "number"), today())
    pending = [row for row in rows if row.open][:SHOWN_ON_PANEL]
    context = {"contract": contract, "pending": pending, **_sums(contract, rows)}
    return render_to_string("contracts/money_panel.html", context, request)


def url_of_money(contract_id: int) -> str:
    return reverse("contracts:payment-list", args=[contract_id])


def payment_or_404(request: HttpRequest, pk: int) -> Payment:
    rows = payments_for(request.user).select_related("contract__customer")
    return get_object_or_404(rows, pk=pk)


def money_form(
    request: HttpRequest,
    contract: Contract,
    form: MasterForm,
    save: Callable[[dict[str, Any], datetime], Any],
    *,
    title: str,
    submit: str,
    done: str,
    **more: Any,
) -> HttpResponse:
    """One form about the money of a contract; saved, its money is shown."""
    url = url_of_money(contract.pk)
    editing = Editing(
        title=title,
        submit=submit,
        done=done,
        form=form,
        save=save,
        goes_to=lambda row: url,
        back_url=url,
        crumbs=crumbs_of(contract, _("Payments"), url),
        **more,
    )
    return edit(request, editing)


@require_http_methods(["GET", "HEAD", "POST"])
def payment_create(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.create_payment", contract)
    return money_form(
        request,
        contract,
        PaymentForm(sent(request)),
        lambda values, now: payments.create(contract=contract, actor=request.user, now=now, **values),
        title=_("New instalment"),
        submit=_("Save instalment"),
        done=_("Instalment saved."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def payment_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan what is not planned yet in equal instalments."""
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.create_payment", contract)
    planned = payments.schedule_of(contract, payments_for(request.user).filter(contract=contract))
    first = {"first_due": contract.starts_on, "count": 4, "every_months": 3}
    left = {"amount": planned.difference} if planned.difference > 0 else {}

    def save(values: dict[str, Any], now: datetime) -> Payment:
        return payments.schedule(contract=contract, actor=request.user, now=now, **values)[0]

    return money_form(
        request,
        contract,
        ScheduleForm(sent(request), initial=first | left),
        save,
        title=_("Equal instalments"),
        submit=_("Plan instalments"),
        done=_("Instalments planned."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def payment_change(request: HttpRequest, pk: int) -> HttpResponse:
    payment = payment_or_404(request, pk)
    require(request.user, "contracts.change_payment", payment)

    def save(values: dict[str, Any], now: datetime) -> Payment:
        version = request.POST.get("version", "")
        payments.change(payment=payment, version=version, actor=request.user, now=now, **values)
        return payment

    return money_form(
        request,
        payment.contract,
        PaymentForm(sent(request), row=payment),
        save,
        title=_("Change instalment"),
        submit=_("Save instalment"),
        done=_("Instalment saved."),
        row=payment,
        version=lambda: version_of(payment, payments.FIELDS),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def payment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    payment = payment_or_404(request, pk)
    require(request.user, "contracts.remove_payment", payment)
    contract = payment.contract

    def save(values: dict[str, Any], now: datetime) -> Contract:
        payments.remove(payment=payment, actor=request.user, now=now)
        return contract

    title = _("Remove instalment %(number)s · %(what)s") % {"number": payment.number, "what": payment.what}
    return money_form(
        request,
        contract,
        NoForm(sent(request)),
        save,
        title=title,
        submit=_("Remove instalment"),
        done=_("Instalment removed."),
    )
