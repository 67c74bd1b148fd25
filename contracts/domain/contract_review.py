"""What the departments say of a contract before it is approved: each with an opinion and measures ([002])."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Department, User
from accounts.queries.user import staff
from contracts.domain import contract_cover
from contracts.domain.contract_check import check_has_lines
from contracts.domain.contract_row import locked, note, store
from contracts.domain.contract_words import tell
from contracts.enums import CONTRACT_FLOW, ContractState, ReviewState
from contracts.models import Contract, ContractReview
from contracts.queries.contract_review import speakers
from core.errors import InputError, RuleError


def submit(
    *, contract: Contract, departments: Collection[Department], actor: Any, now: datetime, version: int | None = None
) -> None:
    """Ask departments about a draft, at least one. RuleError `overlap` for what could not be signed anyway."""
    with transaction.atomic():
        locked(contract, version)
        CONTRACT_FLOW.check(contract.state, ContractState.REVIEW)
        if contract.state != ContractState.DRAFT:
            raise RuleError("transition", _("This contract is with the departments already."))
        if not departments:
            raise InputError("required", _("Please choose at least one department."), "departments")
        check_has_lines(contract)
        contract_cover.check_coming(contract)
        _ask(contract, departments, "contract.submit", actor, now)


def decide(
    *,
    review: ContractReview,
    approves: bool,
    actor: Any,
    now: datetime,
    opinion: str = "",
    measures: str = "",
) -> None:
    """A department agrees, or with an opinion does not; then the contract goes back to its draft.

    RuleError if it has decided already or was asked anew since. InputError at `opinion`.
    """
    contract = review.contract
    with transaction.atomic():
        locked(contract)
        review.refresh_from_db(from_queryset=ContractReview.objects.select_for_update())
        if review.state != ReviewState.ASKED or review.round != contract.round:
            raise RuleError("decided", _("This review is closed. Please load the page again."))
        if contract.state != ContractState.REVIEW:
            raise RuleError("transition", _("This contract is not in review any more."))
        if not approves and not opinion.strip():
            raise InputError("required", _("Please say what has to change."), "opinion")
        review.state = ReviewState.APPROVED if approves else ReviewState.REJECTED
        review.opinion, review.measures = opinion.strip(), measures.strip()
        review.decided_by, review.decided_at = actor, now
        review.full_clean()
        review.save()
        _conclude(contract, review, actor, now)


def ask_again(contract: Contract, *, actor: Any, now: datetime) -> None:
    """Inside the caller's transaction, after a change of a locked contract: who has decided or was asked is asked anew.

    Nothing happens to a draft, nor while nobody of the round has decided yet.
    """
    if contract.state not in (ContractState.REVIEW, ContractState.APPROVED):
        return
    asked = ContractReview.objects.filter(contract=contract, round=contract.round)
    if contract.state == ContractState.REVIEW and not asked.exclude(state=ReviewState.ASKED).exists():
        return
    departments = Department.objects.filter(pk__in=asked.values("department"))
    _ask(contract, list(departments), "contract.ask_again", actor, now)


def _ask(contract: Contract, departments: Collection[Department], action: str, actor: Any, now: datetime) -> None:
    store(contract, {"state": ContractState.REVIEW, "round": contract.round + 1}, action, actor, now)
    ContractReview.objects.bulk_create(
        ContractReview(contract=contract, round=contract.round, department=department, asked_at=now)
        for department in sorted(departments, key=lambda one: one.pk)
    )
    for department in departments:
        for user in speakers(department):
            _tell_asked(contract, user, department, now)


def _conclude(contract: Contract, review: ContractReview, actor: Any, now: datetime) -> None:
    """What follows from a decision: back to the draft, or, when all agree, on to who approves."""
    changes = {"department": review.department.name, "state": review.state, "round": review.round}
    note(contract, "contract.review", changes, actor, now)
    key = f"{contract.pk}:{contract.round}"
    if review.state == ReviewState.REJECTED:
        store(contract, {"state": ContractState.DRAFT}, "contract.reject", actor, now)
        tell(contract, contract.owner, f"contract.rejected:{key}", "contract.rejected", now)
    elif not ContractReview.objects.filter(contract=contract, round=contract.round, state=ReviewState.ASKED).exists():
        for user in staff().filter(roles__role__in=[Role.MANAGER, Role.DIRECTOR]).distinct():
            tell(contract, user, f"contract.reviewed:{key}", "contract.reviewed", now)


def _tell_asked(contract: Contract, user: User, department: Department, now: datetime) -> None:
    key = f"contract.review:{contract.pk}:{contract.round}:{department.pk}"
    tell(contract, user, key, "contract.review", now)
