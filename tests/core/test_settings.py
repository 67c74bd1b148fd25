"""The settings guard, and the few pieces of code that the settings name."""

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from config import checks
from config.client_ip import client_ip
from config.logs import OneLineFormatter
from core.devserver.process import ROOT


@pytest.fixture
def production(settings: Any) -> Any:
    settings.DEBUG = settings.DEMO = False
    settings.SECRET_KEY = "s" * 50
    settings.BASE_URL = "https://desk.example"
    return settings


def ids(messages: list[Any]) -> list[str]:
    return [message.id for message in messages]


def settings_with(names: str, **env: str) -> list[Any]:
    """The named settings of a fresh process with that environment."""
    code = f"import json; from config import settings as s; print(json.dumps([getattr(s, n) for n in {names.split()}]))"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=True
    )
    return list(json.loads(answer.stdout))


# --- Guard -------------------------------------------------------------------------------------------------------


def test_default_and_short_secret_keys_are_refused_in_production(production: Any) -> None:
    assert ids(checks.check_settings(None)) == []
    for key in (production.DEFAULT_SECRET_KEY, "short"):
        production.SECRET_KEY = key
        assert ids(checks.check_settings(None)) == ["weibao.E001"]


def test_missing_base_url_is_refused_in_production(production: Any) -> None:
    production.BASE_URL = ""
    assert ids(checks.check_settings(None)) == ["weibao.E002"]


@pytest.mark.parametrize("switch", ["DEBUG", "DEMO"])
def test_demonstration_and_development_are_let_through(production: Any, switch: str) -> None:
    production.SECRET_KEY = production.BASE_URL = ""
    setattr(production, switch, True)
    assert checks.check_settings(None) == []
    assert checks.check_database_role(None, databases=["default"]) == []
    assert checks.check_eviction(None, databases=["default"]) == []
    checks.refuse_unsafe()


@pytest.mark.django_db
def test_superuser_role_is_refused_in_production(production: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.check_database_role(None, databases=["default"]) == []
    monkeypatch.setattr(checks, "is_superuser", lambda alias: True)
    assert ids(checks.check_database_role(None, databases=["default"])) == ["weibao.E003"]


@pytest.mark.django_db
def test_eviction_and_absence_of_redis_are_refused_in_production(
    production: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks.check_eviction(None, databases=["default"]) == []
    production.REDIS_URL = "unix:///nowhere/valkey.sock"
    assert ids(checks.check_eviction(None, databases=["default"])) == ["weibao.E005"]
    monkeypatch.setattr(checks, "eviction_policy", lambda url: "allkeys-lru")
    assert ids(checks.check_eviction(None, databases=["default"])) == ["weibao.E004"]


@pytest.mark.django_db
def test_web_process_refuses_to_start_unsafe(production: Any) -> None:
    checks.refuse_unsafe()
    production.BASE_URL = ""
    with pytest.raises(ImproperlyConfigured, match=r"BASE_URL is not set"):
        checks.refuse_unsafe()


def test_https_switches_on_secure_cookies_and_hsts() -> None:
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_NAME SECURE_HSTS_SECONDS ALLOWED_HOSTS"
    secure = settings_with(names, BASE_URL="https://desk.example/", DEMO="0")
    assert secure == [True, True, "__Host-weibao_session", 31_536_000, ["desk.example"]]
    plain = settings_with(names, BASE_URL="http://desk.example", DEMO="0")
    assert plain == [False, False, "weibao_session", 0, ["desk.example"]]


def test_mail_address_becomes_django_settings() -> None:
    names = "EMAIL_BACKEND EMAIL_HOST EMAIL_PORT EMAIL_HOST_USER EMAIL_HOST_PASSWORD EMAIL_USE_TLS EMAIL_TIMEOUT"
    assert settings_with(names, EMAIL_URL="smtp+tls://desk:p%40ss@mail.example:587") == [
        *("django.core.mail.backends.smtp.EmailBackend", "mail.example", 587, "desk", "p@ss", True, 10)
    ]


# --- Cache, client address, log lines ----------------------------------------------------------------------------


def test_cache_counts_in_redis() -> None:
    cache = caches["default"]
    cache.delete("n")
    assert cache.add("n", 1) is True
    assert (cache.incr("n"), cache.get("n")) == (2, 2)
    cache.delete("n")


def test_cache_without_redis_is_an_empty_cache(settings: Any) -> None:
    """F2: pages work on while Redis is away."""
    away = settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock"}
    settings.CACHES = {"default": away}
    cache = caches["default"]
    cache.set("a", 1)
    assert cache.get("a", "default") == "default"
    assert cache.add("a", 1) is True
    assert cache.get_many(["a"]) == {}
    assert cache.has_key("a") is False
    assert cache.delete("a") is False
    assert cache.touch("a") is False
    cache.set_many({"a": 1})
    cache.delete_many(["a"])
    cache.clear()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.2.3.4", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        (2, "1.2.3.4", "1.2.3.4"),
        (1, "", "10.0.0.1"),
    ],
)
def test_client_address_is_believed_of_our_proxies_only(
    settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.NUM_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_ip(request) == expected


def test_log_records_are_one_line() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        record = logging.LogRecord("n", logging.ERROR, __file__, 1, "no\r\nforged line", None, sys.exc_info())
    text = OneLineFormatter("%(levelname)s %(message)s").format(record)
    assert text.startswith("ERROR no | forged line | Traceback")
    assert text.endswith("ValueError: first | second")
    assert len(text.splitlines()) == 1


def test_ticks_never_queue_up() -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == {
        "tickets.sweep": 2,
        "tickets.refold": 2,
        "tickets.reapply": 2,
        "customers.drain_imports": 2,
        "customers.remind_care": 3600,
        "contracts.daily": 1800,
        "contracts.warn_holidays": 3600,
        "contracts.find_missed": 1800,
        "contracts.remind_payments": 1800,
        "tickets.close_silent": 600,
        "core.drain_outbox": 2,
        "core.beat_heartbeat": 10,
        "core.worker_heartbeat": 10,
        "reports.draft_monthly": 3600,
        "reports.simulate": 2,
        "reports.purge_simulations": 3600,
        "config.load_demo": 5,
    }
    assert all(entry["options"] == {"expires": entry["schedule"]} for entry in schedule.values())
