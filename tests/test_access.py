"""A1 and A2: every route times every kind of person, from the one table in config/access.py. A14, A18, B4 for each
route.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

from accounts.enums import Role
from accounts.models import User
from config.access import ACCESS, PUBLIC, Rule, only
from config.context import NAV
from tests.factories import logged_in, make_user

pytestmark = pytest.mark.django_db
NOBODYS_ID = 999_999_999


@dataclass(frozen=True)
class Route:
    name: str
    keys: tuple[tuple[str, Any], ...]

    @property
    def path(self) -> str:
        return reverse(self.name, kwargs=dict(self.keys))

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")


def routes(resolver: URLResolver, prefix: str = "", keys: tuple[tuple[str, Any], ...] = ()) -> list[Route]:
    """Every named pattern with sample arguments that belong to nothing; a pattern without a name is named by its
    text.
    """
    found = []
    for entry in resolver.url_patterns:
        more = keys + samples(entry)
        if isinstance(entry, URLPattern):
            found.append(Route(prefix + (entry.name or f"?{entry.pattern}"), more))
        else:
            found += routes(entry, prefix + (f"{entry.namespace}:" if entry.namespace else ""), more)
    return found


def samples(entry: URLPattern | URLResolver) -> tuple[tuple[str, Any], ...]:
    converters = entry.pattern.converters
    named = entry.pattern.regex.groupindex if not converters else {}
    typed = [(key, sample(converter)) for key, converter in converters.items()]
    return (*typed, *((key, "json" if key == "format" else str(NOBODYS_ID)) for key in named))


def sample(converter: Any) -> Any:
    if isinstance(converter, IntConverter):
        return NOBODYS_ID
    return UUID(int=NOBODYS_ID) if isinstance(converter, UUIDConverter) else "WB-0001-99999"


ROUTES = routes(get_resolver())
CLOSED = [route for route in ROUTES if ACCESS.get(route.name, PUBLIC) != PUBLIC]
# One of each kind at once, the rest of the staff with the slow tests.
AT_ONCE = {Role.AGENT, Role.ENGINEER, Role.ADMIN, Role.PARTNER, Role.CONTACT, Role.CONTACT_ADMIN, Role.CLIENT, None}
PERSONS = [
    pytest.param(role, marks=() if role in AT_ONCE else pytest.mark.slow, id=str(role)) for role in (*Role, None)
]


def test_a1_every_route_is_declared_and_every_declared_route_exists() -> None:
    assert sorted({route.name for route in ROUTES}) == sorted(ACCESS)


def test_every_place_in_the_navigation_is_a_route() -> None:
    assert [item.route for item in NAV if item.route not in ACCESS] == []


def methods(route: Route) -> tuple[str, ...]:
    """Those a browser can send to a page, all of them to REST."""
    return ("get", "post", "put", "patch", "delete") if route.is_api else ("get", "post")


def is_login(response: HttpResponse) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith("/login/")


def test_a1_a_stranger_is_asked_to_log_in() -> None:
    client = Client(raise_request_exception=False)
    wrong = []
    for route in CLOSED:
        for method in ("head", *methods(route)):
            response = getattr(client, method)(route.path)
            if response.status_code != 401 if route.is_api else not is_login(response):
                wrong.append((method, route.path, response.status_code))
    assert wrong == []


def test_a1_a_part_of_a_page_answers_401_to_a_stranger() -> None:
    client = Client(headers={"HX-Request": "true"})
    assert [route.path for route in CLOSED if client.get(route.path).status_code != 401] == []


@pytest.mark.parametrize("role", PERSONS)
def test_a2_who_is_not_in_the_row_is_refused_whatever_the_object(role: Role | None) -> None:
    user = make_user(role)
    client = logged_in(user, raise_request_exception=False)
    refused = [route for route in CLOSED if not ACCESS[route.name].allows(user)]
    before = digest()
    wrong = [
        (method, route.path, response.status_code)
        for route in refused
        for method in methods(route)
        if (response := getattr(client, method)(route.path)).status_code != 403
    ]
    assert wrong == []
    assert digest() == before


@pytest.mark.parametrize("role", PERSONS)
def test_a2_who_is_in_the_row_reaches_the_view(role: Role | None) -> None:
    """Never a failure or the way to the login, and 404 for what belongs to nothing. A18: asking changes nothing."""
    user = make_user(role)
    client = logged_in(user, raise_request_exception=False)
    before = digest()
    wrong = []
    for route in [route for route in ROUTES if ACCESS[route.name].allows(user)]:
        response = client.get(route.path)
        if (
            response.status_code >= 500
            or response.status_code == 401
            or is_login(response)
            and route.name != "accounts:logout"
        ):
            wrong.append((route.path, response.status_code))
    assert wrong == []
    assert digest() == before


def test_a14_b4_every_answer_is_closed_to_caches_and_scripts() -> None:
    wrong = []
    for client in (Client(), logged_in(make_user(Role.ADMIN)), logged_in(make_user(Role.CONTACT))):
        for path in [*(route.path for route in ROUTES), "/no-such-page/"]:
            wrong += [(path, name) for name, text in missing_headers(client.get(path))]
    assert wrong == []


def missing_headers(response: HttpResponse) -> list[tuple[str, str]]:
    policy = response.headers.get("Content-Security-Policy", "")
    needed = {
        "Cache-Control": ("no-store", response.headers.get("Cache-Control", "")),
        "Vary": ("Cookie", response.headers.get("Vary", "")),
        "object-src": ("object-src 'none'", policy),
        "base-uri": ("base-uri 'none'", policy),
        "frame-ancestors": ("frame-ancestors 'none'", policy),
        "script-src": ("script-src 'self'", policy.replace("'unsafe-inline'", "")),
        "nosniff": ("nosniff", response.headers.get("X-Content-Type-Options", "")),
    }
    missing = [(name, text) for name, (wanted, text) in needed.items() if wanted not in text]
    return missing + ([("unsafe", policy)] if "unsafe" in policy else [])


def test_a14_the_same_address_is_another_page_for_another_person() -> None:
    first, second = make_user(name="Canary One"), make_user(name="Canary Two")
    bodies = [client.get("/account/").content.decode() for client in (logged_in(first), logged_in(second), Client())]
    assert [("Canary One" in body, "Canary Two" in body) for body in bodies] == [
        (True, False),
        (False, True),
        (False, False),
    ]


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (only(Role.ADMIN, Role.MANAGER), {Role.ADMIN, Role.MANAGER}),
        (ACCESS["core:health"], {Role.ADMIN, Role.MANAGER, Role.DUTY_MANAGER}),
        (ACCESS["core:notification-list"], set(Role) - {Role.CONTACT, Role.CONTACT_ADMIN, Role.CLIENT}),
    ],
)
def test_rules_read_kind_and_roles(rule: Rule, allowed: set[Role]) -> None:
    assert {role for role in Role if rule.allows(make_user(role))} == allowed


def test_a_contact_who_got_a_staff_role_behind_the_domains_back_stays_out() -> None:
    contact = make_user(Role.CONTACT)
    contact.roles.create(role=Role.ADMIN)
    assert logged_in(User.objects.get(pk=contact.pk)).get("/health/").status_code == 403


def test_an_undeclared_route_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ACCESS, "core:health")
    assert logged_in(make_user(Role.ADMIN)).get("/health/").status_code == 404


def digest() -> dict[str, str]:
    """A hash of every table's rows. Sessions and the time of use of tokens are the log of access, not an effect."""
    tables = set(connection.introspection.table_names()) - {"django_session", "accounts_apitoken"}
    with connection.cursor() as cursor:
        seen = {}
        for table in sorted(tables):
            cursor.execute(
                f"select md5(string_agg(t::text, ',' order by t::text)) from {table} t"
            )  # names from the catalogue
            seen[table] = cursor.fetchone()[0]
    return seen
