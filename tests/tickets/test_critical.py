"""即将超时: the stored instant and the chip's own level agree, also over nights, pauses and agreed dates."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.worktime import WorkCalendar
from tests.world import World
from tickets.domain import agreement, waiting
from tickets.domain.clock import nearest_views
from tickets.domain.critical import critical_at, margin_of
from tickets.models import Ticket
from tickets.queries.ticket import tickets_for
from tickets.tables import about_to_breach

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("budget", "margin"), [(300, 150), (1_800, 900), (3_600, 900), (9_000, 900), (36_000, 3_600), (172_800, 17_280)]
)
def test_the_margin_is_a_tenth_or_a_quarter_hour_but_never_above_half(budget: int, margin: int) -> None:
    assert margin_of(budget) == margin


def stored(ticket: Ticket) -> tuple[str, datetime | None]:
    ticket.refresh_from_db()
    return ticket.next_target, ticket.critical_at


def is_critical(ticket: Ticket, at: datetime) -> tuple[bool, bool]:
    """What the list says, and what the chip says."""
    listed = tickets_for(ticket.created_by).filter(about_to_breach(ticket.created_by, at), pk=ticket.pk).exists()
    return listed, nearest_views([Ticket.objects.get(pk=ticket.pk)], at)[ticket.pk].level == "critical"


def test_the_last_quarter_of_an_hour_is_critical(world: World) -> None:
    ticket = world.report(answered=True)
    assert stored(ticket) == ("plan", world.later(minutes=45))
    assert is_critical(ticket, world.later(minutes=44, seconds=59)) == (False, False)
    assert is_critical(ticket, world.later(minutes=45)) == (True, True)
    assert is_critical(ticket, world.later(minutes=60)) == (True, True)


def test_a_paused_ticket_is_not_about_to_breach(world: World) -> None:
    ticket = world.report(answered=True)
    waiting.pause(
        ticket=ticket, reason="waiting_customer", note="", actor=world.duty_manager, now=world.later(minutes=50)
    )
    assert stored(ticket)[1] is None
    assert is_critical(ticket, world.later(minutes=59)) == (False, False)


OFFICE = WorkCalendar.from_hours("Asia/Shanghai", {"mon-fri": ["09:00-12:00", "13:00-18:00"]})
MINUTE = timedelta(minutes=1)


@settings(max_examples=200, deadline=None)
@given(offset=st.integers(0, 14 * 24 * 60), budget=st.integers(60, 3 * 36_000))
def test_critical_is_when_just_the_margin_of_open_time_is_left(offset: int, budget: int) -> None:
    """Two weeks of starting minutes with nights, lunch breaks and weekends."""
    started_at = datetime(2026, 11, 23, tzinfo=UTC) + offset * MINUTE
    due_at = OFFICE.add(started_at, budget)
    at = critical_at(OFFICE, started_at, due_at, budget)
    assert started_at <= at <= due_at
    assert OFFICE.elapsed(at, due_at) == pytest.approx(margin_of(budget), abs=1e-5)
    if at > started_at:
        assert OFFICE.elapsed(at - timedelta(seconds=1), due_at) >= margin_of(budget) - 1e-5


def test_an_agreed_date_counts_by_the_wall(world: World) -> None:
    """Of the 50 minutes between the report and the agreed instant the last quarter of an hour is critical."""
    ticket = world.report(answered=True)
    agreement.agree_date(
        ticket=ticket,
        target="plan",
        due=world.later(minutes=50),
        note="客户同意",
        actor=world.duty_manager,
        now=world.later(minutes=10),
    )
    assert stored(ticket) == ("plan", world.later(minutes=35))
