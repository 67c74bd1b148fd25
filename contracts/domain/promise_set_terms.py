"""What a set says around its rows, in words: names, pauses, who is told, warranty, obligations and quotas. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracts.domain.promise_set import PromiseSet
from contracts.domain.promise_set_words import joined, severity_word, word
from contracts.enums import (
    ChargedInside,
    Cover,
    ObligationKind,
    PriceBasis,
    QuotaKind,
    ReplacedPart,
    ServiceKind,
    WarrantyStart,
)

PACES: dict[str, str | Promise] = {
    "monthly": gettext_lazy("every month"),
    "quarterly": gettext_lazy("every quarter"),
    "half_yearly": gettext_lazy("every half year"),
    "yearly": gettext_lazy("every year"),
}
PACED = ("inspection", "report")
COUNTED: dict[str, str | Promise] = {
    "visits_per_year": gettext_lazy("Visits a year, at least"),
    "resident_engineers": gettext_lazy("Resident engineers"),
    "resident_years": gettext_lazy("Years of residence"),
}
MONTHS: dict[str, str | Promise] = {
    "software_upgrade_months": gettext_lazy("Months of software upgrades"),
    "supporting_software_months": gettext_lazy("Months for supporting software"),
}


def terms_in_words(promise_set: PromiseSet) -> list[tuple[str, str]]:
    """Label and text of everything that stands around the rows, in the order in which one asks for it."""
    document = promise_set.document
    listed = [
        (_("Name"), promise_set.name),
        (_("Name in English"), promise_set.name_en),
        (_("Source"), str(document.get("source", ""))),
        (_("Rounds"), "" if promise_set.rounds else _("one for ever; its clocks end by their own events")),
        (_("Names of the levels"), _severities(promise_set)),
        (_("May pause the clocks"), joined(word("pause", one) for one in _listed(document.get("pause")))),
        (_("Who is told when"), ladder_words(promise_set) if "ladder" in document else ""),
        *_warranty(_mapping(document, "warranty")),
        *_obligations(_mapping(document, "obligations")),
        *_quotas(_mapping(document, "quotas")),
    ]
    return [(label, text) for label, text in listed if text]


def ladder_words(promise_set: PromiseSet) -> str:
    """Each step with those whom it tells."""
    steps = (
        _("%(step)s: %(people)s") % {"step": step.step, "people": joined(word("receiver", one) for one in step.tell)}
        for step in promise_set.ladder
    )
    return " · ".join(steps)


def _severities(promise_set: PromiseSet) -> str:
    if not promise_set.document.get("severities"):
        return ""
    ranks = promise_set.vocabulary.fact_lists["severity"]
    return joined(severity_word(rank, promise_set) for rank in ranks)


def _warranty(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not terms:
        return []
    return [
        (_("Warranty"), _months(terms.get("months"))),
        (_("Warranty begins"), _begins(terms)),
        (_("Warranty covers"), _of(Cover, terms.get("covers"))),
        (_("Free after expiry"), _all_of(ServiceKind, terms.get("free_after"))),
        (_("Costs money inside the term"), _all_of(ChargedInside, terms.get("charged_inside"))),
        (_("Price after expiry"), _of(PriceBasis, terms.get("price_after"))),
        (_("Replaced parts"), _of(ReplacedPart, terms.get("replaced_part"))),
        *((str(label), str(terms.get(key, ""))) for key, label in MONTHS.items()),
    ]


def _begins(terms: Mapping[str, Any]) -> str:
    start = _of(WarrantyStart, terms.get("starts"))
    if not start or not terms.get("first_day_counts"):
        return start
    return _("%(start)s, that day included") % {"start": start}


def _months(count: Any) -> str:
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": count} if isinstance(count, int) else ""


def _obligations(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    told: list[tuple[Any, Any]] = [
        (ObligationKind(key).label, PACES.get(terms[key], terms[key])) for key in PACED if key in terms
    ]
    told += [(label, terms[key]) for key, label in COUNTED.items() if key in terms]
    told += [(key, value) for key, value in terms.items() if key not in PACED and key not in COUNTED]
    return [(str(label), str(text)) for label, text in told]


def _quotas(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = dict(QuotaKind.choices)
    return [
        (_("At most: %(what)s") % {"what": names.get(key, key)}, str(amount)) for key, amount in terms.items() if amount
    ]


def _of(choices: Callable[[Any], Any], value: Any) -> str:
    try:
        return str(choices(value).label) if value else ""
    except ValueError:
        return str(value)


def _all_of(choices: Callable[[Any], Any], values: Any) -> str:
    return joined(_of(choices, value) for value in _listed(values))


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else []


def _mapping(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}
