"""The last 90 days of the demonstration: 340 tickets made from `FAULTS`, the same again by seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from config.management.demo.customers import CLIENTS, Client, Unit
from config.management.demo.faults import FAULTS, Fault
from config.management.demo.story import (
    Step,
    Story,
    assign,
    claim,
    close,
    days,
    hours,
    progress,
    rate,
    reply,
    resolve,
    wait,
)
from customers.enums import Locality

NUMBER = 340
DAYS = 90
AGENTS = ("agent", "agent2", "agent3", "agent4")
FIELD, SYSTEMS = ("engineer", "engineer2", "engineer3"), ("engineer4", "engineer5")
CHANNELS = {"phone": 60, "portal": 18, "email": 12, "chat": 6, "alarm": 4}
STARS = {5: 62, 4: 26, 3: 8, 2: 3, 1: 1}
PRAISE = {
    5: ("", "", "响应很快，师傅讲解也清楚。", "态度好，处理及时，谢谢。"),
    4: ("", "处理及时，希望提前告知到场时间。"),
    3: ("", "问题解决了，等待时间有点长。"),
    2: ("同样的问题第二次出现，请彻底排查。",),
    1: ("等了一整天才有人联系我。",),
}
# Of a hundred tickets so many have no promise kept late, and so many are late in answering, in going there, in mending.
LATENESS = {"": 90, "answer": 3, "visit": 3, "mending": 4}
WHY_LATE = {"answer": "workload", "visit": "travel", "mending": "parts"}
# Of the faults of the last weeks so many still wait for parts.
OPEN_SHARE, OPEN_WEEKS = 0.10, 3


@dataclass(frozen=True)
class Pace:
    """How quickly things go, in minutes after the report."""

    answered: float
    planned: float
    arrived: float
    mended: float
    late: str = ""


def history(seed: int) -> list[Story]:
    """340 stories, the oldest first. Deterministic by `seed`; their days count back from the day of the loading."""
    random = Random(f"{seed}:history")
    units = [(client, unit) for client in CLIENTS for unit in client.units]
    weights = [2 if client.is_key else 1 for client, _unit in units]
    ages = sorted((random.randrange(1, DAYS + 1) for _ in range(NUMBER)), reverse=True)
    chosen = random.choices(units, weights, k=NUMBER)
    return [
        _story(number, age, *found, random) for number, (age, found) in enumerate(zip(ages, chosen, strict=True), 1)
    ]


def _story(number: int, age: int, client: Client, unit: Unit, random: Random) -> Story:
    fault = random.choice(FAULTS[unit.product])
    channel = _drawn(CHANNELS, random)
    agent = random.choice(AGENTS)
    caller = random.randrange(len(client.people))
    far = _is_far(client, unit)
    in_a_hurry = any(terms.promise_set == "XC30" for terms in client.contracts)
    pace = _pace(fault, far, in_a_hurry, random)
    return Story(
        f"h{number:03d}",
        f"{client.code}.{unit.key}",
        (age, _time_of_day(fault, random)),
        fault.subject.format(unit=unit.name),
        f"{client.people[caller].name}{'来电' if channel == 'phone' else ''}：{fault.said}",
        tuple(_steps(fault, pace, agent, far, age, random)),
        kind=fault.kind,
        channel=channel,
        severity=fault.severity,
        by=agent,
        contact=caller,
        office=fault.severity > 1,
    )


def _drawn(shares: dict[str, int], random: Random) -> str:
    return random.choices(list(shares), list(shares.values()))[0]


def _is_far(client: Client, unit: Unit) -> bool:
    return next(place.locality for place in client.sites if place.key == unit.site) == Locality.REMOTE


def _time_of_day(fault: Fault, random: Random) -> str:
    """Within office hours; what is most severe comes at any hour."""
    hour = random.randrange(24) if fault.severity == 1 else random.choice((8, 9, 9, 10, 10, 11, 13, 14, 14, 15, 16))
    return f"{hour:02d}:{random.randrange(60):02d}"


def _pace(fault: Fault, far: bool, in_a_hurry: bool, random: Random) -> Pace:
    """Mostly within the promises of all sets, of which one has everything mended in two hours; now and then late in
    one respect.
    """
    late = _drawn(LATENESS, random)
    answered = random.uniform(2, 4.5) if late != "answer" else random.uniform(75, 200)
    planned = answered + random.uniform(12, 35)
    if in_a_hurry:
        arrived, mended = planned + random.uniform(15, 30), planned + random.uniform(45, 65)
    else:
        arrived = planned + (hours(random.uniform(3, 5)) if far else random.uniform(40, 75))
        mended = (arrived if fault.visit else planned) + random.uniform(30, 150)
    if late == "visit" and fault.visit:
        arrived, mended = arrived + hours(14), mended + hours(14)
    if late == "mending":
        mended += hours(random.uniform(40, 70))
    return Pace(answered, planned, arrived, mended, late)


def _steps(fault: Fault, pace: Pace, agent: str, far: bool, age: int, random: Random) -> Iterator[Step]:
    engineer = random.choice(FIELD if fault.visit else SYSTEMS)
    who = engineer if fault.visit else agent
    yield claim(1, agent)
    yield reply(pace.answered, agent, "您好，已收到您的报修，正在为您查看。")
    if fault.kind == "fault":
        yield progress(pace.answered + 5, agent, "remote_started", "远程查看。", if_promised=True)
    yield reply(pace.planned, agent, f"您好，方案：{fault.plan}", plan=True)
    if fault.visit:
        yield progress(
            pace.planned + 1, agent, "remote_failed", "远程处理后仍未恢复，安排工程师上门。", if_promised=True
        )
        yield assign(pace.planned + 2, agent, engineer)
    if fault.kind == "fault" and random.random() < OPEN_SHARE and 2 < age < 7 * OPEN_WEEKS:
        yield wait(pace.planned + 10, agent, "waiting_parts", "备件在途，已告知客户。")
        return
    if fault.visit:
        yield progress(pace.arrived, engineer, "checked_in", "到达现场，先备份，再处理。", if_promised=True)
    yield resolve(pace.mended, who, fault.cause, fault.done, late=WHY_LATE.get(pace.late, "workload"))
    if random.random() < 0.6:
        stars = int(_drawn({str(stars): share for stars, share in STARS.items()}, random))
        yield rate(pace.mended + hours(random.uniform(1, 20)), stars, random.choice(PRAISE[stars]))
    yield close(pace.mended + days(random.uniform(1, 2)), agent)
