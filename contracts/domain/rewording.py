"""What the promises of a ticket would be under other versions, also under ones that are not published yet."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from contracts.domain.calendars import Calendar
from contracts.domain.promise_version import (
    SetsInForce,
    compile_text,
    compiled_calendars,
    current_calendars,
    together,
)
from contracts.models import PromiseVersion
from contracts.queries.promise_version import Versions, promise_rows


@lru_cache(maxsize=512)
def calendars_used(version_id: int) -> frozenset[str]:
    """The codes of the calendars that a published wording counts by."""
    document = json.loads(PromiseVersion.objects.values_list("document", flat=True).get(pk=version_id))
    return frozenset(row["calendar"] for row in document["set"]["rows"])


def sets_with(versions: Versions, texts: Mapping[str, str], calendars: Mapping[str, Calendar]) -> SetsInForce:
    """The sets of stored versions, with other texts and calendars in the place of those of the same code.

    Calendars that the versions do not name are the newest. Compiles anew. DocumentError for what cannot be used.
    """
    known: dict[str, Calendar] = {
        **current_calendars(),
        **compiled_calendars(tuple(sorted(versions.calendars.values()))),
        **calendars,
    }
    rows: Any = promise_rows(versions.promises.values())
    return together(
        compile_text(row.promise_set.code, texts.get(row.promise_set.code, row.document), known) for row in rows
    )
