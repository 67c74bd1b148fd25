"""Mails as their readers get them, and the links in them."""

import re
from datetime import datetime

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage

from core.domain import outbox


def delivered(now: datetime) -> list[EmailMessage]:
    """What the workers hand to the mail server at `now`."""
    before = len(mail.outbox)
    outbox.drain(now)
    return list(mail.outbox[before:])


def address_in(letter: EmailMessage) -> str:
    """The one link of our own site in a mail, as a path."""
    found = re.findall(rf"{re.escape(settings.BASE_URL)}(/\S+)", letter.body)
    assert len(found) == 1, letter.body
    return str(found[0])
