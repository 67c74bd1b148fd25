"""Publishing promise sets, which version counts, and what stored versions say."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from contracts.domain import promise_version
from contracts.domain.facts import Facts
from contracts.domain.presets import load_presets
from contracts.domain.promise_set import masked
from contracts.domain.promise_version import compiled, compiled_sets, publish
from contracts.domain.replay import replay
from contracts.domain.timeline import PromiseEvent
from contracts.models import PromiseSet, PromiseVersion
from contracts.queries.promise_version import house_versions, in_force, newest_calendars, versions_for
from core.errors import InputError
from core.models import Audit
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def preset(code: str, **changes: Any) -> dict[str, Any]:
    sets: Any = load_presets().document["sets"]
    return dict(sets[code]) | changes


def next_version(code: str = "L4", at: datetime = NOW, **changes: Any) -> PromiseVersion:
    return publish(code=code, document=preset(code, **changes), effective_from=at, actor=None, now=NOW)


def test_publish_counts_up_and_names_the_publisher() -> None:
    admin = make_user(Role.ADMIN)
    version = publish(code="NEW", document=preset("L4"), effective_from=NOW + DAY, actor=admin, now=NOW)
    assert (version.number, version.effective_from, version.published_at) == (1, NOW + DAY, NOW)
    assert (version.published_by, version.promise_set.scope) == (admin, "contract")
    assert (version.promise_set.is_default, version.arms_on_breach) == (False, False)
    line = Audit.objects.get(subject=f"contracts.promiseset:{version.promise_set_id}")
    assert (line.actor, line.action) == (admin, "promise_version.publish")
    assert line.changes == {"number": 1, "effective_from": "2026-11-24T02:00:00+00:00", "digest": version.digest}
    assert next_version(pause=[]).number == 2


def test_publishing_the_same_again_publishes_nothing() -> None:
    first = next_version(pause=[])
    again = next_version(pause=[], at=NOW + DAY)
    assert (again.pk, again.effective_from) == (first.pk, NOW)
    assert PromiseVersion.objects.filter(promise_set__code="L4").count() == 2
    assert next_version().number == 3, "back to the first wording is a new version"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rows": [{"target": "on_site", "budget": "2 hours", "calendar": "always"}]}, "rows[0].budget"),
        ({"rows": [{"target": "on_site", "budget": "2h", "calendar": "lunar"}]}, "rows[0].calendar"),
        ({"rows": [{"target": "on_site", "budget": "2wd", "calendar": "always"}]}, "rows[0].budget"),
        ({"scope": "moon"}, "scope"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wording_that_cannot_be_used_is_refused(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as refusal:
        next_version(**changes)
    assert (refusal.value.code, refusal.value.field) == ("document", "document")
    assert place in refusal.value.message
    assert PromiseVersion.objects.count() == 12


def test_scope_of_a_set_stays() -> None:
    with pytest.raises(InputError) as refusal:
        next_version(scope="house")
    assert refusal.value.code == "scope"


def test_version_in_force_is_the_latest_that_has_begun() -> None:
    first = in_force("L4", NOW)
    soon = next_version(at=NOW + DAY, pause=[])
    corrected = next_version(at=NOW + DAY, pause=["waiting_customer"])
    past = next_version(at=NOW - DAY, pause=["force_majeure"])
    assert in_force("L4", NOW - DAY - timedelta(microseconds=1)) == first
    assert in_force("L4", NOW - DAY) == past
    assert in_force("L4", NOW + DAY - timedelta(microseconds=1)) == past
    assert in_force("L4", NOW + DAY) == corrected != soon
    assert in_force("L4", datetime(1999, 1, 1, tzinfo=UTC)) is None
    assert in_force("NONE", NOW) is None


def test_ticket_stands_under_the_contract_set_and_every_house_set() -> None:
    house = {version.promise_set.code: version.pk for version in house_versions(NOW)}
    assert list(house) == ["COMPLAINT", "HOTLINE", "PAPERS"]
    with CaptureQueriesContext(connection) as statements:
        versions = versions_for(PromiseSet.objects.get(code="L4"), NOW)
    assert len(statements) == 3, "one of them fetches the set for this test"
    contract = in_force("L4", NOW)
    assert contract is not None
    assert versions.promises == house | {"L4": contract.pk}
    assert versions.calendars == newest_calendars()
    assert versions_for(None, NOW).promises == house


def sets_of(code: str | None, at: datetime = NOW) -> promise_version.SetsInForce:
    versions = versions_for(PromiseSet.objects.get(code=code) if code else None, at)
    return compiled_sets(versions.promises.values(), versions.calendars.values())


def test_compiled_sets_come_contract_first_and_mask_the_house() -> None:
    sets = sets_of("L4")
    assert [one.code for one in sets.every] == ["L4", "COMPLAINT", "HOTLINE", "PAPERS"]
    hotline = sets.houses[1]
    assert [row.target.name for row in hotline.rows] == ["visit_arranged", "manager_callback"], "L4 has on_site itself"
    alone = sets_of(None)
    assert alone.contract is None
    assert [row.target.name for row in alone.houses[1].rows] == ["visit_arranged", "on_site", "manager_callback"]


def test_compiled_sets_are_read_once_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = versions_for(PromiseSet.objects.get(code="L4"), NOW)
    promises, calendars = versions.promises.values(), versions.calendars.values()
    monkeypatch.setattr(promise_version, "_sets", {})
    monkeypatch.setattr(promise_version, "_calendars", {})
    with CaptureQueriesContext(connection) as first:
        sets = compiled_sets(promises, calendars)
    with CaptureQueriesContext(connection) as second:
        again = compiled_sets(promises, reversed(list(calendars)))
    assert (len(first), len(second)) == (2, 0)
    assert again.every == sets.every
    with pytest.raises(KeyError):
        compiled_sets([10**9], calendars)


ROADS = [
    PromiseEvent(datetime(2026, 9, 30, 8, 20, tzinfo=UTC), "reported"),
    PromiseEvent(datetime(2026, 9, 30, 8, 50, tzinfo=UTC), "remote_failed", 1),
    PromiseEvent(datetime(2026, 9, 30, 9, 0, tzinfo=UTC), "paused", 2, {"reason": "waiting_customer"}),
    PromiseEvent(datetime(2026, 10, 1, 2, 0, tzinfo=UTC), "resumed", 3),
    PromiseEvent(datetime(2026, 10, 8, 2, 0, tzinfo=UTC), "visit_requested", 4),
]


@pytest.mark.parametrize("code", sorted(load_presets().sets))
def test_stored_set_answers_like_the_shipped_one(code: str) -> None:
    version = in_force(code, NOW)
    assert version is not None
    stored = compiled(version.pk, newest_calendars().values())
    shipped = load_presets().sets[code]
    assert [row.text for row in stored.rows] == [row.text for row in shipped.rows]
    assert list(stored.vocabulary.targets) == list(shipped.vocabulary.targets)
    facts = Facts(severity=1, kind="fault", channel="phone", locality="remote", distance_km=300)
    until = datetime(2026, 10, 20, tzinfo=UTC)
    answers = [replay(one, facts, ROADS, until) for one in (stored, shipped)]
    shown = [
        [(clock.target, clock.state, clock.due_at, clock.reason, clock.steps) for clock in answer.clocks]
        for answer in answers
    ]
    assert shown[0] == shown[1]
    assert bool(shown[0]) == (code not in ("COMPLAINT", "PAPERS"))


def test_mask_of_stored_sets_is_that_of_the_shipped_ones() -> None:
    shipped = load_presets().sets
    for code in ("HW12", "QH5", "HB2D"):
        rows = [[row.index for row in one.rows] for one in sets_of(code).houses]
        houses = [shipped[name] for name in ("COMPLAINT", "HOTLINE", "PAPERS")]
        assert rows == [[row.index for row in masked(house, shipped[code]).rows] for house in houses]


def test_version_keeps_its_words_when_the_vocabulary_grows() -> None:
    words = promise_version.preset_vocabulary()
    grown = words | {"events": [*words["events"], "drone_sent"]}
    flight = {"target": "on_site", "budget": "1h", "calendar": "always", "from": "drone_sent"}
    document = preset("XC30", rows=[flight])
    version = publish(code="AIR", document=document, effective_from=NOW, actor=None, now=NOW, vocabulary=grown)
    old = in_force("XC30", NOW)
    assert old is not None
    calendars = newest_calendars().values()
    assert "drone_sent" in compiled(version.pk, calendars).vocabulary.events
    assert "drone_sent" not in compiled(old.pk, calendars).vocabulary.events
    assert json.loads(version.document)["vocabulary"]["events"][-1] == "drone_sent"


@pytest.mark.parametrize(
    "statement",
    [
        "update contracts_promiseversion set document = '{}'",
        "delete from contracts_promiseversion",
        "update contracts_calendarversion set document = '{}'",
        "delete from contracts_calendarversion",
    ],
)
def test_database_refuses_to_change_what_is_published(statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert PromiseVersion.objects.count() == 12
