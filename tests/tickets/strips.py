"""Reading a page made of strips."""

import re

from django.http import HttpResponse


def strips_of(response: HttpResponse) -> dict[str, tuple[int, list[str]]]:
    """By strip: how many tickets in all, and the subjects of its rows."""
    assert response.status_code == 200, response.content[:300]
    return {one.strip.key: (one.total, [row.ticket.subject for row in one.rows]) for one in response.context["strips"]}


def row_ids(response: HttpResponse) -> list[str]:
    return re.findall(r'<tr id="([^"]+)"', response.content.decode())
