"""Customers, sites, contacts, partners, care plans and service centres: made and changed by the rules of the pages."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.domain import service_center as centers
from accounts.enums import Role, Scope
from accounts.models import ServiceCenter, User
from core.models import Audit
from customers.domain import customer as customers
from customers.domain import partner as partners
from customers.models import CarePlan, Contact, Customer, Partner, Site
from tests.api.caller import Caller, error, traces
from tests.factories import make_user
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def crm(world: World) -> Caller:
    """A program that keeps customers."""
    return Caller(make_user(Role.CLIENT))


@pytest.fixture
def manager(world: World) -> Caller:
    return Caller(world.manager)


def body(world: World, path: str, **more: Any) -> dict[str, Any]:
    """What makes a row at an address."""
    bodies: dict[str, dict[str, Any]] = {
        "/customers/": {"code": "K9", "name": "市民中心", "phone": "021-5555 0101", "is_key": True},
        "/sites/": {"name": "北楼", "address": "北路 1 号", "locality": "remote", "distance_km": 42},
        "/contacts/": {"name": "周敏", "role": "finance", "phone": "138 0013 8000", "sites": [world.a.site.pk]},
        "/partners/": {"code": "P9", "name": "伙伴", "kind": "maker"},
        "/care-plans/": {"every_months": 6, "next_on": "2026-12-18", "owner": world.agent.pk},
        "/service-centers/": {"code": "C9", "name": "中心", "city": "云州市", "districts": ["金河区"]},
    }
    owner = {"customer": world.a.customer.pk} if path in ("/sites/", "/contacts/", "/care-plans/") else {}
    return owner | bodies[path] | more


MODELS: dict[str, Any] = {
    "/customers/": Customer,
    "/sites/": Site,
    "/contacts/": Contact,
    "/partners/": Partner,
    "/care-plans/": CarePlan,
    "/service-centers/": ServiceCenter,
}
PATHS = list(MODELS)
CHANGES: dict[str, tuple[dict[str, Any], Any]] = {
    "/customers/": ({"industry": "医院"}, "医院"),
    "/sites/": ({"distance_km": 43}, 43),
    "/contacts/": ({"position": "科长"}, "科长"),
    "/partners/": ({"contact_name": "罗经理"}, "罗经理"),
    "/care-plans/": ({"every_months": 3}, 3),
    "/service-centers/": ({"city": "新州市"}, "新州市"),
}


def states() -> dict[str, Any]:
    return traces() | {path: model.objects.count() for path, model in MODELS.items()}


@pytest.mark.parametrize("path", PATHS)
def test_a_row_is_made_once_a_key_and_is_then_read_where_the_answer_says(
    world: World, manager: Caller, path: str
) -> None:
    first = manager.post(path, body(world, path), key="k1")
    again = manager.post(path, body(world, path), key="k1")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    address = first.headers["Location"].removeprefix("/api/v1")
    assert manager.get(address).json() == first.json()
    made = MODELS[path].objects.latest("pk")
    assert first.json()["id"] == made.pk
    assert Audit.objects.filter(subject=f"{made._meta.label_lower}:{made.pk}").count() == 1 + (path == "/contacts/")
    other = manager.post(path, body(world, path, name="other", note="other"), key="k1")
    assert other.status_code in (400, 409)
    assert MODELS[path].objects.latest("pk") == made


@pytest.mark.parametrize("path", PATHS)
def test_a_row_is_changed_by_what_is_sent_alone_and_a_stale_change_is_refused(
    world: World, manager: Caller, path: str
) -> None:
    made = manager.post(path, body(world, path)).json()
    change, expected = CHANGES[path]
    url = f"{path}{made['id']}/change/"
    done = manager.post(url, change | {"version": made["version"]}, key="c1")
    name = next(iter(change))
    assert (done.status_code, done.json()[name]) == (200, expected)
    same = {key: value for key, value in made.items() if key not in (name, "version")}
    assert {key: done.json()[key] for key in same} == same
    assert manager.post(url, change | {"version": made["version"]}, key="c1").json() == done.json()
    stale = manager.post(url, change | {"version": made["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert set(stale.json()["current"]) >= {name}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("extra", ["id", "created_at", "user", "merged_into", "is_staff"])
def test_a11_fields_that_are_not_named_are_refused(world: World, manager: Caller, path: str, extra: str) -> None:
    before = states()
    answer = manager.post(path, body(world, path) | {extra: 1})
    assert error(answer) == (400, "unknown_field", [extra])
    assert states() == before


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("/customers/", {"name": ""}, "name"),
    ("/customers/", {"name": "长" * 121}, "name"),
    ("/customers/", {"name": 7}, "name"),
    ("/customers/", {"code": "A"}, "code"),
    ("/customers/", {"phone": "12"}, "phone"),
    ("/customers/", {"is_key": "yes"}, "is_key"),
    ("/customers/", {"partner": 999_999}, "partner"),
    ("/sites/", {"customer": 999_999}, "customer"),
    ("/sites/", {"locality": "moon"}, "locality"),
    ("/sites/", {"distance_km": -1}, "distance_km"),
    ("/sites/", {"distance_km": 2**31}, "distance_km"),
    ("/sites/", {"latitude": "91", "longitude": "1"}, "latitude"),
    ("/sites/", {"latitude": "36.1"}, "longitude"),
    ("/sites/", {"latitude": "NaN", "longitude": "1"}, "latitude"),
    ("/sites/", {"service_center": 999_999}, "service_center"),
    ("/sites/", {"is_placed_by_hand": False}, "service_center"),
    ("/contacts/", {"role": "king"}, "role"),
    ("/contacts/", {"email": "no address"}, "email"),
    ("/contacts/", {"sites": [999_999]}, "sites"),
    ("/contacts/", {"sites": "all"}, "sites"),
    ("/partners/", {"kind": "moon"}, "kind"),
    ("/care-plans/", {"every_months": 0}, "every_months"),
    ("/care-plans/", {"next_on": "2026-02-30"}, "next_on"),
    ("/care-plans/", {"owner": 999_999}, "owner"),
    ("/service-centers/", {"districts": "金河区"}, "districts"),
    ("/service-centers/", {"head": 999_999}, "head"),
    ("/service-centers/", {"name": "a\x00b"}, "name"),
]


@pytest.mark.parametrize(("path", "wrong", "field"), BAD)
def test_bad_input_is_refused_at_the_field_and_nothing_is_saved(
    world: World, manager: Caller, path: str, wrong: dict[str, Any], field: str
) -> None:
    before = states()
    status, _code, fields = error(manager.post(path, body(world, path) | wrong))
    assert (status, fields) == (400, [field])
    assert states() == before


def test_a_site_of_another_customer_is_refused_like_a_missing_one(world: World, manager: Caller) -> None:
    answers = [manager.post("/contacts/", body(world, "/contacts/", sites=[pk])) for pk in (world.b.site.pk, 999_999)]
    assert [(one.status_code, sorted(one.json()["fields"])) for one in answers] == [(400, ["sites"])] * 2
    assert not Contact.objects.filter(name="周敏").exists()


def test_a_site_is_estimated_by_the_same_rule(world: World, manager: Caller) -> None:
    center = centers.create(
        code="YZ",
        name="云州",
        city="云州市",
        districts=["金河区"],
        latitude="36.061089",
        longitude="103.834303",
        actor=None,
        now=world.now,
    )
    place = {"district": "金河区", "latitude": "39.904989", "longitude": "116.405285", "is_placed_by_hand": False}
    given = {name: value for name, value in body(world, "/sites/").items() if name not in ("locality", "distance_km")}
    made = manager.post("/sites/", given | place).json()
    assert (made["locality"], made["distance_km"], made["service_center"]) == ("local", 1535, center.pk)
    assert made["is_placed_by_hand"] is False


def test_unserved_customers_people_are_out_by_this_way_too(world: World, manager: Caller) -> None:
    answer = manager.post(f"/customers/{world.a.customer.pk}/change/", {"is_active": False})
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert not User.objects.get(pk=world.a.user.pk).is_active


def test_c7_a_contact_who_is_disabled_is_out_at_once(world: World, manager: Caller) -> None:
    url = f"/contacts/{world.a.contact.pk}/change/"
    assert manager.post(url, {"is_active": False}).json()["has_login"] is True
    assert not User.objects.get(pk=world.a.user.pk).is_active
    manager.post(url, {"is_active": True})
    assert User.objects.get(pk=world.a.user.pk).is_active


WRITERS: dict[str, set[str]] = {
    "/customers/": {"agent", "duty_manager", "service_manager", "manager", "admin", "client"},
    "/partners/": {"service_manager", "manager", "admin"},
    "/care-plans/": {"agent", "duty_manager", "service_manager", "manager", "admin"},
    "/service-centers/": {"manager", "admin"},
}


@pytest.mark.parametrize("path", WRITERS)
def test_a1_who_makes_rows(world: World, path: str) -> None:
    allowed = set()
    for role in set(Role) - {Role.CONTACT, Role.CONTACT_ADMIN}:  # these can have no token that writes
        answer = Caller(make_user(role)).post(path, body(world, path) | {"unknown": 1})
        if answer.status_code == 400:
            allowed.add(str(role))
        else:
            assert answer.status_code in (401, 403), role
    assert allowed == WRITERS[path]


@pytest.mark.parametrize("path", PATHS)
def test_a_token_to_read_writes_nothing(world: World, path: str) -> None:
    before = states()
    answer = Caller(world.manager, scope=Scope.READ).post(path, body(world, path))
    assert answer.status_code == 403
    after = states()
    assert {key: after[key] for key in after if key != "Audit"} == {
        key: before[key] for key in before if key != "Audit"
    }


def test_a3_foreign_rows_are_not_found_and_own_ones_not_changed_by_engineers(world: World) -> None:
    world.report(assignee=world.engineer)
    engineer = Caller(world.engineer)
    for place, status in ((world.a, 403), (world.b, 404)):
        for path, pk in (("customers", place.customer.pk), ("sites", place.site.pk), ("contacts", place.contact.pk)):
            assert engineer.post(f"/{path}/{pk}/change/", {"name": "x"}).status_code == status, path
    assert [row["id"] for row in engineer.get("/contacts/").json()["results"]] == [world.a.contact.pk]


@pytest.mark.parametrize("path", ["/contacts/", "/partners/", "/care-plans/", "/service-centers/"])
def test_as_many_statements_for_20_rows_as_for_2(
    world: World, manager: Caller, path: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(20):
        customer = customers.create(code=f"X{number}", name=f"X{number}", actor=None, now=world.now)
        act: dict[str, Any] = {"actor": None, "now": world.now}
        partners.create(code=f"P{number}", name=f"P{number}", kind="maker", **act)
        centers.create(code=f"C{number}", name="C", city="C", head=world.agent, **act)
        manager.post("/care-plans/", body(world, "/care-plans/", customer=customer.pk))
        manager.post("/contacts/", body(world, "/contacts/", customer=customer.pk, sites=[]))
    with django_assert_max_num_queries(8):
        assert len(manager.get(path).json()["results"]) >= 20
