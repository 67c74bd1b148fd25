"""Warranty classes of lines, warranties begun by acceptance, by hand, by a replaced part; what an asset then has."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from contracts.domain import acceptance as acceptances
from contracts.domain import contract as contracts
from contracts.domain import warranty, warranty_terms
from contracts.domain.coverage import verdict_of, verdicts
from contracts.domain.coverage_answer import services_of
from contracts.domain.release_right import entitled_customers
from contracts.models import Acceptance, ContractLine, PromiseSet, Warranty, WarrantyTerms
from contracts.queries.entitlement import Entitlement, entitled, terms_of_assets
from core import clock
from core.errors import InputError, StaleError
from core.models import Audit
from customers.domain import asset as assets
from customers.domain import product as products
from customers.domain.record import version_of
from customers.models import Asset, Release
from tests.factories import make_user
from tests.world import Place, make_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = date(2026, 11, 23)


@dataclass
class Held:
    """One customer with a contract line of a set, a device, and how it is accepted."""

    place: Place

    def accept(self, *named: Asset, stage: str = "final", on: date = DAY) -> list[Warranty]:
        wanted = named or (self.place.asset,)
        drafted = acceptances.create(
            contract=self.place.line.contract, stage=stage, accepted_on=on, assets=wanted, actor=None, now=NOW
        )
        return warranty.start_for(drafted, None, NOW)

    def find(self, on: date = DAY, asset: Asset | None = None) -> Entitlement:
        return entitled(customer=self.place.customer, asset=asset or self.place.asset, on_day=on)

    def codes(self, on: date = DAY, **given: Any) -> dict[str, str]:
        return {str(one.service): str(one.code) for one in verdicts(self.find(on), **given)}


def held(code: str) -> Held:
    return Held(make_place("A", code, NOW))


def classes(line: ContractLine) -> list[tuple[str, int, str]]:
    return list(line.terms.values_list("name", "months", "product_kind"))


# --- Classes of a line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("HW12", [("终端设备保修 12 个月", 12, "")]),
        ("L4", [("四级故障响应", 24, "")]),
        ("HB2D", [("应用软件维护", 36, ""), ("支撑软件", 12, "named")]),
        ("QH5", []),
    ],
)
def test_a_new_line_adopts_the_classes_of_its_set(code: str, expected: list[Any]) -> None:
    line = held(code).place.line
    assert classes(line) == expected
    assert warranty_terms.adopt(line, None, NOW) == list(line.terms.all())
    assert classes(line) == expected
    noted = Audit.objects.filter(action="warranty_terms.add")
    assert set(noted.values_list("customer_id", flat=True)) == ({line.customer_id} if expected else set())


def test_a_product_with_terms_of_its_own_is_a_class_of_its_own() -> None:
    place = make_place("A", "L4", NOW)
    products.change(
        product=place.asset.product,
        warranty={
            "months": 60,
            "starts": "acceptance_day",
            "covers": "any_cause",
            "first_day_counts": True,
            "replaced_part": "extend",
            "price_after": "",
        },
        actor=None,
        now=NOW,
    )
    other = contracts.create(
        customer=place.customer,
        number="HT-2",
        title="二",
        starts_on=DAY,
        ends_on=DAY,
        is_supplementary=True,
        actor=None,
        now=NOW,
    )
    line = contracts.add_line(contract=other, promise_set=PromiseSet.objects.get(code="HW12"), actor=None, now=NOW)
    own = line.terms.get(products=["KT-300"])
    assert (own.name, own.months, own.covers, own.replaced_part, own.free_after) == (
        "自助终端",
        60,
        "any_cause",
        "extend",
        ["software_version"],
    )


def test_classes_are_changed_and_removed_by_who_saw_them() -> None:
    line = held("HW12").place.line
    manager, terms = make_user(Role.MANAGER), line.terms.get()
    version = version_of(terms, warranty_terms.FIELDS)
    warranty_terms.change(terms=terms, months=24, covers="any_cause", version=version, actor=manager, now=NOW)
    with pytest.raises(StaleError):
        warranty_terms.change(terms=terms, months=36, version=version, actor=manager, now=NOW)
    added = warranty_terms.add(
        line=line,
        name="软件",
        product_kind="software",
        months=12,
        starts="acceptance_day",
        covers="all_but_misuse",
        actor=manager,
        now=NOW,
    )
    assert (added.position, list(line.terms.values_list("months", flat=True))) == (2, [24, 12])
    warranty_terms.remove(terms=terms, actor=manager, now=NOW)
    assert list(line.terms.values_list("name", flat=True)) == ["软件"]
    actions = Audit.objects.filter(actor=manager).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["warranty_terms.change", "warranty_terms.add", "warranty_terms.remove"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"months": 0}, "months"),
        ({"months": 241}, "months"),
        ({"starts": "some_day"}, "starts"),
        ({"covers": "everything"}, "covers"),
        ({"free_after": ["breakfast"]}, "free_after"),
        ({"starts": "final_acceptance_day", "stage": "preliminary"}, "stage"),
        ({"name": ""}, "name"),
    ],
)
def test_bad_classes_are_refused_at_the_field(values: dict[str, Any], field: str) -> None:
    line = held("HW12").place.line
    good = {"name": "硬件", "months": 12, "starts": "acceptance_day", "covers": "any_cause"}
    with pytest.raises(InputError) as refusal:
        warranty_terms.add(line=line, actor=None, now=NOW, **good | values)
    assert (refusal.value.field, line.terms.count()) == (field, 1)


def test_the_database_keeps_classes_with_their_customer() -> None:
    line, foreign = held("HW12").place.line, make_place("B", "HW12", NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        WarrantyTerms.objects.filter(line=line).update(customer=foreign.customer)


# --- Begun by acceptance ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "starts_on", "ends_on"),
    [
        ("HW12", date(2026, 11, 24), date(2027, 11, 23)),
        ("YC24", date(2026, 11, 23), date(2027, 11, 23)),
        ("L4", date(2026, 11, 23), date(2028, 11, 23)),
        ("HN48", date(2026, 11, 23), date(2029, 11, 23)),
        ("HB2D", date(2028, 1, 1), date(2030, 12, 31)),
    ],
)
def test_acceptance_starts_the_warranty_by_its_rule(code: str, starts_on: date, ends_on: date) -> None:
    one = held(code)
    begun = one.accept()
    assert [(row.starts_on, row.ends_on, row.line, row.part) for row in begun] == [
        (starts_on, ends_on, one.place.line, "")
    ]
    number = Acceptance.objects.get().number
    assert (begun[0].origin, begun[0].terms["months"]) == (f"acceptance:{number}", one.place.line.terms.first().months)
    assert Audit.objects.filter(action="warranty.begin", customer_id=one.place.customer.pk).count() == 1


def test_starting_again_changes_nothing() -> None:
    one = held("HW12")
    first = one.accept()
    assert warranty.start_for(Acceptance.objects.get(), None, NOW) == first
    assert Warranty.objects.count() == 1


@pytest.mark.parametrize(("stage", "count"), [("preliminary", 1), ("final", 0)])
def test_only_the_stage_that_the_class_names_starts_it(stage: str, count: int) -> None:
    one = held("HW12")
    warranty_terms.change(terms=one.place.line.terms.get(), stage="preliminary", actor=None, now=NOW)
    drafted = acceptances.create(
        contract=one.place.line.contract,
        stage="preliminary",
        accepted_on=DAY,
        assets=[one.place.asset],
        actor=None,
        now=NOW,
    )
    Acceptance.objects.filter(pk=drafted.pk).update(stage=stage)
    drafted.refresh_from_db()
    assert len(warranty.start_for(drafted, None, NOW)) == count


def test_several_classes_of_one_line_each_start_their_own() -> None:
    one = held("HB2D")
    software = products.create(code="ORACLE", name="数据库", kind="software", actor=None, now=NOW)
    database = assets.create(site=one.place.site, product=software, serial="DB1", actor=None, now=NOW)
    supporting = one.place.line.terms.get(name="支撑软件")
    warranty_terms.change(
        terms=supporting, products=["ORACLE"], starts="acceptance_day", first_day_counts=False, actor=None, now=NOW
    )
    begun = one.accept(one.place.asset, database)
    assert {row.asset_id: (row.starts_on, row.ends_on) for row in begun} == {
        one.place.asset.pk: (date(2028, 1, 1), date(2030, 12, 31)),
        database.pk: (DAY, date(2027, 11, 23)),
    }


def test_a_later_change_of_the_class_does_not_touch_a_running_warranty() -> None:
    one = held("L4")
    one.accept()
    warranty_terms.change(terms=one.place.line.terms.get(), covers="material_make", free_after=[], actor=None, now=NOW)
    assert one.codes(cause="force_majeure")["labour"] == "warranty"
    assert one.codes(date(2029, 1, 1))["phone_advice"] == "free_after"


def test_a_warranty_after_the_contract_moves_with_its_end() -> None:
    one = held("HB2D")
    one.accept()
    contracts.terminate(
        contract=one.place.line.contract, last_day=date(2027, 2, 28), reason="改签", actor=None, now=NOW
    )
    moved = Warranty.objects.get()
    assert (moved.starts_on, moved.ends_on) == (date(2027, 3, 1), date(2030, 2, 28))


# --- Replaced parts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "is_key", "ends_on"),
    [
        ("HW12", False, date(2027, 11, 23)),
        ("L4", True, date(2029, 5, 11)),
        ("L4", False, date(2028, 11, 23)),
        ("XC30", False, date(2029, 12, 4)),
    ],
)
def test_a_replaced_part_by_the_terms_of_its_device(code: str, is_key: bool, ends_on: date) -> None:
    one = held(code)
    one.accept()
    done = {"exchanged_on": date(2027, 5, 11), "fault_on": date(2027, 4, 30), "is_key": is_key}
    made = warranty.replace_part(one.place.asset, "电源模块", actor=None, now=NOW, **done)
    assert made is not None
    assert (made.starts_on, made.ends_on, made.part, made.origin) == (
        date(2027, 5, 11),
        ends_on,
        "电源模块",
        "replaced:2027-05-11",
    )
    assert warranty.replace_part(one.place.asset, "电源模块", actor=None, now=NOW, **done) == made
    assert Warranty.objects.filter(part="电源模块").count() == 1


def test_a_part_speaks_for_itself_only() -> None:
    one = held("L4")
    one.accept()
    warranty.replace_part(one.place.asset, "主板", date(2028, 11, 23), date(2028, 11, 20), True, None, NOW)
    later = date(2029, 3, 1)
    found = one.find(later)
    assert (verdict_of(found).code, found.warranty) == ("expired", None)
    assert [(term.part, term.ends_on) for term in found.parts] == [("主板", date(2030, 11, 23))]
    assert (one.codes(later)["parts"], one.codes(later, part="主板")["parts"]) == ("expired", "warranty")
    again = warranty.replace_part(one.place.asset, "主板", date(2029, 3, 9), later, True, None, NOW)
    assert again is not None
    assert again.ends_on == date(2031, 3, 9)


def test_no_warranty_comes_from_a_fault_after_the_term() -> None:
    one = held("L4")
    assert warranty.replace_part(one.place.asset, "主板", DAY, DAY, True, None, NOW) is None
    one.accept()
    late = date(2028, 11, 24)
    assert warranty.replace_part(one.place.asset, "主板", late, late, True, None, NOW) is None
    assert Warranty.objects.count() == 1


def test_an_exchange_before_its_fault_is_refused() -> None:
    one = held("L4")
    one.accept()
    with pytest.raises(InputError) as refusal:
        warranty.replace_part(one.place.asset, "主板", DAY, DAY + timedelta(days=1), True, None, NOW)
    assert (refusal.value.field, Warranty.objects.count()) == ("exchanged_on", 1)


# --- What an asset then has -------------------------------------------------------------------------------------------


def test_a_line_about_a_system_covers_its_devices() -> None:
    one = held("HW12")
    system = assets.create(
        site=one.place.site, product=one.place.asset.product, name="系统", level="system", actor=None, now=NOW
    )
    child = assets.create(
        site=one.place.site, product=one.place.asset.product, serial="K2", parent=system, actor=None, now=NOW
    )
    special = contracts.create(
        customer=one.place.customer, number="HT-S", title="系统", starts_on=DAY, ends_on=DAY, actor=None, now=NOW
    )
    line = contracts.add_line(
        contract=special, promise_set=PromiseSet.objects.get(code="L4"), asset=system, actor=None, now=NOW
    )
    assert one.find(asset=child).line == line
    assert one.find().line == one.place.line
    assert terms_of_assets([child])[child.pk] == one.find(asset=child).terms


def test_a_warranty_by_hand_speaks_by_the_terms_of_its_line() -> None:
    one = held("HW12")
    contracts.add_warranty(
        asset=one.place.asset, line=one.place.line, starts_on=date(2025, 1, 1), ends_on=DAY, actor=None, now=NOW
    )
    answer = services_of(verdicts(one.find(), cause="misuse"))
    assert {row["service"]: (row["coverage"], row["price"]) for row in answer if row["paid"]} == dict.fromkeys(
        ("remote", "visit", "labour", "parts", "loaner"), ("excluded", "cost_at_most_bid")
    )


def test_the_verdict_costs_no_statement_more(django_assert_num_queries: Any) -> None:
    one = held("L4")
    one.accept()
    asset = Asset.objects.select_related("product", "site").get()
    with django_assert_num_queries(2):
        found = entitled(customer=one.place.customer, asset=asset, on_day=DAY)
        assert len(verdicts(found, distance_km=8)) == 8
    with CaptureQueriesContext(connection) as asked:
        terms_of_assets([asset])
    assert len(asked) == 2


def test_new_versions_go_to_who_is_entitled() -> None:
    one, other = held("L4"), make_place("B", "YC24", NOW)
    one.accept()
    release = Release.objects.create(
        product=one.place.asset.product, number="5.2", released_on=DAY, created_at=NOW, notes="修正"
    )
    with clock.frozen(NOW):
        assert entitled_customers(release) == {one.place.customer.pk, other.customer.pk}
    with clock.frozen(datetime(2030, 1, 1, tzinfo=UTC)):
        assert entitled_customers(release) == {one.place.customer.pk}
