"""Keys of REST clients: an own table, because it is smaller than a library plus the scopes it lacks.

A token acts with its user's own rights, cut down to its scope; it can never do more than its user may.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import Scope
from accounts.models import ApiToken, User
from accounts.permissions import writes
from core.domain import audit
from core.errors import InputError, RuleError

LONGEST_LIFE = timedelta(days=366)
TEXT_MAX = 100
USE_NOTED_EVERY = timedelta(minutes=1)


def issue(
    *, user: User, name: str, scope: str, expires_at: datetime, now: datetime, actor: User | None = None
) -> tuple[ApiToken, str]:
    """Make a token and return it with its text, which is not kept and cannot be shown again.

    Raises InputError for a bad name, scope or end (at most 366 days ahead), RuleError if the user is disabled or may
    not write.
    """
    _check(name, scope, expires_at, now)
    if not user.is_active:
        raise RuleError("user_disabled", _("This user is disabled."))
    if scope == Scope.WRITE and not writes(user):
        raise RuleError("scope", _("This user may not write, so a token of theirs may not either."), "scope")
    text = token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user, name=name.strip(), digest=digest(text), scope=scope, created_at=now, expires_at=expires_at
        )
        changes = {"token": token.pk, "name": token.name, "scope": scope, "expires_at": expires_at.isoformat()}
        audit.record(
            actor=actor, action="api_token.issue", subject=f"accounts.user:{user.pk}", changes=changes, now=now
        )
    return token, text


def revoke(*, token: ApiToken, now: datetime, actor: User | None = None) -> None:
    """End a token at once. Twice changes nothing more."""
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            return
        token.revoked_at = now
        audit.record(
            actor=actor,
            action="api_token.revoke",
            subject=f"accounts.user:{token.user_id}",
            changes={"token": token.pk, "name": token.name},
            now=now,
        )


def authenticate(text: object, now: datetime) -> ApiToken | None:
    """The living token of an active user with this text, its `user` loaded; None for everything else, whatever it is.

    Notes the time of use, at most once a minute.
    """
    if not (isinstance(text, str) and 0 < len(text) <= TEXT_MAX and text.isascii()):
        return None
    token = ApiToken.objects.select_related("user").filter(digest=digest(text)).first()
    if token is None or token.revoked_at or token.expires_at <= now or not token.user.is_active:
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token


def digest(text: str) -> str:
    """What is kept of a token. Without salt: the text has 256 random bits."""
    return sha256(text.encode()).hexdigest()


def _check(name: str, scope: str, expires_at: datetime, now: datetime) -> None:
    if not (0 < len(name.strip()) <= 60 and name.isprintable()):
        raise InputError("name", _("Please enter a name of 1 to 60 characters."), "name")
    if scope not in Scope.values:
        raise InputError("scope", _("The scope is read or write."), "scope")
    if not now < expires_at <= now + LONGEST_LIFE:
        raise InputError("expires_at", _("A token ends between now and 366 days from now."), "expires_at")
