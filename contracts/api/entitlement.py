"""What contracts owe at least, and what customers may use at most."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contracts.api.deed import amount, deed
from contracts.domain import obligation as obligations
from contracts.domain import quota as quotas
from contracts.domain.pace import standings
from contracts.enums import ObligationKind, Pace, Per, QuotaKind
from contracts.models import Obligation, ObligationDone, Quota, QuotaDraw
from contracts.queries.contract import contracts_for
from contracts.queries.obligation import obligations_for
from contracts.queries.quota import quotas_for
from core.api.fields import Choice, Flag, Strict, Text, Whole, existing
from core.api.keep import Changing, KeptRows, kept
from core.clock import office_day
from core.domain.record import version_of
from core.filters import IdFilter

Data = dict[str, Any]
NUMBER = _("The number of the contract.")
REFERENCE = _("Your own name for this use, such as a work order; it counts once, however often it is sent.")


class StandingPart(serializers.Serializer[Any]):
    """The present period: `owed` and `done` in it, by when the next piece keeps the pace."""

    pace = serializers.ChoiceField(choices=Pace.choices)
    first = serializers.DateField(source="period.first", allow_null=True)
    last = serializers.DateField(source="period.last", allow_null=True)
    owed = serializers.IntegerField()
    done = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)
    missed = serializers.IntegerField(help_text=_("Missed periods that nobody has settled."))


class ObligationRow(serializers.ModelSerializer[Obligation]):
    contract = serializers.CharField(source="contract.number", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    standing = StandingPart(read_only=True)
    version = serializers.SerializerMethodField()

    class Meta:
        model = Obligation
        fields = (
            *("id", "contract", "customer", "kind", "what", "times", "per", "starts_on", "ends_on", "source"),
            *("is_active", "standing", "version"),
        )
        read_only_fields = fields

    def get_version(self, row: Obligation) -> str:
        return version_of(row, obligations.FIELDS)


class DoneRow(serializers.ModelSerializer[ObligationDone]):
    obligation = serializers.IntegerField(source="obligation_id", read_only=True)
    reference = serializers.CharField(source="key", read_only=True)

    class Meta:
        model = ObligationDone
        fields = ("id", "obligation", "reference", "done_on", "what", "recorded_at")
        read_only_fields = fields


class ObligationBody(Strict):
    contract = Text(max_length=40, help_text=NUMBER)
    kind = Choice(choices=ObligationKind.choices)
    what = Text(required=False, allow_blank=True, max_length=120)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    per = Choice(choices=Per.choices)
    times = Whole(min_value=1, max_value=366)


class ObligationChange(Changing, ObligationBody):
    fixed = ("contract", "kind")
    is_active = Flag(required=False)


class DoneBody(Strict):
    reference = Text(max_length=80, help_text=REFERENCE, source="key")
    done_on = serializers.DateField()
    what = Text(max_length=200)


class OfContract(filters.FilterSet):
    contract = filters.CharFilter(field_name="contract__number", max_length=40)
    customer = IdFilter("customer")


@kept(
    row=ObligationRow,
    new=ObligationBody,
    changed=ObligationChange,
    example={"contract": "HT-2026-014", "kind": "visit", "per": "year", "times": 5},
    list=_("List obligations"),
    read=_("Read an obligation"),
    make=_("Owe something more"),
    alter=_("Change an obligation"),
)
class ObligationViewSet(KeptRows):
    tag = "obligations"
    queryset = Obligation.objects.none()
    serializer_class = ObligationRow
    filterset_class = OfContract
    lookup_value_converter = "int"
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.list_contracts") | {
        "create": "contracts.create_obligation",
        "change": "contracts.change_obligation",
        "done": "contracts.record_done_obligation",
    }
    new, changed = ObligationBody, ObligationChange

    def get_queryset(self) -> QuerySet[Obligation]:
        return obligations_for(self.request.user).select_related("contract")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Every row with its standing; two statements for all of them."""
        if args:
            rows = list(args[0]) if kwargs.get("many") else [args[0]]
            for row, found in zip(rows, standings(rows, office_day(self.now)), strict=True):
                row.standing = found
            args = (rows if kwargs.get("many") else rows[0], *args[1:])
        return super().get_serializer(*args, **kwargs)

    def make(self, data: Data) -> Obligation:
        contract = existing(contracts_for(self.request.user), data.pop("contract"), "contract", by="number")
        return obligations.create(contract=contract, **data, **self.who)

    def alter(self, row: Obligation, data: Data) -> None:
        obligations.change(obligation=row, **data, **self.who)

    @deed(
        DoneBody,
        _("Record something as done"),
        {"reference": "sheet:WO-2611-00087", "done_on": "2026-11-20", "what": "三季度巡检"},
        DoneRow,
    )
    def done(self, row: Obligation, data: Data) -> ObligationDone:
        return obligations.record_done(obligation=row, **data, **self.who)


class QuotaRow(serializers.ModelSerializer[Quota]):
    contract = serializers.CharField(source="contract.number", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    left = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()

    class Meta:
        model = Quota
        fields = (
            *("id", "contract", "customer", "kind", "what", "granted", "reserved", "used", "left", "source"),
            "version",
        )
        read_only_fields = fields

    def get_left(self, row: Quota) -> str:
        return str(quotas.left(row))

    def get_version(self, row: Quota) -> str:
        return version_of(row, quotas.FIELDS)


class DrawRow(serializers.ModelSerializer[QuotaDraw]):
    quota = serializers.IntegerField(source="quota_id", read_only=True)
    reference = serializers.CharField(source="key", read_only=True)

    class Meta:
        model = QuotaDraw
        fields = ("id", "quota", "reference", "amount", "state", "used_on", "what", "reason", "recorded_at")
        read_only_fields = fields


class QuotaBody(Strict):
    contract = Text(max_length=40, help_text=NUMBER)
    kind = Choice(choices=QuotaKind.choices)
    what = Text(required=False, allow_blank=True, max_length=120)
    granted = amount()


class QuotaChange(Changing, QuotaBody):
    fixed = ("contract", "kind")


class ReserveBody(Strict):
    reference = Text(max_length=80, help_text=REFERENCE, source="key")
    amount = amount()
    used_on = serializers.DateField()
    what = Text(max_length=200)


class DrawBody(ReserveBody):
    amount = amount(required=False, help_text=_("May be left out for what was reserved under the reference."))


class QuotaReleaseBody(Strict):
    reference = Text(max_length=80, source="key")
    reason = Text(required=False, allow_blank=True, max_length=200, help_text=_("Needed for what was used already."))


USE = {"reference": "sheet:WO-2611-00087", "amount": "1.5", "used_on": "2026-11-20", "what": "操作培训"}


@kept(
    row=QuotaRow,
    new=QuotaBody,
    changed=QuotaChange,
    example={"contract": "HT-2026-014", "kind": "training", "granted": "10"},
    list=_("List quotas"),
    read=_("Read a quota"),
    make=_("Grant a quota"),
    alter=_("Change a quota"),
)
class QuotaViewSet(KeptRows):
    tag = "quotas"
    queryset = Quota.objects.none()
    serializer_class = QuotaRow
    filterset_class = OfContract
    lookup_value_converter = "int"
    permission_of = dict.fromkeys(("list", "retrieve"), "contracts.list_contracts") | {
        act: f"contracts.{act}_quota" for act in ("create", "change", "reserve", "draw", "release")
    }
    new, changed = QuotaBody, QuotaChange

    def get_queryset(self) -> QuerySet[Quota]:
        return quotas_for(self.request.user).select_related("contract")

    def make(self, data: Data) -> Quota:
        contract = existing(contracts_for(self.request.user), data.pop("contract"), "contract", by="number")
        return quotas.grant(contract=contract, **data, **self.who)

    def alter(self, row: Quota, data: Data) -> None:
        quotas.change(quota=row, **data, **self.who)

    @deed(ReserveBody, _("Reserve a use"), USE, DrawRow)
    def reserve(self, row: Quota, data: Data) -> QuotaDraw:
        return quotas.reserve(quota=row, **data, **self.who)

    @deed(DrawBody, _("Count a use, once"), USE, DrawRow)
    def draw(self, row: Quota, data: Data) -> QuotaDraw:
        return quotas.draw(quota=row, **data, **self.who)

    @deed(QuotaReleaseBody, _("Give a use back"), {"reference": "sheet:WO-2611-00087"}, DrawRow)
    def release(self, row: Quota, data: Data) -> QuotaDraw:
        return quotas.release(quota=row, **data, **self.who)
