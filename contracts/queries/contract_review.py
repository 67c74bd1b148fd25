"""Who speaks for a department, and what it is asked."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import Role
from accounts.models import Department, User
from accounts.queries.user import staff
from contracts.enums import ReviewState
from contracts.models import Contract, ContractReview


def speakers(department: Department) -> QuerySet[User]:
    """The head of a department and the reviewers among its members."""
    reviewers = Q(team__department=department, roles__role=Role.REVIEWER)
    return staff().filter(reviewers | Q(pk=department.head_id)).distinct()


def departments_of(user: Any) -> QuerySet[Department]:
    """The departments that a person speaks for."""
    headed = Q(head=user)
    if Role.REVIEWER in user.role_codes and user.team_id:
        headed |= Q(teams=user.team_id)
    return Department.objects.filter(headed).distinct()


def asked_of(user: Any) -> Exists:
    """A condition on contracts: their present round waits for a department of this person."""
    open_reviews = ContractReview.objects.filter(
        contract=OuterRef("pk"),
        round=OuterRef("round"),
        state=ReviewState.ASKED,
        department__in=departments_of(user),
    )
    return Exists(open_reviews)


def reviews_of(contract: Contract) -> list[ContractReview]:
    """All rounds, the latest first, with who decided; one statement."""
    found = ContractReview.objects.filter(contract=contract).select_related("department", "decided_by")
    return list(found.order_by("-round", "department__name", "pk"))
