"""Which warranty a replaced part has: three rules, and none of them gives anything for a fault after the term."""

from dataclasses import dataclass
from datetime import date

from contracts.domain.warranty_days import last_day
from contracts.enums import ReplacedPart
from contracts.queries.terms import Terms


@dataclass(frozen=True)
class Exchange:
    """A part that was exchanged: when the fault was found, when the new part went in, whether it is marked key."""

    fault_on: date
    exchanged_on: date
    is_key: bool = False


def part_term(
    terms: Terms, exchange: Exchange, *, held: tuple[date, date], part_held: tuple[date, date] | None = None
) -> tuple[date, date] | None:
    """First and last day of the new part's warranty; None where it has none of its own.

    `held` is the device's warranty, `part_held` that of the part that went out where it had one of its own. Remainder:
    the rest of the device's term. Restart: for equipment and key parts a full new term from the exchange, else
    remainder [004]. Extend: the old part's term, longer by the days from fault to exchange [003]. Never less than what
    the old part had.
    """
    until = max(held[1], part_held[1]) if part_held else held[1]
    if not held[0] <= exchange.fault_on <= until:
        return None
    if terms.replaced_part == ReplacedPart.RESTART and exchange.is_key:
        renewed = last_day(exchange.exchanged_on, terms.months, first_day_counts=terms.first_day_counts)
        end = max(renewed, until)
    elif terms.replaced_part == ReplacedPart.EXTEND:
        end = until + (exchange.exchanged_on - exchange.fault_on)
    else:
        end = until
    return (exchange.exchanged_on, end) if end >= exchange.exchanged_on else None
