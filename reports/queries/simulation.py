"""Simulations as far as a person may see them, which tickets they are about, and their figures by what people ask."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum, Window
from django.db.models.functions import Mod, RowNumber

from contracts.models import PromiseDraft, PromiseSet, PromiseVersion
from contracts.queries.promise_set import newest_versions, promise_drafts_for, promise_sets_for
from core.language import is_chinese
from core.permissions import can
from customers.models import Customer
from reports.models import Simulation, SimulationFinding
from reports.queries.compliance import Kept, name_of, order_of
from reports.queries.simulation_cells import COLUMNS, CellKey, Counts, read_cells
from tickets.enums import BACKSTAGE_KINDS
from tickets.models import Clock, Ticket

DRAFT = "draft"


def simulations_for(user: Any) -> QuerySet[Simulation]:
    """All of them or none."""
    return Simulation.objects.all() if can(user, "reports.list_simulations") else Simulation.objects.none()


def findings_for(user: Any, simulation: Simulation) -> QuerySet[SimulationFinding]:
    """The promises of a simulation that are late now or then; all of them or none."""
    if not can(user, "reports.list_simulations"):
        return SimulationFinding.objects.none()
    return SimulationFinding.objects.filter(simulation=simulation).select_related("ticket", "customer").order_by("pk")


def clocks_behind(findings: Iterable[SimulationFinding]) -> dict[tuple[int, str], Clock]:
    """The stored clock that each finding tells of as "now", by ticket and target; one statement."""
    wanted = {(one.ticket_id, one.target, one.round): one for one in findings if one.now_state}
    clocks = Clock.objects.filter(ticket__in={pk for pk, _target, _round in wanted}).order_by("pk")
    return {
        (clock.ticket_id, clock.target): clock
        for clock in clocks
        if (one := wanted.get((clock.ticket_id, clock.target, clock.round))) and one.now_due == clock.due_at
    }


# --- Which tickets ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """The tickets that a simulation is about: reported from `start` until before `end`, narrowed by a customer's id
    and by the code of a set of which they have a promise now.
    """

    start: datetime
    end: datetime
    customer: int | None = None
    under: str = ""

    @classmethod
    def of(cls, simulation: Simulation) -> "Span":
        return cls(simulation.start, simulation.end, simulation.customer_id, simulation.under)

    @property
    def tickets(self) -> QuerySet[Ticket]:
        """Like `tickets.queries.outcome.every_ticket_for`, for those who see every ticket: a simulation outlives its
        orderer's account.
        """
        found = Ticket.objects.filter(reported_at__gte=self.start, reported_at__lt=self.end)
        found = found.exclude(kind__in=sorted(BACKSTAGE_KINDS)).order_by()
        if self.customer is not None:
            found = found.filter(customer=self.customer)
        if self.under:
            found = found.filter(Exists(Clock.objects.filter(ticket=OuterRef("pk"), set_code=self.under)))
        return found


def beginnings(span: Span, size: int) -> list[int]:
    """The id of every `size`-th ticket, the first one's first: where the parts begin. One statement."""
    numbered = span.tickets.annotate(place=Mod(Window(RowNumber(), order_by="pk") - 1, size))
    return list(numbered.filter(place=0).order_by("pk").values_list("pk", flat=True))


# --- What can be chosen -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A wording that can be simulated: `key` is "HW12:draft" or "HW12:3"."""

    code: str
    name: str
    number: int | None

    @property
    def key(self) -> str:
        return f"{self.code}:{self.number or DRAFT}"


def choices_for(user: Any) -> list[Choice]:
    """Every draft and the newest version of every set; two statements."""
    drafts = [Choice(one.code, _named(one.document), None) for one in promise_drafts_for(user).order_by("code")]
    if not promise_sets_for(user).exists():
        return drafts
    versions = [Choice(one.promise_set.code, _named(one.document), one.number) for one in newest_versions().order_by()]
    return drafts + sorted(versions, key=lambda one: one.code)


def find_wording(user: Any, key: str) -> PromiseDraft | PromiseVersion | None:
    """The draft ("HW12:draft") or version ("HW12:3", "HW12" for the newest) behind a key."""
    code, _colon, number = key.partition(":")
    if "\x00" in code:
        return None
    if number == DRAFT:
        return promise_drafts_for(user).filter(code=code).first()
    versions = PromiseVersion.objects.filter(promise_set__in=promise_sets_for(user).filter(code=code))
    if number and not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    if number:
        versions = versions.filter(number=int(number))
    return versions.select_related("promise_set").order_by("-number").first()


def known_sets(user: Any) -> list[str]:
    """The codes of all sets that tickets can stand under."""
    found: QuerySet[PromiseSet] = promise_sets_for(user)
    return list(found.order_by("code").values_list("code", flat=True))


def _named(document: str) -> str:
    written = json.loads(document)["set"]
    return str(written["name"] if is_chinese() else written.get("name_en") or written["name"])


# --- Figures ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """How promises were kept and would have been kept; `newly` tickets would have been late, `spared` would not."""

    key: Any
    label: str
    now: Kept
    then: Kept
    newly: int
    spared: int

    @property
    def change(self) -> float | None:
        """By how much the share changes, in percentage points."""
        if self.now.share is None or self.then.share is None:
            return None
        return round(100 * (self.then.share - self.now.share), 1)


class Figures:
    """The stored cells of one simulation, summed as asked."""

    def __init__(self, simulation: Simulation) -> None:
        self.cells = list(read_cells(simulation.figures))
        self.house = simulation.scope == "house"
        self._words: Mapping[str, Mapping[str, Any]] = json.loads(simulation.text)["vocabulary"]["targets"]

    @property
    def total(self) -> Line:
        """All promises of the contracts; of a house set all promises of the house."""
        return _line("", "", (counts for key, counts in self.cells if key.house == self.house))

    @cached_property
    def targets(self) -> list[Line]:
        """By target, those of contracts."""
        return self._by_target([target for target in self._targets if target not in self._house_only])

    @cached_property
    def house_targets(self) -> list[Line]:
        """By target, those that only the house promises."""
        return self._by_target([target for target in self._targets if target in self._house_only])

    def severities(self, labels: Mapping[int, Any]) -> list[Line]:
        """By severity, the promises of `total`."""
        return [_line(rank, str(labels[rank]), self._of("severity", rank)) for rank in sorted(labels)]

    @cached_property
    def customers(self) -> list[Line]:
        """By customer, the promises of `total`, those first who would lose most; one statement."""
        lines = self._by_customer(key for key, _counts in self.cells if key.house == self.house)
        return sorted(lines, key=lambda one: (one.spared - one.newly, -one.now.n, one.label))

    @cached_property
    def every_customer(self) -> list[Line]:
        """By customer, also of promises that `total` leaves out, by name."""
        return sorted(self._by_customer(key for key, _counts in self.cells), key=lambda one: one.label)

    def _by_customer(self, keys: Iterable[CellKey]) -> list[Line]:
        sums: dict[int, list[Counts]] = {key.customer: [] for key in keys}
        for key, counts in self.cells:
            if key.customer in sums and key.house == self.house:
                sums[key.customer].append(counts)
        names = dict(Customer.objects.filter(pk__in=sums).values_list("pk", "name"))
        return [_line(pk, names.get(pk, ""), found) for pk, found in sums.items()]

    def name_of(self, target: str) -> str:
        """The name of a target; own ones are named by the wording that was simulated."""
        told = name_of(target)
        found = self._words.get(target)
        if told != target or found is None:
            return told
        return str(found["zh"] if is_chinese() else found["en"])

    @cached_property
    def _targets(self) -> list[str]:
        return sorted({key.target for key, _counts in self.cells}, key=order_of)

    @cached_property
    def _house_only(self) -> set[str]:
        return set(self._targets) - {key.target for key, _counts in self.cells if not key.house}

    def _by_target(self, targets: Iterable[str]) -> list[Line]:
        return [
            _line(target, self.name_of(target), (counts for key, counts in self.cells if key.target == target))
            for target in targets
        ]

    def _of(self, column: str, value: Any) -> Iterable[Counts]:
        return (counts for key, counts in self.cells if getattr(key, column) == value and key.house == self.house)


def _line(key: Any, label: str, cells: Iterable[Counts]) -> Line:
    sums = dict(zip(COLUMNS, map(sum, zip([0] * len(COLUMNS), *cells, strict=True)), strict=True))
    now = Kept(sums["now_met"], sums["now_late"], sums["now_open"])
    then = Kept(sums["then_met"], sums["then_late"], sums["then_open"])
    return Line(key, label, now, then, sums["newly"], sums["spared"])


def seen_so_far(simulation: Simulation) -> int:
    """How many tickets are in parts that are done; one statement."""
    found = simulation.parts.exclude(done_at=None).aggregate(n=Sum("size"))
    return int(found["n"] or 0)
