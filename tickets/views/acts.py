"""The acts on a ticket, by the names of their routes. Each calls the domain function of its name, deciding nothing."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import InputError
from core.permissions import require
from tickets.domain import assignment, cancellation, draft, message, resolution, waiting
from tickets.domain import link as links
from tickets.domain import progress as happening
from tickets.domain import review as reviewing
from tickets.domain import undo as taking_back
from tickets.domain.act import check_version
from tickets.domain.agreement import agree_date as agree
from tickets.domain.attachment import attach as add_file
from tickets.domain.macro import effects
from tickets.domain.ticket import Changes
from tickets.domain.ticket import change as correct
from tickets.enums import EntryMode, EventKind, Source
from tickets.forms.assignment import AssignForm
from tickets.forms.ends import CancelForm, ReopenForm, ResolveForm
from tickets.forms.entry import AttachForm, ComposerForm, ProgressForm, ReviewForm
from tickets.forms.facts import AgreeDateForm, ChangeForm, LinkForm, MergeForm
from tickets.forms.void import UndoForm
from tickets.forms.waiting import PauseForm, StateForm
from tickets.models import Ticket
from tickets.queries.timeline import event_of, just_done, mark_of
from tickets.views.composer import draw_composer
from tickets.views.dialog import Deed, act

# --- Who works on it --------------------------------------------------------------------------------------------------


@act("tickets.assign_ticket", _("Assign"), _("Assigned"), form=AssignForm)
def assign(deed: Deed) -> None:
    assignment.assign(ticket=deed.ticket, assignee=deed.data["assignee"], **deed.with_version)


@act("tickets.claim_ticket", _("Take it"), _("The ticket is yours"))
def claim(deed: Deed) -> None:
    assignment.claim(ticket=deed.ticket, **deed.with_version)


# --- What is said and what happens ------------------------------------------------------------------------------------


def _said(deed: Deed) -> str:
    if deed.data["mode"] == EntryMode.NOTE:
        return gettext("Internal note saved")
    return _heard(deed) if deed.data["mode"] == EntryMode.HEAR else gettext("Sent to the customer")


def _heard(deed: Deed) -> str:
    done = just_done(deed.ticket, deed.user, deed.now)
    resumed = any(event.kind == EventKind.RESUMED for event in done)
    return gettext("The customer has replied, deadlines run on") if resumed else gettext("Customer's words recorded")


_COMPOSER: dict[str, Any] = {"form": ComposerForm, "draw": draw_composer}


@act("tickets.reply_ticket", _("Reply to customer"), _said, **_COMPOSER)
def reply(deed: Deed) -> None:
    """The composer sends all here; the text first, then its files: what one refuses leaves nothing of the other."""
    data = deed.data
    if data["mode"] in _OTHER_MODES:
        _OTHER_MODES[data["mode"]](deed)
        return
    message.reply(
        ticket=deed.ticket,
        body=data["body"],
        is_plan=data["is_plan"],
        to_contact=data["to_contact"],
        next_state=data["next_state"],
        also=effects(data["macro"]),
        **deed.with_version,
    )
    _sent(deed, internal=False)


def _note(deed: Deed) -> None:
    require(deed.user, "tickets.note_ticket", deed.ticket)
    data = deed.data
    message.note(ticket=deed.ticket, body=data["body"], also=effects(data["macro"]), **deed.with_version)
    _sent(deed, internal=True)


def _hear(deed: Deed) -> None:
    require(deed.user, "tickets.hear_ticket", deed.ticket)
    data = deed.data
    message.hear(
        ticket=deed.ticket,
        body=data["body"],
        contact=data["to_contact"],
        said_by=data["said_by"],
        answered=data["answered"],
        also=effects(data["macro"]),
        source=Source.DESK,
        **deed.with_version,
    )
    _sent(deed, internal=False)


_OTHER_MODES = {EntryMode.NOTE: _note, EntryMode.HEAR: _hear}
note = act("tickets.note_ticket", _("Internal note"), _("Internal note saved"), **_COMPOSER)(_note)
hear = act("tickets.hear_ticket", _("Customer said"), _heard, **_COMPOSER)(_hear)


def _sent(deed: Deed, *, internal: bool) -> None:
    """The text is sent: its files follow, and it is no draft any more."""
    _add_files(deed, internal=internal)
    draft.forget(ticket=deed.ticket, user=deed.user)


def _add_files(deed: Deed, *, internal: bool) -> None:
    for upload in deed.data["attachments"]:
        try:
            add_file(ticket=deed.ticket, upload=upload, internal=internal, **deed.who)
        except InputError as error:
            raise InputError(error.code, f"{upload.name}: {error.message}", "attachments") from error


@act("tickets.record_progress_ticket", _("Record progress"), _("Recorded"), form=ProgressForm)
def progress(deed: Deed) -> None:
    data = deed.data
    happening.record_progress(
        ticket=deed.ticket,
        kind=data["kind"],
        at=deed.form.happened("at"),
        about=data["about"],
        note=data["note"],
        **deed.with_version,
    )


@act("tickets.attach_ticket", _("Attach files"), _("Files added"), form=AttachForm)
def attach(deed: Deed) -> None:
    check_version(deed.ticket, deed.data["version"])
    _add_files(deed, internal=deed.data["internal"])


# --- Waiting and going on ---------------------------------------------------------------------------------------------


@act("tickets.pause_ticket", _("Pause the deadlines"), _("Deadlines paused"), form=PauseForm)
def pause(deed: Deed) -> None:
    waiting.pause(ticket=deed.ticket, reason=deed.data["reason"], note=deed.data["note"], **deed.with_version)


@act("tickets.resume_ticket", _("Go on working"), _("Deadlines run on"))
def resume(deed: Deed) -> None:
    waiting.resume(ticket=deed.ticket, **deed.with_version)


@act("tickets.set_state_ticket", _("Set the state"), _("State set"), form=StateForm)
def state(deed: Deed) -> None:
    waiting.set_state(ticket=deed.ticket, state=deed.data["state"], note=deed.data["note"], **deed.with_version)


# --- What it is about -------------------------------------------------------------------------------------------------


@act("tickets.change_ticket", _("Severity and facts"), _("Facts changed"), form=ChangeForm, submit=_("Save changes"))
def change(deed: Deed) -> None:
    changed: Any = deed.form.changed
    names = ("severity", "kind", "site", "asset", "subject")
    correct(ticket=deed.ticket, changes=Changes(**{name: changed(name) for name in names}), **deed.with_version)


@act("tickets.agree_date_ticket", _("Agree a date"), _("Date agreed"), form=AgreeDateForm)
def agree_date(deed: Deed) -> None:
    facts = {name: deed.data[name] for name in ("target", "due", "note")}
    agree(ticket=deed.ticket, **facts, **deed.with_version)


@act(
    "tickets.link_ticket",
    _("Link a ticket"),
    _("Linked"),
    form=LinkForm,
    template="tickets/ticket_link.html",
)
def link(deed: Deed) -> None:
    check_version(deed.ticket, deed.data["version"])
    links.link(ticket=deed.ticket, other=deed.data["other"], kind=deed.data["kind"], **deed.who)


@act("tickets.follow_ticket", _("Follow"), _("You will be told about this ticket"))
def follow(deed: Deed) -> None:
    links.follow(ticket=deed.ticket, **deed.who)


@act("tickets.follow_ticket", _("Unfollow"), _("You will not be told any more"))
def unfollow(deed: Deed) -> None:
    links.unfollow(ticket=deed.ticket, **deed.who)


# --- Ends -------------------------------------------------------------------------------------------------------------


@act(
    "tickets.resolve_ticket",
    _("Mark as resolved"),
    _("Marked as resolved"),
    form=ResolveForm,
    template="tickets/ticket_resolve.html",
)
def resolve(deed: Deed) -> None:
    data = deed.data
    resolution.resolve(
        ticket=deed.ticket,
        solution=data["solution"],
        cause=data["cause"],
        at=deed.form.happened("at"),
        breach_reasons=deed.form.breach_reasons,
        first_fix=data["first_fix"],
        tell_customer=data["tell_customer"],
        **deed.with_version,
    )


@act("tickets.close_ticket", _("Close ticket"), _("Ticket closed"))
def close(deed: Deed) -> None:
    resolution.close(ticket=deed.ticket, **deed.with_version)


@act(
    "tickets.cancel_ticket",
    _("Cancel ticket"),
    _("Ticket cancelled"),
    form=CancelForm,
    intro=_("Its open deadlines are withdrawn. A cancelled ticket cannot be reopened."),
    tone="danger",
)
def cancel(deed: Deed) -> None:
    cancellation.cancel(ticket=deed.ticket, reason=deed.data["reason"], note=deed.data["note"], **deed.with_version)


@act(
    "tickets.reopen_ticket",
    _("Reopen"),
    _("Ticket reopened"),
    form=ReopenForm,
    intro=_("All deadlines begin a new round; the record of this one stays."),
)
def reopen(deed: Deed) -> None:
    resolution.reopen(ticket=deed.ticket, reason=deed.data["reason"], **deed.with_version)


@act(
    "tickets.merge_ticket",
    _("Merge"),
    _("Merged; this ticket goes on"),
    form=MergeForm,
    template="tickets/ticket_link.html",
    intro=_("The one reported first goes on, the other is cancelled as a duplicate. This cannot be taken back."),
    tone="danger",
)
def merge(deed: Deed) -> Ticket:
    return cancellation.merge(ticket=deed.ticket, other=deed.data["other"], **deed.with_version)


# --- Looking back -----------------------------------------------------------------------------------------------------


@act(
    "tickets.review_ticket",
    _("Review"),
    _("Reviewed"),
    form=ReviewForm,
    intro=_("A late entry has turned a missed deadline into a kept one. Please check that it is true."),
)
def review(deed: Deed) -> None:
    reviewing.review(ticket=deed.ticket, note=deed.data["note"], **deed.with_version)


def _entry(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """The event named by `?entry=`, its number in the ticket."""
    seq = mark_of(request.GET.get("entry", "")).event
    event = event_of(ticket, seq) if seq < 2**31 else None
    if event is None:
        raise Http404
    return {"event": event}


@act(
    "tickets.undo_ticket",
    _("Take back an entry"),
    _("Taken back"),
    form=UndoForm,
    more=_entry,
    tone="danger",
    intro=_("The entry stays in the record, struck through; state and deadlines are as if it had not been made."),
)
def undo(deed: Deed) -> None:
    check_version(deed.ticket, deed.data["version"])
    reason = deed.data.get("reason", "")
    taking_back.undo(ticket=deed.ticket, event=deed.form.event, reason=reason, **deed.who)
