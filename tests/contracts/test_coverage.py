"""Who pays: the first verdict from the terms that fit."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from contracts.domain.coverage import verdict
from contracts.enums import Coverage
from contracts.queries.entitlement import Term

DAY = date(2026, 11, 23)


def warranty(starts: date, ends: date) -> Term:
    return Term(Coverage.WARRANTY, "HT-W", starts, ends)


def contract(starts: date, ends: date, number: str = "HT-C") -> Term:
    return Term(Coverage.CONTRACT, number, starts, ends)


@pytest.mark.parametrize(
    ("ends_in", "code", "level", "days_left"),
    [
        (400, "contract", "ok", 400),
        (31, "contract", "ok", 31),
        (30, "contract", "soon", 30),
        (0, "contract", "soon", 0),
        (-1, "expired", "paid", None),
    ],
)
def test_last_day_counts_and_thirty_days_are_soon(ends_in: int, code: str, level: str, days_left: int | None) -> None:
    ends = DAY + timedelta(days=ends_in)
    found = verdict((contract(date(2026, 1, 1), ends),), DAY, asset_known=True)
    assert (found.code, found.level, found.days_left, found.until, found.source) == (
        code,
        level,
        days_left,
        ends,
        "HT-C",
    )


@pytest.mark.parametrize(("starts_in", "code"), [(0, "warranty"), (1, "unknown")])
def test_first_day_counts(starts_in: int, code: str) -> None:
    starts = DAY + timedelta(days=starts_in)
    assert verdict((warranty(starts, date(2028, 1, 1)),), DAY, asset_known=True).code == code


def test_warranty_pays_before_the_contract() -> None:
    both = (contract(date(2026, 1, 1), date(2027, 1, 1)), warranty(date(2026, 1, 1), date(2026, 12, 1)))
    found = verdict(both, DAY, asset_known=True)
    assert (found.code, found.source, found.until) == ("warranty", "HT-W", date(2026, 12, 1))


def test_contract_pays_after_the_warranty() -> None:
    both = (warranty(date(2025, 1, 1), date(2026, 10, 31)), contract(date(2026, 1, 1), date(2027, 1, 1)))
    assert verdict(both, DAY, asset_known=True).code == "contract"


def test_expired_names_the_latest_end() -> None:
    over = (warranty(date(2020, 1, 1), date(2021, 1, 1)), contract(date(2022, 1, 1), date(2026, 10, 31)))
    found = verdict(over, DAY, asset_known=True)
    assert (found.code, found.source, found.until) == ("expired", "HT-C", date(2026, 10, 31))


def test_without_a_device_an_old_contract_says_nothing() -> None:
    over = (contract(date(2022, 1, 1), date(2026, 10, 31)),)
    found = verdict(over, DAY, asset_known=False)
    assert (found.code, found.level, found.source, found.until) == ("unknown", "check", "", None)


def test_words_are_english_on_demand() -> None:
    with translation.override("en"):
        over = verdict((warranty(date(2025, 1, 1), date(2026, 10, 31)),), DAY, asset_known=True)
        running = verdict((warranty(date(2025, 1, 1), date(2026, 12, 31)),), DAY, asset_known=True)
        open_question = verdict((), DAY, asset_known=True)
    assert over.reason == (
        "The warranty ended on 31 Oct 2026. We can serve per visit and quote first, is that all right?"
    )
    assert over.title == "Term over, quote needed"
    assert running.reason == "This device is in warranty until 31 Dec 2026. This service is free of charge."
    assert running.title == "Covered, free of charge"
    assert open_question.title == "To be checked"


def test_words_are_polite_chinese() -> None:
    with translation.override("zh-hans"):
        over = verdict((warranty(date(2025, 1, 1), date(2026, 10, 31)),), DAY, asset_known=True)
        no_device = verdict((), DAY, asset_known=False)
    assert over.reason == "设备保修期已于 2026年10月31日 结束，可按次服务，我们先为您报价，可以吗？"
    assert over.title == "过保 · 需报价"
    assert no_device.reason == "请告诉我们设备或序列号，我们马上核对保修和合同。"
