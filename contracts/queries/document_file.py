"""The documents of contracts, and who may fetch them."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from accounts.permissions import is_staff
from contracts.models import Contract, DocumentFile
from contracts.queries.contract import contracts_for
from core.models import Attachment

PARENT = "contracts.contract"


def documents_for(user: Any, contracts: Collection[Contract] | QuerySet[Contract]) -> QuerySet[DocumentFile]:
    """The files of contracts that the person sees, the newest version of each title first; customers: not internal."""
    found = DocumentFile.objects.filter(contract__in=contracts).select_related("uploaded_by")
    found = found if is_staff(user) else found.filter(internal=False)
    return found.order_by("contract", "kind", "title", "-number")


def sees_contract_file(user: Any, attachment: Attachment) -> bool:
    """Who sees the contract; customers only what is not internal."""
    seen = contracts_for(user).filter(pk=int(attachment.parent_key)).exists()
    return seen and (is_staff(user) or not attachment.internal)
