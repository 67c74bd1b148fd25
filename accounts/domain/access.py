"""How a colleague gets in before there is a password of their own: invited by mail, or with a temporary password."""

from datetime import datetime
from secrets import choice, token_urlsafe
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.domain import link
from accounts.domain import user as users
from accounts.enums import FirstAccess, Purpose, UserKind
from accounts.models import OneUseLink, User
from core.domain import audit, notification, outbox, record
from core.errors import RuleError
from core.models import Outbox

# Without the letters and digits that are mistaken for each other when read aloud.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4


def admit(*, first_access: str = "", actor: Any, now: datetime, **values: Any) -> tuple[User, str]:
    """Create a user (`values` as for `create_user`) and open the way in, both or nothing: the user and the temporary
    password, "" where there is none. A REST client gets neither; it is given tokens.
    """
    with transaction.atomic():
        user = users.create_user(actor=actor, now=now, **values)
        if first_access == FirstAccess.INVITATION:
            invite(user=user, actor=actor, now=now)
        handed = first_access == FirstAccess.PASSWORD
        password = hand_password(user=user, actor=actor, now=now) if handed else ""
    return user, password


def hand_password(*, user: User, actor: Any, now: datetime) -> str:
    """Make a temporary password, to be changed at the first login, and return it; it cannot be read again. Sessions
    and mailed links of the person end. RuleError for somebody disabled or not of our staff.
    """
    with transaction.atomic():
        _lock(user)
        _refuse(user)
        password = "-".join("".join(choice(LETTERS) for _letter in range(GROUP)) for _group in range(GROUPS))
        users.set_password(user=user, password=password, actor=actor, now=now)
        link.withdraw(now, user=user)
    return password


def invite(*, user: User, actor: Any, now: datetime) -> None:
    """Mail somebody the way to a password of their own, good for 7 days. An earlier invitation ends with it.

    RuleError for somebody disabled, not of our staff, or with a password of their own.
    """
    with transaction.atomic():
        _lock(user)
        _refuse(user)
        if not users.lacks_password(user):
            raise RuleError("has_password", _("This person has chosen a password already."))
        link.withdraw(now, user=user, purpose=Purpose.INVITE)
        key, subject = f"join:{token_urlsafe(16)}", record.subject(user)
        link.issue(purpose=Purpose.INVITE, key=key, user=user, subject=subject, facts={"email": user.email}, now=now)
        outbox.post(kind="staff_invitation", key=key, payload={"user": user.pk}, now=now)
        audit.record(actor=actor, action="user.invite", subject=subject, changes={"email": user.email}, now=now)


def invited(token: object, now: datetime) -> User | None:
    """Whom the invitation with this token invites, if it can still be accepted. Changes nothing."""
    found = link.look_at(token, Purpose.INVITE, now)
    return found.user if found and _stands(found) else None


def accept(*, token: object, password: str, now: datetime) -> User | None:
    """Set the first password of an invited person. None for an invitation that does not stand any more.

    InputError at `new` for a weak password; the invitation then still stands.
    """
    with transaction.atomic():
        user = invited(token, now)
        if user is None:
            return None
        _lock(user)  # before the link, as everybody who ends links does
        used = link.consume(token, Purpose.INVITE, now)
        if used is None or not _stands(used):
            transaction.set_rollback(True)
            return None
        users.choose_password(user=user, new=password, now=now)
    return user


@outbox.deliverer("staff_invitation")
def deliver_invitation(row: Outbox, now: datetime) -> None:
    """Nothing is mailed for an invitation that was withdrawn or accepted meanwhile."""
    token = link.token_of(Purpose.INVITE, row.key)
    user = invited(token, now)
    if user is None:
        return
    with translation.override(user.language):
        subject = _("Your access to the service desk")
        notification.send_mail(key=row.key, to=(user.name, user.email), subject=subject, body=_letter(user, token))


def _letter(user: User, token: str) -> str:
    lines = [
        _("Dear %(name)s,") % {"name": user.name},
        _("You have been given access to the service desk. Your login is %(email)s.") % {"email": user.email},
        _("Please set your password here. The link works once, for 7 days:"),
        f"{settings.BASE_URL}/welcome/join/{token}/",
        _("After that, ask an administrator for a new one."),
    ]
    return "\n\n".join(lines) + "\n"


def _stands(found: OneUseLink) -> bool:
    """The invitation is one of ours, for the address as it was, and the person still has no password of their own."""
    user = found.user
    if user is None or found.subject != record.subject(user):
        return False
    return user.is_active and user.email == found.facts["email"] and users.lacks_password(user)


def _refuse(user: User) -> None:
    if user.kind != UserKind.STAFF:
        raise RuleError("not_staff", _("Only staff log in with a password here."))
    if not user.is_active:
        raise RuleError("disabled", _("This person is disabled. Enable them first."))


def _lock(user: User) -> None:
    user.refresh_from_db(from_queryset=User.objects.select_for_update(of=("self",)))
