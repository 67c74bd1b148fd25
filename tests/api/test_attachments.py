"""Files of tickets: added, listed and fetched through the API, and who sees them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.enums import Role
from core.models import Attachment
from tests import files
from tests.api.caller import Caller, error, traces
from tests.factories import logged_in, make_user
from tests.world import World
from tickets.domain.attachment import attach
from tickets.models import Event, Ticket

pytestmark = pytest.mark.usefixtures("media")


def path(ticket: Ticket, rest: str = "") -> str:
    return f"/tickets/{ticket.number}/attachments/{rest}"


def added(ticket: Ticket, world: World, *, internal: bool = False) -> Attachment:
    file = files.upload("报告.txt", b"CANARY\n")
    return attach(ticket=ticket, upload=file, internal=internal, actor=world.agent, now=world.now)


def test_upload_list_and_fetch(agent: Caller, ticket: Ticket) -> None:
    response = agent.upload(path(ticket), file=files.upload("现场 照片.png", files.picture()), internal="true")
    assert response.status_code == 201, response.content
    answer = response.json()
    (row,) = answer["attachments"]
    assert (row["name"], row["content_type"], row["internal"]) == ("现场 照片.png", "image/png", True)
    assert answer["version"] == 2
    assert agent.get(path(ticket)).json() == [row]
    fetched = agent.get(path(ticket, f"{row['id']}/"))
    assert (fetched.status_code, fetched.headers["Content-Security-Policy"]) == (200, "default-src 'none'; sandbox")
    assert len(b"".join(fetched.streaming_content)) == row["size"]
    event = Event.objects.get(ticket=ticket, kind="attached")
    assert event.data == {"attachment": row["id"], "name": "现场 照片.png", "internal": True}


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"file": files.upload("a.html", b"<html>")}, "type", ["file"]),
        ({"file": files.upload("a.txt", b"")}, "empty", ["file"]),
        ({"file": "text"}, "invalid", ["file"]),
        ({}, "required", ["file"]),
        ({"file": files.upload("a.txt", b"x\n"), "name": "b"}, "unknown_field", ["name"]),
        ({"file": files.upload("a.txt", b"x\n"), "internal": "maybe"}, "invalid", ["internal"]),
        ({"file": files.upload("a.txt", b"x\n"), "version": "x"}, "invalid", ["version"]),
        ({"file": [files.upload("a.txt", b"x\n"), files.upload("b.txt", b"x\n")]}, "doubled_field", ["file"]),
    ],
)
def test_uploads_that_are_refused(
    agent: Caller, ticket: Ticket, media: Path, fields: dict[str, Any], code: str, named: list[str]
) -> None:
    before = traces()
    for file in fields.values():
        if isinstance(file, SimpleUploadedFile):
            file.seek(0)
    assert error(agent.upload(path(ticket), **fields)) == (400, code, named)
    assert traces() == before
    assert [one for one in media.rglob("*") if one.is_file()] == []


def test_a_stale_version_stores_nothing(agent: Caller, ticket: Ticket, media: Path) -> None:
    before = traces()
    answer = error(agent.upload(path(ticket), file=files.upload("a.txt", b"x\n"), version="0"))
    assert answer == (409, "stale", ["version"])
    assert traces() == before
    assert [one for one in media.rglob("*") if one.is_file()] == []


def test_f9_more_than_the_largest_file_is_not_read(agent: Caller, ticket: Ticket) -> None:
    response = agent.client.post(
        f"/api/v1{path(ticket)}",
        b"",
        content_type="multipart/form-data; boundary=x",
        headers=agent.headers,
        CONTENT_LENGTH=str(102 * 2**20),
    )
    assert error(response) == (413, "too_large", [])


def test_json_is_no_upload(agent: Caller, ticket: Ticket) -> None:
    assert error(agent.post(path(ticket), {"file": "x"})) == (415, "unsupported_media_type", [])


def test_who_may_not_add_files(world: World, ticket: Ticket) -> None:
    engineer = Caller(make_user(Role.ENGINEER))
    engineer_follows = Caller(world.engineer)
    Caller(world.agent).post(f"/tickets/{ticket.number}/assign/", {"assignee": world.engineer.pk})
    before = traces()
    assert error(engineer.upload(path(ticket), file=files.upload("a.txt", b"x\n"))) == (404, "not_found", [])
    assert traces() == before
    assert engineer_follows.upload(path(ticket), file=files.upload("a.txt", b"x\n")).status_code == 201


def test_a4_b1_a_file_under_another_ticket_is_not_there(agent: Caller, world: World, ticket: Ticket) -> None:
    other = world.report()
    attachment = added(other, world)
    assert error(agent.get(path(ticket, f"{attachment.pk}/"))) == (404, "not_found", [])
    assert agent.get(path(other, f"{attachment.pk}/")).status_code == 200
    assert error(agent.get(path(ticket, "00000000-0000-0000-0000-000000000000/"))) == (404, "not_found", [])


def status(user: Any, attachment: Attachment) -> int:
    return logged_in(user).get(f"/attachments/{attachment.pk}/").status_code


def test_a5_b1_who_fetches_what(world: World, ticket: Ticket) -> None:
    """The page's door: the customer's own files, never internal ones, never another customer's."""
    shown, internal = added(ticket, world), added(ticket, world, internal=True)
    people = {
        "agent": world.agent,
        "engineer": world.engineer,
        "contact": world.a.user,
        "foreign contact": world.b.user,
        "client": make_user(Role.CLIENT),
    }
    assert {name: (status(user, shown), status(user, internal)) for name, user in people.items()} == {
        "agent": (200, 200),
        "engineer": (404, 404),
        "contact": (200, 404),
        "foreign contact": (404, 404),
        "client": (200, 200),
    }
    assert Client().get(f"/attachments/{shown.pk}/").status_code == 302


def test_the_customer_of_file_and_ticket_must_agree(world: World, ticket: Ticket) -> None:
    attachment = added(ticket, world)
    Attachment.objects.filter(pk=attachment.pk).update(customer_id=world.b.customer.pk)
    assert status(world.agent, attachment) == 404
