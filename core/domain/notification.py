from collections.abc import Callable
from datetime import datetime
from email.utils import formataddr
from hashlib import sha256
from hmac import new as hmac_new
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from core.domain import outbox
from core.models import Mute, Notification, Outbox


def notify(
    *,
    user: Any,
    key: str,
    kind: str,
    text: Callable[[], str],
    url: str,
    now: datetime,
    mail: bool = False,
    always: bool = False,
) -> None:
    """Put a line into a person's list, once a `key`; with `mail`, also send it by mail.

    `text` is called in the person's own language. What the person has muted (`mute`) is stored as read and not mailed,
    unless it must `always` be heard.
    """
    muted = not always and Mute.objects.filter(user=user, url=url).exists()
    with translation.override(user.language):
        line = Notification(user=user, key=key, kind=kind, text=text()[:300], url=url, created_at=now)
    line.read_at = now if muted else None
    Notification.objects.bulk_create([line], ignore_conflicts=True)
    if mail and not muted:
        outbox.post(kind="notice", key=f"notice:{user.pk}:{key}", payload={"user": user.pk, "key": key}, now=now)


def mark_all_read(user: Any, now: datetime) -> int:
    return Notification.objects.filter(user=user, read_at=None, created_at__lte=now).update(read_at=now)


def mark_read(line: Notification, now: datetime) -> None:
    """A line that was read before keeps its time."""
    Notification.objects.filter(pk=line.pk, read_at=None).update(read_at=now)


def mute(user: Any, url: str, now: datetime) -> None:
    """From now on this place's notifications to the person are stored as read. Idempotent."""
    Mute.objects.bulk_create([Mute(user=user, url=url, created_at=now)], ignore_conflicts=True)


def unmute(user: Any, url: str) -> None:
    Mute.objects.filter(user=user, url=url).delete()


def message_id(key: str) -> str:
    """The same key always gives the same Message-ID, so that a receiver can drop a repeat."""
    seal = hmac_new(settings.SECRET_KEY.encode(), key.encode(), sha256).hexdigest()[:24]
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{sha256(key.encode()).hexdigest()[:24]}.{seal}@{host}>"


def send_mail(*, key: str, to: tuple[str, str], subject: str, body: str) -> None:
    """Hand one mail to the mail server. `to` is (name, address); header injection is refused by Django.

    Runs at delivery only, never in a request. At least once: a crash after the hand-over repeats it with the same
    Message-ID.
    """
    headers = {"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"}
    EmailMessage(" ".join(subject.split()), body, to=[formataddr(to)], headers=headers).send()


@outbox.deliverer("notice")
def deliver_notice(row: Outbox, now: datetime) -> None:
    line = Notification.objects.select_related("user").get(user=row.payload["user"], key=row.payload["key"])
    if line.user.is_active and line.user.email:
        body = f"{line.text}\n\n{settings.BASE_URL}{line.url}\n"
        send_mail(key=row.key, to=(line.user.get_full_name(), line.user.email), subject=line.text, body=body)
