from django.db import models
from django.db.models import F, Q


class PartnerAgreement(models.Model):
    """What a partner promises us: its upstream promise set, both days of the term included [000][001]."""

    partner = models.ForeignKey("customers.Partner", on_delete=models.PROTECT, related_name="agreements")
    promise_set = models.ForeignKey("contracts.PromiseSet", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="partner_agreement_term")]

    def __str__(self) -> str:
        return self.number
