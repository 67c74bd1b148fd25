"""What one person does to one ticket, and what a tick delivers."""

from django.db import transaction

from core.domain import audit, outbox
from tests.bench.filling import execute
from tests.bench.measure import Row, Subject, side_by_side
from tests.bench.stories import WORDS
from tests.bench.sweeping import Pool
from tests.fixtures import MORNING
from tests.world import World
from tickets.domain.assignment import assign
from tickets.domain.message import reply
from tickets.domain.resolution import resolve
from tickets.models import Ticket

ROUNDS = 30
DELIVERED = 50


class Desk:
    """A ticket's way through the desk, an act at a time. It stands under HW12, with six clocks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ticket = Ticket()

    def report(self) -> None:
        self.ticket = self.world.report()

    def assign(self) -> None:
        assign(ticket=self.ticket, assignee=self.world.engineer, actor=self.world.agent, now=MORNING)

    def reply(self) -> None:
        reply(ticket=self.ticket, body=WORDS, actor=self.world.engineer, now=MORNING)

    def resolve(self) -> None:
        resolve(ticket=self.ticket, solution=WORDS, cause="hardware", actor=self.world.engineer, now=MORNING)


def measure_acts(world: World, closed: int) -> list[Row]:
    """Each act on a ticket of its own, beside the commit of one row."""
    desk = Desk(world)
    before = {
        "report": (),
        "assign": (desk.report,),
        "reply": (desk.report, desk.assign),
        "resolve": (desk.report, desk.assign, desk.reply),
    }
    subjects = [
        Subject(name, getattr(desk, name), lambda acts=acts: [act() for act in acts]) for name, acts in before.items()
    ]
    times = side_by_side([*subjects, Subject("bare", lambda: _one_row(world))], ROUNDS)
    return [Row(f"act: {name}", closed, times[name], "one row committed", times["bare"]) for name in before]


def _one_row(world: World) -> None:
    with transaction.atomic():
        audit.record(actor=world.agent, action="bench.row", subject="bench", changes={}, now=MORNING)


def measure_delivery(pool: Pool, closed: int) -> Row:
    """Escalations of the pool handed over: a notification and a mail for each of the three people on duty."""

    def prepare() -> None:
        pool.ready()
        pool.sweep()
        kept = "select id from core_outbox where kind = 'ticket.escalation' and state = 'new' order by id limit %s"
        execute(f"update core_outbox set state = 'sent' where state = 'new' and id not in ({kept})", [DELIVERED])

    times = side_by_side([Subject("drain", lambda: outbox.drain(MORNING), prepare)], 5)
    pool.rest()
    return Row("escalation told to 3 people, mails sent, each", closed, times["drain"], per=DELIVERED)
