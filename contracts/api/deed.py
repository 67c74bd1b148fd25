"""The one shape of an act on a row of money or of what is owed: find it, read the body, act once, answer a row."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from core.api.fields import Strict, Text
from core.api.idempotency import answered
from core.domain.idempotency import Answer

Do = Callable[[Any, Any, dict[str, Any]], Any]


def deed(body: type[Strict], summary: Any, example: dict[str, Any], row: type[Serializer[Any]]) -> Callable[[Do], Any]:
    """Turn `do(view, row, data)` into the POST action of its name; it answers the row to be shown."""

    def wrap(do: Do) -> Any:
        def handler(self: Any, request: Request, **kwargs: Any) -> Response:
            found = self.get_object()
            given = body(data=request.data)
            given.is_valid(raise_exception=True)
            data = dict(given.validated_data)
            return answered(request, self.now, lambda: Answer(200, dict(row(do(self, found, data)).data)))

        handler.__name__, handler.__doc__ = do.__name__, do.__doc__
        acting = action(detail=True, methods=["post"])(handler)
        described = extend_schema(
            summary=summary,
            request=body,
            responses={200: row},
            examples=[OpenApiExample(do.__name__, example, request_only=True)],
        )
        return described(acting)

    return wrap


def amount(**given: Any) -> Text:
    """A decimal as text, so that no program turns cents into binary fractions."""
    return Text(max_length=24, **given)
