"""The verdict on each kind of service (domain §4): covers against causes, what stays free, what is charged inside."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.domain.coverage_rules import CAUSELESS, INCLUDED, Basis, Situation, Why, by_hand, judge, judge_all
from contracts.domain.coverage_words import groups, reason_of
from contracts.domain.presets import load_presets
from contracts.domain.warranty_terms import read_warranty
from contracts.enums import ChargedInside, Cover, Coverage, FaultCause, PriceBasis, ServiceKind, WarrantyStart
from contracts.queries.terms import Terms, class_for

DAY = date(2026, 11, 23)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
OVER = (date(2024, 1, 1), date(2025, 12, 31))
REPAIR = ["remote", "visit", "labour", "parts", "loaner"]
ANYHOW = ["phone_advice", "software_version", "requirement_defect"]


def terms(covers: str = "all_but_misuse", **more: Any) -> Terms:
    return Terms(12, WarrantyStart.ACCEPTANCE_DAY, first_day_counts=False, covers=Cover(covers), **more)


def preset(code: str) -> Terms:
    """The warranty of a shipped promise set."""
    return read_warranty(load_presets().sets[code].document["warranty"])[0]


def warranty(said: Terms | None = None, held: tuple[date, date] = YEAR, **more: Any) -> Basis:
    return Basis(Coverage.WARRANTY, "HT-W", *held, said, **more)


def contract(said: Terms | None = None, held: tuple[date, date] = YEAR, source: str = "HT-C") -> Basis:
    return Basis(Coverage.CONTRACT, source, *held, said)


def code(bases: list[Basis], service: str, **situation: Any) -> str:
    return str(judge(bases, ServiceKind(service), Situation(**{"day": DAY} | situation)).code)


# --- Covers against causes --------------------------------------------------------------------------------------------

EXCLUDES = {
    "material_make": {"misuse", "force_majeure", "third_party"},
    "all_but_misuse": {"misuse"},
    "any_cause": set(),
}


@pytest.mark.parametrize("service", [*REPAIR, *ANYHOW])
@pytest.mark.parametrize("cause", list(FaultCause.values))
@pytest.mark.parametrize("covers", list(EXCLUDES))
@pytest.mark.parametrize("kind", ["warranty", "contract"])
def test_each_cover_against_each_cause(kind: str, covers: str, cause: str, service: str) -> None:
    basis = (warranty if kind == "warranty" else contract)(terms(covers))
    expected = "excluded" if service in REPAIR and cause in EXCLUDES[covers] else kind
    found = judge([basis], ServiceKind(service), Situation(DAY, FaultCause(cause)))
    assert (found.code, found.is_paid, found.price) == (
        expected,
        expected == "excluded",
        PriceBasis.LIST if expected == "excluded" else None,
    )
    assert found.why == (Why.CAUSE if expected == "excluded" else Why.IN_TERM)
    assert found.unless == (EXCLUDES[covers] if cause == "unknown" and service in REPAIR else set())


@pytest.mark.parametrize(
    ("preset_code", "cause", "expected"),
    [
        ("HW12", "material", "warranty"),
        ("HW12", "misuse", "excluded"),
        ("HW12", "force_majeure", "excluded"),
        ("HN48", "third_party", "excluded"),
        ("YC24", "misuse", "warranty"),
        ("YC24", "force_majeure", "warranty"),
        ("TY-ABCD", "misuse", "excluded"),
        ("TY-ABCD", "force_majeure", "warranty"),
        ("XC30", "misuse", "excluded"),
        ("XC30", "third_party", "warranty"),
        ("L4", "misuse", "excluded"),
        ("L4", "force_majeure", "warranty"),
        ("HB2D", "misuse", "excluded"),
    ],
)
def test_covers_of_the_sources(preset_code: str, cause: str, expected: str) -> None:
    assert code([warranty(preset(preset_code))], "labour", cause=FaultCause(cause)) == expected


def test_terms_that_nobody_wrote_down_include_everything() -> None:
    for cause in FaultCause:
        assert code([warranty()], "parts", cause=cause) == "warranty"
        assert code([contract()], "parts", cause=cause) == "contract"


# --- Days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (YEAR[0] - timedelta(days=1), "unknown"),
        (YEAR[0], "warranty"),
        (YEAR[1], "warranty"),
        (YEAR[1] + timedelta(days=1), "expired"),
    ],
)
def test_both_days_of_the_term_count(day: date, expected: str) -> None:
    assert {code([warranty(terms())], service, day=day) for service in REPAIR} == {expected}


def test_before_the_term_it_says_when_it_begins() -> None:
    found = judge([warranty(terms())], ServiceKind.LABOUR, Situation(date(2025, 12, 31)))
    assert (found.why, found.until, found.is_paid) == (Why.NOT_BEGUN, YEAR[0], False)


def test_an_old_term_is_over_even_where_a_new_one_comes() -> None:
    coming = contract(terms(), (date(2027, 1, 1), date(2027, 12, 31)))
    assert code([warranty(terms(), OVER), coming], "labour") == "expired"
    assert code([warranty(terms(), OVER), coming], "labour", day=date(2027, 1, 1)) == "contract"


@pytest.mark.parametrize(("asset_known", "why"), [(True, Why.NO_TERM), (False, Why.NO_ASSET)])
def test_without_any_term_it_is_not_known(asset_known: bool, why: Why) -> None:
    found = judge([], ServiceKind.LABOUR, Situation(DAY, asset_known=asset_known))
    assert (found.code, found.why, found.is_paid) == ("unknown", why, False)


def test_without_a_device_an_old_term_says_nothing() -> None:
    assert code([contract(terms(), OVER)], "labour", asset_known=False) == "unknown"
    assert code([contract(terms())], "labour", asset_known=False) == "contract"


# --- What stays free after expiry -------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", [*REPAIR, *ANYHOW])
@pytest.mark.parametrize(
    ("preset_code", "free", "price"),
    [
        ("HW12", {"software_version"}, "cost_at_most_bid"),
        ("HB2D", {"requirement_defect"}, "list"),
        ("L4", {"phone_advice"}, "list"),
        ("XC30", set(), "cost"),
        ("YC24", set(), "list"),
        ("TY-ABCD", set(), "list"),
        ("HN58", set(), "list"),
    ],
)
def test_after_expiry(preset_code: str, free: set[str], price: str, service: str) -> None:
    """Phone advice [004], defects against the requirements [001], software versions [001]; prices [001][003]."""
    long_ago = (date(2010, 1, 1), date(2012, 12, 31))
    found = judge([warranty(preset(preset_code), long_ago)], ServiceKind(service), Situation(DAY))
    if service in free:
        assert (found.code, found.why, found.is_paid, found.price) == ("free_after", Why.FREE_AFTER, False, None)
    else:
        assert (found.code, found.why, found.is_paid, found.price) == ("expired", Why.OVER, True, price)


def test_what_is_free_after_one_warranty_stays_free_whatever_else_ends_later() -> None:
    bases = [warranty(terms(free_after=(ServiceKind.PHONE_ADVICE,)), OVER), contract(terms(), (date(2026, 1, 1), DAY))]
    day = DAY + timedelta(days=1)
    assert code(bases, "phone_advice", day=day) == "free_after"
    found = judge(bases, ServiceKind.LABOUR, Situation(day))
    assert (found.code, found.basis and found.basis.source, found.until) == ("expired", "HT-C", DAY)


@pytest.mark.parametrize(
    ("day", "expected", "why"),
    [
        (date(2028, 11, 23), "warranty", Why.VERSION_TERM),
        (date(2028, 11, 24), "warranty", Why.VERSION_TERM),
        (date(2036, 11, 23), "warranty", Why.VERSION_TERM),
        (date(2036, 11, 24), "expired", Why.OVER),
    ],
)
def test_ten_years_of_software_upgrades(day: date, expected: str, why: Why) -> None:
    """L4 [004]: 24 months of warranty, new software versions for ten years."""
    basis = warranty(preset("L4"), (date(2026, 11, 23), date(2028, 11, 23)))
    found = judge([basis], ServiceKind.SOFTWARE_VERSION, Situation(day))
    assert (found.code, found.why) == (expected, why)
    assert code([basis], "labour", day=date(2028, 11, 24)) == "expired"


def test_upgrades_may_end_before_the_warranty() -> None:
    basis = warranty(terms(software_upgrade_months=6))
    assert code([basis], "software_version", day=date(2026, 7, 1)) == "warranty"
    assert code([basis], "software_version", day=date(2026, 7, 2)) == "expired"
    assert code([basis], "labour", day=date(2026, 7, 2)) == "warranty"


# --- What is charged inside -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("distance_km", "visit", "labour"),
    [
        (0, "warranty", "warranty"),
        (999, "warranty", "warranty"),
        (1000, "excluded", "excluded"),
        (2300, "excluded", "excluded"),
    ],
)
def test_long_distance_travel_inside_the_term(distance_km: int, visit: str, labour: str) -> None:
    """L4 [004]: travel and labour of special long-distance visits; from the 1000 km of its own row on."""
    bases = [warranty(preset("L4"))]
    assert (code(bases, "visit", distance_km=distance_km), code(bases, "labour", distance_km=distance_km)) == (
        visit,
        labour,
    )
    others = {
        code(bases, service, distance_km=distance_km) for service in ("parts", "remote", "loaner", "phone_advice")
    }
    assert others == {"warranty"}


def test_travel_alone_may_be_charged_and_from_another_distance() -> None:
    said = terms(charged_inside=(ChargedInside.LONG_DISTANCE_TRAVEL,), long_distance_km=300)
    assert code([warranty(said)], "visit", distance_km=300) == "excluded"
    assert code([warranty(said)], "labour", distance_km=300) == "warranty"


def test_an_unknown_distance_is_told() -> None:
    found = judge_all([warranty(preset("L4"))], Situation(DAY))
    assert {service: one.from_km for service, one in found.items() if one.from_km} == {"visit": 1000, "labour": 1000}


def test_long_distance_says_so_and_what_it_costs() -> None:
    found = judge(
        [warranty(replace(preset("L4"), price_after=PriceBasis.COST))],
        ServiceKind.VISIT,
        Situation(DAY, distance_km=1200),
    )
    assert (found.code, found.why, found.from_km, found.price) == ("excluded", Why.DISTANCE, 1000, "cost")


# --- Several terms ----------------------------------------------------------------------------------------------------


def test_warranty_comes_before_the_contract() -> None:
    assert code([contract(terms()), warranty(terms())], "labour") == "warranty"


def test_what_the_warranty_excludes_the_contract_may_cover() -> None:
    bases = [warranty(terms("material_make")), contract(terms("any_cause"))]
    assert code(bases, "labour", cause=FaultCause.MISUSE) == "contract"
    assert code(bases, "labour", cause=FaultCause.MATERIAL) == "warranty"


def test_what_nobody_covers_is_told_by_the_first() -> None:
    bases = [contract(terms("all_but_misuse"), source="B"), warranty(terms("material_make"))]
    found = judge(bases, ServiceKind.LABOUR, Situation(DAY, FaultCause.MISUSE))
    assert found.basis is not None
    assert (found.code, found.basis.source) == ("excluded", "HT-W")


def test_a_replaced_part_may_outlive_the_device() -> None:
    device, part = warranty(terms(), OVER), warranty(terms(), YEAR, part="电源模块")
    assert code([device], "parts") == "expired"
    assert code([part, device], "parts") == "warranty"


# --- Classes of a line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "product", "name"),
    [
        ("hardware", "KT-300", "硬件"),
        ("software", "BACK", "软件"),
        ("software", "ORACLE", "支撑"),
        ("", "", "全部"),
    ],
)
def test_several_classes_in_one_contract(kind: str, product: str, name: str) -> None:
    """Hardware, back-office software and supporting software each with a term of its own [001]."""
    classes = [
        terms(name="全部"),
        terms(name="支撑", products=("ORACLE", "LINUX"), product_kind="named"),
        terms(name="软件", product_kind="software"),
        terms(name="硬件", product_kind="hardware"),
    ]
    found = class_for(classes, kind=kind, code=product)
    assert found is not None
    assert found.name == name


def test_a_class_that_waits_for_its_products_counts_for_none() -> None:
    assert class_for([terms(product_kind="named")], kind="software", code="ORACLE") is None
    assert class_for([terms(product_kind="hardware")], kind="software", code="ORACLE") is None


def test_supporting_software_is_a_class_of_its_own() -> None:
    own, supporting = read_warranty(load_presets().sets["HB2D"].document["warranty"])
    assert (own.months, supporting.months, supporting.product_kind, supporting.products) == (36, 12, "named", ())
    assert supporting.free_after == own.free_after == (ServiceKind.REQUIREMENT_DEFECT,)


def test_all_warranties_of_the_presets_can_be_read_and_written() -> None:
    documents = {
        key: one.document["warranty"] for key, one in load_presets().sets.items() if "warranty" in one.document
    }
    assert sorted(documents) == ["HB2D", "HN48", "HN58", "HW12", "L4", "TY-ABCD", "XC30", "YC24"]
    for document in documents.values():
        own = read_warranty(document)[0]
        written = own.document()
        assert {key: written[key] for key in document if key in written} == {
            key: value for key, value in document.items() if key in written
        }


# --- Properties -------------------------------------------------------------------------------------------------------

TERMS = st.builds(
    terms,
    st.sampled_from(Cover.values),
    free_after=st.lists(st.sampled_from(list(ServiceKind)), max_size=3).map(tuple),
    charged_inside=st.lists(st.sampled_from(list(ChargedInside)), max_size=2).map(tuple),
    price_after=st.sampled_from(list(PriceBasis)),
    software_upgrade_months=st.integers(0, 60),
)
HELD = st.tuples(st.integers(-800, 400), st.integers(0, 800)).map(
    lambda span: (DAY + timedelta(days=span[0]), DAY + timedelta(days=span[0] + span[1]))
)
BASES = st.lists(
    st.builds(
        lambda kind, held, said: Basis(kind, "HT", *held, said),
        st.sampled_from([Coverage.WARRANTY, Coverage.CONTRACT]),
        HELD,
        st.one_of(st.none(), TERMS),
    ),
    max_size=4,
)
SITUATIONS = st.builds(
    Situation,
    st.just(DAY),
    st.sampled_from(list(FaultCause)),
    st.one_of(st.none(), st.integers(0, 3000)),
    st.booleans(),
)


@given(BASES, SITUATIONS)
def test_every_service_has_an_answer_and_only_what_is_paid_has_a_price(
    bases: list[Basis], situation: Situation
) -> None:
    found = judge_all(bases, situation)
    assert list(found) == list(ServiceKind)
    for one in found.values():
        assert (one.price is not None) == one.is_paid
        assert one.is_paid == (one.code not in INCLUDED and one.code != Coverage.UNKNOWN)


@given(BASES, SITUATIONS, BASES)
def test_one_more_term_in_force_never_makes_an_included_service_paid(
    bases: list[Basis], situation: Situation, more: list[Basis]
) -> None:
    before, after = judge_all(bases, situation), judge_all([*bases, *more], situation)
    for service, one in before.items():
        if one.code in (Coverage.WARRANTY, Coverage.CONTRACT):
            assert after[service].is_included


@given(BASES, SITUATIONS)
def test_advice_versions_and_defects_ask_for_no_cause(bases: list[Basis], situation: Situation) -> None:
    for service in CAUSELESS:
        codes = {judge(bases, service, replace(situation, cause=cause)).code for cause in FaultCause}
        assert len(codes) == 1


@given(BASES, SITUATIONS)
def test_material_and_make_is_covered_wherever_anything_is(bases: list[Basis], situation: Situation) -> None:
    for service in ServiceKind:
        if judge(bases, service, situation).is_included:
            assert judge(bases, service, replace(situation, cause=FaultCause.MATERIAL)).is_included


@given(BASES, SITUATIONS)
def test_the_unknown_cause_warns_of_every_cause_that_would_exclude(bases: list[Basis], situation: Situation) -> None:
    unknown = replace(situation, cause=FaultCause.UNKNOWN)
    for service, one in judge_all(bases[:1], unknown).items():
        if one.is_included:
            judged = {cause: judge(bases[:1], service, replace(unknown, cause=cause)) for cause in FaultCause}
            assert one.unless == {cause for cause, other in judged.items() if other.why == Why.CAUSE}


@given(st.builds(lambda held, said: warranty(said, held), HELD, TERMS), SITUATIONS)
def test_what_is_included_on_a_day_was_included_on_every_day_of_the_term_before(
    basis: Basis, situation: Situation
) -> None:
    for service in ServiceKind:
        if judge([basis], service, situation).code == Coverage.WARRANTY:
            earlier = replace(situation, day=max(basis.starts_on, situation.day - timedelta(days=30)))
            assert judge([basis], service, earlier).code == Coverage.WARRANTY


@given(BASES, SITUATIONS, st.sampled_from(list(Coverage)))
def test_what_is_judged_by_hand_is_told_in_words(bases: list[Basis], situation: Situation, code: Coverage) -> None:
    for one in judge_all(bases, situation).values():
        judged = by_hand(one, code)
        assert (judged.price is not None) == judged.is_paid
        assert judged.code == one.code or judged.code == code
        assert reason_of(judged)
        assert reason_of(one)


@given(BASES, SITUATIONS)
def test_groups_tell_every_service_once(bases: list[Basis], situation: Situation) -> None:
    told = groups(judge_all(bases, situation).values())
    assert sorted(service for group in told for service in group.services) == sorted(ServiceKind)
    assert [group.included for group in told] == sorted((group.included for group in told), reverse=True)
