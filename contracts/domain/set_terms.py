"""The terms of a promise set that no clock needs: what its newest wording says of obligations and quotas."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.models import PromiseSet
from contracts.queries.promise_version import in_force, last_version

MOST_TIMES = 366


def terms_of(promise_set: PromiseSet, name: str, now: datetime) -> Mapping[str, Any]:
    """One part of the set's document as in force at `now`, else of its last version; empty where it has none."""
    version = in_force(promise_set.code, now) or last_version(promise_set.code)
    terms = json.loads(version.document)["set"].get(name) if version else None
    return terms if isinstance(terms, Mapping) else {}


def is_count(value: Any) -> bool:
    """Whether a value is a believable number of times or years."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_TIMES
