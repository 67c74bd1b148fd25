from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request


class JsonAlways(BaseContentNegotiation):
    """Answers are JSON whatever `Accept` says, so that an error can always be answered in the one shape."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        matching = (parser for parser in parsers if _matches(parser.media_type, request.content_type or ""))
        return next(matching, None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


def _matches(media_type: str, content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == media_type
