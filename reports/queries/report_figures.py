"""The figures of a customer's month, as plain JSON: counted once, frozen, never computed again when shown.

Only what the customer may know: the promises of the contract (no house sets), no internal note, of our people the
engineer's name alone. Instants are ISO texts in UTC.
"""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from contracts.enums import COVERING_STATES, SetScope
from contracts.models import Contract
from contracts.queries.promise_version import promise_rows
from customers.models import Customer
from feedback.models import Rating
from feedback.queries.rating import shares
from reports.queries.report_month import OFFICE, Month
from tickets.enums import BACKSTAGE_KINDS, OPEN, Outcome, State
from tickets.models import Ticket
from tickets.queries.outcome import judged_clocks

MOST_LISTED = 400
MOST_LATE = 100
MOST_DEVICES = 5
TREND_MONTHS = 6
_COLUMNS = (
    "pk",
    "number",
    "subject",
    "kind",
    "severity",
    "state",
    "cause",
    "reported_at",
    "resolved_at",
    "assignee__name",
    "site__name",
    "asset__name",
    "asset__serial",
)


def figures_of(customer: Customer, month: Month, now: datetime) -> dict[str, Any]:
    """Everything a report about the month says in numbers, as of `now`. Reads only."""
    tickets = _tickets(customer, month)
    clocks = _clocks(customer, month)
    return {
        "as_of": now.isoformat(),
        "customer": {"code": customer.code, "name": customer.name},
        "month": str(month),
        "contracts": _contracts(customer, month),
        "counts": _counts(customer, month, tickets),
        "kinds": _tally(tickets, "kind"),
        "severities": _tally(tickets, "severity"),
        "causes": _tally([one for one in tickets if one["cause"]], "cause"),
        "devices": _devices(tickets),
        "promises": _promises(clocks),
        "late": _late(clocks, {one["pk"]: one for one in tickets}),
        "tickets": _listed(tickets, clocks),
        "trend": _trend(customer, month),
        "satisfaction": _satisfaction(customer, month),
    }


def _tickets(customer: Customer, month: Month) -> list[dict[str, Any]]:
    rows = _shown(customer).filter(reported_at__gte=month.start, reported_at__lt=month.end)
    return list(rows.order_by("reported_at", "pk").values(*_COLUMNS))


def _shown(customer: Customer) -> Any:
    return Ticket.objects.filter(customer=customer).exclude(kind__in=sorted(BACKSTAGE_KINDS))


def _clocks(customer: Customer, month: Month) -> list[dict[str, Any]]:
    """The judged promises of the contract for the month's tickets."""
    mine = judged_clocks().filter(
        ticket__customer=customer,
        ticket__reported_at__gte=month.start,
        ticket__reported_at__lt=month.end,
        promise_version__promise_set__scope=SetScope.CONTRACT,
    )
    names = ("ticket_id", "target", "outcome", "due_at", "met_at", "breach_reason", "promise_version_id")
    shown = mine.exclude(ticket__kind__in=sorted(BACKSTAGE_KINDS))
    return list(shown.order_by("due_at", "pk").values(*names, "ticket__severity"))


def _contracts(customer: Customer, month: Month) -> list[dict[str, str]]:
    found = Contract.objects.filter(
        customer=customer, state__in=COVERING_STATES, starts_on__lte=month.last, ends_on__gte=month.first
    ).order_by("number")
    return [{"number": one.number, "title": one.title, "until": one.ends_on.isoformat()} for one in found]


def _counts(customer: Customer, month: Month, tickets: list[dict[str, Any]]) -> dict[str, int]:
    """Reported and resolved in the month, each by its own instant, and what is open when the figures are taken."""
    counted: dict[str, int] = _shown(customer).aggregate(
        resolved=Count("pk", filter=Q(resolved_at__gte=month.start, resolved_at__lt=month.end)),
        open=Count("pk", filter=Q(state__in=sorted(OPEN))),
    )
    cancelled = sum(one["state"] == State.CANCELLED for one in tickets)
    return {"reported": len(tickets), "cancelled": cancelled, **counted}


def _tally(rows: Iterable[dict[str, Any]], column: str) -> list[list[Any]]:
    """[value, count] by count, then value."""
    counter = Counter(row[column] for row in rows)
    return [[value, count] for value, count in sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))]


def _devices(tickets: list[dict[str, Any]]) -> list[list[Any]]:
    """The devices with most tickets: [name, serial, site, count]."""
    names = ("asset__name", "asset__serial", "site__name")
    counter = Counter(tuple(one[name] or "" for name in names) for one in tickets if one["asset__name"])
    most = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_DEVICES]
    return [[*device, count] for device, count in most]


def _promises(clocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each target with its outcomes in all and by severity, in the order of the vocabulary."""
    words = _words({clock["promise_version_id"] for clock in clocks})
    present = {clock["target"] for clock in clocks}
    return [
        _promise(name, words[name], [clock for clock in clocks if clock["target"] == name])
        for name in words
        if name in present
    ]


def _promise(name: str, words: dict[str, str], clocks: list[dict[str, Any]]) -> dict[str, Any]:
    ranks = sorted({clock["ticket__severity"] for clock in clocks})
    by_rank = [
        {"severity": rank, **_outcomes([one for one in clocks if one["ticket__severity"] == rank])} for rank in ranks
    ]
    named = {language: words[language] for language in ("zh", "short", "en")}
    return {"target": name} | named | _outcomes(clocks) | {"severities": by_rank}


def _outcomes(clocks: list[dict[str, Any]]) -> dict[str, int]:
    counter = Counter(clock["outcome"] for clock in clocks)
    return {str(outcome): counter[str(outcome)] for outcome in Outcome}


def _words(versions: set[int]) -> dict[str, dict[str, str]]:
    """The targets in the words and order of the published versions, the newest wording of each."""
    words: dict[str, dict[str, str]] = {}
    for row in sorted(promise_rows(versions), key=lambda version: version.pk):
        words |= json.loads(row.document)["vocabulary"]["targets"]
    return words


def _late(clocks: list[dict[str, Any]], tickets: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    late = [clock for clock in clocks if clock["outcome"] == Outcome.LATE and clock["ticket_id"] in tickets]
    return [_late_one(clock, tickets[clock["ticket_id"]]) for clock in late[:MOST_LATE]]


def _late_one(clock: dict[str, Any], ticket: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": ticket["number"],
        "subject": ticket["subject"],
        "target": clock["target"],
        "due_at": clock["due_at"].isoformat(),
        "done_at": clock["met_at"].isoformat() if clock["met_at"] else "",
        "solved": bool(ticket["resolved_at"]),
        "reason": clock["breach_reason"],
    }


def _listed(tickets: list[dict[str, Any]], clocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    outcomes: dict[int, dict[str, str]] = {}
    for clock in clocks:
        outcomes.setdefault(clock["ticket_id"], {})[clock["target"]] = str(clock["outcome"])
    return [_listed_one(one, outcomes.get(one["pk"], {})) for one in tickets[:MOST_LISTED]]


def _listed_one(ticket: dict[str, Any], outcomes: dict[str, str]) -> dict[str, Any]:
    plain = {name: ticket[name] for name in ("number", "subject", "kind", "severity", "state")}
    return plain | {
        "reported_at": ticket["reported_at"].isoformat(),
        "resolved_at": ticket["resolved_at"].isoformat() if ticket["resolved_at"] else "",
        "engineer": ticket["assignee__name"] or "",
        "device": ticket["asset__name"] or "",
        "site": ticket["site__name"] or "",
        "outcomes": outcomes,
    }


def _trend(customer: Customer, month: Month) -> list[dict[str, Any]]:
    """Reported and resolved in this month and the five before."""
    months = [month.back(step) for step in reversed(range(TREND_MONTHS))]
    reported, resolved = (_by_month(customer, name, months[0], month) for name in ("reported_at", "resolved_at"))
    return [
        {"month": str(one), "reported": reported.get(str(one), 0), "resolved": resolved.get(str(one), 0)}
        for one in months
    ]


def _by_month(customer: Customer, column: str, first: Month, last: Month) -> dict[str, int]:
    span = {f"{column}__gte": first.start, f"{column}__lt": last.end}
    grouped = _shown(customer).filter(**span).values(month=TruncMonth(column, tzinfo=OFFICE)).annotate(n=Count("pk"))
    return {f"{row['month']:%Y-%m}": row["n"] for row in grouped.order_by("month")}


def _satisfaction(customer: Customer, month: Month) -> dict[str, Any]:
    """The stars that the customer gave in the month."""
    given = Rating.objects.filter(customer=customer, created_at__gte=month.start, created_at__lt=month.end)
    said = shares(given)
    return {"count": said.count, "average": said.average and float(said.average), "satisfied": said.satisfied}
