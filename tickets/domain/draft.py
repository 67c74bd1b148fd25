"""Keeping what a person has begun to write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InputError, RuleError
from core.hooks import after
from tickets.domain.text import BODY_MAX, cleaned
from tickets.enums import EntryMode
from tickets.models import Draft, Macro, Ticket
from tickets.queries.draft import stamp_of


@dataclass(frozen=True)
class Writing:
    """What stands in a composer. `known` is the stamp of the draft that this composer last kept or was filled with."""

    mode: str
    body: str
    macro: Macro | None = None
    known: str = ""


def keep(*, ticket: Ticket, user: Any, writing: Writing, now: datetime, force: bool = False) -> Draft | None:
    """Store the draft, or drop it where nothing is written (None). The same text again changes nothing.

    Raises RuleError `newer_draft` where another window has kept another text meanwhile, unless `force`; InputError for
    a text that cannot be kept.
    """
    if writing.mode not in EntryMode.values:
        raise InputError("mode", _("Please choose a value from the list."), "mode")
    body = cleaned(writing.body, "body", limit=BODY_MAX, required=False)
    with transaction.atomic():
        present = Draft.objects.select_for_update().filter(user=user, ticket=ticket).first()
        if present and not force and stamp_of(present) != writing.known and present.body != body:
            raise RuleError("newer_draft", _("Another window has a newer draft."))
        if not body:
            forget(ticket=ticket, user=user)
            return None
        return _store(present, ticket, user, Writing(writing.mode, body, writing.macro), now)


def _store(present: Draft | None, ticket: Ticket, user: Any, writing: Writing, now: datetime) -> Draft:
    values = {"mode": writing.mode, "body": writing.body, "macro_id": writing.macro.pk if writing.macro else None}
    if present and all(getattr(present, name) == value for name, value in values.items()):
        return present
    draft, _new = Draft.objects.update_or_create(user=user, ticket=ticket, defaults=values | {"updated_at": now})
    return draft


def forget(*, ticket: Ticket, user: Any) -> None:
    """What was sent is no draft any more."""
    Draft.objects.filter(user=user, ticket=ticket).delete()


@after("tickets.close")
@after("tickets.cancel")
def forget_all(*, ticket: Ticket, **_facts: Any) -> None:
    """Nothing more will be sent on a ticket that is over."""
    Draft.objects.filter(ticket=ticket).delete()
