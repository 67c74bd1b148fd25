from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contracts.enums import (
    AcceptanceStage,
    ChargedInside,
    Cover,
    PriceBasis,
    ProductScope,
    ReplacedPart,
    ServiceKind,
    WarrantyStart,
)

MAX_MONTHS = 240


class WarrantyTerms(models.Model):
    """One warranty class of a contract line: how long, from when, against what, and what costs money (`warranty` in the
    shape of the presets). A line may have several; which one counts for an asset says `product_kind`, or `products`
    (codes of the catalogue) where products are named. `stage` is the acceptance that starts the warranty.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("contracts.ContractLine", on_delete=models.CASCADE, related_name="terms")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    product_kind = models.CharField(max_length=8, choices=ProductScope.choices, blank=True)
    products = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    months = models.PositiveSmallIntegerField()
    starts = models.CharField(max_length=24, choices=WarrantyStart.choices)
    stage = models.CharField(max_length=12, choices=AcceptanceStage.choices, default=AcceptanceStage.FINAL)
    first_day_counts = models.BooleanField(default=False)
    covers = models.CharField(max_length=16, choices=Cover.choices)
    free_after = ArrayField(models.CharField(max_length=20, choices=ServiceKind.choices), default=list, blank=True)
    charged_inside = ArrayField(
        models.CharField(max_length=24, choices=ChargedInside.choices), default=list, blank=True
    )
    long_distance_km = models.PositiveSmallIntegerField(default=1000)
    price_after = models.CharField(max_length=20, choices=PriceBasis.choices, default=PriceBasis.LIST)
    replaced_part = models.CharField(max_length=12, choices=ReplacedPart.choices, default=ReplacedPart.REMAINDER)
    software_upgrade_months = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["line", "position"]
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="warranty_terms_position"),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=MAX_MONTHS, software_upgrade_months__lte=MAX_MONTHS),
                name="warranty_terms_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.name}"
