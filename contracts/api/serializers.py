from typing import Any

from rest_framework import serializers

from contracts.enums import ReviewState, SupplementState
from contracts.models import Contract, ContractLine, ContractReview, Supplement, SupplementLine
from core.permissions import can


class LinePart(serializers.ModelSerializer[ContractLine]):
    """What is covered: a site, an asset, or (both null) the whole customer."""

    promise_set = serializers.CharField(source="promise_set.code", read_only=True)
    site = serializers.IntegerField(source="site_id", read_only=True, allow_null=True)
    asset = serializers.IntegerField(source="asset_id", read_only=True, allow_null=True)

    class Meta:
        model = ContractLine
        fields = ("id", "promise_set", "site", "asset", "tell_customer", "starts_on", "ends_on")
        read_only_fields = fields


class ReviewPart(serializers.ModelSerializer[ContractReview]):
    department = serializers.IntegerField(source="department_id", read_only=True)
    state = serializers.ChoiceField(choices=ReviewState.choices, read_only=True)

    class Meta:
        model = ContractReview
        fields = ("round", "department", "state", "opinion", "measures", "decided_at")
        read_only_fields = fields


class ContractRow(serializers.ModelSerializer[Contract]):
    """`amount` is null for who reads no money."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    owner = serializers.IntegerField(source="owner_id", read_only=True, allow_null=True)
    service_manager = serializers.IntegerField(source="service_manager_id", read_only=True, allow_null=True)
    renews = serializers.CharField(source="renews.number", read_only=True, allow_null=True, default=None)
    amount = serializers.SerializerMethodField()
    lines = LinePart(many=True, read_only=True)
    reviews = ReviewPart(many=True, read_only=True)

    class Meta:
        model = Contract
        fields = (
            *("id", "number", "customer", "title", "state", "starts_on", "ends_on", "end_reason", "is_supplementary"),
            *("amount", "owner", "service_manager", "hotline", "complaint_phone", "scope", "exclusions"),
            *(
                "acceptance_criteria",
                "spare_parts_until",
                "signed_on",
                "renews",
                "round",
                "version",
                "lines",
                "reviews",
            ),
        )
        read_only_fields = fields

    def get_amount(self, contract: Contract) -> str | None:
        request = self.context.get("request")
        if contract.amount is None or request is None or not can(request.user, "contracts.list_money", contract):
            return None
        return f"{contract.amount:.2f}"


class SupplementLinePart(serializers.ModelSerializer[SupplementLine]):
    """A line that ends, by its id, or a new one."""

    ends = serializers.IntegerField(source="ends_id", read_only=True, allow_null=True)
    promise_set = serializers.CharField(source="promise_set.code", read_only=True, allow_null=True, default=None)
    site = serializers.IntegerField(source="site_id", read_only=True, allow_null=True)
    asset = serializers.IntegerField(source="asset_id", read_only=True, allow_null=True)

    class Meta:
        model = SupplementLine
        fields = ("ends", "promise_set", "site", "asset", "tell_customer")
        read_only_fields = fields


class SupplementRow(serializers.ModelSerializer[Supplement]):
    contract = serializers.CharField(source="contract.number", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    amount = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=SupplementState.choices, read_only=True)
    lines = SupplementLinePart(many=True, read_only=True)

    class Meta:
        model = Supplement
        fields = (
            *("id", "contract", "customer", "number", "state", "effective_on", "reason", "ends_on", "amount"),
            *("signed_on", "version", "lines"),
        )
        read_only_fields = fields

    def get_amount(self, supplement: Supplement) -> str | None:
        request = self.context.get("request")
        if supplement.amount is None or request is None or not can(request.user, "contracts.list_money"):
            return None
        return f"{supplement.amount:.2f}"


class FactsBody(serializers.Serializer[Any]):
    """What is known of a ticket; an absent or null fact fits no condition on it."""

    severity = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=4)
    kind = serializers.CharField(required=False, allow_null=True)
    channel = serializers.CharField(required=False, allow_null=True)
    locality = serializers.CharField(required=False, allow_null=True)
    distance_km = serializers.FloatField(required=False, allow_null=True, min_value=0)
    coverage = serializers.CharField(required=False, allow_null=True)


class DueBody(FactsBody):
    promise_set = serializers.CharField()
    at = serializers.DateTimeField()


class CaseEvent(serializers.Serializer[Any]):
    """Beside `at` and `event`: `reason` of paused; the facts of facts_changed; `target` and `due` of date_agreed."""

    at = serializers.DateTimeField()
    event = serializers.CharField()
    reason = serializers.CharField(required=False)
    target = serializers.CharField(required=False)
    due = serializers.DateTimeField(required=False)


class CaseBody(serializers.Serializer[Any]):
    promise_set = serializers.CharField()
    ticket = FactsBody(required=False, allow_null=True)
    events = CaseEvent(many=True)
    until = serializers.DateTimeField()


class StepAnswer(serializers.Serializer[Any]):
    step = serializers.CharField()
    at = serializers.DateTimeField()


class WaitingAnswer(serializers.Serializer[Any]):
    target = serializers.CharField()
    starts_at = serializers.CharField()
    row = serializers.IntegerField()
    reason = serializers.CharField()
    calendar = serializers.CharField()
    budget = serializers.CharField()


class DueClock(serializers.Serializer[Any]):
    target = serializers.CharField()
    due_at = serializers.DateTimeField()
    row = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    calendar = serializers.CharField()
    budget = serializers.CharField()
    steps = StepAnswer(many=True)


class DueAnswer(serializers.Serializer[Any]):
    promise_set = serializers.CharField()
    at = serializers.DateTimeField()
    clocks = DueClock(many=True)
    waiting = WaitingAnswer(many=True)
    unannounced_years = serializers.ListField(child=serializers.IntegerField())


class CaseClock(serializers.Serializer[Any]):
    target = serializers.CharField()
    round = serializers.IntegerField()
    state = serializers.CharField()
    due_at = serializers.DateTimeField()
    met_at = serializers.DateTimeField(allow_null=True)
    row = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    used_seconds = serializers.IntegerField()
    steps = StepAnswer(many=True)


class IgnoredAnswer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    event = serializers.CharField()
    reason = serializers.CharField()


class CaseAnswer(serializers.Serializer[Any]):
    clocks = CaseClock(many=True)
    ignored = IgnoredAnswer(many=True)
