"""Noting money that came in, invoices, and taking either back."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.domain import invoice as invoices
from contracts.domain import receipt as receipts
from contracts.domain.payment import open_of
from contracts.forms.money import InvoiceForm, ReasonForm, ReceiptForm
from contracts.models import Invoice, Receipt
from contracts.queries.payment import invoices_for, payments_for, receipts_for
from contracts.views.contract_link import contract_or_404
from contracts.views.payment import money_form, payment_or_404
from contracts.views.words import today
from core.permissions import require
from core.views.edit import sent

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def receipt_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Money for the instalment `pk`."""
    payment = payment_or_404(request, pk)
    require(request.user, "contracts.receive_receipt", payment)
    offered = {"received_on": today(), "amount": open_of(payment) or None}
    return money_form(
        request,
        payment.contract,
        ReceiptForm(sent(request), initial=offered),
        lambda values, now: receipts.receive(payment=payment, actor=request.user, now=now, **values),
        title=_("Receipt for instalment %(number)s · %(what)s") % {"number": payment.number, "what": payment.what},
        submit=_("Save receipt"),
        done=_("Receipt saved."),
    )


@require_http_methods(METHODS)
def receipt_void(request: HttpRequest, pk: int) -> HttpResponse:
    receipt = get_object_or_404(receipts_for(request.user).select_related("contract__customer"), pk=pk)
    require(request.user, "contracts.void_receipt", receipt)

    def save(values: dict[str, Any], now: datetime) -> Receipt:
        receipts.void(receipt=receipt, actor=request.user, now=now, **values)
        return receipt

    return money_form(
        request,
        receipt.contract,
        ReasonForm(sent(request)),
        save,
        title=_("Take the receipt back"),
        submit=_("Take back"),
        done=_("Receipt taken back; the amount is open again."),
    )


@require_http_methods(METHODS)
def invoice_create(request: HttpRequest, pk: int) -> HttpResponse:
    """An invoice of the contract `pk`."""
    contract = contract_or_404(request, pk)
    require(request.user, "contracts.issue_invoice", contract)
    listed = payments_for(request.user).filter(contract=contract).order_by("due_on", "number")
    return money_form(
        request,
        contract,
        InvoiceForm(sent(request), payments=listed, initial=_offered(request, listed)),
        lambda values, now: invoices.issue(contract=contract, actor=request.user, now=now, **values),
        title=_("Register an invoice"),
        submit=_("Save invoice"),
        done=_("Invoice saved."),
    )


def _offered(request: HttpRequest, listed: Any) -> dict[str, Any]:
    """The instalment that `?payment=` names, with its amount."""
    asked = request.GET.get("payment", "")
    chosen = listed.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
    found: dict[str, Any] = {"issued_on": today()}
    return found | ({"payment": chosen.pk, "amount": chosen.amount} if chosen else {})


@require_http_methods(METHODS)
def invoice_void(request: HttpRequest, pk: int) -> HttpResponse:
    invoice = get_object_or_404(invoices_for(request.user).select_related("contract__customer"), pk=pk)
    require(request.user, "contracts.void_invoice", invoice)

    def save(values: dict[str, Any], now: datetime) -> Invoice:
        invoices.void(invoice=invoice, actor=request.user, now=now, **values)
        return invoice

    return money_form(
        request,
        invoice.contract,
        ReasonForm(sent(request)),
        save,
        title=_("Void invoice %(number)s") % {"number": invoice.number},
        submit=_("Void invoice"),
        done=_("Invoice voided."),
    )
