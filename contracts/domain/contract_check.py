"""What a contract's values must keep to, beyond what its columns say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contracts.domain.liability import read_liability
from contracts.models import Contract, ContractLine
from core.errors import InputError, RuleError
from core.phones import stored

PHONES = ("hotline", "complaint_phone")
MOST_YEARS = 50


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with telephone numbers as stored. InputError at the field for a term that ends before it begins,
    negative money and the like.
    """
    check_values(values)
    return dict(values) | {name: stored(values[name] or "", name) for name in PHONES if name in values}


def check_values(values: Mapping[str, Any]) -> None:
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if starts_on and ends_on:
        check_term(starts_on, ends_on)
    amount = values.get("amount")
    if amount is not None and amount < 0:
        raise InputError("negative", _("An amount cannot be negative."), "amount")
    read_liability(values.get("liability") or {})


def check_term(starts_on: date, ends_on: date, field: str = "ends_on") -> None:
    if ends_on < starts_on:
        raise InputError("term", _("The last day must not be before the first day."), field)
    if ends_on.year - starts_on.year > MOST_YEARS:
        raise InputError("term", _("A contract runs for %(years)s years at most.") % {"years": MOST_YEARS}, field)


def check_has_lines(contract: Contract) -> None:
    if not ContractLine.objects.filter(contract=contract).exists():
        raise RuleError("no_lines", _("Please say first what this contract covers: add a line."))
