"""Who of a customer's people can log in: invited by mail, disabled, let in again.

An invitation belongs to the contact and makes no login yet: the login comes into being when the invited person accepts.
So nobody who invites learns whether an address has a login elsewhere already.
"""

from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.domain import link
from accounts.domain import user as users
from accounts.enums import Purpose, Role, UserKind
from accounts.models import OneUseLink, User
from core.domain import audit, notification, outbox
from core.errors import RuleError
from core.models import Outbox
from customers.domain import contact as contacts
from customers.domain import record
from customers.models import Contact, Customer


def invite(*, contact: Contact, actor: Any, now: datetime) -> None:
    """Mail a contact the way to a login of their own, good for 7 days. An earlier invitation ends with it.

    Raises RuleError for somebody disabled or with a login, InputError at `email` if there is no usable address.
    """
    with transaction.atomic():
        _lock(contact)
        if contact.user_id:
            raise RuleError("has_login", _("This contact can log in already."))
        if not contact.is_active:
            raise RuleError("disabled", _("This contact is disabled. Enable them first."))
        _refuse_unserved(contact)
        email = users.clean_email(contact.email)
        subject = record.subject(contact)
        link.withdraw(now, subject=subject, purpose=Purpose.INVITE)
        key = f"invite:{token_urlsafe(16)}"
        link.issue(purpose=Purpose.INVITE, key=key, subject=subject, facts={"email": email}, now=now)
        outbox.post(kind="invitation", key=key, payload={"contact": contact.pk}, now=now)
        _note(contact, "contact.invite", {"email": email}, actor, now)


def admit(*, customer: Customer, invite_now: bool, actor: Any, now: datetime, **values: Any) -> Contact:
    """Add a person at a customer and, with `invite_now`, invite them; both or nothing. InputError at the field."""
    with transaction.atomic():
        contact = contacts.create(customer=customer, actor=actor, now=now, **values)
        if invite_now:
            invite(contact=contact, actor=actor, now=now)
    return contact


def disable(*, contact: Contact, actor: Any, now: datetime) -> None:
    """Lock a contact out: the login, its sessions and every link mailed to them end at once. Twice is once."""
    with transaction.atomic():
        _lock(contact)
        contacts.change(contact=contact, is_active=False, actor=actor, now=now)


def enable(*, contact: Contact, actor: Any, now: datetime) -> None:
    """Let a contact in again. Old sessions, links and invitations stay dead. RuleError while the customer is not
    served.
    """
    with transaction.atomic():
        _lock(contact)
        _refuse_unserved(contact)
        contacts.change(contact=contact, is_active=True, actor=actor, now=now)


def appoint(*, contact: Contact, is_administrator: bool, actor: Any, now: datetime) -> None:
    """Make a contact with a login the customer's administrator, or a plain contact again; they log in anew. Twice is
    once. RuleError for somebody without a login.
    """
    with transaction.atomic():
        _lock(contact)
        if contact.user is None or not contact.is_active:
            raise RuleError("no_login", _("Only somebody who can log in can be the administrator."))
        if (Role.CONTACT_ADMIN in contact.user.role_codes) == is_administrator:
            return
        more, less = Role.CONTACT, Role.CONTACT_ADMIN
        if is_administrator:
            more, less = less, more
        users.grant_role(user=contact.user, role=more, actor=actor, now=now)
        users.revoke_role(user=contact.user, role=less, actor=actor, now=now)
        _note(contact, "contact.appoint", {"is_administrator": [not is_administrator, is_administrator]}, actor, now)


def invited(token: object, now: datetime) -> Contact | None:
    """Whom the invitation with this token invites, if it can still be accepted. Changes nothing."""
    found = link.look_at(token, Purpose.INVITE, now)
    contact = _of(found) if found else None
    return contact if found and contact and _stands(contact, found) else None


def accept(*, token: object, name: str, password: str, now: datetime) -> User | None:
    """Make the login of an invited contact, who says the name and the password. None for an invitation that does not
    stand any more.

    Raises InputError for a bad name or password or a taken address; the invitation then still stands.
    """
    with transaction.atomic():
        contact = invited(token, now)
        if contact is None:
            return None
        _lock(contact)
        used = link.consume(token, Purpose.INVITE, now)
        if used is None or not _stands(contact, used):
            transaction.set_rollback(True)
            return None
        user = users.create_user(
            kind=UserKind.CONTACT,
            email=used.facts["email"],
            name=name,
            roles=[Role.CONTACT],
            password=password,
            now=now,
        )
        contacts.change(contact=contact, user=user, name=user.name, actor=user, now=now)
    return user


@outbox.deliverer("invitation")
def deliver_invitation(row: Outbox, now: datetime) -> None:
    """Nothing is mailed for an invitation that was withdrawn or accepted meanwhile."""
    token = link.token_of(Purpose.INVITE, row.key)
    contact = invited(token, now)
    if contact is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        notification.send_mail(
            key=row.key,
            to=(contact.name, contact.email),
            subject=_("You are invited to the service portal of %(customer)s") % {"customer": contact.customer.name},
            body=_letter(contact, token),
        )


def _letter(contact: Contact, token: str) -> str:
    lines = [
        _("Dear %(name)s,") % {"name": contact.name},
        _("In the service portal you report faults, follow our work and find contracts and reports."),
        _("Please set your password here. The link works once, for 7 days:"),
        f"{settings.BASE_URL}/welcome/invite/{token}/",
        _("If anything else comes up, please call our service hotline %(hotline)s at any time.")
        % {"hotline": settings.SERVICE_HOTLINE},
    ]
    return "\n\n".join(lines) + "\n"


def _stands(contact: Contact, found: OneUseLink) -> bool:
    """The invitation is for the address as it was: a corrected address needs a new one."""
    same = contact.email.strip().lower() == found.facts["email"]
    return contact.is_active and contact.customer.is_active and contact.user_id is None and same


def _of(found: OneUseLink) -> Contact | None:
    key = found.subject.rpartition(":")[2]
    contact = Contact.objects.select_related("customer").filter(pk=int(key)).first()
    return contact if contact and record.subject(contact) == found.subject else None


def _refuse_unserved(contact: Contact) -> None:
    if not contact.customer.is_active:
        raise RuleError("not_served", _("This customer is no longer served. Nobody there is given access."))


def _lock(contact: Contact) -> None:
    contact.refresh_from_db(from_queryset=Contact.objects.select_for_update(of=("self",)))


def _note(contact: Contact, action: str, changes: dict[str, Any], actor: Any, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=record.subject(contact),
        changes=changes,
        now=now,
        customer_id=contact.customer_id,
    )
