"""What belongs to one ticket: its clocks, its history, its files."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import answered
from core.api.pagination import EntryPagination
from core.domain.idempotency import Answer
from core.views.attachment import file_response
from tickets.api.bodies import UploadBody
from tickets.api.parts import ClocksPart, EventPart, FilePart, MessagePart, TicketFull
from tickets.domain.attachment import attach
from tickets.domain.clock import past_views, views_of, waiting_views
from tickets.domain.promises import promises_of
from tickets.enums import Source
from tickets.queries.attachment import files_of
from tickets.queries.history import events_of, messages_of


class Entries:
    request: Any
    now: datetime
    get_object: Any
    read: Any
    shown: Any

    @extend_schema(summary=_("The ticket's promises and how they stand"), responses={200: ClocksPart})
    @action(detail=True)
    def clocks(self, request: Request, number: str) -> Response:
        ticket = self.get_object()
        bound = promises_of(ticket)
        parts = {
            "clocks": views_of(ticket, bound, self.now),
            "past": past_views(ticket, bound, self.now),
            "waiting": waiting_views(ticket, bound, self.now),
        }
        return Response(ClocksPart(parts).data)

    @extend_schema(summary=_("All that happened to the ticket"), responses={200: EventPart(many=True)})
    @action(detail=True, pagination_class=EntryPagination, filterset_class=None)
    def events(self, request: Request, number: str) -> Response:
        return self._page(events_of(self.get_object()), EventPart)

    @extend_schema(summary=_("What was said and noted"), responses={200: MessagePart(many=True)})
    @action(detail=True, pagination_class=EntryPagination, filterset_class=None)
    def messages(self, request: Request, number: str) -> Response:
        return self._page(messages_of(self.get_object(), request.user), MessagePart)

    @extend_schema(summary=_("The ticket's files"), responses={200: FilePart(many=True)})
    @action(detail=True, pagination_class=None, filterset_class=None, parser_classes=[MultiPartParser])
    def attachments(self, request: Request, number: str) -> Response:
        return Response(FilePart(files_of(self.get_object(), request.user), many=True).data)

    @extend_schema(summary=_("Add a file"), request={"multipart/form-data": UploadBody}, responses={201: TicketFull})
    @attachments.mapping.post
    def upload(self, request: Request, number: str) -> Response:
        ticket = self.get_object()
        data = self.read(UploadBody)

        def act() -> Answer:
            attach(
                ticket=ticket,
                upload=data["file"],
                internal=data["internal"],
                actor=request.user,
                now=self.now,
                version=data.get("version"),
                source=Source.API,
            )
            return Answer(201, self.shown(ticket))

        return answered(request, self.now, act)

    @extend_schema(summary=_("Fetch a file"), responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, url_path="attachments/<uuid:attachment>", url_name="attachment", filterset_class=None)
    def attachment(self, request: Request, number: str, attachment: UUID) -> FileResponse:
        found = files_of(self.get_object(), request.user).filter(pk=attachment).first()
        if found is None:
            raise Http404
        return file_response(found)

    def _page(self, rows: Any, part: Any) -> Response:
        view: Any = self
        return view.get_paginated_response(part(view.paginate_queryset(rows), many=True).data)  # type: ignore[no-any-return]
