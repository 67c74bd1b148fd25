"""All that the ticket page shows; the page and each of its parts are drawn from it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from django.http import Http404, HttpRequest
from django.urls import reverse

from contracts.domain.coverage import verdict_of
from contracts.domain.coverage_card import card, card_by_hand
from contracts.domain.promise_words import set_name
from core.permissions import can
from tickets.domain.clock import NO_PROMISE, ClockView, past_views, views_of, waiting_views
from tickets.domain.coverage import entitlement_of, findings_of
from tickets.domain.macro import effects_of
from tickets.domain.promises import Bound, promises_of
from tickets.enums import EntryMode
from tickets.forms.entry import ComposerForm
from tickets.models import Clock, Draft, Participant, Ticket
from tickets.queries.clock import clocks_of
from tickets.queries.draft import draft_of, stamp_of
from tickets.queries.page import followers_of, ticket_for
from tickets.queries.presence import Viewer, viewers
from tickets.queries.timeline import SHOWS, Story, newest
from tickets.views.listing import neighbours, queue_of
from tickets.views.offers import BUTTONS, MAIN, MENU, Offer, offered
from tickets.views.story import Entry, Run, Teller, runs_of


def found(request: HttpRequest, number: str) -> Ticket:
    """The ticket out of those that the person sees, with what its page names; else 404."""
    ticket = ticket_for(request.user, number)
    if ticket is None:
        raise Http404
    return ticket


@dataclass
class Page:
    """What one person sees of one ticket at `now`. Each part is read when it is first drawn."""

    ticket: Ticket
    user: Any
    now: datetime
    show: str = ""
    before: int | None = None
    queue: str = ""

    @property
    def url(self) -> str:
        return self._url("detail")

    def _url(self, name: str, *more: Any) -> str:
        return reverse(f"tickets:ticket-{name}", args=[self.ticket.number, *more])

    @cached_property
    def bound(self) -> Bound:
        return promises_of(self.ticket)

    # --- Story -------------------------------------------------------------------------------------------------------

    @cached_property
    def story(self) -> Story:
        return newest(self.ticket, self.show, self.before)

    @cached_property
    def teller(self) -> Teller:
        return Teller(self.ticket, self.bound, self.user, self.now)

    @cached_property
    def entries(self) -> list[Entry]:
        return self.teller.entries(self.story)

    @property
    def runs(self) -> list[Run]:
        return runs_of(self.entries)

    @property
    def older_url(self) -> str:
        return f"{self.url}?show={self.show}&before={self.story.older}" if self.story.older else ""

    # --- Clocks ------------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[Clock]:
        return clocks_of([self.ticket])[self.ticket.pk]

    @cached_property
    def views(self) -> list[ClockView]:
        return views_of(self.ticket, self.bound, self.now, self.rows)

    @cached_property
    def waiting(self) -> list[ClockView]:
        """Promises that nothing has started yet; a ticket that is over waits for nothing."""
        return waiting_views(self.ticket, self.bound, self.now) if self.ticket.is_open else []

    @cached_property
    def past(self) -> list[dict[str, Any]]:
        """The record of earlier rounds."""
        return [self._card(view) for view in past_views(self.ticket, self.bound, self.now, self.rows)]

    @cached_property
    def clocks(self) -> list[dict[str, Any]]:
        """The cards of the present round, the nearest first. Where none runs, what the contract promises but nothing
        has started; where that is nothing, one card that says so.
        """
        contract = self.bound.contract
        unstarted = [asdict(view) for view in self.waiting if contract and view.set_code == contract.code]
        return [self._card(view) for view in self.views] or unstarted or [asdict(NO_PROMISE)]

    @property
    def more(self) -> list[ClockView]:
        """What nothing has started yet and has no card already."""
        shown = {card["id"] for card in self.clocks}
        return [view for view in self.waiting if view.id not in shown]

    @property
    def token(self) -> str:
        """Changes whenever the clocks would look different."""
        looks = [(view.id, view.state, view.level, view.due_at) for view in self.views]
        return f"{self.ticket.version}-{crc32(repr(looks).encode()):08x}"

    def _card(self, view: ClockView) -> dict[str, Any]:
        resumes = view.state == "paused" and can(self.user, "tickets.resume_ticket", self.ticket)
        return asdict(view) | {
            "why_url": self._url("why", view.id),
            "resume_url": self._url("resume") if resumes else "",
        }

    # --- Acts --------------------------------------------------------------------------------------------------------

    @property
    def buttons(self) -> list[Offer]:
        return self._offered(BUTTONS)

    @property
    def main(self) -> list[Offer]:
        return self._offered(MAIN)

    @cached_property
    def menu(self) -> list[Offer]:
        return self._offered(MENU)

    @cached_property
    def offers(self) -> frozenset[str]:
        """The names of what the menu offers: severity and state are links to their own dialogs."""
        return frozenset(offer.name for offer in self.menu)

    def _offered(self, offers: tuple[Offer, ...]) -> list[Offer]:
        return offered(offers, self.user, self.ticket, self.bound)

    @cached_property
    def may_reply(self) -> bool:
        return can(self.user, "tickets.reply_ticket", self.ticket)

    @cached_property
    def may_note(self) -> bool:
        return can(self.user, "tickets.note_ticket", self.ticket)

    @cached_property
    def may_hear(self) -> bool:
        return can(self.user, "tickets.hear_ticket", self.ticket)

    @cached_property
    def draft(self) -> Draft | None:
        """What the person has begun to write here."""
        return draft_of(self.ticket, self.user)

    @property
    def draft_stamp(self) -> str:
        return stamp_of(self.draft)

    @property
    def draft_effects(self) -> str:
        """What goes with the sending of the draft."""
        return " · ".join(effects_of(self.draft.macro, state=False)) if self.draft and self.draft.macro else ""

    @cached_property
    def composer(self) -> ComposerForm:
        return ComposerForm(ticket=self.ticket, user=self.user, now=self.now, draft=self.draft)

    def mode_of(self, asked: str) -> str:
        """What the composer is set to: as asked where the person may, else a reply, else a note."""
        allowed = {EntryMode.REPLY: self.may_reply, EntryMode.NOTE: self.may_note, EntryMode.HEAR: self.may_hear}
        first = EntryMode.REPLY if self.may_reply else EntryMode.NOTE
        return str(asked if asked in EntryMode.values and allowed[EntryMode(asked)] else first)

    # --- The list that one came from ---------------------------------------------------------------------------------

    @property
    def list_url(self) -> str:
        return reverse("tickets:ticket-list") + (f"?{self.queue}" if self.queue else "")

    @cached_property
    def steps(self) -> dict[str, str]:
        """The tickets before and after this one in that list, "" where there is none."""
        numbers = neighbours(self.user, self.queue, self.ticket, self.now)
        return dict(zip(("before_url", "after_url"), map(self._step, numbers), strict=True))

    def _step(self, number: str) -> str:
        address = reverse("tickets:ticket-detail", args=[number]) if number else ""
        return f"{address}?{urlencode({'queue': self.queue})}" if number and self.queue else address

    # --- Others ------------------------------------------------------------------------------------------------------

    @cached_property
    def viewers(self) -> list[Viewer]:
        """Who else has it open."""
        return viewers([self.ticket.number], self.user, self.now).get(self.ticket.number, [])

    # --- Beside ------------------------------------------------------------------------------------------------------

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """Who pays, as judged for the day of the fault or report, or by hand. `stale`: recorded otherwise."""
        ticket, known = self.ticket, entitlement_of(self.ticket)
        findings = findings_of(ticket, known)
        if ticket.coverage_by_hand:
            return card_by_hand(ticket.coverage, ticket.coverage_reason, findings)
        verdict = verdict_of(known)
        stale = "" if verdict.code == ticket.coverage else ticket.get_coverage_display()
        return card(verdict, findings) | {"stale": stale}

    @property
    def set_name(self) -> str:
        """The promise of the contract, or of this installation where there is none."""
        contract = self.bound.contract
        return set_name(contract) if contract else ""

    @cached_property
    def followers(self) -> list[Participant]:
        return followers_of(self.ticket)

    @property
    def is_followed(self) -> bool:
        return any(one.user_id == self.user.pk for one in self.followers)

    @property
    def caller(self) -> dict[str, str]:
        """Who reported it: the known contact, else what was written down."""
        ticket, contact = self.ticket, self.ticket.contact
        return {
            "name": ticket.caller_name or (contact.name if contact else ""),
            "role": contact.position if contact and not ticket.caller_name else "",
            "phone": ticket.caller_phone or (contact.phone if contact else ""),
            "email": contact.email if contact and not ticket.caller_name else "",
        }


def page_of(request: HttpRequest, ticket: Ticket, now: datetime) -> Page:
    """The page as its address asks for it; what the address says wrongly counts as not said."""
    asked = request.POST if request.method == "POST" else request.GET
    show, before = asked.get("show", ""), asked.get("before", "")
    known = before.isascii() and before.isdigit() and len(before) < 18
    earlier = int(before) if known else None
    return Page(ticket, request.user, now, show if show in SHOWS else "", earlier, queue_of(request))
