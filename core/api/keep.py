"""Rows that are made and changed over the API: POST to the list, POST to `<row>/change/`, by the rules of the pages."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Strict, Text
from core.api.idempotency import answered
from core.api.views import ReadOnlyRows
from core.domain.idempotency import Answer
from core.domain.record import VERSION_LENGTH


class Changing(Strict):
    """The body of a change, to be mixed into that of a new row: what is left out stays as it is.

    `fixed` names the fields that only a new row has.
    """

    version = Text(
        required=False,
        max_length=VERSION_LENGTH,
        help_text=_(
            "The version that you saw. If it is not the present one, the answer is 409 and nothing is changed."
        ),
    )
    fixed: tuple[str, ...] = ()

    def get_fields(self) -> dict[str, Any]:
        fields = {name: field for name, field in super().get_fields().items() if name not in self.fixed}
        for field in fields.values():
            field.required, field.default = False, empty
        return fields


class KeptRows(ReadOnlyRows):
    """A list whose rows are made and changed: `new` and `changed` are the bodies, `make` and `alter` act."""

    new: type[Strict]
    changed: type[Strict]

    def make(self, data: dict[str, Any]) -> Model:
        raise NotImplementedError

    def alter(self, row: Any, data: dict[str, Any]) -> None:
        raise NotImplementedError

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.request.user, "now": self.now}

    def create(self, request: Request) -> Response:
        data = self.read(self.new)
        response = answered(request, self.now, lambda: Answer(201, self.shown(self.make(data))))
        response.headers["Location"] = f"{request.path}{response.data['id']}/"
        return response

    @action(detail=True, methods=["post"])
    def change(self, request: Request, **kwargs: Any) -> Response:
        row = self.get_object()
        data = self.read(self.changed)

        def act() -> Answer:
            self.alter(row, data)
            return Answer(200, self.shown(row))

        return answered(request, self.now, act)

    def read(self, body: type[Strict]) -> dict[str, Any]:
        """The request's body, checked."""
        given = body(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def shown(self, row: Any) -> dict[str, Any]:
        """The row as it is now, read anew."""
        return dict(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)


def kept(**words: Any) -> Any:
    """Describe a `KeptRows`: `row` its serializer, `new` and `changed` its bodies, `example`, and four summaries."""
    row, example = words["row"], words["example"]
    one = dict(list(example.items())[-1:])
    return extend_schema_view(
        list=extend_schema(summary=words["list"]),
        retrieve=extend_schema(summary=words["read"]),
        create=extend_schema(
            summary=words["make"],
            request=words["new"],
            responses={201: row},
            examples=[OpenApiExample("new", example, request_only=True)],
        ),
        change=extend_schema(
            summary=words["alter"],
            request=words["changed"],
            responses={200: row},
            examples=[OpenApiExample("change", one, request_only=True)],
        ),
    )
