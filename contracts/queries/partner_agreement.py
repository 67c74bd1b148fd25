"""What partners promise us, as far as a person sees the partner."""

from typing import Any

from django.db.models import QuerySet

from contracts.models import PartnerAgreement
from customers.queries.partner import partners_for


def partner_agreements_for(user: Any) -> QuerySet[PartnerAgreement]:
    return PartnerAgreement.objects.filter(partner__in=partners_for(user)).select_related("partner", "promise_set")
