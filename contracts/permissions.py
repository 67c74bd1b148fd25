"""Who may read contracts and promises, keep contracts, and publish what we promise."""

from typing import Any

from accounts.enums import Role, UserKind
from core.permissions import permission

CONTRACT_KEEPERS = frozenset({Role.SERVICE_MANAGER, Role.FINANCE, Role.MANAGER, Role.DIRECTOR, Role.ADMIN})
CONTRACT_SIGNERS = frozenset({Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR})
CONTRACT_APPROVERS = frozenset({Role.MANAGER, Role.DIRECTOR})


@permission("contracts.list_contracts")
def list_contracts(user: Any, obj: Any) -> bool:
    """Everybody who logs in, each within what they see."""
    return user.kind in UserKind.values


@permission("contracts.list_promises")
def list_promises(user: Any, obj: Any) -> bool:
    """Ask what we would owe, and replay a case: staff and REST clients."""
    return user.kind in {UserKind.STAFF, UserKind.CLIENT}


@permission("contracts.create_contract")
@permission("contracts.change_contract")
@permission("contracts.add_line_contract")
@permission("contracts.remove_line_contract")
@permission("contracts.add_warranty_contract")
@permission("contracts.create_terms")
@permission("contracts.change_terms")
@permission("contracts.remove_terms")
@permission("contracts.submit_contract")
@permission("contracts.add_file_contract")
@permission("contracts.send_copy_contract")
@permission("contracts.renew_contract")
@permission("contracts.create_supplement")
@permission("contracts.change_supplement")
@permission("contracts.drop_supplement")
def keeps_contracts(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and not CONTRACT_KEEPERS.isdisjoint(user.role_codes)


@permission("contracts.export_contracts")
def exports_contracts(user: Any, obj: Any) -> bool:
    """Who takes the list away as a file: those who keep contracts, and quality."""
    return user.kind == UserKind.STAFF and not (CONTRACT_KEEPERS | {Role.QUALITY}).isdisjoint(user.role_codes)


@permission("contracts.register_contract")
def registers_contracts(user: Any, obj: Any) -> bool:
    """Who enters contracts that were signed before, past reviews and approval."""
    return user.kind == UserKind.STAFF and not (CONTRACT_APPROVERS | {Role.ADMIN}).isdisjoint(user.role_codes)


@permission("contracts.sign_contract")
@permission("contracts.sign_supplement")
def signs_contracts(user: Any, obj: Any) -> bool:
    """Who notes that both sides have signed."""
    return user.kind == UserKind.STAFF and not CONTRACT_SIGNERS.isdisjoint(user.role_codes)


@permission("contracts.approve_contract")
@permission("contracts.approve_supplement")
@permission("contracts.terminate_contract")
def approves_contracts(user: Any, obj: Any) -> bool:
    """The last word before the signature, and after it that of an early end."""
    return user.kind == UserKind.STAFF and not CONTRACT_APPROVERS.isdisjoint(user.role_codes)


@permission("contracts.review_contract")
@permission("contracts.acknowledge_copy")
def speaks_for_department(user: Any, obj: Any) -> bool:
    """The head of the department that `obj` (a review or a copy) is about, and the reviewers among its members."""
    department, team = obj.department, user.team
    reviews = Role.REVIEWER in user.role_codes and team is not None and team.department_id == department.pk
    return user.kind == UserKind.STAFF and (reviews or department.head_id == user.pk)


PROMISE_SET_READERS = frozenset({Role.ADMIN, Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR})


@permission("contracts.read_promise_set")
def reads_promise_sets(user: Any, obj: Any) -> bool:
    """What all sets promise, in every wording, drafts included."""
    return user.kind == UserKind.STAFF and not PROMISE_SET_READERS.isdisjoint(user.role_codes)


CALENDAR_READERS = frozenset({Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR, Role.ADMIN})


@permission("contracts.read_calendar")
def reads_calendars(user: Any, obj: Any) -> bool:
    """See when time counts: who answers for promises, and programs."""
    return user.kind == UserKind.CLIENT or (
        user.kind == UserKind.STAFF and not CALENDAR_READERS.isdisjoint(user.role_codes)
    )


@permission("contracts.edit_promise_set")
@permission("contracts.edit_calendar")
@permission("contracts.publish_promise_version")
@permission("contracts.publish_calendar_version")
@permission("contracts.set_holiday")
def publishes(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and Role.ADMIN in user.role_codes


MONEY_KEEPERS = frozenset({Role.FINANCE, Role.MANAGER, Role.DIRECTOR})
MONEY_READERS = MONEY_KEEPERS | {Role.SERVICE_MANAGER}
PROMISE_WORKERS = frozenset({Role.SERVICE_MANAGER, Role.DUTY_MANAGER, Role.MANAGER, Role.DIRECTOR})
PROMISE_KEEPERS = frozenset({Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR})


@permission("contracts.list_money")
def reads_money(user: Any, obj: Any) -> bool:
    """Instalments, invoices, receipts and what is overdue."""
    return user.kind == UserKind.STAFF and not MONEY_READERS.isdisjoint(user.role_codes)


@permission("contracts.create_payment")
@permission("contracts.change_payment")
@permission("contracts.remove_payment")
@permission("contracts.issue_invoice")
@permission("contracts.void_invoice")
@permission("contracts.receive_receipt")
@permission("contracts.void_receipt")
@permission("contracts.take_dunning")
@permission("contracts.change_liability")
def keeps_money(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and not MONEY_KEEPERS.isdisjoint(user.role_codes)


@permission("contracts.record_done_obligation")
@permission("contracts.reserve_quota")
@permission("contracts.draw_quota")
@permission("contracts.release_quota")
def works_promises(user: Any, obj: Any) -> bool:
    """Who notes by hand that something owed was done, or that a quota was used."""
    return user.kind == UserKind.STAFF and not PROMISE_WORKERS.isdisjoint(user.role_codes)


@permission("contracts.create_obligation")
@permission("contracts.change_obligation")
@permission("contracts.withdraw_obligation")
@permission("contracts.settle_obligation")
@permission("contracts.create_quota")
@permission("contracts.change_quota")
def keeps_promises(user: Any, obj: Any) -> bool:
    """Who says what we owe and grant, and corrects what was noted."""
    return user.kind == UserKind.STAFF and not PROMISE_KEEPERS.isdisjoint(user.role_codes)


@permission("contracts.create_partner_agreement")
@permission("contracts.change_partner_agreement")
def keeps_agreements(user: Any, obj: Any) -> bool:
    """What partners promise us is kept by whoever keeps contracts."""
    return user.kind == UserKind.STAFF and not CONTRACT_KEEPERS.isdisjoint(user.role_codes)


ACCEPTANCE_KEEPERS = frozenset({Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR, Role.ADMIN})


@permission("contracts.list_acceptances")
def list_acceptances(user: Any, obj: Any) -> bool:
    """Everybody who logs in, each within what they see."""
    return user.kind in UserKind.values


@permission("contracts.create_acceptance")
@permission("contracts.change_acceptance")
@permission("contracts.discard_acceptance")
def keeps_acceptances(user: Any, obj: Any) -> bool:
    return user.kind == UserKind.STAFF and not ACCEPTANCE_KEEPERS.isdisjoint(user.role_codes)


@permission("contracts.sign_acceptance")
def signs_acceptances(user: Any, obj: Any) -> bool:
    """Who notes that both sides have signed a certificate."""
    return signs_contracts(user, obj)
