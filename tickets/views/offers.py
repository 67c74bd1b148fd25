"""What the head of a ticket page offers: the acts that make sense now, to whom they are allowed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.permissions import can
from tickets.domain.promises import Bound
from tickets.enums import WAITING, State
from tickets.models import Ticket

Fits = Callable[[Ticket, Bound], bool]


@dataclass(frozen=True)
class Offer:
    """An act by the name of its route, `ticket-<name>`. `direct` ones are done by one click and can be undone; the
    others ask in a dialog.
    """

    name: str
    permission: str
    label: Promise
    icon: str
    fits: Fits
    key: str = ""
    direct: bool = False


def _open(ticket: Ticket, _bound: Bound) -> bool:
    return ticket.is_open


def _free(ticket: Ticket, _bound: Bound) -> bool:
    return ticket.is_open and ticket.assignee_id is None


def _pausable(ticket: Ticket, bound: Bound) -> bool:
    return ticket.is_open and ticket.state not in WAITING and bool(bound.pause_reasons)


def _waiting(ticket: Ticket, _bound: Bound) -> bool:
    return ticket.state in WAITING


def _resolved(ticket: Ticket, _bound: Bound) -> bool:
    return ticket.state == State.RESOLVED


def _over(ticket: Ticket, _bound: Bound) -> bool:
    return ticket.state in (State.RESOLVED, State.CLOSED)


def _reviewable(ticket: Ticket, _bound: Bound) -> bool:
    return ticket.needs_review


def _always(_ticket: Ticket, _bound: Bound) -> bool:
    return True


BUTTONS = (
    Offer("review", "tickets.review_ticket", _("Review"), "eye", _reviewable),
    Offer("assign", "tickets.assign_ticket", _("Assign"), "user-plus", _open, "a"),
    Offer("claim", "tickets.claim_ticket", _("Take it"), "hand-stop", _free, "i", direct=True),
    Offer("reopen", "tickets.reopen_ticket", _("Reopen"), "refresh", _over),
)
MAIN = (
    Offer("resolve", "tickets.resolve_ticket", _("Mark as resolved"), "checks", _open),
    Offer("close", "tickets.close_ticket", _("Close ticket"), "archive", _resolved, direct=True),
)
MENU = (
    Offer("change", "tickets.change_ticket", _("Severity and facts"), "edit", _open),
    Offer("state", "tickets.set_state_ticket", _("Set the state"), "progress", _open),
    Offer("progress", "tickets.record_progress_ticket", _("Record progress"), "clipboard-list", _always),
    Offer("pause", "tickets.pause_ticket", _("Pause the deadlines"), "player-pause", _pausable, "w"),
    Offer("resume", "tickets.resume_ticket", _("Go on working"), "player-play", _waiting, "w", direct=True),
    Offer("agree-date", "tickets.agree_date_ticket", _("Agree a date"), "calendar-event", _open),
    Offer("attach", "tickets.attach_ticket", _("Attach files"), "paperclip", _always),
    Offer("link", "tickets.link_ticket", _("Link a ticket"), "link", _always),
    Offer("merge", "tickets.merge_ticket", _("Merge"), "git-merge", _open),
    Offer("cancel", "tickets.cancel_ticket", _("Cancel ticket"), "ban", _open),
)


def offered(offers: tuple[Offer, ...], user: Any, ticket: Ticket, bound: Bound) -> list[Offer]:
    return [one for one in offers if one.fits(ticket, bound) and can(user, one.permission, ticket)]
