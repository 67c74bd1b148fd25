import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from core.api.errors import TooLarge


class StrictJSONParser(JSONParser):
    """UTF-8 JSON of bounded size. Refuses NaN, doubled names, absurd numbers and depths, characters without bytes."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge
        try:
            text = raw.decode("utf-8")
            value = json.loads(text, parse_constant=_refuse, object_pairs_hook=_single)
            if "\\ud" in text.lower():
                json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ParseError from None
        return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("doubled name")
    return found
