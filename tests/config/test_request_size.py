"""B10, D3: requests that are too large or have too many parts are refused politely, before anything reads them."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.enums import Role
from config.access import UPLOADS
from config.middleware import announced_size, largest_request
from core.models import Attachment
from tests.factories import logged_in, make_user
from tests.test_access import ROUTES
from tests.world import World
from tickets.models import Message

pytestmark = pytest.mark.django_db
MB = 1024 * 1024


class Unread(BytesIO):
    """A body that must not be read."""

    def read(self, *args: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def announce(client: Client, path: str, size: int | str, kind: str = "multipart/form-data; boundary=x") -> HttpResponse:
    """A POST that says it has so many bytes."""
    wire = {"CONTENT_LENGTH": str(size), "wsgi.input": Unread(), "CONTENT_TYPE": kind}
    return client.generic("POST", path, **wire)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("path", ["/login/", "/account/preferences/", "/no-such-page/", "/"])
def test_b10_a_form_without_files_takes_four_megabytes(path: str, kind: str) -> None:
    client = logged_in(make_user(Role.AGENT), enforce_csrf_checks=True)
    response = announce(client, path, 4 * MB + 1, kind)
    assert (response.status_code, "4 MB" in response.content.decode()) == (413, True)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_b10_a_form_with_files_takes_130(world: World) -> None:
    ticket = world.report()
    client = logged_in(world.agent, enforce_csrf_checks=True)
    for word in ("reply", "note", "attach"):
        response = announce(client, f"/tickets/{ticket.number}/{word}/", 130 * MB + 1)
        assert (response.status_code, "130 MB" in response.content.decode()) == (413, True)
    assert Message.objects.count() == Attachment.objects.count() == 0


def test_b10_strangers_are_refused_alike() -> None:
    assert announce(Client(), "/tickets/WB-2611-00001/reply/", 131 * MB).status_code == 413
    assert announce(Client(), "/login/link/", 5 * MB).status_code == 413


def test_the_refusal_speaks_the_users_language() -> None:
    user = make_user(Role.AGENT)
    user.language = "en"
    user.save()
    assert "too large to send at once" in announce(logged_in(user), "/account/", 5 * MB).content.decode()


@pytest.mark.parametrize("text", ["", "x", "-1", "1e9", "٣", " 5"])
def test_a_length_that_is_no_number_is_none(text: str) -> None:
    request = RequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = text
    assert announced_size(request) == 0


def test_which_routes_take_files() -> None:
    paths = {route.name: route.path for route in ROUTES}
    assert {name for name, path in paths.items() if largest_request(path) == 130 * MB} == UPLOADS
    assert largest_request("/nothing/") == 4 * MB


def test_more_than_twenty_files_are_refused_and_nothing_is_kept(world: World) -> None:
    ticket = world.report()
    client = logged_in(world.agent)
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(21)]
    response = client.post(f"/tickets/{ticket.number}/note/", {"body": "x", "mode": "note", "attachments": files})
    assert (response.status_code, "20" in response.content.decode()) == (400, True)
    assert Message.objects.count() == Attachment.objects.count() == 0


def test_more_than_a_thousand_fields_are_refused() -> None:
    response = logged_in(make_user(Role.AGENT)).post("/account/", {f"f{n}": "x" for n in range(1001)})
    assert response.status_code == 400
    assert "data-message" in response.content.decode()


def test_fields_beyond_four_megabytes_in_a_form_with_files_are_refused(world: World) -> None:
    ticket = world.report()
    response = logged_in(world.agent).post(f"/tickets/{ticket.number}/note/", {"body": "x" * (4 * MB + 1)})
    assert (response.status_code, Message.objects.count()) == (413, 0)


def test_b10_the_api_says_it_in_its_own_shape(world: World) -> None:
    client = logged_in(world.agent, enforce_csrf_checks=True)
    response = announce(client, "/api/v1/tickets/", 4 * MB + 1, "application/json")
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
