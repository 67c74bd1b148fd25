"""What a warranty class says, in plain words for desk and portal."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracts.domain.coverage_words import PRICES
from contracts.enums import ChargedInside, Cover, ReplacedPart, ServiceKind, WarrantyStart
from contracts.queries.terms import Terms
from core import formats

STARTS = {
    WarrantyStart.ACCEPTANCE_DAY: gettext_lazy("%(months)s from the day of acceptance"),
    WarrantyStart.DAY_AFTER_ACCEPTANCE: gettext_lazy("%(months)s from the day after acceptance"),
    WarrantyStart.FINAL_ACCEPTANCE_DAY: gettext_lazy("%(months)s from the day of final acceptance"),
    WarrantyStart.CONTRACT_END: gettext_lazy("%(months)s after the end of the contract"),
}
COVERS = {
    Cover.MATERIAL_MAKE: gettext_lazy("faults of material and make, labour and parts included"),
    Cover.ALL_BUT_MISUSE: gettext_lazy("all faults but those from misuse"),
    Cover.ANY_CAUSE: gettext_lazy("faults of any cause"),
}
FREE_AFTER = {
    ServiceKind.SOFTWARE_VERSION: gettext_lazy("new software versions, also after the warranty"),
    ServiceKind.REQUIREMENT_DEFECT: gettext_lazy("defects against the agreed requirements, also after the warranty"),
    ServiceKind.PHONE_ADVICE: gettext_lazy("advice by phone, also after the warranty"),
}
PARTS = {
    ReplacedPart.REMAINDER: gettext_lazy("a replaced part shares the rest of the warranty"),
    ReplacedPart.RESTART: gettext_lazy("replaced equipment and key parts begin a new warranty"),
    ReplacedPart.EXTEND: gettext_lazy("a replaced part is in warranty longer by the days of the repair"),
}
CHARGED = {
    ChargedInside.LONG_DISTANCE_TRAVEL: gettext_lazy("travel from %(km)s km on"),
    ChargedInside.LONG_DISTANCE_LABOUR: gettext_lazy("labour from %(km)s km on"),
}


def class_words(terms: Terms) -> list[dict[str, object]]:
    """What is included and what costs money, as contracts/includes.html shows it."""
    free = ({"label": words, "included": True} for words in _included(terms))
    return [*free, *({"label": words, "included": False} for words in _charged(terms))]


def _included(terms: Terms) -> Iterator[str]:
    yield str(STARTS[terms.starts]) % {"months": months(terms.months)}
    yield str(COVERS[terms.covers])
    yield str(PARTS[terms.replaced_part])
    if terms.software_upgrade_months > terms.months:
        yield _("new software versions for %(months)s") % {"months": months(terms.software_upgrade_months)}
    for service in terms.free_after:
        known = FREE_AFTER.get(service)
        yield str(known) if known else _("%(service)s, also after the warranty") % {"service": service.label}


def _charged(terms: Terms) -> Iterator[str]:
    for one in terms.charged_inside:
        yield str(CHARGED[one]) % {"km": formats.grouped(terms.long_distance_km)}
    yield _("everything else after the warranty: %(price)s") % {"price": PRICES[terms.price_after]}


def months(number: int) -> str:
    return ngettext("%(n)s month", "%(n)s months", number) % {"n": number}
