"""The life of a device: who tells of it, in which order, and to whom."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.domain import contract as contracts
from customers.domain import asset as assets
from customers.queries import life_line
from customers.queries.life_line import LifeEvent
from tests.customers.pages import statements, text_of
from tests.factories import logged_in
from tests.world import World


def told(user: Any, world: World) -> list[str]:
    return [event.text for event in life_line.life_line(user, world.a.asset)]


def test_acceptance_warranty_and_tickets_are_told_newest_first(world: World) -> None:
    assets.change(asset=world.a.asset, accepted_on=date(2025, 12, 31), actor=None, now=world.now)
    contracts.add_warranty(
        asset=world.a.asset,
        line=world.a.line,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        actor=None,
        now=world.now,
    )
    ticket = world.report(subject="纸卡住")
    events = life_line.life_line(world.agent, world.a.asset)
    assert [event.icon for event in events] == ["shield-half", "ticket", "shield-check", "circle-check"]
    assert [event.at for event in events] == [
        date(2026, 12, 31),
        ticket.reported_at,
        date(2026, 1, 1),
        date(2025, 12, 31),
    ]
    assert events[1].text.startswith(f"{ticket.number} 纸卡住")
    assert events[1].url == f"/tickets/{ticket.number}/"


def test_others_tickets_are_not_told(world: World) -> None:
    own, other = world.report(assignee=world.engineer, subject="own"), world.report(subject="other")
    words = " ".join(told(world.engineer, world))
    assert (own.number in words, other.number in words) == (True, False)


def test_tickets_of_other_devices_are_not_told(world: World) -> None:
    world.report(world.b)
    assert told(world.agent, world) == []


def test_a_day_counts_from_its_midnight_in_the_office(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    late, early = datetime(2026, 5, 3, 15, 59, tzinfo=UTC), datetime(2026, 5, 3, 16, 1, tzinfo=UTC)
    events = [LifeEvent(early, "x", "after"), LifeEvent(date(2026, 5, 4), "x", "day"), LifeEvent(late, "x", "before")]
    monkeypatch.setattr(life_line, "_providers", {"test": lambda user, asset: events})
    assert told(world.agent, world) == ["after", "day", "before"]


def test_the_same_name_registers_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life_line, "_providers", {})
    for words in ("one", "two"):
        life_line.register("visits", lambda user, asset, words=words: [LifeEvent(world.now, "x", words)])
    assert told(world.agent, world) == ["two"]


def test_the_page_draws_it_in_the_same_number_of_statements(world: World) -> None:
    client, url = logged_in(world.agent), f"/assets/{world.a.asset.pk}/"
    world.report()
    few = statements(client, url)[1]
    for i in range(20):
        world.report(subject=f"第 {i} 次卡纸")
    response, many = statements(client, url)
    assert many == few
    assert text_of(response).count("次卡纸") == 20
