from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.api.fields import BIGGEST_ID


class CursorPagination(pagination.CursorPagination):
    """Pages by id, which never changes, so that nothing is skipped or doubled while others write. Newest first."""

    ordering: Any = "-id"
    orderings: tuple[str, ...] = ("-id", "id")
    ordering_query_param = "ordering"
    page_size_query_param = "page_size"
    max_page_size = 200
    cursor_query_description: Any = _("Where to go on: taken from `next` or `previous` of an answer.")
    page_size_query_description: Any = _("How many a page, 1 to 200.")

    @property
    def parameters(self) -> frozenset[str]:
        """The query parameters that paging knows."""
        names = {self.cursor_query_param, self.page_size_query_param}
        return frozenset(names | ({self.ordering_query_param} if len(self.orderings) > 1 else set()))

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        asked = request.query_params.get(self.ordering_query_param, self.ordering)
        if asked not in self.orderings:
            raise ValidationError({self.ordering_query_param: _("Please choose a value from the list.")}, "choice")
        return (asked,)

    def get_page_size(self, request: Request) -> int:
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return int(self.page_size or 0)
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= self.max_page_size):
            raise ValidationError({self.page_size_query_param: self.page_size_query_description}, "range")
        return int(text)

    def decode_cursor(self, request: Request) -> Any:
        try:
            cursor = super().decode_cursor(request)
        except Exception as error:
            raise self._bad_cursor() from error
        position: Any = cursor and cursor.position
        if position and not (position.isascii() and position.isdigit() and int(position[:20]) <= BIGGEST_ID):
            raise self._bad_cursor()
        return cursor

    def _bad_cursor(self) -> ValidationError:
        return ValidationError({self.cursor_query_param: _("This cursor is not valid.")}, "cursor")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor, size = super().get_schema_operation_parameters(view)
        size["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        if len(self.orderings) == 1:
            return [cursor, size]
        ordering = {
            "name": self.ordering_query_param,
            "required": False,
            "in": "query",
            "description": str(_("The order: newest first (-id) or oldest first (id).")),
            "schema": {"type": "string", "enum": list(self.orderings), "default": self.ordering},
        }
        return [cursor, size, ordering]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        names = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": names}


class EntryPagination(CursorPagination):
    """Pages of a ticket's history, in the order of entry."""

    ordering = "id"
    orderings = ("id",)
