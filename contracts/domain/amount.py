"""Amounts of money and of service: exact decimals that somebody can have meant. Pure."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InputError
from core.formats import money

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999.99")
MOST_UNITS = Decimal("99999.99")
NOTHING = Decimal("0.00")


def cents(value: Any, field: str = "amount", *, least: Decimal = CENT, most: Decimal = LARGEST) -> Decimal:
    """An amount of CNY with exact cents. InputError at `field` for parts of a cent, less than `least` (a negative
    amount among them), more than anybody could owe, and what is no number.
    """
    amount = exact(value, field)
    if amount < least:
        raise InputError(
            "too_small", _("Please give an amount of at least %(least)s.") % {"least": money(least)}, field
        )
    if amount > most:
        raise InputError("too_large", _("Please give an amount of at most %(most)s.") % {"most": money(most)}, field)
    return amount


def units(value: Any, field: str = "amount") -> Decimal:
    """A number of days, visits or hours, above zero, with at most two decimals. InputError at `field` else."""
    amount = exact(value, field)
    if not CENT <= amount <= MOST_UNITS:
        said = _("Please give a number from %(least)s to %(most)s.") % {"least": CENT, "most": MOST_UNITS}
        raise InputError("range", said, field)
    return amount


def exact(value: Any, field: str) -> Decimal:
    """A finite decimal with two places; a float is a mistake in the code (TypeError)."""
    if isinstance(value, float):
        raise TypeError("money is never a float")
    try:
        amount = Decimal(value)
        rounded = amount.quantize(CENT)
    except (InvalidOperation, ValueError, TypeError):
        raise InputError("invalid", _("Please give a number."), field) from None
    if not amount.is_finite():
        raise InputError("invalid", _("Please give a number."), field)
    if rounded != amount:
        raise InputError("inexact", _("Please give at most two decimals."), field)
    return rounded


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, with two places also of nothing."""
    return sum(amounts, NOTHING)


def plain(value: Decimal) -> str:
    """A number of units without zeros that say nothing: 10, 3.5."""
    return f"{value.normalize():f}"
