"""The header Idempotency-Key: repeated, changed, and at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from contracts.domain.installation import install_presets
from core import clock
from core.models import Attachment, IdempotencyKey
from tests.api.caller import Caller, error, traces
from tests.fixtures import MORNING
from tests.world import World, make_world
from tickets.models import Message, Ticket

LIST = "/tickets/"


def body_for(world: World) -> dict[str, Any]:
    return {"customer": world.a.customer.pk, "subject": "走纸异常", "kind": "fault", "severity": 2}


def test_a_repetition_is_answered_alike_and_does_nothing(agent: Caller, world: World) -> None:
    first = agent.post(LIST, body_for(world), key="k1")
    before = traces()
    again = agent.post(LIST, body_for(world), key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert traces() == before
    assert Ticket.objects.count() == 1


def test_the_same_body_in_other_order_is_the_same_request(agent: Caller, world: World) -> None:
    agent.post(LIST, body_for(world), key="k1")
    assert agent.post(LIST, dict(reversed(body_for(world).items())), key="k1").status_code == 201
    assert Ticket.objects.count() == 1


def test_another_request_with_the_same_key_is_refused(agent: Caller, world: World, ticket: Ticket) -> None:
    agent.post(LIST, body_for(world), key="k1")
    before = traces()
    assert error(agent.post(LIST, body_for(world) | {"severity": 1}, key="k1")) == (
        409,
        "key_reused",
        ["Idempotency-Key"],
    )
    assert error(agent.post(f"/tickets/{ticket.number}/claim/", key="k1")) == (409, "key_reused", ["Idempotency-Key"])
    assert traces() == before


def test_keys_are_a_persons_own(agent: Caller, world: World) -> None:
    agent.post(LIST, body_for(world), key="k1")
    assert Caller(world.other_agent).post(LIST, body_for(world), key="k1").status_code == 201
    assert Ticket.objects.count() == 2


def test_an_act_is_done_once(agent: Caller, ticket: Ticket) -> None:
    answers = [agent.post(f"/tickets/{ticket.number}/reply/", {"body": "已派工"}, key="r1") for _ in range(3)]
    assert [answer.json() for answer in answers] == [answers[0].json()] * 3
    assert Message.objects.count() == 1


def test_a_refusal_gives_the_key_back(agent: Caller, world: World, ticket: Ticket) -> None:
    path = f"/tickets/{ticket.number}/resolve/"
    before = traces()
    assert error(agent.post(f"/tickets/{ticket.number}/reopen/", {"reason": "x"}, key="k2"))[0] == 409
    assert error(agent.post(path, {"solution": "x"}, key="k2"))[0] == 400
    assert traces() == before
    assert agent.post(path, {"solution": "x", "cause": "hardware"}, key="k2").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 81, "a\tb", "é" * 81])
def test_keys_that_are_none(agent: Caller, world: World, key: str) -> None:
    before = traces()
    assert error(agent.post(LIST, body_for(world), key=key)) == (400, "key_invalid", ["Idempotency-Key"])
    assert traces() == before


def test_an_upload_is_stored_once(agent: Caller, ticket: Ticket, media: Any) -> None:
    path = f"/tickets/{ticket.number}/attachments/"
    sent = [agent.upload(path, key="u1", file=SimpleUploadedFile("a.txt", b"line\n")) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 201]
    assert Attachment.objects.count() == 1
    other = agent.upload(path, key="u1", file=SimpleUploadedFile("a.txt", b"another\n"))
    assert error(other) == (409, "key_reused", ["Idempotency-Key"])


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_ticket() -> None:
    with clock.frozen(MORNING):
        install_presets(actor=None, now=MORNING)
        world = make_world(MORNING)
        callers = [Caller(world.agent) for _ in range(4)]
        start = Barrier(len(callers))

        def call(caller: Caller) -> Any:
            start.wait(timeout=20)
            try:
                return caller.post(LIST, body_for(world), key="race")
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(callers)) as pool:
            answers = list(pool.map(call, callers))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert [answer.json() for answer in answers] == [answers[0].json()] * 4
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 3
    assert (Ticket.objects.count(), IdempotencyKey.objects.count()) == (1, 1)
