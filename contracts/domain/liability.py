"""The liability clause of a contract: what a missed target costs us. A penalty is proposed from it, never booked.

    {"resolution": {"per": "breach", "amount": "500.00"}, "on_site": {"per": "hour", "percent": "0.10"},
     "cap_percent": "5"}

`amount` is CNY, `percent` a share of the amount of the contract; `cap_percent` bounds the penalties of a period.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from contracts.domain.amount import CENT, NOTHING, cents, exact
from contracts.domain.presets import load_presets
from contracts.enums import PenaltyPer
from core.errors import InputError

CAP = "cap_percent"
HUNDRED = Decimal(100)
SPAN = {PenaltyPer.HOUR: timedelta(hours=1), PenaltyPer.DAY: timedelta(days=1)}


@dataclass(frozen=True)
class Rate:
    """What one missed target costs: an amount or a share of the contract, each time or for each span begun."""

    per: PenaltyPer
    amount: Decimal | None = None
    percent: Decimal | None = None

    def each(self, whole: Decimal | None) -> Decimal:
        """CNY for one time or span; a share of a contract without an amount is nothing."""
        return self.amount if self.amount is not None else _share(whole, self.percent)

    def of(self, whole: Decimal | None, late: timedelta) -> Decimal:
        """CNY for being late so long."""
        span = SPAN.get(self.per)
        return self.each(whole) * (1 if span is None else -(-late // span))


@dataclass(frozen=True)
class Liability:
    rates: Mapping[str, Rate]
    cap_percent: Decimal | None = None

    def cap(self, whole: Decimal | None) -> Decimal | None:
        """The most that a period can cost, None for no bound."""
        return None if self.cap_percent is None or whole is None else _share(whole, self.cap_percent)


def read_liability(document: Mapping[str, Any]) -> Liability:
    """The clause of a stored document. InputError at `liability` for one that makes no sense."""
    if not isinstance(document, Mapping):
        raise InputError("invalid", _("This is no liability clause."), "liability")
    rates = {name: _read_rate(name, rate) for name, rate in document.items() if name != CAP}
    return Liability(rates, _read_percent(document[CAP], CAP) if document.get(CAP) else None)


def _read_rate(name: str, rate: Any) -> Rate:
    if name not in load_presets().vocabulary.targets or not isinstance(rate, Mapping):
        raise InputError("unknown", _("There is no target %(name)s.") % {"name": str(name)[:40]}, "liability")
    if rate.get("per") not in PenaltyPer.values:
        raise InputError("per", _("Please choose a value from the list."), "liability")
    if (rate.get("amount") is None) == (rate.get("percent") is None):
        raise InputError("one", _("Please give an amount or a share, not both."), "liability")
    per = PenaltyPer(rate["per"])
    if rate.get("amount") is not None:
        return Rate(per, amount=cents(rate["amount"], "liability"))
    return Rate(per, percent=_read_percent(rate["percent"], "liability"))


def _read_percent(value: Any, field: str) -> Decimal:
    percent = exact(value, field)
    if not CENT <= percent <= HUNDRED:
        raise InputError("percent", _("Please give a share from 0.01 to 100 percent."), field)
    return percent


def _share(whole: Decimal | None, percent: Decimal | None) -> Decimal:
    if whole is None or percent is None:
        return NOTHING
    return (whole * percent / HUNDRED).quantize(CENT, ROUND_HALF_UP)
