"""What contracts cover: the same thing is covered by one contract at a time, unless one of them is supplementary."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contracts.enums import COVERING_STATES
from contracts.models import Contract, ContractLine
from core.errors import RuleError
from customers.models import Customer


def keep(contract: Contract) -> None:
    """Let the lines of a signed contract count, inside the caller's transaction, with the contract locked.

    Takes the customer's lock, so that of two contracts signed at the same time the second one hears of the first.
    RuleError `overlap` names the other contract; the exclusion constraint holds whatever way a line was written.
    """
    counts = contract.state in COVERING_STATES and not contract.is_supplementary
    lines = ContractLine.objects.filter(contract=contract)
    if counts:
        Customer.objects.select_for_update(no_key=True).get(pk=contract.customer_id)
        check_coming(contract)
    try:
        with transaction.atomic():
            lines.exclude(counts=counts).update(counts=counts)
    except IntegrityError as error:
        check_coming(contract)
        raise RuleError("overlap", _("Something is covered twice at the same time.")) from error


def check_coming(contract: Contract) -> None:
    """RuleError `overlap` for the first line of a contract that a counting one of another contract overlaps."""
    for line, other in overlaps(contract):
        raise RuleError("overlap", overlap_words(line, other))


def overlaps(contract: Contract) -> list[tuple[ContractLine, ContractLine]]:
    """The lines that could not count, each with the other contract's line that covers the same; two statements."""
    if contract.is_supplementary:
        return []
    counting = ContractLine.objects.filter(customer=contract.customer_id, counts=True).exclude(contract=contract)
    others = list(counting.select_related("contract").order_by("starts_on", "pk"))
    lines = ContractLine.objects.filter(contract=contract).select_related("site", "asset").order_by("pk")
    found = [(line, next((other for other in others if _overlap(line, other)), None)) for line in lines]
    return [(line, other) for line, other in found if other is not None]


def check_twin(line: ContractLine) -> None:
    """RuleError `overlap` if the line's own contract covers the same already."""
    same = ContractLine.objects.filter(contract=line.contract_id, asset=line.asset_id, site=line.site_id)
    twin = next((one for one in same.exclude(pk=line.pk).order_by("pk") if _overlap(line, one)), None)
    if twin is not None:
        raise RuleError("overlap", overlap_words(line, twin))


def _overlap(one: ContractLine, other: ContractLine) -> bool:
    same = (one.asset_id, one.site_id) == (other.asset_id, other.site_id)
    return same and one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def overlap_words(line: ContractLine, other: ContractLine) -> str:
    """Who covers it already, until when, and what can be done."""
    given = {
        "thing": thing(line),
        "number": other.contract.number,
        "start": other.starts_on.isoformat(),
        "end": other.ends_on.isoformat(),
    }
    if other.contract_id == line.contract_id:
        return _("%(thing)s: this contract covers it already from %(start)s to %(end)s.") % given
    return (
        _(
            "%(thing)s: contract %(number)s covers it already from %(start)s to %(end)s. Choose other days, or mark "
            "one of the contracts as supplementary."
        )
        % given
    )


def thing(line: ContractLine) -> str:
    """What a line is about, in words."""
    if line.asset:
        return _("Device: %(name)s") % {"name": line.asset.name}
    if line.site:
        return _("Site: %(name)s") % {"name": line.site.name}
    return _("All sites and devices")


def set_term(contract: Contract) -> None:
    """Give all lines of a contract that is not signed yet its term."""
    ContractLine.objects.filter(contract=contract).update(starts_on=contract.starts_on, ends_on=contract.ends_on)
