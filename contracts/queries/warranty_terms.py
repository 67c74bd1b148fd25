"""Contract lines and their warranty classes, as far as a member of staff may see them, drafts included."""

from typing import Any

from django.db.models import QuerySet

from contracts.models import ContractLine, WarrantyTerms
from contracts.queries.contract import contracts_for


def staff_lines_for(user: Any) -> QuerySet[ContractLine]:
    return ContractLine.objects.filter(contract__in=contracts_for(user))


def warranty_terms_for(user: Any) -> QuerySet[WarrantyTerms]:
    return WarrantyTerms.objects.filter(line__in=staff_lines_for(user))
