"""A person at the ticket pages, and what may not change when an act is refused."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.api.caller import traces
from tests.factories import logged_in
from tickets.models import Ticket

HTMX = {"HX-Request": "true"}
DIALOG = HTMX | {"HX-Target": "wb-dialog-body"}
COMPOSER = HTMX | {"HX-Target": "composer"}


@dataclass
class Person:
    """Posts the forms of one ticket's page as a browser would."""

    user: User
    ticket: Ticket
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = logged_in(self.user)

    def path(self, act: str) -> str:
        return f"/tickets/{self.ticket.number}/{act}"

    def get(self, act: str = "", **headers: Any) -> HttpResponse:
        return self.client.get(self.path(act), **headers)

    def post(self, act: str, headers: dict[str, str] | None = None, **values: Any) -> HttpResponse:
        """The form of an act, with the ticket's present version and a fresh key unless given."""
        version = Ticket.objects.get(pk=self.ticket.pk).version
        data = {"version": version, "idempotency_key": str(uuid4())} | values
        return self.client.post(self.path(act), data, headers=headers)

    def done(self, act: str, **values: Any) -> Ticket:
        """The ticket after an act without script, which ends on its page."""
        response = self.post(act, **values)
        assert (response.status_code, response.headers.get("Location")) == (302, self.path("")), errors_of(response)
        self.ticket.refresh_from_db()
        return self.ticket

    def refused(self, act: str, **values: Any) -> tuple[int, list[str]]:
        """Status and messages of a refusal that left nothing behind."""
        before = traces()
        response = self.post(act, **values)
        assert traces() == before
        return response.status_code, errors_of(response)


def errors_of(response: HttpResponse) -> list[str]:
    """The messages of the form in an answer, field errors by name."""
    form = response.context["form"] if response.context and "form" in response.context else None
    if form is None:
        return []
    with translation.override("zh-hans"):
        return [f"{name}: {error}" for name, errors in form.errors.items() for error in errors]


def text_of(response: HttpResponse) -> str:
    """What one reads of an answer."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)
