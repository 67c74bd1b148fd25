"""S46: a customer administrator's own people, and which of them can log in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.enums import Purpose, Role
from accounts.queries.link import living_until
from customers.enums import LoginState
from customers.models import Contact
from customers.queries.customer import contacts_for


@dataclass(frozen=True)
class Colleague:
    """A contact with the state of their login; `until` is the end of an invitation that stands."""

    contact: Contact
    state: LoginState
    until: datetime | None
    is_self: bool
    is_administrator: bool

    @property
    def may_invite(self) -> bool:
        return bool(self.contact.email) and self.state in (LoginState.NOT_INVITED, LoginState.INVITED)


def colleagues(user: Any, now: datetime) -> list[Colleague]:
    """The contacts that the person sees, those who can log in first. Four statements whatever their number."""
    return rows_of(contacts_for(user), user, now)


def rows_of(listed: QuerySet[Contact], user: Any, now: datetime) -> list[Colleague]:
    """These contacts with their sites and the state of their login; four statements."""
    contacts = list(
        listed.select_related("user", "customer")
        .prefetch_related("sites", "user__roles")
        .order_by("-is_active", "name", "pk")
    )
    invitations = living_until(Purpose.INVITE, [_subject(contact) for contact in contacts], now)
    rows = [_row(contact, invitations.get(_subject(contact)), user) for contact in contacts]
    return sorted(rows, key=lambda row: list(LoginState).index(row.state))


def login_state(contact: Contact, until: datetime | None) -> LoginState:
    """`until` is the end of the contact's standing invitation, None without one."""
    if not (contact.is_active and contact.customer.is_active) or (contact.user and not contact.user.is_active):
        return LoginState.DISABLED
    if contact.user:
        return LoginState.ACTIVE
    return LoginState.INVITED if until else LoginState.NOT_INVITED


def _subject(contact: Contact) -> str:
    """The key text of what an invitation is about."""
    return f"{contact._meta.label_lower}:{contact.pk}"


def _row(contact: Contact, until: datetime | None, user: Any) -> Colleague:
    state = login_state(contact, until)
    return Colleague(
        contact,
        state,
        until=until if state == LoginState.INVITED else None,
        is_self=contact.user_id == user.pk,
        is_administrator=bool(contact.user and Role.CONTACT_ADMIN in contact.user.role_codes),
    )
