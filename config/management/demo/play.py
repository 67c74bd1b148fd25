"""Playing stories through the domain, in the order in which they happened.

Between two acts time passes as it does with beat and worker: every escalation step is recorded, and every message
delivered, at its own instant. Every act is one that the person may do at the desk.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from random import Random
from typing import Any

from django.db.models import Max, Min

from accounts.models import User
from config.management.demo.stage import Stage
from config.management.demo.story import OFFICE, Step, Story
from core.domain import notification, outbox
from core.enums import OutboxState
from core.models import Outbox
from core.permissions import require
from feedback.domain.rating import rate
from tickets.domain.agreement import agree_date
from tickets.domain.assignment import assign, claim
from tickets.domain.cancellation import cancel, merge
from tickets.domain.link import follow, link
from tickets.domain.message import hear, note, reply
from tickets.domain.progress import record_progress
from tickets.domain.promises import promises_of
from tickets.domain.resolution import close, reopen, resolve
from tickets.domain.review import review
from tickets.domain.sweep import sweep
from tickets.domain.ticket import Changes, Report, change, report
from tickets.domain.undo import undo
from tickets.domain.waiting import pause, resume, set_state
from tickets.enums import Channel, Source
from tickets.models import Clock, Event, Ticket

SOURCES = {Channel.EMAIL: Source.MAIL, Channel.PORTAL: Source.PORTAL, Channel.ALARM: Source.API}


@dataclass
class Play:
    """The stories as they are played. `tickets` are the tickets by story, those of earlier loadings included."""

    stage: Stage
    tickets: dict[str, Ticket]
    anchor: datetime
    random: Callable[[str], Random]
    tick: Callable[[int], None]
    new: dict[str, Ticket] = field(default_factory=dict)
    reported: dict[str, datetime] = field(default_factory=dict)
    last_row: int = 0

    def run(self, stories: Iterable[Story]) -> None:
        """Play the stories up to `anchor`. What a story would do after it has not happened yet."""
        self.last_row = Outbox.objects.aggregate(last=Max("pk"))["last"] or 0
        for at, act in sorted(self._acts(stories), key=itemgetter(0)):
            self.pass_time(at)
            act(at)
        self.pass_time(self.anchor)

    def pass_time(self, until: datetime) -> None:
        """Record the escalations and deliver the messages of these tickets, each at its own instant."""
        ids = [ticket.pk for ticket in self.new.values()]
        while (at := self._next(ids, until)) is not None:
            sweep(at, only=ids)
            outbox.drain(at)

    def _next(self, ids: list[int], until: datetime) -> datetime | None:
        clocks = Clock.objects.filter(ticket__in=ids, next_step_at__lte=until).aggregate(at=Min("next_step_at"))
        rows = Outbox.objects.filter(
            pk__gt=self.last_row, state=OutboxState.NEW, lease_until=None, not_before__lte=until
        ).aggregate(at=Min("not_before"))
        return min((found["at"] for found in (clocks, rows) if found["at"]), default=None)

    def _acts(self, stories: Iterable[Story]) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        midnight = self.anchor.astimezone(OFFICE).replace(hour=0, minute=0, second=0, microsecond=0)
        yield midnight, self._read_everything
        for story in stories:
            start = self.reported[story.key] = story.reported_at(self.anchor, self.random(story.key))
            yield start, partial(self._report, story)
            for step in story.steps:
                at = start + timedelta(minutes=step.after)
                if at <= self.anchor:
                    yield at, partial(self._do, story, step)

    def _read_everything(self, at: datetime) -> None:
        """What is from before today has been read."""
        for user in self.stage.users.values():
            notification.mark_all_read(user, at)

    def _report(self, story: Story, at: datetime) -> None:
        actor = self.stage.users[story.by]
        require(actor, "tickets.report_ticket", None)
        code = story.where.split(".")[0]
        asset = self.stage.assets.get(story.where)
        self.new[story.key] = self.tickets[story.key] = report(
            report=Report(
                customer=self.stage.customers[code],
                contact=self.stage.contacts[f"{code}/{story.contact}"] if story.contact is not None else None,
                caller_name=story.caller[0],
                caller_phone=story.caller[1],
                site=asset.site if asset else self.stage.sites.get(story.where),
                asset=asset,
                subject=story.subject,
                description=story.description,
                kind=story.kind,
                channel=story.channel,
                severity=story.severity,
                maintenance=story.maintenance,
                occurred_at=at - timedelta(minutes=story.occurred) if story.occurred else None,
            ),
            actor=actor,
            now=at,
            answered=story.answered,
            source=SOURCES.get(Channel(story.channel), Source.DESK),
        )
        self.tick(len(self.new))

    def _do(self, story: Story, step: Step, at: datetime) -> None:
        ticket, actor = self.tickets[story.key], self.stage.users.get(step.who)
        if "other" in step.more and step.more["other"] not in self.tickets:
            return
        ticket.refresh_from_db()
        if actor:
            require(actor, f"tickets.{step.act}_ticket", ticket)
        facts = self._facts(story, step)
        scene = Scene(ticket, actor, at, step.text, facts, self.tickets)
        ACTS[step.act](scene)

    def _facts(self, story: Story, step: Step) -> dict[str, Any]:
        """What the step says, with people, tickets and times in place of their names."""
        facts = dict(step.more)
        if "to" in facts:
            facts["to"] = self.stage.users[facts["to"]]
        if "other" in facts:
            facts["other"] = self.tickets[facts["other"]]
        for name in ("due", "at"):
            if facts.get(name) is not None:
                facts[name] = self.reported[story.key] + timedelta(minutes=facts[name])
        return facts


@dataclass(frozen=True)
class Scene:
    """One act with everything it needs."""

    ticket: Ticket
    actor: User | None
    now: datetime
    text: str
    facts: Mapping[str, Any]
    tickets: Mapping[str, Ticket]

    @property
    def act(self) -> dict[str, Any]:
        return {"ticket": self.ticket, "actor": self.actor, "now": self.now}


def _hear(scene: Scene) -> None:
    hear(**scene.act, body=scene.text, contact=scene.ticket.contact)


def _record_progress(scene: Scene) -> None:
    kind, at = scene.facts["kind"], scene.now - timedelta(minutes=scene.facts["late"])
    if not scene.facts["if_promised"] or kind in promises_of(scene.ticket).progress_kinds:
        record_progress(**scene.act, kind=kind, at=at, note=scene.text)


def _resolve(scene: Scene) -> None:
    reasons = dict.fromkeys(promises_of(scene.ticket).targets, scene.facts["late"])
    facts = {"cause": scene.facts["cause"], "at": scene.facts["at"]}
    resolve(**scene.act, solution=scene.text, breach_reasons=reasons, **facts)


def _rate(scene: Scene) -> None:
    contact = scene.ticket.contact
    rate(ticket=scene.ticket, contact=contact, actor=None, now=scene.now, comment=scene.text, **scene.facts)


def _undo(scene: Scene) -> None:
    event = Event.objects.filter(ticket=scene.ticket).latest("seq")
    undo(**scene.act, event=event, reason=scene.text)


ACTS: dict[str, Callable[[Scene], Any]] = {
    "claim": lambda scene: claim(**scene.act),
    "assign": lambda scene: assign(**scene.act, assignee=scene.facts["to"]),
    "reply": lambda scene: reply(**scene.act, body=scene.text, **scene.facts),
    "note": lambda scene: note(**scene.act, body=scene.text),
    "hear": _hear,
    "record_progress": _record_progress,
    "pause": lambda scene: pause(**scene.act, note=scene.text, **scene.facts),
    "resume": lambda scene: resume(**scene.act),
    "set_state": lambda scene: set_state(**scene.act, note=scene.text, **scene.facts),
    "agree_date": lambda scene: agree_date(**scene.act, note=scene.text, **scene.facts),
    "change": lambda scene: change(**scene.act, changes=Changes(**scene.facts)),
    "resolve": _resolve,
    "close": lambda scene: close(**scene.act),
    "cancel": lambda scene: cancel(**scene.act, note=scene.text, **scene.facts),
    "reopen": lambda scene: reopen(**scene.act, reason=scene.text),
    "merge": lambda scene: merge(**scene.act, **scene.facts),
    "link": lambda scene: link(**scene.act, **scene.facts),
    "follow": lambda scene: follow(**scene.act),
    "review": lambda scene: review(**scene.act, note=scene.text),
    "undo": _undo,
    "rate": _rate,
}
