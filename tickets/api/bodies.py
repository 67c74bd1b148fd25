"""What the acts on a ticket take. Each field is named with its type and limit; anything else is refused."""

from rest_framework import serializers

from contracts.enums import Coverage
from core.api.fields import Act, Choice, Flag, Id, Instant, Strict, Text
from tickets.domain.text import BODY_MAX
from tickets.enums import (
    WAITING,
    BreachReason,
    CancelReason,
    Cause,
    Channel,
    Kind,
    LinkKind,
    Maintenance,
    PauseReason,
    Severity,
    State,
)

NOTE_MAX, SUBJECT_MAX = 500, 160
WORKING = [(state.value, state.label) for state in State if state in WAITING | {State.IN_PROGRESS}]


def note(*, required: bool = False) -> Text:
    return Text(required=required, allow_blank=not required, max_length=NOTE_MAX)


class ReportBody(Strict):
    customer = Id()
    subject = Text(max_length=SUBJECT_MAX)
    kind = Choice(choices=Kind.choices)
    severity = Choice(choices=Severity.choices)
    channel = Choice(choices=Channel.choices, default=Channel.API)
    description = Text(required=False, allow_blank=True, max_length=BODY_MAX)
    contact = Id(required=False, allow_null=True)
    caller_name = Text(required=False, allow_blank=True, max_length=60)
    caller_phone = Text(required=False, allow_blank=True, max_length=20)
    site = Id(required=False, allow_null=True)
    asset = Id(required=False, allow_null=True)
    maintenance = Choice(choices=Maintenance.choices, required=False, allow_blank=True)
    occurred_at = Instant(required=False, allow_null=True)
    assignee = Id(required=False, allow_null=True)
    answered = Flag(default=False)


class PlainBody(Act):
    """Nothing but the version."""


class OverrideCoverageBody(Act):
    code = Choice(choices=Coverage.choices)
    reason = note(required=True)


class AssignBody(Act):
    assignee = Id(allow_null=True)


class ReplyBody(Act):
    body = Text(max_length=BODY_MAX)
    is_plan = Flag(default=False)
    to_contact = Id(required=False, allow_null=True)
    next_state = Choice(choices=WORKING, required=False, allow_blank=True)


class NoteBody(Act):
    body = Text(max_length=BODY_MAX)


class HearBody(Act):
    """What the customer said; `said_by` names who is no contact of ours."""

    body = Text(max_length=BODY_MAX)
    contact = Id(required=False, allow_null=True)
    said_by = Text(required=False, allow_blank=True, max_length=60)
    answered = Flag(default=False)


class ProgressBody(Act):
    kind = Text(max_length=40)
    at = Instant(required=False, allow_null=True)
    about = Text(required=False, allow_blank=True, max_length=80)
    note = note()


class PauseBody(Act):
    reason = Choice(choices=PauseReason.choices)
    note = note()


class StateBody(Act):
    state = Choice(choices=WORKING)
    note = note()


class ChangeBody(Act):
    severity = Choice(choices=Severity.choices, required=False)
    kind = Choice(choices=Kind.choices, required=False)
    site = Id(required=False)
    asset = Id(required=False)
    subject = Text(required=False, max_length=SUBJECT_MAX)


class AgreeDateBody(Act):
    target = Text(max_length=32)
    due = Instant()
    note = note(required=True)


class ResolveBody(Act):
    solution = Text(max_length=BODY_MAX)
    cause = Choice(choices=Cause.choices)
    at = Instant(required=False, allow_null=True)
    breach_reasons = serializers.DictField(child=Choice(choices=BreachReason.choices), required=False)
    first_fix = Flag(default=False)
    tell_customer = Flag(default=True)


class CancelBody(Act):
    reason = Choice(choices=CancelReason.choices)
    note = note()


class ReopenBody(Act):
    reason = note(required=True)


class OtherBody(Act):
    other = Text(max_length=20)


class LinkBody(OtherBody):
    kind = Choice(choices=LinkKind.choices, default=LinkKind.RELATED)


class UndoBody(Act):
    """`event` is the number (`seq`) of an event; the whole act that it belongs to is taken back."""

    event = Id()
    reason = note()


class ReviewBody(Act):
    note = note()


class UploadBody(Strict):
    file = serializers.FileField(allow_empty_file=True, use_url=False)
    internal = serializers.BooleanField(default=False)
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
