"""A second, slow reading of the promise rules: walk through the ticket's life minute by minute and count.

It shares no code with the engine: it reads the documents themselves, asks the wall clock whether a minute is open, and
lets a clock's minutes run down one by one. Everything is in whole minutes since the epoch.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays, workdays

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = {"m": 1, "h": 60, "d": 1440}
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def minute(at: datetime) -> int:
    return int((at - EPOCH).total_seconds() // 60)


def instant(at: int) -> datetime:
    return EPOCH + timedelta(minutes=at)


@dataclass
class Run:
    """A row (or an agreed date, row None) that counts down from `start`."""

    row: int | None
    calendar: str
    start: int
    budget: int
    held: bool
    left: int = 0
    due: int | None = None


@dataclass
class Clock:
    target: str
    round: int
    runs: list[Run]
    agreement: Run | None = None
    from_agreement: bool = False
    state: str = "open"
    due: int = 0
    met: int | None = None
    end: int | None = None
    broke: int | None = None


@dataclass
class Walk:
    """One set over one ticket. `world` is the document of the presets, `document` the set's."""

    world: dict
    document: dict
    facts: dict
    until: int
    now: int = 0
    round: int = 1
    round_facts: dict = field(default_factory=dict)
    seen: dict = field(default_factory=dict)
    clocks: list[Clock] = field(default_factory=list)
    paused: bool = False
    asked: list[str] = field(default_factory=list)
    coming: dict | None = None
    paused_minutes: dict = field(default_factory=dict)
    resolved: bool = False
    ignored: list = field(default_factory=list)
    read: dict = field(default_factory=dict)

    # What happens

    def go(self, events: list[tuple[int, str, dict]]) -> None:
        self.round_facts = dict(self.facts)
        line = sorted((event for event in events if event[0] <= self.until), key=lambda event: event[0])
        self.now = line[0][0] if line else self.until
        while True:
            while line and line[0][0] == self.now:
                self.take(line.pop(0), line)
                self.break_overdue(before=self.now)
            if self.now == self.until:
                return
            self.break_overdue(before=self.now + 1)
            self.count_minute()
            self.now += 1

    def take(self, event: tuple[int, str, dict], later: list) -> None:
        _, name, data = event
        if name in ("resolved", "reopened") and not self.document.get("rounds", True):
            return
        if name == "set_changed":
            self.change_set(data)
        elif name == "paused":
            self.asked += [] if self.resolved else [data["reason"]]
            allowed = data["reason"] in self.document["pause"] and not self.resolved and not self.paused
            self.paused = self.paused or allowed
            self.refuse_unless(allowed, name)
        elif name == "resumed":
            self.refuse_unless(self.paused, name)
            self.paused = False
            self.asked = []
        elif name == "facts_changed":
            self.change_facts(data, later)
        elif name == "date_agreed":
            self.agree(data["target"], data["due"])
        elif name == "reopened":
            self.refuse_unless(self.resolved, name)
            if self.resolved:
                self.reopen()
        else:
            self.happen(name, self.now)

    def refuse_unless(self, fine: bool, name: str) -> None:
        if not fine:
            self.ignored.append((self.now, name))

    def change_set(self, document: dict) -> None:
        """Another wording from now on; after `resolved` from the next round on."""
        if self.resolved:
            self.coming = document
            return
        self.document = document
        self.paused = any(reason in document["pause"] for reason in self.asked)
        for target in self.world["targets"]:
            self.look_at(target)

    def change_facts(self, data: dict, later: list) -> None:
        self.facts = {**self.facts, **data}
        for other in list(later):
            if other[0] != self.now or (other[1] in ("resolved", "reopened") and self.document.get("rounds", True)):
                break
            if other[1] == "facts_changed":
                self.facts = {**self.facts, **other[2]}
                later.remove(other)
        if not self.resolved:
            self.round_facts = dict(self.facts)
            for target in self.world["targets"]:
                self.look_at(target)

    def reopen(self) -> None:
        for clock in self.here():
            clock.end = self.now if clock.end is None else clock.end
            clock.state = "running" if clock.state == "open" else clock.state
        self.round, self.seen, self.resolved = self.round + 1, {}, False
        self.document, self.coming = self.coming or self.document, None
        self.round_facts = dict(self.facts)
        self.happen("reopened", self.now)
        self.happen("reported", self.now)

    def happen(self, name: str, at: int) -> None:
        also = [name]
        for one in also:
            also += [implied for implied in self.world["implies"].get(one, []) if implied not in also]
        new = [one for one in also if one not in self.seen]
        for one in new:
            self.seen[one] = at
        for target in self.world["targets"]:
            if any(
                one in (row.get("from", "reported"), row.get("armed_by")) for one in new for row in self.rows(target)
            ):
                self.look_at(target)
        self.break_overdue(before=at)
        for clock in self.here():
            met_by = self.world["targets"][clock.target]["met_by"]
            counting = also if clock.from_agreement else new
            if clock.met is None and clock.state in ("open", "breached") and met_by in counting:
                self.meet(clock, at)
        if name == "resolved" and "resolved" in new:
            self.resolve()

    def resolve(self) -> None:
        for clock in self.here():
            if clock.state == "open" and clock.target in self.world["on_resolved_not_needed"]:
                self.close(clock, "not_needed", self.now)
        self.paused = False
        self.asked = []
        self.resolved = True

    def agree(self, target: str, due: int) -> None:
        clock = self.clock(target)
        possible = clock.state == "open" if clock else not self.resolved
        self.refuse_unless(possible, "date_agreed")
        if not possible:
            return
        if clock is None:
            clock = Clock(target, self.round, [], from_agreement=True)
            self.clocks.append(clock)
        start = self.now
        if clock.agreement:
            start = clock.agreement.start
        elif clock.runs:
            start = min(clock.runs, key=lambda run: self.finish(run, run.budget, self.now)).start
        clock.agreement = Run(None, "always", start, due - start, held=False, due=due)

    # Clocks

    def here(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.round == self.round]

    def clock(self, target: str) -> Clock | None:
        return next((clock for clock in self.here() if clock.target == target), None)

    def rows(self, target: str) -> list[dict]:
        return [row for row in self.document["rows"] if row["target"] == target]

    def look_at(self, target: str) -> None:
        """Which rows count for the target now? Start, move or withdraw its clock."""
        clock = self.clock(target)
        if clock and clock.state != "open":
            return
        runs = []
        for index, row in enumerate(self.document["rows"]):
            begin = row.get("from", "reported")
            armed = begin in self.seen and row.get("armed_by", begin) in self.seen
            if row["target"] == target and armed and self.fits(row.get("when", {})):
                runs.append(self.run(index, row, self.seen[begin]))
        if clock:
            clock.runs = runs
            if not runs and not clock.agreement:
                self.clocks.remove(clock)
        elif runs and not self.resolved:
            clock = Clock(target, self.round, runs)
            self.clocks.append(clock)
            met = self.seen.get(self.world["targets"][target]["met_by"])
            if met is not None:
                self.meet(clock, met)

    def fits(self, when: dict) -> bool:
        for key, wanted in when.items():
            fact = self.round_facts.get("distance_km" if key.startswith("distance_km") else key)
            if fact is None:
                return False
            if key == "distance_km_below":
                good = fact < wanted
            elif key == "distance_km_from":
                good = fact >= wanted
            else:
                good = fact in (wanted if isinstance(wanted, list) else [wanted])
            if not good:
                return False
        return True

    def run(self, index: int, row: dict, start: int) -> Run:
        budget, name = row["budget"], row["calendar"]
        zone = ZoneInfo(self.hours(name)[0])
        local = instant(start).astimezone(zone)
        if budget == "today":
            midnight = (local.replace(tzinfo=None) + timedelta(days=1)).replace(hour=0, minute=0)
            due = minute(midnight.replace(tzinfo=zone))
            return Run(index, "always", start, due - start, held=False, due=due)
        if budget.endswith("mo"):
            year, month = divmod(local.year * 12 + local.month - 1 + int(budget[:-2]), 12)
            for day in (local.day, 30, 29, 28):
                try:
                    later = local.replace(year=year, month=month + 1, day=day)
                    break
                except ValueError:
                    continue
            length, name = minute(later) - start, "always"
        elif budget.endswith("wd"):
            length = int(budget[:-2]) * int(self.world["calendars"][name]["standard_day"][:-1]) * 60
        else:
            length = int(budget[:-1]) * UNITS[budget[-1]]
        run = Run(index, name, start, length, held=True, left=length)
        for at in range(start, self.now):  # the part of its life that has passed already
            self.tick(run, at)
        return run

    def tick(self, run: Run, at: int) -> None:
        if run.due is None and run.start <= at and self.counts(run, at, self.now + 1):
            run.left -= 1
            if run.left == 0:
                run.due = at + 1

    def counts(self, run: Run, at: int, known_to: int) -> bool:
        held = run.held and at < known_to and self.paused_minutes.get(at, False)
        return not held and self.is_open(run.calendar, at)

    def is_open(self, name: str, at: int) -> bool:
        return name == "always" or bool(open_minutes(at // 1440, *self.hours(name))[at % 1440])

    def hours(self, name: str) -> tuple[str, tuple, bool]:
        if name not in self.read:
            calendar = self.world["calendars"][name]
            zone = calendar.get("timezone", self.world["timezone"])
            windows = tuple((days, tuple(windows)) for days, windows in calendar.get("hours", {}).items())
            self.read[name] = zone, windows, "holidays" in calendar
        return self.read[name]

    def count_minute(self) -> None:
        self.paused_minutes[self.now] = self.paused
        for clock in self.here():
            for run in clock.runs if clock.state == "open" else []:
                self.tick(run, self.now)

    def break_overdue(self, before: int) -> None:
        while True:
            late = [
                (due, clock)
                for clock in self.here()
                if clock.state == "open"
                for due in [self.due_so_far(clock)]
                if due is not None and due < before
            ]
            if not late:
                return
            due, clock = min(late, key=lambda pair: pair[0])
            clock.state, clock.due = "breached", due
            self.note_breach(clock, due)

    def note_breach(self, clock: Clock, due: int) -> None:
        clock.broke = due
        if clock.target == "resolution" and "resolution_breached" not in self.seen:
            self.happen("resolution_breached", due)

    def due_so_far(self, clock: Clock) -> int | None:
        runs = [clock.agreement] if clock.agreement else clock.runs
        return min((run.due for run in runs if run.due is not None), default=None)

    def finish(self, run: Run, amount: int, known_to: int, start: int | None = None) -> int:
        """Walk on until `amount` minutes are used up, without pauses from `known_to` on."""
        at = run.start if start is None else start
        while amount > 0:
            amount -= self.counts(run, at, known_to)
            at += 1
        return at

    def winner(self, clock: Clock, known_to: int) -> tuple[int, Run]:
        runs = [clock.agreement] if clock.agreement else clock.runs
        dues = [(self.finish(run, run.budget, known_to), run) for run in runs]
        return min(dues, key=lambda pair: pair[0])

    def meet(self, clock: Clock, at: int) -> None:
        clock.met = at
        due = clock.due if clock.state == "breached" else self.winner(clock, at)[0]
        self.close(clock, "met" if at <= due else "met_late", at)
        if at > due and clock.broke is None:
            self.note_breach(clock, due)

    def close(self, clock: Clock, state: str, at: int) -> None:
        clock.state, clock.end = state, at

    # What is to be seen

    def answer(self) -> list[dict]:
        order = list(self.world["targets"])
        clocks = sorted(self.clocks, key=lambda clock: (order.index(clock.target), clock.round))
        return [self.show(clock) for clock in clocks]

    def show(self, clock: Clock) -> dict:
        end = self.until if clock.end is None else clock.end
        due, run = self.winner(clock, end)
        rows = [(self.finish(other, other.budget, end), other.row) for other in clock.runs]
        used = sum(self.counts(run, at, end) for at in range(run.start, end))
        steps = [self.step(run, due, step["at"], end) for step in self.ladder()]
        state = clock.state
        if state == "open":
            state = "paused" if self.paused and run.held and due > self.until - self.paused_for() else "running"
        return {
            "target": clock.target,
            "round": clock.round,
            "state": state,
            "due_at": instant(due),
            "met_at": None if clock.met is None else instant(clock.met),
            "breached_at": None if clock.broke is None else instant(clock.broke),
            "row": min(rows, key=lambda pair: pair[0])[1] if rows else None,
            "used_seconds": used * 60,
            "steps": [(step["at"], instant(at)) for step, at in zip(self.ladder(), steps, strict=True)],
        }

    def paused_for(self) -> int:
        """How many minutes the present pause has lasted."""
        length = 0
        while self.paused_minutes.get(self.until - length - 1, False):
            length += 1
        return length

    def ladder(self) -> list[dict]:
        return self.document.get("ladder", self.world["ladder_default"])

    def step(self, run: Run, due: int, at: str, end: int) -> int:
        share = run.budget * int(at.strip("+%")) // 100
        return self.finish(run, share, 0, due) if at.startswith("+") else self.finish(run, share, end)


@cache
def open_minutes(day: int, zone: str, hours: tuple, chinese: bool) -> bytes:
    """For each minute of a day (UTC) whether the wall clock of the zone stands inside the hours."""
    local = ZoneInfo(zone)
    return bytes(is_open_at(instant(day * 1440 + i).astimezone(local), hours, chinese) for i in range(1440))


def is_open_at(local: datetime, hours: tuple, chinese: bool) -> bool:
    if not hours:
        return True
    weekday = DAYS[local.weekday()]
    if chinese and local.date() in workdays:
        weekday = "mon"
    elif chinese and local.date() in holidays:
        return False
    time = local.strftime("%H:%M")
    for days, windows in hours:
        first, _, last = days.partition("-")
        if days == "daily" or DAYS.index(first) <= DAYS.index(weekday) <= DAYS.index(last or first):
            return any(window[:5] <= time < window[6:] for window in windows)
    return False
