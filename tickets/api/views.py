"""Tickets: the queue, single tickets, and every act on them under its own name."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Strict
from core.api.idempotency import answered
from core.api.views import Rows
from core.domain.idempotency import Answer
from core.domain.upload import MB, VIDEO_LIMIT
from tickets.api import lookup
from tickets.api.acts import Conversation, Course, Ends, Facts
from tickets.api.bodies import ReportBody
from tickets.api.coverage import Coverage
from tickets.api.entries import Entries
from tickets.api.parts import Parts, TicketFull, TicketRow
from tickets.domain import ticket as tickets
from tickets.domain.clock import NO_PROMISE, nearest_views, views_of
from tickets.domain.promises import promises_of
from tickets.enums import Source
from tickets.filters import TicketFilter
from tickets.models import Ticket
from tickets.queries.attachment import files_of
from tickets.queries.history import links_of
from tickets.queries.ticket import tickets_for

REPORT_EXAMPLE = {
    "customer": 1,
    "asset": 7,
    "subject": "打印头走纸异常，票据模糊",
    "kind": "fault",
    "severity": 2,
    "channel": "api",
    "occurred_at": "2026-11-23T09:40:00+08:00",
}
READ = ("list", "retrieve", "coverage", "clocks", "events", "messages", "attachments", "attachment")
# The permission of each act that is not called like it.
RENAMED = {
    "create": "report",
    "progress": "record_progress",
    "state": "set_state",
    "upload": "attach",
    "unfollow": "follow",
}
ACTS = (
    *("assign", "claim", "reply", "note", "hear", "progress", "pause", "resume", "state", "change", "agree_date"),
    *("resolve", "close", "cancel", "reopen", "merge", "link", "follow", "unfollow", "undo", "review"),
    *("create", "upload", "override_coverage", "recheck_coverage"),
)


@extend_schema_view(
    list=extend_schema(summary=_("List tickets"), responses=TicketRow(many=True)),
    retrieve=extend_schema(summary=_("Read a ticket")),
)
class TicketViewSet(ListModelMixin, RetrieveModelMixin, Conversation, Course, Facts, Ends, Coverage, Entries, Rows):
    tag = "tickets"
    largest_body = {"upload": VIDEO_LIMIT + MB}
    paged = frozenset({"list", "events", "messages"})
    queryset = Ticket.objects.none()
    serializer_class = TicketFull
    filterset_class = TicketFilter
    lookup_field = "number"
    permission_of = dict.fromkeys(READ, "tickets.list_ticket") | {
        act: f"tickets.{RENAMED.get(act, act)}_ticket" for act in ACTS
    }

    def get_queryset(self) -> QuerySet[Ticket]:
        return tickets_for(self.request.user).prefetch_related(
            "contact", "site", "asset", "line__contract", "merged_into"
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        nearest = nearest_views(page, self.now)
        for ticket in page:
            view = nearest[ticket.pk]
            ticket.nearest = None if view is NO_PROMISE else view  # type: ignore[attr-defined]
        return self.get_paginated_response(TicketRow(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.shown(self.get_object()))

    @extend_schema(
        summary=_("Report a ticket"),
        request=ReportBody,
        responses={201: TicketFull},
        examples=[OpenApiExample("report", REPORT_EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        data = self.read(ReportBody)
        assignee = lookup.assignee(request.user, data.pop("assignee", None))
        answered_at_once = data.pop("answered")
        report = lookup.report(request.user, data)

        def act() -> Answer:
            ticket = tickets.report(
                report=report,
                actor=request.user,
                now=self.now,
                assignee=assignee,
                answered=answered_at_once,
                source=Source.API,
            )
            return Answer(201, self.shown(ticket))

        response = answered(request, self.now, act)
        response.headers["Location"] = f"{request.path}{response.data['number']}/"
        return response

    def read(self, body: type[Strict]) -> dict[str, Any]:
        """The request's body, checked."""
        given = body(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def shown(self, ticket: Ticket) -> dict[str, Any]:
        """A ticket as it is now, in full."""
        user = self.request.user
        parts = Parts(
            clocks=views_of(ticket, promises_of(ticket), self.now),
            attachments=list(files_of(ticket, user)),
            links=list(links_of(ticket, user)),
        )
        ticket.parts = parts  # type: ignore[attr-defined]
        return dict(TicketFull(ticket, context={"ticket": ticket}).data)
