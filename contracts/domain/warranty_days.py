"""When a warranty begins and ends: days of the office, both included."""

from datetime import date

from contracts.domain.periods import ONE_DAY, months_later
from contracts.enums import AcceptanceStage, WarrantyStart
from contracts.queries.terms import Terms


def last_day(starts_on: date, months: int, *, first_day_counts: bool) -> date:
    """The last day of a term of months: the corresponding day ("之日起"), or, where the first day counts ("第二日起"),
    the day before it [001]. Months end where they end: 12 months from 29 February end on 28 February.
    """
    end = months_later(starts_on, months)
    return end - ONE_DAY if first_day_counts else end


def first_day(starts: WarrantyStart, *, accepted_on: date, contract_ends_on: date) -> date:
    """The day on which a warranty begins. One that begins with the end of the contract begins on the day after its
    last day: in the term and n years after it [001] 软件系统售后服务 5.3.
    """
    if starts == WarrantyStart.DAY_AFTER_ACCEPTANCE:
        return accepted_on + ONE_DAY
    if starts == WarrantyStart.CONTRACT_END:
        return contract_ends_on + ONE_DAY
    return accepted_on


def starting_stage(terms: Terms) -> AcceptanceStage:
    """The acceptance that starts a class: the one it names; a start on final acceptance names the final one."""
    return AcceptanceStage.FINAL if terms.starts == WarrantyStart.FINAL_ACCEPTANCE_DAY else terms.stage


def term_of(terms: Terms, *, accepted_on: date, contract_ends_on: date) -> tuple[date, date]:
    """First and last day of a class's warranty."""
    starts_on = first_day(terms.starts, accepted_on=accepted_on, contract_ends_on=contract_ends_on)
    return starts_on, last_day(starts_on, terms.months, first_day_counts=terms.first_day_counts)


def software_until(terms: Terms, starts_on: date, ends_on: date) -> date:
    """The last day on which new software versions are free: the warranty's own unless the terms say longer."""
    if not terms.software_upgrade_months:
        return ends_on
    return last_day(starts_on, terms.software_upgrade_months, first_day_counts=terms.first_day_counts)
