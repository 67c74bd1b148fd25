"""One effect per Idempotency-Key, one delivery per message, whoever comes at the same time."""

from functools import partial

from django.core import mail

from core.domain import outbox
from core.domain.idempotency import Answer, once
from core.domain.notification import message_id, notify
from core.enums import OutboxState
from core.errors import RuleError
from core.models import IdempotencyKey, Notification, Outbox
from tests.races.together import codes, together
from tests.world import World
from tickets.models import Ticket


def test_the_same_request_many_times_at_once_makes_one_ticket(shared_world: World) -> None:
    world = shared_world

    def create() -> Answer:
        return Answer(201, {"number": world.report().number})

    ask = partial(once, actor=world.agent, key="k-1", request=b"{}", now=world.now, act=create)
    answers = together([ask] * 6)
    assert {(answer.status, answer.body["number"]) for answer in answers} == {(201, "WB-2611-00001")}
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 5
    assert Ticket.objects.count() == 1


def test_a_refused_request_gives_the_key_to_the_one_that_waits(shared_world: World) -> None:
    world, turns = shared_world, iter(range(10))

    def create() -> Answer:
        if next(turns) == 0:
            raise RuleError("later", "not yet")
        return Answer(201, {"number": world.report().number})

    ask = partial(once, actor=world.agent, key="k-1", request=b"{}", now=world.now, act=create)
    assert codes(together([ask] * 4)) == ["done", "done", "done", "later"]
    assert Ticket.objects.count() == IdempotencyKey.objects.count() == 1


def test_a_key_for_two_requests_serves_one_of_them(shared_world: World) -> None:
    world = shared_world

    def ask(request: bytes) -> Answer:
        create = partial(Answer, 201, {"said": request.decode()})
        return once(actor=world.agent, key="k-1", request=request, now=world.now, act=create)

    assert codes(together([partial(ask, b"one"), partial(ask, b"two")])) == ["done", "key_reused"]


def test_many_drains_deliver_every_message_once(shared_world: World) -> None:
    world = shared_world
    for _ in range(6):
        world.report(assignee=world.engineer)
    later = world.later(minutes=5)
    delivered = together([partial(outbox.drain, later, 4)] * 6)
    while more := outbox.drain(later):
        delivered.append(more)
    rows = Outbox.objects.all()
    assert set(rows.values_list("state", flat=True)) == {OutboxState.SENT}
    assert sum(delivered) == rows.count() == 6
    sent = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert sorted(sent) == sorted(message_id(key) for key in rows.values_list("key", flat=True))


def test_taking_back_and_delivering_at_once_is_one_or_the_other(shared_world: World) -> None:
    world = shared_world
    for turn in range(6):
        key = f"receipt:{world.report().pk}"
        withdrawn, delivered = together([partial(outbox.withdraw, key), partial(outbox.drain, world.now)])
        assert (withdrawn, delivered) in ((True, 0), (False, 1)), turn
        assert (Outbox.objects.get(key=key).state == OutboxState.VOID) == withdrawn


def test_a_notification_exists_once_a_person_and_key(shared_world: World) -> None:
    world = shared_world
    tell = partial(
        notify, user=world.agent, key="moved:1", kind="moved", text=lambda: "新", url="/", now=world.now, mail=True
    )
    together([tell] * 5)
    assert Notification.objects.count() == Outbox.objects.count() == 1
