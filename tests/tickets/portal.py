"""A customer's contact at the portal, and what a refusal may not change."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from accounts.enums import Role
from customers.domain import asset as assets
from customers.domain import contact as contacts
from tests.api.caller import traces
from tests.factories import logged_in, make_user
from tests.tickets.desk import errors_of
from tests.world import Place, World
from tickets.models import Clock, Ticket

HOME, NEW, LIST, PREVIEW = "/portal/", "/portal/new/", "/portal/tickets/", "/portal/new/promise/"
WORDS = "打印头走纸异常，票据模糊。已经重启两次，还是一样。"


@dataclass
class Customer:
    """One contact's browser."""

    place: Place
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = logged_in(self.place.user)

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(path, query)

    def form(self, **given: Any) -> dict[str, Any]:
        """What a contact sends: part of the device in front of them has failed."""
        facts = {
            "device": self.place.asset.pk,
            "words": WORDS,
            "impact": "limited",
            "caller_name": self.place.contact.name,
            "caller_phone": "021-5555 0101",
            "idempotency_key": str(uuid4()),
        }
        return {name: value for name, value in (facts | given).items() if value is not None}

    def send(self, **given: Any) -> HttpResponse:
        return self.client.post(NEW, self.form(**given))

    def reports(self, **given: Any) -> Ticket:
        """The ticket of a report that was accepted."""
        known = set(Ticket.objects.values_list("pk", flat=True))
        response = self.send(**given)
        assert response.status_code == 302, errors_of(response)
        ticket = Ticket.objects.exclude(pk__in=known).get()
        assert response.headers["Location"] == f"/portal/tickets/{ticket.number}/"
        return ticket

    def refused(self, path: str, data: dict[str, Any]) -> tuple[int, list[str]]:
        """Status and messages of a refusal that left nothing behind."""
        before = traces()
        response = self.client.post(path, data)
        assert traces() == before
        return response.status_code, errors_of(response)


def customer_of(place: Place, now: datetime) -> Customer:
    """The contact of the place, who answers for its site."""
    contacts.assign_sites(contact=place.contact, sites=[place.site], actor=None, now=now)
    return Customer(place)


def administrator_of(place: Place) -> Client:
    """Another contact of the customer, who sees all its sites."""
    user = make_user(Role.CONTACT_ADMIN, name="管理员丁")
    contacts.create(
        customer=place.customer, name="管理员丁", user=user, email=user.email, actor=None, now=place.customer.created_at
    )
    return logged_in(user)


def more_devices(world: World, place: Place, count: int) -> None:
    for number in range(count):
        assets.create(
            site=place.site,
            product=place.asset.product,
            name=f"{number} 号终端",
            serial=f"MORE-{number:03d}",
            actor=None,
            now=world.now,
        )


def text(response: HttpResponse, status: int = 200) -> str:
    """What one reads."""
    assert response.status_code == status, response.content[:500]
    flowing = re.sub(r"</?(time|span|strong)\b[^>]*>", "", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", flowing))


def times(html: str) -> list[datetime]:
    return [datetime.fromisoformat(at) for at in re.findall(r'<time datetime="([^"]*)"', html)]


def contract_dues(ticket: Ticket, code: str = "HW12") -> list[datetime]:
    return [clock.due_at for clock in Clock.objects.filter(ticket=ticket, set_code=code).order_by("due_at", "pk")]
