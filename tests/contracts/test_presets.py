"""Loading the shipped calendars and promise sets."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from contracts.domain import calendar_version, holiday, promise_version
from contracts.domain.installation import ALWAYS, Installed, install_presets
from contracts.domain.presets import load_presets
from contracts.enums import DayKind
from contracts.models import CalendarVersion, Holiday, PromiseSet, PromiseVersion
from contracts.queries.promise_version import in_force, newest_calendars

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 2, tzinfo=UTC)
CONTRACT_SETS = ["HB2D", "HN48", "HN58", "HW12", "L4", "QH5", "TY-ABCD", "XC30", "YC24"]
HOUSE_SETS = ["COMPLAINT", "HOTLINE", "PAPERS"]


@pytest.fixture
def empty(db: None) -> None:
    """A database as before the first start: the test database comes with the presets."""
    with connection.cursor() as cursor:
        cursor.execute("truncate contracts_promiseset, contracts_servicecalendar, contracts_holiday cascade")


@pytest.mark.usefixtures("empty")
def test_load_everything_once() -> None:
    new = install_presets(actor=None, now=NOW)
    assert (new.calendars, new.sets) == (4, 12)
    assert new.special_days == Holiday.objects.count() > 60
    scopes = {
        scope: sorted(PromiseSet.objects.filter(scope=scope).values_list("code", flat=True))
        for scope in ("contract", "house")
    }
    assert scopes == {"contract": CONTRACT_SETS, "house": HOUSE_SETS}
    assert set(PromiseVersion.objects.values_list("number", "effective_from")) == {(1, ALWAYS)}
    assert sorted(newest_calendars()) == ["always", "day_evening", "office_5x8", "office_cn"]
    assert PromiseSet.objects.get(is_default=True).code == "HN58"
    assert install_presets(actor=None, now=LATER) == Installed(0, 0, 0)
    assert (PromiseVersion.objects.count(), CalendarVersion.objects.count()) == (12, 4)


def test_only_a_missed_repair_of_hb2d_starts_further_rows(presets: None) -> None:
    arming = PromiseVersion.objects.filter(arms_on_breach=True).values_list("promise_set__code", flat=True)
    assert list(arming) == ["HB2D"]


def test_known_days(presets: None) -> None:
    kinds = dict(Holiday.objects.filter(day__year=2026).values_list("day", "kind"))
    assert kinds[date(2026, 10, 1)] == DayKind.OFF
    assert kinds[date(2026, 10, 10)] == DayKind.WORK
    assert date(2026, 11, 23) not in kinds


def test_what_an_administrator_changed_stays(presets: None) -> None:
    PromiseSet.objects.filter(code="HN58").update(is_default=False)
    PromiseSet.objects.filter(code="L4").update(is_default=True)
    own = dict(load_presets().document["sets"]["XC30"]) | {"pause": []}
    promise_version.publish(code="XC30", document=own, effective_from=NOW, actor=None, now=NOW)
    calendar_version.publish(code="always", document={"name": "24 hours"}, actor=None, now=NOW)
    holiday.set_holiday(day=date(2026, 11, 23), kind=DayKind.OFF, actor=None, now=NOW)
    assert install_presets(actor=None, now=LATER) == Installed(0, 0, 0)
    assert PromiseSet.objects.get(is_default=True).code == "L4"
    version = in_force("XC30", LATER)
    assert version is not None
    assert version.number == 2
    assert CalendarVersion.objects.get(pk=newest_calendars()["always"]).number == 2


def test_new_wording_of_a_preset_counts_from_now(presets: None, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = load_presets()
    sets = dict(shipped.document["sets"])
    sets["L4"] = dict(sets["L4"]) | {"pause": ["waiting_customer"]}
    monkeypatch.setitem(shipped.document, "sets", sets)
    assert install_presets(actor=None, now=LATER) == Installed(0, 0, 1)
    versions = PromiseVersion.objects.filter(promise_set__code="L4").order_by("number")
    assert list(versions.values_list("number", "effective_from")) == [(1, ALWAYS), (2, LATER)]


def test_newly_announced_year_reaches_the_calendars(presets: None) -> None:
    before = newest_calendars()
    Holiday.objects.filter(day__year=2026).delete()
    calendar_version.publish_special_days(actor=None, now=NOW)
    new = install_presets(actor=None, now=LATER)
    assert new.special_days == Holiday.objects.filter(day__year=2026).count() > 20
    numbers = dict(CalendarVersion.objects.filter(published_at=LATER).values_list("calendar__code", "number"))
    assert numbers == {"office_5x8": 3, "office_cn": 3}
    assert newest_calendars()["always"] == before["always"]


@pytest.mark.usefixtures("empty")
def test_command_says_what_was_new() -> None:
    output = StringIO()
    call_command("presets", stdout=output)
    call_command("presets", stdout=output)
    first, second = output.getvalue().splitlines()
    assert first.endswith("4 calendars, 12 promise sets")
    assert second == "new: 0 special days, 0 calendars, 0 promise sets"
