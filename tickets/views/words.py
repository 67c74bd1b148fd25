"""The events of a ticket in words, one sentence each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from contracts.domain.promise_words import target_name
from contracts.enums import Coverage
from core import formats
from core.language import language_code
from customers.enums import Locality
from tickets.domain.promises import Bound
from tickets.enums import CancelReason, Cause, Channel, EventKind, Kind, LinkKind, PauseReason, Severity, State
from tickets.models import Escalation, Event, Ticket

LATE = timedelta(seconds=60)
ICONS = {
    EventKind.ASSIGNED: "user-check",
    EventKind.STATE_CHANGED: "progress",
    EventKind.PAUSED: "player-pause",
    EventKind.RESUMED: "player-play",
    EventKind.FACTS_CHANGED: "edit",
    EventKind.DATE_AGREED: "calendar-event",
    EventKind.PROMISE_CHANGED: "shield-check",
    EventKind.CALENDAR_CHANGED: "calendar",
    EventKind.RESOLVED: "checks",
    EventKind.REOPENED: "refresh",
    EventKind.CLOSED: "archive",
    EventKind.CANCELLED: "x",
    EventKind.MERGED: "git-merge",
    EventKind.LINKED: "link",
    EventKind.ATTACHED: "paperclip",
    EventKind.REVIEWED: "eye",
    EventKind.VOIDED: "arrow-back-up",
}
_FACT_NAMES: dict[str, Callable[[], str]] = {
    "severity": lambda: _("Severity"),
    "kind": lambda: _("Kind"),
    "channel": lambda: _("Channel"),
    "locality": lambda: _("Distance zone"),
    "distance_km": lambda: _("Distance"),
    "coverage": lambda: _("Coverage"),
}
_FACT_VALUES: dict[str, dict[Any, Any]] = {
    "severity": dict(Severity.choices),
    "kind": dict(Kind.choices),
    "channel": dict(Channel.choices),
    "locality": dict(Locality.choices),
    "coverage": dict(Coverage.choices),
}


def label(choices: Any, value: Any) -> str:
    """The word of a choice; a value that is none is shown as it is."""
    return str(dict(choices).get(value, value))


def moment(at: datetime, now: datetime) -> str:
    """今天 10:38 in the reader's zone."""
    return formats.when(at, now, timezone.get_current_timezone(), language_code())


def ticket_link(number: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse("tickets:ticket-detail", args=[number]), number)


def with_note(text: str, note: str) -> str:
    return _("%(text)s: %(note)s") % {"text": text, "note": note} if note else text


@dataclass
class Words:
    """Says events of one ticket. `people` are names by user id, `before` the facts ahead of each change by event id."""

    ticket: Ticket
    bound: Bound
    now: datetime
    people: Mapping[int, str]
    before: Mapping[int, Mapping[str, Any]]

    def of(self, event: Event) -> str:
        """One sentence; what was entered later says when it happened."""
        say = _SAY.get(event.kind)
        text = say(self, event) if say else with_note(self.bound.event_name(event.kind), event.data.get("note", ""))
        if event.recorded_at - event.at < LATE:
            return text
        return format_html("{} · {}", text, _("happened %(at)s") % {"at": moment(event.at, self.now)})

    def of_step(self, step: Escalation) -> str:
        """An escalation, and who was told."""
        facts = {"target": self.target(step.clock.target), "step": step.step}
        over = step.clock.breached_at is not None and step.due_at >= step.clock.breached_at
        text = _("%(target)s is overdue") if over else _("%(target)s has used %(step)s of its time")
        told = "、".join(self.people.get(pk, "") for pk in step.told)
        return with_note(text % facts, _("told %(names)s") % {"names": told} if told else "")

    def target(self, name: str) -> str:
        known = self.bound.targets.get(name)
        return target_name(known) if known else name

    def assigned(self, event: Event) -> str:
        to = event.data.get("to")
        if to is None:
            return _("Nobody is assigned any more")
        if to == event.actor_id:
            return _("Taken on")
        return _("Assigned to %(name)s") % {"name": self.people.get(to, "")}

    def state_changed(self, event: Event) -> str:
        state = label(State.choices, event.data.get("set", {}).get("state", ""))
        return with_note(_("State: %(state)s") % {"state": state}, event.data.get("note", ""))

    def paused(self, event: Event) -> str:
        reason = label(PauseReason.choices, event.data.get("reason", ""))
        return with_note(_("Deadlines paused, %(reason)s") % {"reason": reason}, event.data.get("note", ""))

    def resumed(self, event: Event) -> str:
        return _("Deadlines run on")

    def facts_changed(self, event: Event) -> str:
        before, facts = self.before.get(event.pk, {}), event.data.get("facts", {})
        said = [_fact(name, before.get(name), value) for name, value in facts.items()]
        told = "，".join(said + self._places(event.data.get("set", {}))) or _("Subject")
        return with_note(with_note(_("Facts changed"), told), event.data.get("note", ""))

    def _places(self, changed: Mapping[str, Any]) -> list[str]:
        """Site and device, by name where they are still the ticket's."""
        ticket, said = self.ticket, []
        for column, name, row in (("site_id", _("Site"), ticket.site), ("asset_id", _("Device"), ticket.asset)):
            if column in changed:
                said.append(f"{name} {row.name}" if row and row.pk == changed[column] else name)
        return said

    def date_agreed(self, event: Event) -> str:
        due = moment(datetime.fromisoformat(event.data["due"]), self.now)
        text = _("Date agreed for %(target)s, %(due)s") % {"target": self.target(event.data["target"]), "due": due}
        return with_note(text, event.data.get("note", ""))

    def rebound(self, event: Event) -> str:
        text = f"{self.bound.event_name(event.kind)} {event.data['code']}"
        return with_note(text, event.data.get("note", ""))

    def resolved(self, event: Event) -> str:
        done = event.data.get("set", {})
        text = _("Resolved, %(cause)s") % {"cause": label(Cause.choices, done.get("cause", ""))}
        if event.data.get("first_fix"):
            text = _("%(text)s, at the first go") % {"text": text}
        return with_note(text, done.get("solution", ""))

    def reopened(self, event: Event) -> str:
        return with_note(_("Reopened"), event.data.get("reason", ""))

    def closed(self, event: Event) -> str:
        return _("Closed") if event.actor_id else _("Closed, nobody has objected")

    def cancelled(self, event: Event) -> str:
        text = _("Cancelled, %(reason)s") % {"reason": label(CancelReason.choices, event.data.get("reason", ""))}
        if event.data.get("set", {}).get("merged_into_id") and self.ticket.merged_into:
            return format_html("{} {}", text, ticket_link(self.ticket.merged_into.number))
        return with_note(text, event.data.get("note", ""))

    def merged(self, event: Event) -> str:
        return format_html("{} {}", _("Merged in:"), ticket_link(event.data["from"]))

    def linked(self, event: Event) -> str:
        kind = label(LinkKind.choices, event.data.get("kind", ""))
        return format_html("{} · {} {}", _("Linked"), kind, ticket_link(event.data["to"]))

    def attached(self, event: Event) -> str:
        word = _("Internal file") if event.data.get("internal") else _("File")
        return format_html('{} <a href="{}">{}</a>', word, file_url(event), event.data["name"])

    def reviewed(self, event: Event) -> str:
        return with_note(_("Late entry reviewed"), event.data.get("note", ""))

    def voided(self, event: Event) -> str:
        what = self.bound.event_name(event.voids.kind) if event.voids else ""
        text = _("%(what)s taken back") % {"what": str(label(EventKind.choices, what))}
        return with_note(text, event.data.get("reason", ""))


_SAY: dict[str, Callable[[Words, Event], str]] = {
    EventKind.ASSIGNED: Words.assigned,
    EventKind.STATE_CHANGED: Words.state_changed,
    EventKind.PAUSED: Words.paused,
    EventKind.RESUMED: Words.resumed,
    EventKind.FACTS_CHANGED: Words.facts_changed,
    EventKind.DATE_AGREED: Words.date_agreed,
    EventKind.PROMISE_CHANGED: Words.rebound,
    EventKind.CALENDAR_CHANGED: Words.rebound,
    EventKind.RESOLVED: Words.resolved,
    EventKind.REOPENED: Words.reopened,
    EventKind.CLOSED: Words.closed,
    EventKind.CANCELLED: Words.cancelled,
    EventKind.MERGED: Words.merged,
    EventKind.LINKED: Words.linked,
    EventKind.ATTACHED: Words.attached,
    EventKind.REVIEWED: Words.reviewed,
    EventKind.VOIDED: Words.voided,
}


def file_url(event: Event) -> str:
    return reverse("core:attachment-download", args=[event.data["attachment"]])


def _fact(name: str, before: Any, value: Any) -> str:
    facts = {"fact": _FACT_NAMES[name](), "before": _fact_value(name, before), "after": _fact_value(name, value)}
    return _("%(fact)s from %(before)s to %(after)s") % facts


def _fact_value(name: str, value: Any) -> str:
    if value is None or value == "":
        return _("unknown")
    return f"{value} km" if name == "distance_km" else label(_FACT_VALUES[name].items(), value)


def facts_ahead(changes: Sequence[Event]) -> dict[int, dict[str, Any]]:
    """What the facts were before each change, by event id; a change that was taken back changed nothing."""
    present: dict[str, Any] = {}
    ahead = {}
    for event in changes:
        ahead[event.pk] = dict(present)
        if not getattr(event, "taken_back", False):
            present |= event.data.get("facts", {})
    return ahead
