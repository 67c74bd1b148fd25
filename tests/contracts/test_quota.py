"""Quotas: granted, reserved, used, left; a use counts exactly once (K1)."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.domain import quota as quotas
from contracts.models import Contract, Quota, QuotaDraw
from core.errors import InputError, RuleError
from core.models import Audit
from tests.races.conftest import shared_world  # noqa: F401
from tests.races.together import codes, together
from tests.world import World

DAY = date(2026, 11, 23)
WHAT = "终端操作培训"


@pytest.fixture
def quota(world: World) -> Quota:
    return make_quota(world)


def make_quota(world: World, granted: Any = "10") -> Quota:
    contract = world.a.line.contract
    return quotas.grant(contract=contract, kind="training", granted=granted, actor=world.manager, now=world.now)


def sums(quota: Quota) -> tuple[str, str, str]:
    quota.refresh_from_db()
    return str(quota.reserved), str(quota.used), str(quotas.left(quota))


def act(world: World, name: str, quota: Quota, key: str, **given: Any) -> QuotaDraw:
    facts = {} if name == "release" else {"used_on": DAY, "what": WHAT}
    function: Any = getattr(quotas, name)
    return function(quota=Quota.objects.get(pk=quota.pk), key=key, actor=world.manager, now=world.now, **facts | given)


def test_what_is_reserved_is_drawn_once_and_the_rest_is_left(world: World, quota: Quota) -> None:
    act(world, "reserve", quota, "order:1", amount="2.5")
    assert sums(quota) == ("2.50", "0.00", "7.50")
    act(world, "draw", quota, "order:1")
    assert sums(quota) == ("0.00", "2.50", "7.50")
    act(world, "draw", quota, "order:2", amount=3)
    assert sums(quota) == ("0.00", "5.50", "4.50")


def test_k1_closing_twice_draws_once(world: World, quota: Quota) -> None:
    first = act(world, "draw", quota, "sheet:1", amount=2)
    audited = Audit.objects.count()
    again = act(world, "draw", quota, "sheet:1", amount=2)
    late = act(world, "draw", quota, "sheet:1")
    assert {first.pk, again.pk, late.pk} == {first.pk}
    assert (sums(quota), Audit.objects.count()) == (("0.00", "2.00", "8.00"), audited)


def test_drawing_less_or_more_than_reserved_moves_the_difference(world: World, quota: Quota) -> None:
    act(world, "reserve", quota, "a", amount=4)
    act(world, "draw", quota, "a", amount=3)
    act(world, "reserve", quota, "b", amount=2)
    act(world, "draw", quota, "b", amount="2.5")
    assert sums(quota) == ("0.00", "5.50", "4.50")


def test_what_is_released_is_free_again_and_its_key_is_spent(world: World, quota: Quota) -> None:
    act(world, "reserve", quota, "a", amount=10)
    act(world, "release", quota, "a")
    act(world, "release", quota, "a")
    assert sums(quota) == ("0.00", "0.00", "10.00")
    for name, given_ in (("reserve", {"amount": 1}), ("draw", {"amount": 1})):
        with pytest.raises(RuleError) as refusal:
            act(world, name, quota, "a", **given_)
        assert refusal.value.code == "quota_released"
    act(world, "reserve", quota, "b", amount=10)
    assert sums(quota) == ("10.00", "0.00", "0.00")


def test_a_use_entered_by_mistake_is_given_back_with_a_reason(world: World, quota: Quota) -> None:
    act(world, "draw", quota, "a", amount=2)
    with pytest.raises(InputError) as refusal:
        act(world, "release", quota, "a")
    assert (refusal.value.code, refusal.value.field, sums(quota)) == ("required", "reason", ("0.00", "2.00", "8.00"))
    draw = act(world, "release", quota, "a", reason="重复登记")
    assert (draw.state, draw.reason, sums(quota)) == ("released", "重复登记", ("0.00", "0.00", "10.00"))


def test_more_than_is_left_needs_a_quote(world: World, quota: Quota) -> None:
    act(world, "draw", quota, "a", amount=6)
    act(world, "reserve", quota, "b", amount=3)
    before = (QuotaDraw.objects.count(), Audit.objects.count())
    for name, key, amount in (("reserve", "c", "1.01"), ("draw", "c", 2), ("draw", "b", "4.01")):
        with pytest.raises(RuleError) as refusal:
            act(world, name, quota, key, amount=amount)
        assert (refusal.value.code, refusal.value.field) == ("quota_exceeded", "amount")
    assert (QuotaDraw.objects.count(), Audit.objects.count()) == before
    assert sums(quota) == ("3.00", "6.00", "1.00")


@pytest.mark.parametrize("amount", [0, -1, "0.001", "NaN", "Infinity", "1e9", "", None, "many", "100000"])
def test_k1_amounts_that_make_no_sense_are_refused(world: World, quota: Quota, amount: Any) -> None:
    for name in ("reserve", "draw"):
        with pytest.raises(InputError) as refusal:
            act(world, name, quota, "a", amount=amount)
        assert refusal.value.field == "amount"
    with pytest.raises(InputError):
        make_quota(world, granted=amount)
    assert (QuotaDraw.objects.count(), Quota.objects.count()) == (0, 1)


def test_another_amount_under_a_used_key_is_refused(world: World, quota: Quota) -> None:
    act(world, "draw", quota, "a", amount=2)
    act(world, "reserve", quota, "b", amount=2)
    for name, key in (("draw", "a"), ("reserve", "b")):
        with pytest.raises(RuleError) as refusal:
            act(world, name, quota, key, amount=3)
        assert refusal.value.code == "key_reused"
    assert sums(quota) == ("2.00", "2.00", "6.00")


def test_days_outside_the_term_and_days_to_come_do_not_count(world: World, quota: Quota) -> None:
    cases = [
        ("reserve", date(2025, 12, 31), "quota_term"),
        ("reserve", date(2028, 1, 1), "quota_term"),
        ("draw", date(2026, 11, 24), "future"),
    ]
    for name, day, code in cases:
        with pytest.raises(RuleError) as refusal:
            act(world, name, quota, "a", amount=1, used_on=day)
        assert refusal.value.code == code
    act(world, "reserve", quota, "a", amount=1, used_on=date(2027, 12, 31))
    assert sums(quota) == ("1.00", "0.00", "9.00")


def test_nothing_is_drawn_before_the_contract_is_signed(world: World, quota: Quota) -> None:
    Contract.objects.filter(pk=quota.contract_id).update(state="draft")
    with pytest.raises(RuleError) as refusal:
        act(world, "draw", quota, "a", amount=1)
    assert (refusal.value.code, QuotaDraw.objects.count()) == ("unsigned", 0)


def test_a_grant_never_falls_below_what_is_taken(world: World, quota: Quota) -> None:
    act(world, "draw", quota, "a", amount=3)
    act(world, "reserve", quota, "b", amount=2)
    with pytest.raises(InputError) as refusal:
        quotas.change(quota=quota, granted="4.99", actor=world.manager, now=world.now)
    assert refusal.value.code == "taken"
    quotas.change(quota=quota, granted=5, actor=world.manager, now=world.now)
    assert sums(quota) == ("2.00", "3.00", "0.00")


def test_quotas_come_from_the_words_of_a_promise_set() -> None:
    found = quotas.granted_by({"training_days": 5, "visits": "12", "remote_hours": "7.5", "cakes": 3, "other": True})
    assert found == {"training": Decimal("5.00"), "visit": Decimal("12.00"), "remote": Decimal("7.50")}


OPS = st.tuples(
    st.sampled_from(["reserve", "draw", "release"]), st.sampled_from("abcd"), st.integers(min_value=1, max_value=6)
)


def refusal_of(name: str, kind: str, size: int, amount: int, free: int) -> str:
    """Why an act must be refused, given what its key stands for; empty: it must not."""
    if name == "release":
        return "" if kind else "unknown_key"
    if kind == "released":
        return "quota_released"
    if (kind == "drawn" or (kind == "reserved" and name == "reserve")) and amount != size:
        return "key_reused" if not (kind == "drawn" and name == "reserve") else ""
    if kind == "drawn" or (kind == "reserved" and name == "reserve"):
        return ""
    return "quota_exceeded" if amount - size > free else ""


def outcome(world: World, name: str, quota: Quota, key: str, **given: Any) -> str:
    """The code of the refusal, empty for none."""
    try:
        act(world, name, quota, key, **given)
    except RuleError as refusal:
        return refusal.code
    return ""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OPS, max_size=25))
def test_k1_whatever_is_asked_the_sums_are_those_of_the_draws(world: World, ops: list[tuple[str, str, int]]) -> None:
    quota = make_quota(world, granted=12)
    state: dict[str, tuple[str, int]] = {}
    for name, key, amount in ops:
        taken = sum(size for kind, size in state.values() if kind != "released")
        kind, size = state.get(key, ("", 0))
        given_ = {"reason": "误登"} if name == "release" else {"amount": amount}
        expected = refusal_of(name, kind, size, amount, 12 - taken)
        assert outcome(world, name, quota, key, **given_) == expected, (name, key, amount, state)
        if expected:
            continue
        if name == "release":
            state[key] = ("released", size)
        elif name == "draw":
            state[key] = ("drawn", size if kind == "drawn" else amount)
        elif not kind:
            state[key] = ("reserved", amount)
    reserved = sum(size for kind, size in state.values() if kind == "reserved")
    used = sum(size for kind, size in state.values() if kind == "drawn")
    assert sums(quota) == (f"{reserved}.00", f"{used}.00", f"{12 - reserved - used}.00")


@pytest.mark.usefixtures("shared_world")
@given(amounts=st.lists(st.integers(min_value=1, max_value=5), min_size=8, max_size=8), granted=st.integers(1, 20))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_k1_draws_of_eight_threads_never_exceed_the_grant(
    shared_world: World,  # noqa: F811
    amounts: list[int],
    granted: int,
) -> None:
    quota = make_quota(shared_world, granted)
    acts = [partial(act, shared_world, "draw", quota, f"t{i}", amount=amount) for i, amount in enumerate(amounts)]
    results = together(acts)
    done = [amount for amount, result in zip(amounts, results, strict=True) if isinstance(result, QuotaDraw)]
    assert set(codes(results)) <= {"done", "quota_exceeded"}
    quota.refresh_from_db()
    assert (quota.used, quota.reserved) == (sum(done), 0)
    assert quota.used <= granted
    refused = [amount for amount, one in zip(amounts, results, strict=True) if not isinstance(one, QuotaDraw)]
    assert all(amount > granted - sum(done) for amount in refused)


def test_k1_eight_threads_that_close_the_same_sheet_draw_once(shared_world: World) -> None:  # noqa: F811
    quota = make_quota(shared_world)
    act(shared_world, "reserve", quota, "sheet", amount=3)
    results = together([partial(act, shared_world, "draw", quota, "sheet", amount=2)] * 8)
    assert {result.pk for result in results} == {QuotaDraw.objects.get().pk}
    assert sums(quota) == ("0.00", "2.00", "8.00")
