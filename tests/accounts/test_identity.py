"""What holds for everything that lets somebody in: C1 at rest, C7 sessions, C8 surfaces, C9 next=, A9, A10, A17."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from accounts.domain import api_token
from accounts.domain import user as users
from accounts.enums import Role, Scope
from accounts.models import User
from config.access import ACCESS
from core.api.description import description
from customers.domain import invitation
from customers.queries.customer import assets_for, contacts_for, customers_for, sites_for
from tests.accounts.test_login import BAD_NEXT, ENDS
from tests.factories import PASSWORD, logged_in, make_user
from tests.letters import address_in, delivered
from tests.test_access import ROUTES, Route, digest
from tests.world import World, make_place
from tickets.domain import resolution

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r"pass|token|secret|(?<!is_)key|hash|digest", re.IGNORECASE)  # is_key: a key customer


@pytest.fixture(autouse=True)
def base_url(settings: Any) -> None:
    settings.BASE_URL = "https://desk.example.com"


def every_text() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        seen = []
        for table in connection.introspection.table_names():
            cursor.execute(f"select string_agg(t::text, ' ') from {table} t")  # names from the catalogue
            seen.append(cursor.fetchone()[0] or "")
    return "\n".join(seen)


def test_c1_no_table_holds_anything_that_lets_somebody_in(world: World) -> None:
    """One of each kind, before and after it was used: login link, invitation, rating, API token, password."""
    ticket = world.report(assignee=world.agent)
    resolution.resolve(ticket=ticket, solution="ok", cause="hardware", actor=world.agent, now=world.now)
    invitee = contacts_for(world.agent).get(pk=world.b.contact.pk)
    invitee.user = None
    invitee.email = "new@example.com"
    invitee.save()
    invitation.invite(contact=invitee, actor=None, now=world.now)
    asking = Client()
    asking.post("/login/link/", {"email": world.agent.email})
    until = world.later(days=1)
    _row, api = api_token.issue(user=world.agent, name="x", scope=Scope.READ, expires_at=until, now=world.now)
    users.set_password(user=world.agent, password=PASSWORD, now=world.now)
    letters = delivered(world.now + timedelta(seconds=11))
    paths = {
        path.split("/")[1]: path for letter in letters if "https://" in letter.body and (path := address_in(letter))
    }
    assert set(paths) == {"login", "welcome", "rate"}
    secrets = [api, PASSWORD, *(path.rstrip("/").split("/")[-1] for path in paths.values())]
    assert len({len(secret) for secret in secrets[2:]}) == 1
    assert [secret in every_text() for secret in secrets] == [False] * 5
    used = [
        asking.post(paths["login"]).status_code,
        Client().post(paths["welcome"], {"name": "x", "password": PASSWORD, "again": PASSWORD}).status_code,
        Client().post(paths["rate"], {"stars": "5"}).status_code,
    ]
    assert used == [302, 302, 200]
    assert [secret in every_text() for secret in secrets] == [False] * 5


@pytest.mark.parametrize("act", list(ENDS.values()), ids=list(ENDS))
def test_c7_sessions_of_the_api_and_the_portal_die_too(act: Any, morning: datetime) -> None:
    user = make_user(Role.AGENT, password=PASSWORD)
    session = logged_in(user)
    assert session.get("/api/v1/tickets/").status_code == 200
    act(User.objects.get(pk=user.pk), morning)
    assert session.get("/api/v1/tickets/").status_code == 401


def test_c7_a_contacts_role_ends_their_sessions(world: World) -> None:
    session = logged_in(world.a.user)
    assert session.get("/portal/").status_code == 200
    users.grant_role(user=world.a.user, role=Role.CONTACT_ADMIN, now=world.now)
    assert session.get("/portal/").headers["Location"].startswith("/login/")


def test_c8_no_field_of_the_api_is_called_like_a_secret() -> None:
    """Every field of every answer and every body of the description, for any role."""

    def names(schema: Any) -> set[str]:
        if isinstance(schema, dict):
            own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
            return own.union(*(names(value) for value in schema.values()))
        return set().union(*(names(value) for value in schema)) if isinstance(schema, list) else set()

    found = names(description()["components"]["schemas"])
    assert {"number", "stars", "customer"} <= found
    assert sorted(name for name in found if HIDDEN.search(name)) == []


def test_c8_serializers_name_their_fields_and_none_is_a_secret() -> None:
    from rest_framework.serializers import ModelSerializer  # noqa: PLC0415

    get_resolver().url_patterns  # noqa: B018  (imports every view)
    pending, seen = [ModelSerializer], []
    while pending:
        pending += (found := pending.pop().__subclasses__())
        seen += [one for one in found if not one.__module__.startswith(("rest_framework", "drf_spectacular"))]
    fields = {one.__qualname__: one.Meta.fields for one in seen}
    assert "RatingRow" in fields
    assert [name for name, listed in fields.items() if not isinstance(listed, tuple)] == []
    assert [name for listed in fields.values() for name in listed if HIDDEN.search(name)] == []


@pytest.mark.parametrize("path", BAD_NEXT)
def test_c9_the_switches_of_language_and_preferences_lead_nowhere_else(path: str) -> None:
    client = logged_in(make_user())
    assert client.post("/language/", {"language": "en", "next": path}).headers["Location"] == "/"
    assert client.post("/account/preferences/", {"theme": "dark", "next": path}).headers["Location"] == "/"
    assert Client().post("/language/", {"language": "en", "next": path}).headers["Location"] == "/"


def posted(client: Client, route: Route) -> tuple[int, str]:
    response = client.post(route.path, {"name": "x"})
    return response.status_code, response.headers.get("WB-Reason", "")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AGENT, Role.CONTACT_ADMIN, None])
def test_a17_no_route_takes_a_form_without_its_token(role: Role | None) -> None:
    """Every page route that the person may open, public ones for a stranger too. The API has its own test."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    user = make_user(role) if role else None
    if user:
        client.force_login(user)
    mine = [route for route in ROUTES if not route.is_api and (ACCESS[route.name].public or user)]
    mine = [route for route in mine if ACCESS[route.name].public or ACCESS[route.name].allows(user)]
    before = digest()
    assert [(route.name, answer) for route in mine if (answer := posted(client, route)) != (403, "csrf")] == []
    assert len(mine) > 8
    assert digest() == before


def test_a9_nothing_an_agent_can_send_lifts_anybody(world: World) -> None:
    """Every page and every act of the API, with all that a user is made of: roles, kinds and passwords stay."""
    client = logged_in(world.agent, raise_request_exception=False)
    body = {
        "roles": "admin",
        "role": "admin",
        "kind": "staff",
        "is_active": "0",
        "user": str(world.manager.pk),
        "email": "evil@example.org",
        "password": "another 1 secret",
        "scope": "write",
        "is_staff": "1",
        "is_superuser": "1",
    }
    before = people()
    for route in [
        route for route in ROUTES if ACCESS[route.name].allows(world.agent) and route.name != "accounts:logout"
    ]:
        assert client.post(route.path, body).status_code < 500, route.name
    assert people() == before


def people() -> list[tuple[Any, ...]]:
    known = User.objects.order_by("pk").prefetch_related("roles", "api_tokens")
    return [
        (one.pk, one.kind, one.email, one.password, one.is_active, one.role_codes, one.api_tokens.count())
        for one in known
    ]


def test_a10_customers_with_near_codes_and_names_do_not_meet(world: World) -> None:
    near = {name: make_place(name, "HW12", world.now) for name in ("1", "12", "acme", "acme-2", "acme.2")}
    for place in near.values():
        user = place.user
        assert list(customers_for(user)) == [place.customer]
        assert set(contacts_for(user)) == {place.contact}
        users.grant_role(user=user, role=Role.CONTACT_ADMIN, now=world.now)
        admin = User.objects.get(pk=user.pk)
        assert (set(sites_for(admin)), set(assets_for(admin)), set(contacts_for(admin))) == (
            {place.site},
            {place.asset},
            {place.contact},
        )
