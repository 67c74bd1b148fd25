"""The one shape of every act on a ticket: find it, ask who may, read the body, act once, answer what it is now."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Act
from core.api.idempotency import answered
from core.domain.idempotency import Answer
from tickets.api.parts import TicketFull
from tickets.models import Ticket

Do = Callable[[Any, Ticket, dict[str, Any]], Ticket | None]


def deed(body: type[Act], summary: Any, example: dict[str, Any], *, path: str = "") -> Callable[[Do], Any]:
    """Turn `do(view, ticket, data)` into the POST action of its name. `do` may answer another ticket to be shown."""

    def wrap(do: Do) -> Any:
        def handler(self: Any, request: Request, number: str) -> Response:
            ticket = self.get_object()
            data = self.read(body)
            return answered(request, self.now, lambda: Answer(200, self.shown(do(self, ticket, data) or ticket)))

        handler.__name__, handler.__doc__ = do.__name__, do.__doc__
        acting = action(detail=True, methods=["post"], url_path=path or do.__name__)(handler)
        return extend_schema(
            summary=summary,
            request=body,
            responses={200: TicketFull},
            examples=[OpenApiExample(do.__name__, example, request_only=True)],
        )(acting)

    return wrap
