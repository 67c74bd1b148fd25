"""A Redis cache that an outage of Redis turns into an empty cache.

The cache holds hints only (throttle counts, rendered fragments), so a page must not fail because Redis is away.
While it is away nothing is counted: failed logins and API calls are not throttled, and every miss is logged.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ConnectionError, TimeoutError  # noqa: A004

logger = logging.getLogger(__name__)

# What each operation answers when Redis does not: what it would answer of an empty cache.
ANSWERS: dict[str, Callable[..., Any]] = {
    "add": lambda *a, **k: True,
    "get": lambda key, default=None: default,
    "set": lambda *a, **k: None,
    "touch": lambda *a, **k: False,
    "delete": lambda *a, **k: False,
    "get_many": lambda *a, **k: {},
    "has_key": lambda *a, **k: False,
    "incr": lambda key, delta: delta,
    "set_many": lambda *a, **k: None,
    "delete_many": lambda *a, **k: None,
    "clear": lambda *a, **k: False,
}


class OutageProofClient(RedisCacheClient):
    """Answers like an empty cache when Redis cannot be reached within the socket timeouts."""


def outage_proof(name: str) -> Callable[..., Any]:
    ask = getattr(RedisCacheClient, name)

    @wraps(ask)
    def method(self: OutageProofClient, *args: Any, **kwargs: Any) -> Any:
        try:
            return ask(self, *args, **kwargs)
        except (ConnectionError, TimeoutError) as error:
            logger.warning("cache %s without Redis: %s", name, error)
            return ANSWERS[name](*args, **kwargs)

    return method


for operation in ANSWERS:
    setattr(OutageProofClient, operation, outage_proof(operation))


class OutageProofCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OutageProofClient
