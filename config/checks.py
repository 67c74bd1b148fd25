"""The settings guard: what a production installation must not run with.

A demonstration (DEMO) or a developer's machine (DEBUG) is let through. The first group reads settings only and runs
with every command; the second asks the servers and runs with `migrate`, `check --database default` and when the web
starts.
"""

from collections.abc import Sequence
from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections


def in_production() -> bool:
    return not (settings.DEBUG or settings.DEMO)


@register(Tags.security)
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Errors for a default or short SECRET_KEY and a missing BASE_URL."""
    if not in_production():
        return []
    problems: list[CheckMessage] = []
    if settings.SECRET_KEY == settings.DEFAULT_SECRET_KEY or len(settings.SECRET_KEY) < 32:
        problems.append(Error("SECRET_KEY is the default or shorter than 32 characters.", id="weibao.E001"))
    if not settings.BASE_URL.startswith(("http://", "https://")):
        problems.append(Error("BASE_URL is not set (the address that people type).", id="weibao.E002"))
    return problems


@register(Tags.database)
def check_database_role(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each database that we would enter as a superuser."""
    if not in_production():
        return []
    return [
        Error(f"The role of database {alias} is a superuser.", hint="Use a role of its own.", id="weibao.E003")
        for alias in databases or []
        if is_superuser(alias)
    ]


def is_superuser(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


@register(Tags.database)
def check_eviction(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """An error when the broker may throw queued messages away, or cannot be reached at all."""
    if not (in_production() and databases):
        return []
    try:
        policy = eviction_policy(settings.REDIS_URL)
    except redis.RedisError as error:
        return [Error(f"Redis does not answer: {error}", id="weibao.E005")]
    if policy == "noeviction":
        return []
    return [Error(f"Redis evicts keys ({policy}); set maxmemory-policy noeviction.", id="weibao.E004")]


def eviction_policy(url: str) -> str:
    with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=1) as client:
        return str(client.info("memory")["maxmemory_policy"])


def refuse_unsafe() -> None:
    """Raise ImproperlyConfigured with one line a problem. Called once by each web process, before its first request."""
    if not in_production():
        return
    problems = run_checks(tags=[Tags.security, Tags.database], databases=["default"])
    if errors := [problem for problem in problems if problem.is_serious()]:
        raise ImproperlyConfigured("\n".join(str(error) for error in errors))
