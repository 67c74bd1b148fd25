"""Who may do what to a ticket that they can see (decisions 13, 20). Visibility is `queries.ticket.tickets_for`."""

from typing import Any

from accounts.enums import DESK_ROLES, Role, UserKind
from accounts.models import User
from core.permissions import permission
from tickets.models import Macro, SavedView, Ticket

_SUPERVISORS = frozenset({Role.DUTY_MANAGER, Role.MANAGER, Role.DIRECTOR, Role.ADMIN})
_DUTY = frozenset({Role.DUTY_MANAGER, Role.MANAGER})
_KEEPERS = frozenset({Role.SERVICE_MANAGER, Role.DUTY_MANAGER, Role.MANAGER, Role.ADMIN})


def _any(user: User, roles: frozenset[Role]) -> bool:
    return user.is_staff_member and bool(user.role_codes & {str(role) for role in roles})


def _is_desk(user: User) -> bool:
    return _any(user, DESK_ROLES)


def _is_client(user: User) -> bool:
    return str(Role.CLIENT) in user.role_codes


def _leads(user: User, ticket: Ticket) -> bool:
    team = ticket.assignee.team if ticket.assignee else None
    return team is not None and team.lead_id == user.pk


def _works_on(user: User, ticket: Ticket) -> bool:
    """The assignee, the assignee's team lead, the duty manager."""
    return ticket.assignee_id == user.pk or _leads(user, ticket) or _any(user, _DUTY)


@permission("tickets.list_ticket")
def list_ticket(user: User, _obj: Any) -> bool:
    return user.is_staff_member or _is_client(user)


@permission("tickets.list_reapplications")
def list_reapplications(user: User, _obj: Any) -> bool:
    """See which clocks new promises or calendars would move, and did."""
    return _any(user, _SUPERVISORS) or _is_client(user)


@permission("tickets.start_reapplication")
@permission("tickets.cancel_reapplication")
def start_reapplication(user: User, _obj: Any) -> bool:
    """Apply new promises or calendars to open tickets: who publishes them."""
    return _any(user, frozenset({Role.ADMIN}))


@permission("tickets.report_ticket")
def report_ticket(user: User, _obj: Any) -> bool:
    return _is_desk(user) or _any(user, frozenset({Role.ENGINEER})) or _is_client(user)


@permission("tickets.assign_ticket")
def assign_ticket(user: User, _ticket: Ticket | None) -> bool:
    return _is_desk(user)


@permission("tickets.claim_ticket")
def claim_ticket(user: User, _ticket: Ticket | None) -> bool:
    return _is_desk(user) or _any(user, frozenset({Role.ENGINEER}))


@permission("tickets.reply_ticket")
def reply_ticket(user: User, ticket: Ticket) -> bool:
    return _is_desk(user) or ticket.assignee_id == user.pk or _is_client(user)


@permission("tickets.hear_ticket")
def hear_ticket(user: User, ticket: Ticket) -> bool:
    """Write down what the customer said: whoever may answer."""
    return reply_ticket(user, ticket)


@permission("tickets.confirm_caller_ticket")
def confirm_caller_ticket(user: User, ticket: Ticket) -> bool:
    """Note that an authorised caller confirmed the request: whoever may answer it, of us."""
    return user.is_staff_member and reply_ticket(user, ticket)


@permission("tickets.note_ticket")
def note_ticket(user: User, _ticket: Ticket) -> bool:
    return user.is_staff_member or _is_client(user)


@permission("tickets.record_progress_ticket")
def record_progress_ticket(user: User, ticket: Ticket) -> bool:
    return _is_desk(user) or ticket.assignee_id == user.pk or _is_client(user)


@permission("tickets.backdate_ticket")
def backdate_ticket(user: User, _ticket: Ticket) -> bool:
    """Entries more than 24 h back."""
    return _any(user, _SUPERVISORS)


@permission("tickets.set_state_ticket")
def set_state_ticket(user: User, ticket: Ticket) -> bool:
    return _works_on(user, ticket) or _is_desk(user)


@permission("tickets.pause_ticket")
def pause_ticket(user: User, ticket: Ticket) -> bool:
    return _works_on(user, ticket)


@permission("tickets.resume_ticket")
def resume_ticket(user: User, ticket: Ticket) -> bool:
    return _works_on(user, ticket)


@permission("tickets.force_majeure_ticket")
def force_majeure_ticket(user: User, _ticket: Ticket) -> bool:
    return _any(user, _DUTY)


@permission("tickets.agree_date_ticket")
def agree_date_ticket(user: User, _ticket: Ticket) -> bool:
    return _any(user, _DUTY)


@permission("tickets.change_ticket")
def change_ticket(user: User, ticket: Ticket) -> bool:
    return _works_on(user, ticket) or _is_desk(user)


@permission("tickets.recheck_coverage_ticket")
def recheck_coverage_ticket(user: User, ticket: Ticket) -> bool:
    """Judge the coverage by the terms as they stand now."""
    return _works_on(user, ticket) or _is_desk(user)


@permission("tickets.override_coverage_ticket")
def override_coverage_ticket(user: User, _ticket: Ticket) -> bool:
    """Judge it otherwise than the terms say."""
    return _any(user, frozenset({Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR}))


@permission("tickets.raise_severity_ticket")
def raise_severity_ticket(user: User, ticket: Ticket) -> bool:
    return _works_on(user, ticket)


@permission("tickets.lower_severity_ticket")
def lower_severity_ticket(user: User, _ticket: Ticket) -> bool:
    return _any(user, _DUTY)


@permission("tickets.resolve_ticket")
def resolve_ticket(user: User, ticket: Ticket) -> bool:
    return _works_on(user, ticket) or _is_desk(user)


@permission("tickets.close_ticket")
def close_ticket(user: User, _ticket: Ticket) -> bool:
    return _is_desk(user)


@permission("tickets.cancel_ticket")
def cancel_ticket(user: User, _ticket: Ticket) -> bool:
    return _is_desk(user)


@permission("tickets.reopen_ticket")
def reopen_ticket(user: User, ticket: Ticket) -> bool:
    return _is_desk(user) or ticket.assignee_id == user.pk


@permission("tickets.merge_ticket")
def merge_ticket(user: User, _ticket: Ticket) -> bool:
    return _is_desk(user)


@permission("tickets.link_ticket")
def link_ticket(user: User, _ticket: Ticket) -> bool:
    return _is_desk(user)


@permission("tickets.follow_ticket")
def follow_ticket(user: User, _ticket: Ticket) -> bool:
    return user.is_staff_member


@permission("tickets.attach_ticket")
def attach_ticket(user: User, ticket: Ticket) -> bool:
    return _is_desk(user) or ticket.assignee_id == user.pk or _is_client(user)


@permission("tickets.undo_ticket")
def undo_ticket(user: User, _ticket: Ticket) -> bool:
    """One's own act within ten seconds; the domain checks both."""
    return user.is_staff_member or _is_client(user)


@permission("tickets.void_ticket")
def void_ticket(user: User, _ticket: Ticket) -> bool:
    """Others' or older entries, as entered by mistake."""
    return _any(user, _DUTY)


@permission("tickets.review_ticket")
def review_ticket(user: User, _ticket: Ticket) -> bool:
    return _any(user, _DUTY)


@permission("tickets.list_macro")
def list_macro(user: User, _obj: Any) -> bool:
    return user.is_staff_member


@permission("tickets.create_macro")
def create_macro(user: User, _obj: Any) -> bool:
    """A macro of one's own."""
    return user.is_staff_member


@permission("tickets.share_macro")
def share_macro(user: User, _obj: Any) -> bool:
    """A macro for everybody."""
    return _any(user, _KEEPERS)


@permission("tickets.change_macro")
def change_macro(user: User, macro: Macro) -> bool:
    return share_macro(user, macro) if macro.owner_id is None else macro.owner_id == user.pk


@permission("tickets.bulk_ticket")
def bulk_ticket(user: User, _obj: Any) -> bool:
    """Act on many tickets at once; what may be done to each is asked of each."""
    return _is_desk(user) or _any(user, frozenset({Role.ENGINEER}))


@permission("tickets.export_ticket")
def export_ticket(user: User, _obj: Any) -> bool:
    """Take a list out of the house as a file."""
    return _is_desk(user)


@permission("tickets.save_view")
def save_view(user: User, _obj: Any) -> bool:
    return user.is_staff_member


@permission("tickets.share_view")
def share_view(user: User, _obj: Any) -> bool:
    """Offer a view of the queue to all colleagues."""
    return _is_desk(user)


@permission("tickets.change_view")
def change_view(user: User, view: SavedView) -> bool:
    """The owner; a shared one also the duty manager."""
    return view.owner_id == user.pk or (view.is_shared and _any(user, _DUTY))


# --- The customer's own door ------------------------------------------------------------------------------------------


def _is_contact(user: User) -> bool:
    contact = getattr(user, "contact", None)
    return user.kind == UserKind.CONTACT and contact is not None and contact.is_active


@permission("tickets.portal_report")
def portal_report(user: User, _obj: Any) -> bool:
    return _is_contact(user)


@permission("tickets.portal_message_ticket")
@permission("tickets.portal_confirm_ticket")
@permission("tickets.portal_reopen_ticket")
@permission("tickets.portal_withdraw_ticket")
def portal_act(user: User, ticket: Ticket) -> bool:
    """A contact of the ticket's customer, to whom it is visible."""
    return _is_contact(user) and ticket.customer_id == user.contact.customer_id
