"""The money of contracts: instalments, receipts, invoices, steps of asking, sums by age."""

from typing import Any

import django_filters as filters
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.deed import amount, deed
from contracts.domain import dunning
from contracts.domain import invoice as invoices
from contracts.domain import payment as payments
from contracts.domain import receipt as receipts
from contracts.enums import Age, DunningKind
from contracts.models import DunningStep, Invoice, Payment, Receipt
from contracts.queries.contract import contracts_for
from contracts.queries.payment import aged, ageing, by_age, invoices_for, payments_for, receipts_for
from core.api.fields import Choice, Flag, Id, Strict, Text, existing
from core.api.idempotency import answered
from core.api.keep import Changing, KeptRows, kept
from core.api.views import Endpoint, ReadOnlyRows
from core.clock import office_day
from core.domain.idempotency import Answer
from core.domain.record import version_of
from core.filters import IdFilter

Data = dict[str, Any]
NUMBER = _("The number of the contract.")


class StepPart(serializers.ModelSerializer[DunningStep]):
    """A step of asking; `file` is the attachment of a letter."""

    actor = serializers.IntegerField(source="actor_id", read_only=True, allow_null=True)

    class Meta:
        model = DunningStep
        fields = ("kind", "at", "actor", "open_amount", "note", "file")
        read_only_fields = fields


class PaymentRow(serializers.ModelSerializer[Payment]):
    contract = serializers.CharField(source="contract.number", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    open = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)
    age = serializers.ChoiceField(choices=Age.choices, read_only=True)
    dunning = StepPart(many=True, read_only=True)
    version = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields = (
            *("id", "contract", "customer", "number", "what", "due_on", "amount", "received", "open", "age"),
            *("dunning", "version"),
        )
        read_only_fields = fields

    def get_version(self, row: Payment) -> str:
        return version_of(row, payments.FIELDS)


class ReceiptRow(serializers.ModelSerializer[Receipt]):
    contract = serializers.CharField(source="contract.number", read_only=True)
    payment = serializers.IntegerField(source="payment_id", read_only=True)

    class Meta:
        model = Receipt
        fields = (
            *("id", "contract", "payment", "received_on", "amount", "surplus", "note", "recorded_at"),
            *("voided_at", "voided_why"),
        )
        read_only_fields = fields


class InvoiceRow(serializers.ModelSerializer[Invoice]):
    contract = serializers.CharField(source="contract.number", read_only=True)
    payment = serializers.IntegerField(source="payment_id", read_only=True, allow_null=True)

    class Meta:
        model = Invoice
        fields = (
            *("id", "contract", "payment", "number", "issued_on", "amount", "recorded_at", "voided_at"),
            "voided_why",
        )
        read_only_fields = fields


class PaymentBody(Strict):
    contract = Text(max_length=40, help_text=NUMBER)
    what = Text(max_length=120)
    due_on = serializers.DateField()
    amount = amount()


class PaymentChange(Changing, PaymentBody):
    fixed = ("contract",)


class ReceiptBody(Strict):
    received_on = serializers.DateField()
    amount = amount()
    note = Text(required=False, allow_blank=True, max_length=200)
    with_surplus = Flag(default=False, help_text=_("Note more than is open instead of refusing it."))


class DunningBody(Strict):
    kind = Choice(choices=DunningKind.choices)
    note = Text(required=False, allow_blank=True, max_length=500)


class InvoiceBody(Strict):
    contract = Text(max_length=40, help_text=NUMBER)
    number = Text(max_length=30)
    issued_on = serializers.DateField()
    amount = amount()
    payment = Id(required=False, allow_null=True)


class ReasonBody(Strict):
    reason = Text(max_length=200)


class PaymentFilter(filters.FilterSet):
    contract = filters.CharFilter(field_name="contract__number", max_length=40)
    customer = IdFilter("customer")
    age = filters.ChoiceFilter(choices=Age.choices, method="filter_age")

    class Meta:
        model = Payment
        fields = ("contract", "customer", "age")

    def filter_age(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Of what is open in signed contracts, as the ageing list counts it."""
        return queryset.filter(age=value, pk__in=ageing(self.request.user, _day(self)).values("pk"))


class OfContractFilter(filters.FilterSet):
    contract = filters.CharFilter(field_name="contract__number", max_length=40)
    payment = IdFilter("payment")


def _day(filtering: Any) -> Any:
    return office_day(filtering.request.parser_context["view"].now)


@kept(
    row=PaymentRow,
    new=PaymentBody,
    changed=PaymentChange,
    example={"contract": "HT-2026-014", "what": "首付款", "due_on": "2026-12-01", "amount": "128000.00"},
    list=_("List instalments"),
    read=_("Read an instalment"),
    make=_("Plan an instalment"),
    alter=_("Change an instalment"),
)
class PaymentViewSet(KeptRows):
    tag = "payments"
    queryset = Payment.objects.none()
    serializer_class = PaymentRow
    filterset_class = PaymentFilter
    lookup_value_converter = "int"
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.list_money") | {
        "create": "contracts.create_payment",
        "change": "contracts.change_payment",
        "receive": "contracts.receive_receipt",
        "dun": "contracts.take_dunning",
    }
    new, changed = PaymentBody, PaymentChange

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = payments_for(self.request.user).annotate(open=F("amount") - F("received"))
        day = office_day(self.now) if hasattr(self, "now") else None
        rows = aged(rows, day) if day else rows
        return rows.select_related("contract__customer").prefetch_related("dunning")

    def make(self, data: Data) -> Payment:
        contract = existing(contracts_for(self.request.user), data.pop("contract"), "contract", by="number")
        return payments.create(contract=contract, **data, **self.who)

    def alter(self, row: Payment, data: Data) -> None:
        payments.change(payment=row, **data, **self.who)

    @deed(ReceiptBody, _("Note money that came in"), {"received_on": "2026-11-20", "amount": "500.00"}, ReceiptRow)
    def receive(self, row: Payment, data: Data) -> Receipt:
        return receipts.receive(payment=row, **data, **self.who)

    @deed(DunningBody, _("Take the next step of asking"), {"kind": "letter"}, StepPart)
    def dun(self, row: Payment, data: Data) -> DunningStep:
        return dunning.take(payment=row, **data, **self.who)


class Voiding(ReadOnlyRows):
    """Entries that stay on record when they are taken back."""

    lookup_value_converter = "int"
    filterset_class = OfContractFilter

    @property
    def who(self) -> Data:
        return {"actor": self.request.user, "now": self.now}


@extend_schema_view(list=extend_schema(summary=_("List receipts")), retrieve=extend_schema(summary=_("Read a receipt")))
class ReceiptViewSet(Voiding):
    tag = "receipts"
    queryset = Receipt.objects.none()
    serializer_class = ReceiptRow
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.list_money") | {"void": "contracts.void_receipt"}

    def get_queryset(self) -> QuerySet[Receipt]:
        return receipts_for(self.request.user).select_related("contract")

    @deed(ReasonBody, _("Take a receipt back"), {"reason": "重复登记"}, ReceiptRow)
    def void(self, row: Receipt, data: Data) -> Receipt:
        receipts.void(receipt=row, **data, **self.who)
        return row


@extend_schema_view(
    list=extend_schema(summary=_("List invoices")), retrieve=extend_schema(summary=_("Read an invoice"))
)
class InvoiceViewSet(Voiding):
    tag = "invoices"
    queryset = Invoice.objects.none()
    serializer_class = InvoiceRow
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.list_money") | {
        "create": "contracts.issue_invoice",
        "void": "contracts.void_invoice",
    }

    def get_queryset(self) -> QuerySet[Invoice]:
        return invoices_for(self.request.user).select_related("contract")

    @extend_schema(
        summary=_("Register an invoice"),
        request=InvoiceBody,
        responses={201: InvoiceRow},
        examples=[
            OpenApiExample(
                "new",
                {"contract": "HT-2026-014", "number": "26512000001", "issued_on": "2026-11-20", "amount": "500.00"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        given = InvoiceBody(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        contract = existing(contracts_for(request.user), data.pop("contract"), "contract", by="number")
        pk = data.pop("payment", None)
        payment = None if pk is None else existing(payments_for(request.user), pk, "payment")

        def act() -> Answer:
            invoice = invoices.issue(contract=contract, payment=payment, **data, **self.who)
            return Answer(201, dict(InvoiceRow(invoice).data))

        response = answered(request, self.now, act)
        response.headers["Location"] = f"{request.path}{response.data['id']}/"
        return response

    @deed(ReasonBody, _("Void an invoice"), {"reason": "抬头有误"}, InvoiceRow)
    def void(self, row: Invoice, data: Data) -> Invoice:
        invoices.void(invoice=row, **data, **self.who)
        return row


class AgePart(serializers.Serializer[Any]):
    age = serializers.ChoiceField(choices=Age.choices)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    count = serializers.IntegerField()


@extend_schema_view(list=extend_schema(summary=_("Sum what is open by age"), responses=AgePart(many=True)))
class AgeingViewSet(Endpoint):
    tag = "payments"
    basename = "ageing"
    permission_of = {"list": "contracts.list_money"}

    def list(self, request: Request) -> Response:
        rows = by_age(ageing(request.user, office_day(self.now)))
        return Response(AgePart(rows, many=True).data)
