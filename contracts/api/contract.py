"""Contracts by their numbers: the list, a new draft, and every act of a contract's life under its own name."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Department, User
from accounts.queries.user import staff
from contracts.api.serializers import ContractRow, SupplementRow
from contracts.domain import amount as amounts
from contracts.domain import contract as contracts
from contracts.domain import contract_copy, contract_review, renewal
from contracts.domain import supplement as supplements
from contracts.domain.supplement import Added, Wanted
from contracts.filters import ContractFilter
from contracts.models import Contract, ContractCopy, ContractLine, ContractReview, PromiseSet, Supplement
from contracts.queries.contract import contract_customers, contracts_for, coverable_assets, coverable_sites
from core.api.fields import Act, Flag, Id, Strict, Text, existing
from core.api.idempotency import answered
from core.api.views import ReadOnlyRows, Rows
from core.clock import office_day
from core.domain.idempotency import Answer
from core.permissions import require

Data = dict[str, Any]
Do = Callable[[Any, Any, Data], Any]
LONG = 4000


def long_text() -> Text:
    return Text(required=False, allow_blank=True, max_length=LONG)


def day(**given: Any) -> serializers.DateField:
    return serializers.DateField(**given)


class ContractChangeBody(Act):
    number = Text(required=False, max_length=40)
    title = Text(required=False, max_length=120)
    starts_on = day(required=False)
    ends_on = day(required=False)
    amount = Text(required=False, allow_null=True, max_length=24, help_text=_("A decimal as text, in CNY."))
    is_supplementary = Flag(required=False)
    owner = Id(required=False, allow_null=True)
    service_manager = Id(required=False, allow_null=True)
    hotline = Text(required=False, allow_blank=True, max_length=40)
    complaint_phone = Text(required=False, allow_blank=True, max_length=40)
    scope = long_text()
    exclusions = long_text()
    acceptance_criteria = long_text()
    spare_parts_until = day(required=False, allow_null=True)


class ContractDraftBody(ContractChangeBody):
    version: Any = None  # a new row has none
    customer = Id()
    number = Text(max_length=40)
    title = Text(max_length=120)
    starts_on = day()
    ends_on = day()


class NewLine(Strict):
    """A site, an asset, or neither for the whole customer."""

    promise_set = Text(max_length=20)
    site = Id(required=False, allow_null=True)
    asset = Id(required=False, allow_null=True)
    tell_customer = Flag(default=False)


class LineBody(Act, NewLine):
    pass


class RemoveBody(Act):
    line = Id()


class DepartmentsBody(Act):
    departments = serializers.ListField(child=Id(), min_length=1, max_length=100)


class ContractReviewBody(Strict):
    department = Id()
    approves = Flag()
    opinion = Text(required=False, allow_blank=True, max_length=2000)
    measures = Text(required=False, allow_blank=True, max_length=2000)


class AcknowledgeBody(Strict):
    department = Id()


class SignBody(Act):
    signed_on = day()


class TerminateBody(Act):
    last_day = day()
    reason = Text(max_length=200)


class RenewBody(Strict):
    number = Text(max_length=40)
    starts_on = day()
    ends_on = day()


class SupplementBody(Strict):
    contract = Text(max_length=40, help_text=_("The number of the contract."))
    effective_on = day()
    reason = Text(max_length=2000)
    ends_on = day(required=False, allow_null=True)
    amount = Text(required=False, allow_null=True, max_length=24, help_text=_("A decimal as text, in CNY."))
    ends = serializers.ListField(child=Id(), required=False, max_length=200)
    adds = NewLine(many=True, required=False)


def deed(body: type[Strict], summary: Any, example: Data, row: type[Any] = ContractRow) -> Callable[[Do], Any]:
    """Turn `do(view, row, data)` into the POST action of its name; it may answer another row to be shown."""

    def wrap(do: Do) -> Any:
        def handler(self: Any, request: Request, **kwargs: Any) -> Response:
            found = self.get_object()
            data = self.read(body)
            return answered(request, self.now, lambda: Answer(200, self.shown(do(self, found, data) or found)))

        handler.__name__, handler.__doc__ = do.__name__, do.__doc__
        acting = action(detail=True, methods=["post"], url_path=do.__name__.replace("_", "-"))(handler)
        examples = [OpenApiExample(do.__name__, example, request_only=True)]
        return extend_schema(summary=summary, request=body, responses={200: row}, examples=examples)(acting)

    return wrap


class Acting:
    """What every act needs: who, when, which rows a body names."""

    request: Any
    now: datetime
    get_serializer: Any
    get_queryset: Any

    @property
    def who(self) -> Data:
        return {"actor": self.request.user, "now": self.now}

    @property
    def today(self) -> Any:
        return office_day(self.now)

    def read(self, body: type[Strict]) -> Data:
        given = body(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def shown(self, row: Any) -> Data:
        """The row as it is now, read anew; one that the act has taken out of sight is shown for the last time."""
        rows = type(row)._default_manager.filter(pk=row.pk)
        return dict(self.get_serializer(self.get_queryset().filter(pk=row.pk).first() or rows.get()).data)

    def named(self, data: Data) -> Data:
        """People by their keys, money as Decimal."""
        for name in ("owner", "service_manager"):
            if data.get(name):
                found: User = existing(staff(), data[name], name)
                data[name] = found
        if data.get("amount") is not None:
            data["amount"] = amounts.exact(data["amount"], "amount")
        return data

    def departments(self, keys: list[int]) -> list[Department]:
        return [existing(Department.objects.all(), key, "departments") for key in dict.fromkeys(keys)]

    def thing(self, contract: Contract, data: Data) -> Data:
        sets, sites, assets = PromiseSet.objects.all(), coverable_sites(contract), coverable_assets(contract)
        return {
            "promise_set": existing(sets, data["promise_set"], "promise_set", by="code"),
            "site": existing(sites, data["site"], "site") if data.get("site") else None,
            "asset": existing(assets, data["asset"], "asset") if data.get("asset") else None,
            "tell_customer": data["tell_customer"],
        }


class ContractRows:
    """Where both views of contracts begin."""

    tag = "contracts"
    queryset: Any = Contract.objects.none()
    serializer_class: Any = ContractRow
    lookup_field = "number"
    lookup_value_converter = "path"
    request: Any

    def get_queryset(self) -> QuerySet[Contract]:
        lines = ContractLine.objects.select_related("promise_set").order_by("pk")
        reviews = ContractReview.objects.order_by("-round", "department")
        found = contracts_for(self.request.user).select_related("renews")
        return found.prefetch_related(Prefetch("lines", lines), Prefetch("reviews", reviews))


@extend_schema_view(
    list=extend_schema(summary=_("List contracts")),
    retrieve=extend_schema(summary=_("Read a contract")),
)
class ContractViewSet(Acting, ContractRows, ReadOnlyRows):
    filterset_class = ContractFilter
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.list_contracts") | {
        "create": "contracts.create_contract"
    }

    @extend_schema(
        summary=_("Draft a contract"),
        request=ContractDraftBody,
        responses={201: ContractRow},
        examples=[
            OpenApiExample(
                "draft",
                {
                    "customer": 1,
                    "number": "HT-2027-014",
                    "title": "机房维护",
                    "starts_on": "2027-01-01",
                    "ends_on": "2027-12-31",
                    "amount": "128000.00",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        data = self.named(self.read(ContractDraftBody))
        data["customer"] = existing(contract_customers(request.user), data["customer"], "customer")
        response = answered(request, self.now, lambda: Answer(201, self.shown(contracts.draft(**data, **self.who))))
        response.headers["Location"] = f"{request.path}{response.data['number']}/"
        return response


class ContractActViewSet(Acting, ContractRows, Rows):
    """Registered before the contracts themselves, whose numbers may hold a slash."""

    permission_of = {
        name: f"contracts.{name}_contract"
        for name in ("change", "add_line", "remove_line", "submit", "approve", "sign", "terminate", "renew")
    } | {"review": "contracts.list_contracts", "acknowledge": "contracts.list_contracts"}
    permission_of["send_copies"] = "contracts.send_copy_contract"

    @deed(ContractChangeBody, _("Change a contract"), {"title": "机房与网络维护", "version": 3})
    def change(self, contract: Contract, data: Data) -> None:
        contracts.change(contract=contract, **self.named(data), **self.who)

    @deed(LineBody, _("Add what is covered"), {"promise_set": "HW12", "site": 4, "version": 3})
    def add_line(self, contract: Contract, data: Data) -> None:
        version = data.get("version")
        contracts.add_line(contract=contract, version=version, **self.thing(contract, data), **self.who)

    @deed(RemoveBody, _("Take a line out of a draft"), {"line": 7, "version": 3})
    def remove_line(self, contract: Contract, data: Data) -> None:
        lines = ContractLine.objects.filter(contract=contract).select_related("contract", "promise_set")
        contracts.remove_line(line=existing(lines, data["line"], "line"), version=data.get("version"), **self.who)

    @deed(DepartmentsBody, _("Ask departments for their review"), {"departments": [1, 2], "version": 3})
    def submit(self, contract: Contract, data: Data) -> None:
        departments, version = self.departments(data["departments"]), data.get("version")
        contract_review.submit(contract=contract, departments=departments, version=version, **self.who)

    @deed(ContractReviewBody, _("Say what a department thinks"), {"department": 1, "approves": True, "opinion": "同意"})
    def review(self, contract: Contract, data: Data) -> None:
        rounds = ContractReview.objects.filter(contract=contract, round=contract.round).select_related("department")
        review = existing(rounds, data.pop("department"), "department", by="department")
        require(self.request.user, "contracts.review_contract", review)
        contract_review.decide(review=review, **data, **self.who)

    @deed(Act, _("Approve a contract"), {"version": 4})
    def approve(self, contract: Contract, data: Data) -> None:
        contracts.approve(contract=contract, version=data.get("version"), **self.who)

    @deed(SignBody, _("Note that both sides have signed"), {"signed_on": "2026-11-20", "version": 5})
    def sign(self, contract: Contract, data: Data) -> None:
        contracts.sign(contract=contract, today=self.today, **data, **self.who)

    @deed(TerminateBody, _("End a contract early"), {"last_day": "2027-03-31", "reason": "改签", "version": 6})
    def terminate(self, contract: Contract, data: Data) -> None:
        contracts.terminate(contract=contract, **data, **self.who)

    @deed(
        RenewBody, _("Draft the next contract"), {"number": "N-2", "starts_on": "2028-01-01", "ends_on": "2028-12-31"}
    )
    def renew(self, contract: Contract, data: Data) -> Contract:
        return renewal.renew(contract=contract, **data, **self.who)

    @deed(DepartmentsBody, _("Send copies to departments"), {"departments": [1, 2]})
    def send_copies(self, contract: Contract, data: Data) -> None:
        contract_copy.send(contract=contract, departments=self.departments(data["departments"]), **self.who)

    @deed(AcknowledgeBody, _("Acknowledge a department's copy"), {"department": 1})
    def acknowledge(self, contract: Contract, data: Data) -> None:
        held = ContractCopy.objects.filter(contract=contract, supplement=None).select_related("department", "contract")
        copy = existing(held, data["department"], "department", by="department")
        require(self.request.user, "contracts.acknowledge_copy", copy)
        contract_copy.acknowledge(copy=copy, **self.who)


@extend_schema_view(
    list=extend_schema(summary=_("List supplements")),
    retrieve=extend_schema(summary=_("Read a supplement")),
)
class SupplementViewSet(Acting, ReadOnlyRows):
    tag = "contracts"
    queryset = Supplement.objects.none()
    serializer_class = SupplementRow
    lookup_value_converter = "int"
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.list_contracts") | {
        name: f"contracts.{name}_supplement" for name in ("create", "approve", "sign", "drop")
    }

    def get_queryset(self) -> QuerySet[Supplement]:
        seen = Supplement.objects.filter(contract__in=contracts_for(self.request.user))
        return seen.select_related("contract").prefetch_related("lines__promise_set")

    @extend_schema(
        summary=_("Write a supplement"),
        request=SupplementBody,
        responses={201: SupplementRow},
        examples=[
            OpenApiExample(
                "supplement",
                {"contract": "HT-1", "effective_on": "2027-06-01", "reason": "延期", "ends_on": "2028-05-31"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        data = self.named(self.read(SupplementBody))
        contract = existing(contracts_for(request.user), data.pop("contract"), "contract", by="number")
        lines = ContractLine.objects.filter(contract=contract)
        data["ends"] = [existing(lines, key, "ends") for key in dict.fromkeys(data.get("ends", ()))]
        data["adds"] = [Added(**self.thing(contract, one)) for one in data.get("adds", ())]
        wanted = Wanted(**data)

        def act() -> Answer:
            return Answer(201, self.shown(supplements.draft(contract=contract, wanted=wanted, **self.who)))

        response = answered(request, self.now, act)
        response.headers["Location"] = f"{request.path}{response.data['id']}/"
        return response

    @deed(Act, _("Approve a supplement"), {"version": 1}, SupplementRow)
    def approve(self, supplement: Supplement, data: Data) -> None:
        supplements.approve(supplement=supplement, version=data.get("version"), **self.who)

    @deed(SignBody, _("Note that both sides have signed"), {"signed_on": "2026-11-20", "version": 2}, SupplementRow)
    def sign(self, supplement: Supplement, data: Data) -> None:
        supplements.sign(supplement=supplement, today=self.today, **data, **self.who)

    @deed(Act, _("Drop a supplement"), {"version": 1}, SupplementRow)
    def drop(self, supplement: Supplement, data: Data) -> None:
        supplements.drop(supplement=supplement, version=data.get("version"), **self.who)
