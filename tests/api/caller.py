"""A program that calls the API with a token."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.domain import api_token
from accounts.enums import Scope
from accounts.models import User
from core import clock
from core.models import Attachment, Audit, IdempotencyKey, Notification, Outbox
from tickets.models import Event, Link, Message, Participant, Ticket

ROOT = "/api/v1"


@dataclass
class Caller:
    user: User
    scope: str = Scope.WRITE
    token: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def __post_init__(self) -> None:
        if not self.token:
            now = clock.now()
            until = now + timedelta(days=30)
            self.token = api_token.issue(user=self.user, name="t", scope=self.scope, expires_at=until, now=now)[1]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"{ROOT}{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> HttpResponse:
        """A JSON body; bytes are sent as they are."""
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        return self.client.post(f"{ROOT}{path}", raw, content_type="application/json", headers=headers)

    def upload(self, path: str, *, key: str | None = None, **fields: Any) -> HttpResponse:
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        return self.client.post(f"{ROOT}{path}", fields, headers=headers)


def error(response: HttpResponse) -> tuple[int, str, list[str]]:
    """Status, code and the fields at fault; the shape of every refusal is checked on the way."""
    body = response.json()
    assert set(body) - {"current"} == {"code", "message", "fields"}
    assert isinstance(body["message"], str)
    assert body["message"]
    assert all(isinstance(text, str) and text for texts in body["fields"].values() for text in texts)
    return response.status_code, body["code"], sorted(body["fields"])


def traces() -> dict[str, Any]:
    """All that an act could leave behind."""
    tables = (Event, Message, Link, Participant, Outbox, Notification, Audit, Attachment, IdempotencyKey)
    versions = list(Ticket.objects.order_by("pk").values_list("number", "version", "state", "assignee", "severity"))
    return {"tickets": versions} | {table.__name__: table.objects.count() for table in tables}
