"""The page and the JSON of signs of life. D6: nothing is told that helps an attacker."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.enums import Role
from core import clock
from core.domain import outbox
from core.domain.heartbeat import beat
from core.models import Outbox
from tests.factories import logged_in, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def all_alive(at: datetime) -> None:
    for name in ("beat", "worker", "clock", "outbox"):
        beat(name, at)


def healthz() -> tuple[int, dict[str, object]]:
    response = Client().get("/healthz")
    return response.status_code, response.json()


def test_the_json_names_ages_in_seconds() -> None:
    all_alive(NOON - timedelta(seconds=3))
    outbox.post(kind="notice", key="canary-key", payload={"user": 1, "key": "CANARY"}, now=NOON - timedelta(seconds=90))
    outbox.post(kind="notice", key="later", payload={}, now=NOON, not_before=NOON + timedelta(hours=1))
    with clock.frozen(NOON):
        assert healthz() == (
            200,
            {
                "status": "ok",
                "database": True,
                "heartbeats": {"beat": 3.0, "worker": 3.0, "clock": 3.0, "outbox": 3.0},
                "outbox": {"waiting": 1, "oldest": 90.0, "dead": 0},
            },
        )


def test_a_silent_part_is_said_and_the_answer_stays_200() -> None:
    all_alive(NOON)
    beat("clock", NOON)
    with clock.frozen(NOON + timedelta(seconds=60)):
        assert healthz()[1]["status"] == "ok"
    with clock.frozen(NOON + timedelta(seconds=61)):
        status, answer = healthz()
    assert (status, answer["status"]) == (200, "late")


def test_a_part_never_seen_has_no_age() -> None:
    status, answer = healthz()
    assert (status, answer["status"]) == (200, "late")
    assert answer["heartbeats"] == {"beat": None, "worker": None, "clock": None, "outbox": None}


def test_without_a_database_it_is_503_and_says_no_more() -> None:
    with patch("core.views.health.pulses", side_effect=OperationalError("host db.internal refused")):
        assert healthz() == (503, {"status": "down", "database": False})


def test_the_page_shows_parts_and_messages_that_were_given_up() -> None:
    all_alive(NOON - timedelta(minutes=5))
    Outbox.objects.create(
        kind="notice",
        key="CANARY-SECRET",
        payload={"password": "CANARY-SECRET"},
        created_at=NOON,
        not_before=NOON,
        state="dead",
    )
    with clock.frozen(NOON):
        response = logged_in(make_user(Role.DUTY_MANAGER)).get("/health/")
    assert [(row["name"], row["late"]) for row in response.context["pulses"]] == [
        ("beat", True),
        ("worker", True),
        ("clock", True),
        ("outbox", True),
    ]
    assert response.context["backlog"].dead == 1
    assert "CANARY-SECRET" not in response.content.decode()


def test_monitoring_needs_no_login_and_leaves_no_session() -> None:
    response = Client().get("/healthz")
    assert response.status_code == 200
    assert not response.cookies
