"""Which line and promise set counts (decisions 4), what that promises, and the keeping of contracts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from contracts.domain import contract as contracts
from contracts.domain.coverage import verdict_of
from contracts.domain.facts import Facts
from contracts.domain.preview import due_if_reported
from contracts.filters import ContractFilter
from contracts.models import Contract, ContractLine, PromiseSet
from contracts.queries.contract import contracts_for
from contracts.queries.entitlement import Entitlement, entitled
from core.errors import InputError, RuleError
from core.models import Audit
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.models import Asset, Customer, Site
from tests.customers.test_customer import make_customer, make_product, make_site
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = date(2026, 11, 23)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@dataclass
class Estate:
    customer: Customer
    site: Site
    asset: Asset

    def line(
        self, code: str, number: str, term: tuple[date, date] = YEAR, beside: bool = False, **covers: Any
    ) -> ContractLine:
        """A contract with one line under a promise set; `beside` others that cover the same: a supplementary one."""
        contract = make_contract(self.customer, number, term, is_supplementary=beside)
        return contracts.add_line(contract=contract, promise_set=set_of(code), actor=None, now=NOW, **covers)

    def find(self, on_day: date = DAY, **named: Any) -> Entitlement:
        return entitled(customer=self.customer, on_day=on_day, **named)


@pytest.fixture
def estate() -> Estate:
    customer = make_customer()
    site = make_site(customer)
    return Estate(customer, site, assets.create(site=site, product=make_product(), actor=None, now=NOW))


def set_of(code: str) -> PromiseSet:
    return PromiseSet.objects.get(code=code)


def make_contract(customer: Customer, number: str, term: tuple[date, date] = YEAR, **given: Any) -> Contract:
    return contracts.create(
        customer=customer, number=number, title="维保", starts_on=term[0], ends_on=term[1], actor=None, now=NOW, **given
    )


def codes(found: Entitlement) -> tuple[str | None, list[str]]:
    """The set that counts, and the contracts of the other lines."""
    return found.promise_set and found.promise_set.code, [line.contract.number for line in found.others]


def test_line_that_names_the_asset_wins_then_the_site_then_the_customer(estate: Estate) -> None:
    estate.line("L4", "ALL")
    assert codes(estate.find(asset=estate.asset)) == ("L4", [])
    estate.line("XC30", "SITE", site=estate.site)
    assert codes(estate.find(asset=estate.asset)) == ("XC30", ["ALL"])
    estate.line("HW12", "ASSET", asset=estate.asset)
    assert codes(estate.find(asset=estate.asset)) == ("HW12", ["SITE", "ALL"])
    assert codes(estate.find(site=estate.site)) == ("XC30", ["ALL"])
    assert codes(estate.find()) == ("L4", [])


def test_other_assets_and_sites_have_no_part_in_it(estate: Estate) -> None:
    other_site = make_site(estate.customer, name="分院")
    other = assets.create(site=other_site, product=make_product("KT-400"), actor=None, now=NOW)
    estate.line("XC30", "SITE", site=estate.site)
    estate.line("HW12", "ASSET", asset=estate.asset)
    assert codes(estate.find(asset=other)) == ("HN58", [])
    assert codes(estate.find(asset=other, site=estate.site)) == ("HN58", []), "the asset's own site counts"
    assert codes(entitled(customer=make_customer("K002"), on_day=DAY)) == ("HN58", [])


def test_of_several_the_latest_start(estate: Estate) -> None:
    estate.line("L4", "OLD", (date(2025, 1, 1), date(2027, 1, 1)))
    estate.line("XC30", "NEW", (date(2026, 6, 1), date(2026, 12, 1)), beside=True)
    estate.line("HW12", "MIDDLE", (date(2026, 1, 1), date(2028, 1, 1)), beside=True)
    assert codes(estate.find()) == ("XC30", ["MIDDLE", "OLD"])


@pytest.mark.parametrize(
    ("on_day", "code"),
    [
        (date(2025, 12, 31), "HN58"),
        (date(2026, 1, 1), "L4"),
        (date(2026, 12, 31), "L4"),
        (date(2027, 1, 1), "HN58"),
    ],
)
def test_both_days_of_the_term_count(estate: Estate, on_day: date, code: str) -> None:
    estate.line("L4", "YEAR")
    assert codes(estate.find(on_day)) == (code, [])


def test_asset_in_warranty_uses_the_line_its_acceptance_names(estate: Estate) -> None:
    accepted = estate.line("HN48", "SOLD", (date(2024, 1, 1), date(2024, 12, 31)))
    estate.line("HW12", "ASSET", asset=estate.asset)
    term = {"starts_on": date(2024, 6, 1), "ends_on": date(2026, 11, 23)}
    contracts.add_warranty(asset=estate.asset, line=accepted, actor=None, now=NOW, **term)
    found = estate.find(asset=estate.asset)
    assert codes(found) == ("HN48", ["ASSET"])
    assert found.line == accepted
    assert codes(estate.find(date(2026, 11, 24), asset=estate.asset)) == ("HW12", [])
    assert codes(estate.find()) == ("HN58", []), "without the asset its warranty says nothing"
    verdicts = [verdict_of(estate.find(day, asset=estate.asset)) for day in (DAY, date(2026, 11, 24))]
    assert [(one.code, one.source, one.days_left) for one in verdicts] == [
        ("warranty", "SOLD", 0),
        ("contract", "ASSET", 37),
    ]


def test_without_contract_the_default_set_counts_if_there_is_one(estate: Estate) -> None:
    found = estate.find(asset=estate.asset)
    assert (codes(found), found.line, verdict_of(found).code) == (("HN58", []), None, "unknown")
    PromiseSet.objects.update(is_default=False)
    assert codes(estate.find()) == (None, [])


def test_draft_contracts_count_nowhere(estate: Estate) -> None:
    estate.line("L4", "DRAFT")
    Contract.objects.update(state="draft")
    assert codes(estate.find()) == ("HN58", [])
    assert verdict_of(estate.find(date(2027, 6, 1), asset=estate.asset)).code == "unknown"


def test_terminated_contract_counts_to_its_last_day(estate: Estate) -> None:
    line = estate.line("L4", "YEAR")
    contracts.terminate(contract=line.contract, last_day=date(2026, 11, 22), reason="改签", actor=None, now=NOW)
    assert codes(estate.find(date(2026, 11, 22))) == ("L4", [])
    assert codes(estate.find()) == ("HN58", [])
    verdict = verdict_of(estate.find(asset=estate.asset))
    assert (verdict.code, verdict.until) == ("expired", date(2026, 11, 22))


def test_number_of_statements_does_not_grow(estate: Estate) -> None:
    counts = []
    for round_ in range(2):
        for number in range(6):
            line = estate.line("L4", f"C-{round_}-{number}", beside=True, asset=estate.asset)
            term = {"starts_on": date(2025, 1, 1), "ends_on": date(2027, 1, 1)}
            contracts.add_warranty(asset=estate.asset, line=line, actor=None, now=NOW, **term)
        with CaptureQueriesContext(connection) as statements:
            found = estate.find(asset=estate.asset)
            assert verdict_of(found).code == "warranty"
            assert codes(found)[0] == "L4"
        counts.append(len(statements))
    assert counts == [2, 2]
    with CaptureQueriesContext(connection) as statements:
        entitled(customer=estate.customer, on_day=date(2030, 1, 1), asset=estate.asset)
    assert len(statements) == 3


def test_preview_shows_what_is_due_and_what_would_start_later(estate: Estate) -> None:
    estate.line("L4", "YEAR")
    facts = Facts(severity=1, kind="fault", channel="phone", locality="remote", distance_km=300)
    shown = due_if_reported(entitlement=estate.find(asset=estate.asset), facts=facts, now=NOW)
    assert [(one.target.name, one.due_at.isoformat(), one.row.index, one.promise_set.code) for one in shown.due] == [
        ("response", "2026-11-23T02:30:00+00:00", 0, "L4"),
        ("on_site", "2026-11-24T02:00:00+00:00", 9, "L4"),
    ]
    assert [(one.target.name, one.starts_at, one.promise_set.code) for one in shown.waiting] == [
        ("on_site", "remote_failed", "L4"),
        ("on_site", "visit_requested", "L4"),
        ("visit_arranged", "remote_failed", "HOTLINE"),
        ("manager_callback", "urgent_visit_requested", "HOTLINE"),
    ]
    assert shown.unannounced == ()


def test_preview_without_contract_uses_default_and_house_sets(estate: Estate) -> None:
    friday_evening = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    with CaptureQueriesContext(connection) as statements:
        found = estate.find()
        shown = due_if_reported(entitlement=found, facts=Facts(kind="question", severity=4), now=friday_evening)
    assert [(one.target.name, one.due_at.isoformat()) for one in shown.due] == [
        ("response", "2026-11-30T02:30:00+00:00")
    ]
    assert len(statements) <= 6


def test_preview_says_where_the_holidays_are_not_known(estate: Estate) -> None:
    estate.line("HB2D", "LATE", (date(2026, 1, 1), date(2028, 12, 31)))
    end_of_year = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    shown = due_if_reported(entitlement=estate.find(), facts=Facts(kind="fault", severity=2), now=end_of_year)
    assert shown.unannounced == (2027,)


def test_contract_is_kept_with_its_lines_and_audited(estate: Estate) -> None:
    manager = make_user(Role.MANAGER)
    contract = contracts.create(
        customer=estate.customer, number=" HT-1 ", title="维保", starts_on=DAY, ends_on=DAY, actor=manager, now=NOW
    )
    line = contracts.add_line(
        contract=contract, promise_set=set_of("L4"), site=estate.site, tell_customer=True, actor=manager, now=NOW
    )
    assert (contract.number, contract.state, line.customer_id) == ("HT-1", "active", estate.customer.pk)
    own = Audit.objects.filter(actor=manager, action__startswith="contract.")
    lines = own.order_by("pk").values_list("action", "customer_id")
    assert list(lines) == [("contract.create", estate.customer.pk), ("contract.add_line", estate.customer.pk)]


def test_contract_refuses_bad_input_at_the_field(estate: Estate) -> None:
    make_contract(estate.customer, "HT-1")
    for number, term, field in (
        ("HT-1", YEAR, "number"),
        ("", YEAR, "number"),
        ("HT-2", (YEAR[1], YEAR[0]), "ends_on"),
    ):
        with pytest.raises(InputError) as refusal:
            make_contract(estate.customer, number, term)
        assert refusal.value.field == field
    assert Contract.objects.count() == 1


def test_line_refuses_what_is_not_the_customers_and_house_sets(estate: Estate) -> None:
    contract = make_contract(estate.customer, "HT-1")
    foreign = make_site(make_customer("K002"))
    foreign_asset = assets.create(site=foreign, product=make_product("KT-400"), actor=None, now=NOW)
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("L4", {"site": foreign}, "site"),
        ("L4", {"asset": foreign_asset}, "asset"),
        ("L4", {"site": estate.site, "asset": estate.asset}, "asset"),
        ("HOTLINE", {}, "promise_set"),
    ]
    for code, covers, field in cases:
        with pytest.raises(InputError) as refusal:
            contracts.add_line(contract=contract, promise_set=set_of(code), actor=None, now=NOW, **covers)
        assert refusal.value.field == field
    assert not ContractLine.objects.exists()


def test_warranty_refuses_a_foreign_line_and_a_term_that_ends_before_it_starts(estate: Estate) -> None:
    line = estate.line("L4", "HT-1")
    stranger = make_customer("K002")
    foreign = contracts.add_line(
        contract=make_contract(stranger, "HT-2"), promise_set=set_of("L4"), actor=None, now=NOW
    )
    for one, term, field in ((foreign, YEAR, "line"), (line, (YEAR[1], YEAR[0]), "ends_on")):
        with pytest.raises(InputError) as refusal:
            contracts.add_warranty(
                asset=estate.asset, line=one, starts_on=term[0], ends_on=term[1], actor=None, now=NOW
            )
        assert refusal.value.field == field


def test_terminate_needs_a_day_within_the_term_and_a_reason_and_happens_once(estate: Estate) -> None:
    contract = make_contract(estate.customer, "HT-1")

    def terminate(last_day: date, reason: str) -> None:
        contracts.terminate(contract=contract, last_day=last_day, reason=reason, actor=None, now=NOW)

    for last_day, reason, field in (
        (date(2025, 12, 31), "改签", "last_day"),
        (date(2027, 1, 1), "改签", "last_day"),
        (DAY, " ", "reason"),
    ):
        with pytest.raises(InputError) as refusal:
            terminate(last_day, reason)
        assert refusal.value.field == field
    terminate(DAY, "改签")
    with pytest.raises(RuleError) as refused:
        terminate(DAY, "改签")
    assert refused.value.code == "transition"
    stored = Contract.objects.values_list("state", "ends_on", "end_reason").get()
    assert stored == ("terminated", DAY, "改签")


def test_contracts_are_seen_by_the_desk_and_by_the_customers_administrator(estate: Estate) -> None:
    own, foreign = make_contract(estate.customer, "OWN"), make_contract(make_customer("K002"), "FOREIGN")
    plain, head = make_user(Role.CONTACT), make_user(Role.CONTACT_ADMIN)
    for user in (plain, head):
        contacts.create(customer=estate.customer, name="x", user=user, sites=[estate.site], actor=None, now=NOW)
    assert set(contracts_for(make_user(Role.AGENT))) == {own, foreign}
    assert set(contracts_for(head)) == {own}
    assert set(contracts_for(plain)) == set()
    assert set(contracts_for(make_user(Role.ENGINEER))) == set()


def test_filter_finds_contracts_by_day_words_and_customer(estate: Estate) -> None:
    make_contract(estate.customer, "HT-26", YEAR)
    make_contract(estate.customer, "HT-27", (date(2027, 1, 1), date(2027, 12, 31)))
    terminated = make_contract(estate.customer, "HT-END", YEAR)
    Contract.objects.filter(number="HT-END").update(state="draft")

    def found(**given: str) -> list[str]:
        return sorted(contract.number for contract in ContractFilter(given, Contract.objects.all()).qs)

    assert found(in_force_on="2026-12-31") == ["HT-26"]
    assert found(in_force_on="2027-01-01") == ["HT-27"]
    assert found(q="ht 维保", state="draft") == ["HT-END"]
    assert found(ends_before="2026-12-31") == []
    assert found(customer=str(terminated.customer_id)) == ["HT-26", "HT-27", "HT-END"]
    assert found(customer="999999") == []
