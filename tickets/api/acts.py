"""The acts on a ticket, by what they are about. Each calls the domain function of its name and decides nothing."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.api.fields import existing
from tickets.api import bodies, lookup
from tickets.api.deed import deed
from tickets.domain import assignment, cancellation, link, message, progress, resolution, review, ticket, undo, waiting
from tickets.domain.act import check_version
from tickets.domain.agreement import agree_date
from tickets.enums import Source
from tickets.models import Ticket

Data = dict[str, Any]


class Acting:
    """What every act hands to the domain."""

    request: Any
    now: datetime

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.request.user, "now": self.now}

    def with_version(self, data: Data) -> dict[str, Any]:
        return self.who | {"source": Source.API, "version": data.get("version")}


class Conversation(Acting):
    """Who works on it, what is said, what happens."""

    @deed(bodies.AssignBody, _("Give it to somebody, or to nobody"), {"assignee": 12, "version": 3})
    def assign(self, ticket: Ticket, data: Data) -> Ticket:
        person = lookup.assignee(self.request.user, data["assignee"])
        return assignment.assign(ticket=ticket, assignee=person, **self.with_version(data))

    @deed(bodies.PlainBody, _("Take it"), {"version": 3})
    def claim(self, ticket: Ticket, data: Data) -> Ticket:
        return assignment.claim(ticket=ticket, **self.with_version(data))

    @deed(bodies.ReplyBody, _("Answer the customer"), {"body": "已安排工程师今天下午到场。", "is_plan": True})
    def reply(self, ticket: Ticket, data: Data) -> None:
        message.reply(
            ticket=ticket,
            body=data["body"],
            is_plan=data["is_plan"],
            to_contact=lookup.contact(self.request.user, ticket.customer_id, data.get("to_contact"), "to_contact"),
            next_state=data.get("next_state", ""),
            **self.with_version(data),
        )

    @deed(bodies.NoteBody, _("Write an internal note"), {"body": "疑似打印头老化。"})
    def note(self, ticket: Ticket, data: Data) -> None:
        message.note(ticket=ticket, body=data["body"], **self.with_version(data))

    @deed(bodies.HearBody, _("Write down what the customer said"), {"body": "周三上午可以停机。", "said_by": "李工"})
    def hear(self, ticket: Ticket, data: Data) -> None:
        message.hear(
            ticket=ticket,
            body=data["body"],
            contact=lookup.contact(self.request.user, ticket.customer_id, data.get("contact")),
            said_by=data.get("said_by", ""),
            answered=data["answered"],
            **self.with_version(data),
        )

    @deed(bodies.ProgressBody, _("Record progress"), {"kind": "checked_in", "at": "2026-11-23T10:38:00+08:00"})
    def progress(self, ticket: Ticket, data: Data) -> None:
        progress.record_progress(
            ticket=ticket,
            kind=data["kind"],
            at=data.get("at"),
            about=data.get("about", ""),
            note=data.get("note", ""),
            **self.with_version(data),
        )


class Course(Acting):
    """Waiting and going on."""

    @deed(bodies.PauseBody, _("Pause the clocks"), {"reason": "waiting_customer", "note": "等客户确认停机时间"})
    def pause(self, ticket: Ticket, data: Data) -> Ticket:
        return waiting.pause(ticket=ticket, reason=data["reason"], note=data.get("note", ""), **self.with_version(data))

    @deed(bodies.PlainBody, _("Go on"), {"version": 5})
    def resume(self, ticket: Ticket, data: Data) -> Ticket:
        return waiting.resume(ticket=ticket, **self.with_version(data))

    @deed(bodies.StateBody, _("Set the working state"), {"state": "waiting_parts"})
    def state(self, ticket: Ticket, data: Data) -> Ticket:
        return waiting.set_state(
            ticket=ticket, state=data["state"], note=data.get("note", ""), **self.with_version(data)
        )


class Facts(Acting):
    """What it is about, and what belongs to it."""

    @deed(bodies.ChangeBody, _("Correct the facts"), {"severity": 1, "version": 4})
    def change(self, ticket_row: Ticket, data: Data) -> Ticket:
        user, customer = self.request.user, ticket_row.customer_id
        changes = ticket.Changes(
            severity=data.get("severity"),
            kind=data.get("kind"),
            site=lookup.site(user, customer, data.get("site")),
            asset=lookup.asset(user, customer, data.get("asset")),
            subject=data.get("subject"),
        )
        return ticket.change(ticket=ticket_row, changes=changes, **self.with_version(data))

    @deed(
        bodies.AgreeDateBody,
        _("Note a date that the customer agreed to"),
        {"target": "on_site", "due": "2026-11-24T10:00:00+08:00", "note": "与陈敏电话约定"},
        path="agree-date",
    )
    def agree_date(self, ticket: Ticket, data: Data) -> Ticket:
        facts = {name: data[name] for name in ("target", "due", "note")}
        return agree_date(ticket=ticket, **facts, **self.with_version(data))

    @deed(bodies.LinkBody, _("Link another ticket of the customer"), {"other": "WB-2611-00007", "kind": "related"})
    def link(self, ticket: Ticket, data: Data) -> Ticket:
        other = lookup.other_ticket(self.request.user, data["other"])
        check_version(ticket, data.get("version"))
        return link.link(ticket=ticket, other=other, kind=data["kind"], source=Source.API, **self.who)

    @deed(bodies.PlainBody, _("Be told of it"), {})
    def follow(self, ticket: Ticket, data: Data) -> None:
        check_version(ticket, data.get("version"))
        link.follow(ticket=ticket, **self.who)

    @deed(bodies.PlainBody, _("Be told of it no longer"), {})
    def unfollow(self, ticket: Ticket, data: Data) -> None:
        check_version(ticket, data.get("version"))
        link.unfollow(ticket=ticket, **self.who)

    @deed(bodies.UndoBody, _("Take an entry back"), {"event": 5, "reason": "误操作"})
    def undo(self, ticket: Ticket, data: Data) -> Ticket:
        event = existing(ticket.events.all(), data["event"], "event", by="seq")
        check_version(ticket, data.get("version"))
        return undo.undo(ticket=ticket, event=event, reason=data.get("reason", ""), source=Source.API, **self.who)

    @deed(bodies.ReviewBody, _("Mark a late entry as reviewed"), {"note": "已核对到场记录"})
    def review(self, ticket: Ticket, data: Data) -> Ticket:
        return review.review(ticket=ticket, note=data.get("note", ""), **self.with_version(data))


class Ends(Acting):
    """Resolved, closed, cancelled, reopened, merged."""

    @deed(bodies.ResolveBody, _("Resolve it"), {"solution": "更换打印头，测试正常。", "cause": "hardware"})
    def resolve(self, ticket: Ticket, data: Data) -> Ticket:
        return resolution.resolve(
            ticket=ticket,
            solution=data["solution"],
            cause=data["cause"],
            at=data.get("at"),
            breach_reasons=data.get("breach_reasons"),
            first_fix=data["first_fix"],
            tell_customer=data["tell_customer"],
            **self.with_version(data),
        )

    @deed(bodies.PlainBody, _("Close it"), {"version": 9})
    def close(self, ticket: Ticket, data: Data) -> Ticket:
        return resolution.close(ticket=ticket, **self.with_version(data))

    @deed(bodies.CancelBody, _("Cancel it"), {"reason": "withdrawn", "note": "客户自行恢复"})
    def cancel(self, ticket: Ticket, data: Data) -> Ticket:
        return cancellation.cancel(
            ticket=ticket, reason=data["reason"], note=data.get("note", ""), **self.with_version(data)
        )

    @deed(bodies.ReopenBody, _("Reopen it"), {"reason": "故障再次出现"})
    def reopen(self, ticket: Ticket, data: Data) -> Ticket:
        return resolution.reopen(ticket=ticket, reason=data["reason"], **self.with_version(data))

    @deed(bodies.OtherBody, _("Merge with another ticket; answers the one that goes on"), {"other": "WB-2611-00007"})
    def merge(self, ticket: Ticket, data: Data) -> Ticket:
        other = lookup.other_ticket(self.request.user, data["other"])
        return cancellation.merge(ticket=ticket, other=other, **self.with_version(data))
