"""Macros: texts with variables, who may keep them, and what goes with their sending."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import formats
from core.domain import audit
from core.errors import InputError, StaleError
from core.hooks import after
from core.language import language_code
from core.permissions import require
from tickets.domain import assignment
from tickets.domain.act import Act
from tickets.domain.macro_preset import PRESETS
from tickets.domain.text import cleaned
from tickets.enums import WAITING, EntryMode, EventKind, Severity, State
from tickets.models import Macro, Ticket

VARIABLES = ("customer", "contact", "number", "subject", "agent", "due")
NAME_MAX, BODY_MAX = 60, 4000
STATES = frozenset({State.IN_PROGRESS}) | WAITING
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True)
class Wording:
    """What one may say of a macro."""

    name: str
    body: str
    mode: str = EntryMode.REPLY
    next_state: str = ""
    severity: int | None = None
    assign_to_me: bool = False
    is_active: bool = True
    position: int = 100


def create(*, wording: Wording, shared: bool, actor: Any, now: datetime) -> Macro:
    """A new macro, of one's own or for everybody."""
    require(actor, "tickets.share_macro" if shared else "tickets.create_macro")
    macro = Macro(owner=None if shared else actor)
    return _save(macro, wording, "macro.create", actor, now)


def change(*, macro: Macro, wording: Wording, actor: Any, now: datetime, version: int | None = None) -> Macro:
    """Another wording. Raises StaleError if `version` is given and somebody has changed it meanwhile."""
    with transaction.atomic():
        locked = _locked(macro, version)
        require(actor, "tickets.change_macro", locked)
        return _save(locked, wording, "macro.change", actor, now)


def disable(*, macro: Macro, actor: Any, now: datetime) -> Macro:
    """Offer it no longer; what was written with it stays. Again changes nothing."""
    with transaction.atomic():
        locked = _locked(macro, None)
        require(actor, "tickets.change_macro", locked)
        if locked.is_active:
            _save(locked, _wording(locked, is_active=False), "macro.disable", actor, now)
        return locked


@after("contracts.install_presets")
def install_with_presets(*, now: datetime, **_facts: Any) -> None:
    """The shipped macros come with the shipped calendars and promise sets."""
    install_macros(now=now)


def install_macros(*, now: datetime) -> int:
    """Add the shipped macros that were never there; what people have changed or switched off since stays so."""
    known = set(Macro.objects.exclude(preset="").values_list("preset", flat=True))
    rows = [
        Macro(
            preset=preset.code,
            name=preset.name,
            body=preset.body,
            mode=preset.mode,
            next_state=preset.next_state,
            assign_to_me=preset.assign_to_me,
            position=place * 10,
            updated_at=now,
        )
        for place, preset in enumerate(PRESETS, start=1)
        if preset.code not in known
    ]
    Macro.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


# --- Variables --------------------------------------------------------------------------------------------------------


def filled(body: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled, once: a value that looks like a variable is not filled again. What is no
    variable stays as it stands.
    """
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), body)


def values_for(ticket: Ticket, user: Any, now: datetime) -> dict[str, str]:
    """What each variable stands for on one ticket, in words that a customer can be told."""
    customer = ticket.customer.short_name or ticket.customer.name
    contact = ticket.contact.name if ticket.contact else ""
    return {
        "customer": customer,
        "contact": ticket.caller_name or contact or customer,
        "number": ticket.number,
        "subject": ticket.subject,
        "agent": user.name,
        "due": _due(ticket, now),
    }


def _due(ticket: Ticket, now: datetime) -> str:
    if ticket.next_due_at is None or ticket.next_due_at <= now:
        return _("as soon as possible")
    at = formats.when(ticket.next_due_at, now, timezone.get_current_timezone(), language_code())
    return _("by %(due)s") % {"due": at}


# --- What goes with the sending ---------------------------------------------------------------------------------------


def effects(macro: Macro | None) -> Callable[[Act], None]:
    """What the macro does within the act that sends its text: it is taken back together with it."""

    def also(act: Act) -> None:
        if macro and macro.severity and macro.severity != act.ticket.severity:
            _grade(act, macro.severity)
        if macro and macro.assign_to_me and act.ticket.assignee_id != act.actor.pk:
            require(
                act.actor, "tickets.assign_ticket" if act.ticket.assignee_id else "tickets.claim_ticket", act.ticket
            )
            assignment.give(act, act.actor)

    return also


def effects_of(macro: Macro, *, state: bool = True) -> list[str]:
    """What goes with the sending, in words; without the state where that can be seen beside."""
    said = []
    if macro.severity:
        said.append(_("severity %(severity)s") % {"severity": Severity(macro.severity).label})
    if macro.assign_to_me:
        said.append(_("assigned to me"))
    if macro.next_state and state:
        said.append(_("then %(state)s") % {"state": State(macro.next_state).label})
    return said


def _grade(act: Act, severity: int) -> None:
    right = "raise" if severity < act.ticket.severity else "lower"
    require(act.actor, f"tickets.{right}_severity_ticket", act.ticket)
    facts = {"severity": severity}
    act.record(EventKind.FACTS_CHANGED, data={"facts": facts}, caches=facts)


# --- Checks -----------------------------------------------------------------------------------------------------------


def _save(macro: Macro, wording: Wording, action: str, actor: Any, now: datetime) -> Macro:
    values = asdict(_checked(wording))
    before = {name: getattr(macro, name) for name in values}
    for name, value in values.items():
        setattr(macro, name, value)
    with transaction.atomic():
        macro.version = (macro.version or 0) + 1 if macro.pk else 1
        macro.updated_at = now
        macro.save()
        changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
        audit.record(actor=actor, action=action, subject=f"tickets.macro:{macro.pk}", changes=changes, now=now)
    return macro


def _checked(wording: Wording) -> Wording:
    for name, value, allowed in (
        ("mode", wording.mode, EntryMode.values),
        ("next_state", wording.next_state, ["", *STATES]),
        ("severity", wording.severity, [None, *Severity.values]),
    ):
        if value not in allowed:
            raise InputError("choice", _("Please choose a value from the list."), name)
    if wording.next_state and wording.mode != EntryMode.REPLY:
        raise InputError("next_state", _("Only a reply is followed by a state."), "next_state")
    name = cleaned(wording.name, "name", limit=NAME_MAX)
    body = cleaned(wording.body, "body", limit=BODY_MAX)
    unknown = [found for found in _VARIABLE.findall(body) if found not in VARIABLES]
    if unknown:
        message = _("There is no variable “%(name)s”. Known are: %(known)s.")
        known = "、".join(f"{{{{{one}}}}}" for one in VARIABLES)
        raise InputError("variable", message % {"name": unknown[0], "known": known}, "body")
    return Wording(**asdict(wording) | {"name": name, "body": body, "next_state": str(wording.next_state)})


def _locked(macro: Macro, version: int | None) -> Macro:
    locked = Macro.objects.select_for_update(of=("self",)).get(pk=macro.pk)
    if version is not None and version != locked.version:
        message = _("Someone has changed this macro in the meantime. Please compare and try again.")
        raise StaleError(message, asdict(_wording(locked)))
    return locked


def _wording(macro: Macro, **changes: Any) -> Wording:
    values = {name: getattr(macro, name) for name in Wording.__dataclass_fields__}
    return Wording(**values | changes)
