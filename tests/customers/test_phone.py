import pytest

from core.errors import InputError
from customers.domain.phone import stored


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  ", ""),
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("021-5555 0101", "+862155550101"),
        ("（0551）6288 1234", "+8655162881234"),
        ("021-5555 0101 转 803", "+862155550101;ext=803"),
        ("02155550101#12", "+862155550101;ext=12"),
        ("400-800-1234", "+864008001234"),
        ("+1 (650) 555-0100", "+16505550100"),
        ("+862155550101;ext=803", "+862155550101;ext=803"),
    ],
)
def test_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert stored(typed) == kept


@pytest.mark.parametrize(
    "typed", ["5555 0101", "12345678901", "138001380", "abc", "021-5555 0101 转", "1" * 1_000_000, " " * 50 + "x"]
)
def test_incomplete_number_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InputError) as refusal:
        stored(typed, "mobile")
    assert (refusal.value.code, refusal.value.field) == ("phone", "mobile")
