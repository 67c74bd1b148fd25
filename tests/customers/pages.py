"""What the tests of the pages of master data share."""

import html
import re
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


def text_of(response: HttpResponse) -> str:
    """The page without its tags, spaces joined."""
    body = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


def version_in(response: HttpResponse) -> str:
    found = re.search(r'name="version" value="([^"]*)"', response.content.decode())
    assert found, "the form carries no version"
    return found[1]


def statements(client: Client, url: str, **given: Any) -> tuple[HttpResponse, int]:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url, **given)
    assert response.status_code == 200, response.content[:300]
    return response, len(asked)


def errors_of(response: HttpResponse) -> dict[str, list[str]]:
    assert response.context is not None
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}
