"""How tickets and what belongs to them look in answers. Every field is named; nothing here takes input."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Instant
from core.models import Attachment
from customers.enums import Locality
from tickets.domain.clock import ClockView
from tickets.enums import Cause, Maintenance, Source
from tickets.models import Event, Link, Ticket

Part = serializers.Serializer[Any]
_KEPT_BACK = frozenset({"set", "versions"})


class NamedPart(Part):
    id = serializers.IntegerField()
    name = serializers.CharField()


class CustomerPart(NamedPart):
    code = serializers.CharField()


class AssetPart(NamedPart):
    serial = serializers.CharField()


class ClockPart(Part):
    """A promise of the ticket. Seconds are wall clock, but `held_seconds` counts open time of the calendar."""

    id = serializers.IntegerField()
    target = serializers.CharField()
    name = serializers.CharField(source="target_name")
    promise_set = serializers.CharField(source="set_code")
    round = serializers.IntegerField()
    about = serializers.CharField()
    state = serializers.CharField()
    level = serializers.CharField()
    goal = serializers.CharField()
    started_at = Instant()
    due_at = Instant()
    computed_due_at = Instant(allow_null=True)
    agreed_due = Instant(allow_null=True)
    met_at = Instant(allow_null=True)
    breached_at = Instant(allow_null=True)
    paused_at = Instant(allow_null=True)
    used_seconds = serializers.IntegerField(allow_null=True)
    remaining_seconds = serializers.IntegerField(allow_null=True)
    over_seconds = serializers.IntegerField(allow_null=True)
    held_seconds = serializers.IntegerField(allow_null=True)
    breach_reason = serializers.CharField()


class WaitingPart(Part):
    """A promise that has not started; `starts_on` says in words what starts it."""

    target = serializers.CharField()
    name = serializers.CharField(source="target_name")
    promise_set = serializers.CharField(source="set_code")
    goal = serializers.CharField()
    starts_on = serializers.CharField()


class ClocksPart(Part):
    clocks = ClockPart(many=True)
    past = ClockPart(many=True)
    waiting = WaitingPart(many=True)


class EventPart(Part):
    seq = serializers.IntegerField()
    kind = serializers.CharField()
    about = serializers.CharField()
    at = Instant()
    recorded_at = Instant()
    actor = NamedPart(allow_null=True)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    data = serializers.SerializerMethodField()  # type: ignore[assignment]
    voids = serializers.IntegerField(source="voids.seq", allow_null=True, default=None)

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_data(self, event: Event) -> Mapping[str, Any]:
        return {key: value for key, value in event.data.items() if key not in _KEPT_BACK}


class MessagePart(Part):
    id = serializers.IntegerField()
    event = serializers.IntegerField(source="event.seq")
    internal = serializers.BooleanField()
    author = NamedPart(allow_null=True)
    from_contact = NamedPart(allow_null=True)
    to_contact = NamedPart(allow_null=True)
    body = serializers.CharField()
    created_at = Instant()
    taken_back = serializers.BooleanField()


class FilePart(Part):
    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    internal = serializers.BooleanField()
    created_at = Instant()


class LinkPart(Part):
    """Another ticket; `kind` reads from this ticket where `outgoing`, else from the other one."""

    ticket = serializers.SerializerMethodField()
    kind = serializers.CharField()
    outgoing = serializers.SerializerMethodField()

    def get_ticket(self, link: Link) -> str:
        return link.other.number if self.get_outgoing(link) else link.ticket.number

    def get_outgoing(self, link: Link) -> bool:
        return bool(link.ticket_id == self.context["ticket"].pk)


@dataclass(frozen=True)
class Parts:
    """What is shown with a ticket but is no column of it."""

    clocks: list[ClockView]
    attachments: list[Attachment]
    links: list[Link]


class TicketRow(serializers.ModelSerializer[Ticket]):
    maintenance = serializers.ChoiceField(choices=Maintenance.choices, allow_blank=True)
    locality = serializers.ChoiceField(choices=Locality.choices, allow_blank=True)
    customer = CustomerPart()
    contact = NamedPart(allow_null=True)
    assignee = NamedPart(allow_null=True)
    site = NamedPart(allow_null=True)
    asset = AssetPart(allow_null=True)
    contract = serializers.CharField(source="line.contract.number", allow_null=True, default=None)
    merged_into = serializers.CharField(source="merged_into.number", allow_null=True, default=None)
    occurred_at = Instant(allow_null=True)
    reported_at = Instant()
    resolved_at = Instant(allow_null=True)
    closed_at = Instant(allow_null=True)
    updated_at = Instant()
    next_due_at = Instant(allow_null=True)
    clock = ClockPart(source="nearest", allow_null=True, default=None)

    class Meta:
        model = Ticket
        fields: tuple[str, ...] = (
            "number",
            "version",
            "subject",
            "kind",
            "channel",
            "severity",
            "maintenance",
            "state",
            "customer",
            "contact",
            "caller_name",
            "caller_phone",
            "assignee",
            "site",
            "asset",
            "contract",
            "coverage",
            "locality",
            "distance_km",
            "round",
            "customer_waits",
            "needs_review",
            "merged_into",
            "occurred_at",
            "reported_at",
            "resolved_at",
            "closed_at",
            "updated_at",
            "next_due_at",
            "next_target",
            "clock",
        )
        read_only_fields = fields


class TicketFull(TicketRow):
    """A ticket with all that an answer to an act tells."""

    cause = serializers.ChoiceField(choices=Cause.choices, allow_blank=True)
    clocks = ClockPart(source="parts.clocks", many=True)
    attachments = FilePart(source="parts.attachments", many=True)
    links = LinkPart(source="parts.links", many=True)

    class Meta(TicketRow.Meta):
        fields = (*TicketRow.Meta.fields[:-1], "description", "cause", "solution", "clocks", "attachments", "links")
        read_only_fields = fields
