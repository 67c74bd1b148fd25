"""Certificates of acceptance: drafted, changed, signed, discarded; by their numbers."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.domain import acceptance as acceptances
from contracts.enums import AcceptanceStage
from contracts.filters import AcceptanceFilter
from contracts.models import Acceptance
from contracts.queries.acceptance import acceptances_for, with_assets
from contracts.queries.contract import contracts_for
from core.api.fields import BIGGEST_COUNT, Act, Choice, Id, Strict, Text, Whole, existing
from core.api.idempotency import answered
from core.api.keep import Changing, KeptRows, kept
from core.domain.idempotency import Answer
from customers.queries.customer import assets_for

Data = dict[str, Any]


class AcceptanceRow(serializers.ModelSerializer[Acceptance]):
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    contract = serializers.CharField(source="contract.number", read_only=True)
    assets = serializers.SerializerMethodField()

    class Meta:
        model = Acceptance
        fields = (
            *("id", "number", "customer", "contract", "stage", "state", "accepted_on", "assets"),
            *("signatories_theirs", "signatories_ours", "remaining_points", "signed_at", "pdf_sha256", "version"),
        )
        read_only_fields = fields

    def get_assets(self, row: Acceptance) -> list[int]:
        return [named.asset_id for named in row.assets.all()]


def lines() -> Text:
    return Text(required=False, allow_blank=True, max_length=acceptances.LONGEST, help_text=_("One a line."))


class AcceptanceBody(Strict):
    contract = Text(max_length=40, help_text=_("The number of the contract."))
    stage = Choice(choices=AcceptanceStage.choices)
    accepted_on = serializers.DateField()
    assets = serializers.ListField(child=Id(), min_length=1, max_length=acceptances.MOST_ASSETS)
    signatories_theirs = lines()
    signatories_ours = lines()
    remaining_points = lines()


class AcceptanceChange(Changing, AcceptanceBody):
    fixed = ("contract",)
    version = Whole(required=False, min_value=0, max_value=BIGGEST_COUNT)  # type: ignore[assignment]


@kept(
    row=AcceptanceRow,
    new=AcceptanceBody,
    changed=AcceptanceChange,
    example={
        "contract": "HT-2026-014",
        "stage": "final",
        "assets": [7, 9],
        "signatories_theirs": "周敏 信息科科长",
        "signatories_ours": "王工 项目经理",
        "accepted_on": "2026-11-20",
    },
    list=_("List certificates of acceptance"),
    read=_("Read a certificate of acceptance"),
    make=_("Draft a certificate of acceptance"),
    alter=_("Change a draft"),
)
class AcceptanceViewSet(KeptRows):
    tag = "acceptances"
    queryset = Acceptance.objects.none()
    serializer_class = AcceptanceRow
    filterset_class = AcceptanceFilter
    lookup_field = "number"
    lookup_value_converter = "str"
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.list_acceptances") | {
        act: f"contracts.{act}_acceptance" for act in ("create", "change", "sign", "discard")
    }
    new, changed = AcceptanceBody, AcceptanceChange

    def get_queryset(self) -> QuerySet[Acceptance]:
        return with_assets(acceptances_for(self.request.user))

    def create(self, request: Request) -> Response:
        response = super().create(request)
        response.headers["Location"] = f"{request.path}{response.data['number']}/"
        return response

    def make(self, data: Data) -> Acceptance:
        contract = existing(contracts_for(self.request.user), data.pop("contract"), "contract", by="number")
        return acceptances.create(contract=contract, **self._named(data), **self.who)

    def alter(self, row: Acceptance, data: Data) -> None:
        data.setdefault("version", row.version)
        acceptances.change(row, **self._named(data), **self.who)

    def _named(self, data: Data) -> Data:
        if "assets" in data:
            seen = assets_for(self.request.user)
            data["assets"] = [existing(seen, pk, "assets") for pk in dict.fromkeys(data["assets"])]
        return data

    @extend_schema(
        summary=_("Note that both sides have signed"),
        request=Act,
        responses={200: AcceptanceRow},
        examples=[OpenApiExample("sign", {"version": 2}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, **kwargs: Any) -> Response:
        return self._end(request, acceptances.sign)

    @extend_schema(
        summary=_("Discard a draft"),
        request=Act,
        responses={200: AcceptanceRow},
        examples=[OpenApiExample("discard", {"version": 2}, request_only=True)],
    )
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, **kwargs: Any) -> Response:
        return self._end(request, acceptances.discard)

    def _end(self, request: Request, end: Any) -> Response:
        row = self.get_object()
        version = self.read(Act).get("version", row.version)

        def act() -> Answer:
            end(row, version=version, **self.who)
            return Answer(200, self.shown(row))

        return answered(request, self.now, act)
