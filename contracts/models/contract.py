from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from contracts.enums import ContractState


class DateRange(Func):
    """The days from a first to a last one, both included."""

    function = "DATERANGE"
    output_field = DateRangeField()


def term_days() -> DateRange:
    return DateRange("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True))


class Contract(models.Model):
    """A service contract of one customer, both days of its term included.

    `owner` is told when it ends, `service_manager` is named to the customer. `liability` holds what a missed target
    costs us. `round` counts the rounds of department reviews. `renews` is the contract that this one continues.
    A supplementary one may cover what another contract covers at the same time.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=ContractState.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    end_reason = models.CharField(max_length=200, blank=True)
    is_supplementary = models.BooleanField(default=False)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    service_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    hotline = models.CharField(max_length=32, blank=True)
    complaint_phone = models.CharField(max_length=32, blank=True)
    scope = models.TextField(max_length=4000, blank=True)
    exclusions = models.TextField(max_length=4000, blank=True)
    acceptance_criteria = models.TextField(max_length=4000, blank=True)
    liability = models.JSONField(default=dict, blank=True)
    spare_parts_until = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals")
    round = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "ends_on"], name="contract_ending")]
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="contract_tenant"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_term"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="contract_amount"),
        ]

    def __str__(self) -> str:
        return self.number


class ContractLine(models.Model):
    """What a contract covers, under which promises: one asset, one site, or (both empty) the whole customer.

    `starts_on` and `ends_on` are the contract's term, cut where a supplement added or ended the line. `counts`: the
    contract is signed and not supplementary, so that no other counting line may cover the same thing on the same day.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="lines")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    promise_set = models.ForeignKey("contracts.PromiseSet", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("customers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey("customers.Asset", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tell_customer = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField()
    counts = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="contract_line_tenant"),
            models.CheckConstraint(condition=Q(site=None) | Q(asset=None), name="contract_line_one_object"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_line_term"),
            ExclusionConstraint(
                name="contract_line_asset_once",
                expressions=[("asset", RangeOperators.EQUAL), (term_days(), RangeOperators.OVERLAPS)],
                condition=Q(counts=True, asset__isnull=False),
            ),
            ExclusionConstraint(
                name="contract_line_site_once",
                expressions=[("site", RangeOperators.EQUAL), (term_days(), RangeOperators.OVERLAPS)],
                condition=Q(counts=True, site__isnull=False),
            ),
            ExclusionConstraint(
                name="contract_line_customer_once",
                expressions=[("customer", RangeOperators.EQUAL), (term_days(), RangeOperators.OVERLAPS)],
                condition=Q(counts=True, site=None, asset=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.pk}"
