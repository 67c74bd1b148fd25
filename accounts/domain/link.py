"""One-time links (C1-C4): made for one purpose, kept as a hash, used once before they end.

A token is drawn from the secret key and the key of the mail that carries it. So the mail can be made at delivery, a
repeated mail carries the same token, and no table holds anything that opens a door.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from accounts.enums import Purpose
from accounts.models import OneUseLink, User

SALT = "accounts.link"
LENGTH = 43
LIFE = {
    Purpose.LOGIN: timedelta(minutes=10),
    Purpose.INVITE: timedelta(days=7),
    Purpose.RATING: timedelta(days=30),
}


def token_of(purpose: str, key: str) -> str:
    """The 256 bits of the link that the mail `key` carries. Whoever knows the key alone knows nothing."""
    bits = salted_hmac(f"{SALT}.{Purpose(purpose)}", key, algorithm="sha256").digest()
    return urlsafe_b64encode(bits).rstrip(b"=").decode()


def issue(
    *,
    purpose: str,
    key: str,
    now: datetime,
    user: User | None = None,
    subject: str = "",
    facts: Mapping[str, Any] | None = None,
    browser: str = "",
) -> str:
    """Make a link and return its token; it ends LIFE[purpose] after `now`. The same `key` again makes no second one.

    `browser` is what `browser_hash` gives for the only browser that may use it; "" lets any.
    """
    token = token_of(purpose, key)
    link = OneUseLink(
        purpose=purpose,
        digest=digest(token),
        user=user,
        subject=subject,
        facts=dict(facts or {}),
        browser=browser,
        created_at=now,
        expires_at=now + LIFE[Purpose(purpose)],
    )
    OneUseLink.objects.bulk_create([link], ignore_conflicts=True)
    return token


def find(token: object, purpose: str) -> OneUseLink | None:
    """The link of this purpose with this token, alive or not; None for everything else, whatever it is."""
    return _with(token, purpose).first()


def look_at(token: object, purpose: str, now: datetime, browser: str = "") -> OneUseLink | None:
    """The link if it could be used now, in this browser. Changes nothing, however often."""
    link = find(token, purpose)
    return link if link and is_alive(link, now, browser) else None


def consume(token: object, purpose: str, now: datetime, browser: str = "") -> OneUseLink | None:
    """Use the link up, if it can be used now. Of several at the same time one gets it, the others None.

    Runs in the caller's transaction, so that a link is used up exactly if what it was for has been done.
    """
    link = _with(token, purpose).select_for_update(of=("self",)).first()
    if link is None or not is_alive(link, now, browser):
        return None
    link.used_at = now
    link.save(update_fields=["used_at"])
    return link


def is_alive(link: OneUseLink, now: datetime, browser: str = "") -> bool:
    """Not used, not withdrawn, not over; asked for by this browser; its user not disabled."""
    if link.used_at or link.withdrawn_at or link.expires_at <= now:
        return False
    if link.user is not None and not link.user.is_active:
        return False
    return not link.browser or compare_digest(link.browser, browser)


def withdraw(now: datetime, *, user: User | None = None, subject: str = "", purpose: str = "") -> int:
    """End the unused links of a user, or about a subject, at once. Returns how many."""
    whose = Q(user=user) if user else Q(subject=subject) & ~Q(subject="")
    links = OneUseLink.objects.filter(whose, used_at=None, withdrawn_at=None)
    return (links.filter(purpose=purpose) if purpose else links).update(withdrawn_at=now)


def browser_hash(key: str) -> str:
    """What is kept of the browser that asked for a link."""
    return sha256(f"{SALT}:{key}".encode()).hexdigest()


def digest(token: str) -> str:
    """What is kept of a token. Without salt: the text has 256 bits."""
    return sha256(token.encode()).hexdigest()


def _with(token: object, purpose: str) -> QuerySet[OneUseLink]:
    links = OneUseLink.objects.select_related("user")
    if not (isinstance(token, str) and len(token) == LENGTH and token.isascii()):
        return links.none()
    return links.filter(digest=digest(token), purpose=purpose)
