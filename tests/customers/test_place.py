"""Where sites stand seen from our service centres [003]: the estimate, by hand, and who keeps the centres."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain import service_center as centers
from accounts.enums import Role
from accounts.models import ServiceCenter
from core.errors import InputError
from core.geo import great_circle_km, point
from core.models import Audit
from customers.domain import site as sites
from customers.domain.place import locate, nearest, road_km
from customers.models import Site
from tests.customers.pages import errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World

LANZHOU, BEIJING = (Decimal("36.061089"), Decimal("103.834303")), (Decimal("39.904989"), Decimal("116.405285"))


def center_of(**given: Any) -> ServiceCenter:
    """A centre that is in no database."""
    latitude, longitude = given.pop("place", LANZHOU) or (None, None)
    return ServiceCenter(**{"districts": ["金河区", "北塔区"], "latitude": latitude, "longitude": longitude} | given)


def make_center(world: World, **more: Any) -> ServiceCenter:
    values: dict[str, Any] = {
        "code": "YZ",
        "name": "云州维护中心",
        "city": "云州市",
        "districts": ["金河区", "北塔区"],
        "latitude": LANZHOU[0],
        "longitude": LANZHOU[1],
    }
    return centers.create(**values | {"actor": None, "now": world.now} | more)


# --- Pure -------------------------------------------------------------------------------------------------------------


def test_the_great_circle_is_as_long_as_the_atlas_says() -> None:
    assert round(great_circle_km(LANZHOU, BEIJING)) == 1180
    assert road_km(LANZHOU, BEIJING) == 1535
    equator = ((Decimal(0), Decimal(0)), (Decimal(0), Decimal(180)))
    assert round(great_circle_km(*equator)) == 20_015


degrees = st.tuples(st.decimals(-90, 90, places=6, allow_nan=False), st.decimals(-180, 180, places=6, allow_nan=False))


@given(degrees, degrees)
def test_the_distance_is_the_same_there_and_back_and_never_beyond_the_antipode(one: Any, other: Any) -> None:
    there, back = great_circle_km(one, other), great_circle_km(other, one)
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= 20_016
    assert great_circle_km(one, one) == 0


@pytest.mark.parametrize(
    ("district", "place", "center", "expected"),
    [
        ("金河区", LANZHOU, center_of(), ("local", 0)),
        (" 金 河区 ", LANZHOU, center_of(), ("local", 0)),
        ("望河县", LANZHOU, center_of(), ("remote", 0)),
        ("望河县", BEIJING, center_of(), ("remote", 1535)),
        ("", BEIJING, center_of(), (None, 1535)),
        ("金河区", None, center_of(), ("local", None)),
        ("金河区", BEIJING, center_of(place=None), ("local", None)),
        ("金河区", BEIJING, center_of(districts=[]), ("remote", 1535)),
        ("金河区", BEIJING, None, (None, None)),
    ],
)
def test_what_can_be_estimated(district: str, place: Any, center: Any, expected: tuple[Any, Any]) -> None:
    found = locate(district, place, center)
    assert (found.locality, found.distance_km) == expected


def test_the_nearest_centre_is_measured_or_known_by_its_districts() -> None:
    far, near = center_of(pk=1, place=BEIJING, districts=["金河区"]), center_of(pk=2)
    blank = center_of(pk=3, place=None, districts=["海淀区"])
    assert nearest(LANZHOU, "金河区", [far, near, blank]) is near
    assert nearest(None, "金河区", [far, near, blank]) is far
    assert nearest(None, "海淀区", [far, near, blank]) is blank
    assert nearest(None, "别处", [far, near, blank]) is None
    assert nearest(LANZHOU, "", []) is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [
        (None, "1", "latitude"),
        ("1", None, "longitude"),
        ("90.1", "0", "latitude"),
        ("0", "-180.1", "longitude"),
        ("NaN", "0", "latitude"),
        ("0", "Infinity", "longitude"),
        ("north", "0", "latitude"),
        ("9" * 60, "0", "latitude"),
    ],
)
def test_what_is_no_place_is_refused(latitude: Any, longitude: Any, field: str) -> None:
    with pytest.raises(InputError) as refusal:
        point(latitude, longitude)
    assert refusal.value.field == field


# --- Sites ------------------------------------------------------------------------------------------------------------


def estimated(world: World, **more: Any) -> Site:
    values = {"name": "门诊楼", "address": "健康路 20 号", "district": "金河区", "is_placed_by_hand": False}
    place = dict(zip(("latitude", "longitude"), BEIJING, strict=True))
    return sites.create(**values | place | {"customer": world.a.customer, "actor": None, "now": world.now} | more)


@pytest.mark.django_db
def test_a_site_is_estimated_from_the_nearest_centre(world: World) -> None:
    center = make_center(world)
    make_center(world, code="GZ", name="广州", latitude=Decimal("23.13"), longitude=Decimal("113.26"))
    make_center(world, code="OLD", name="旧", latitude=BEIJING[0], longitude=BEIJING[1], is_active=False)
    site = estimated(world, longitude=Decimal("104"), latitude=Decimal("36"))
    assert (site.service_center, site.locality, site.distance_km) == (center, "local", 21)
    assert not Site.objects.get(pk=site.pk).is_placed_by_hand


@pytest.mark.django_db
def test_what_the_estimate_lacks_is_said_at_its_field_and_nothing_is_saved(world: World) -> None:
    before = Site.objects.count()
    wanting = [({}, "service_center")]
    make_center(world, latitude=None, longitude=None)
    wanting = [({"district": ""}, "service_center"), ({}, "latitude"), ({"district": "外县"}, "service_center")]
    for given_, field in wanting:
        with pytest.raises(InputError) as refusal:
            estimated(world, **given_)
        assert refusal.value.field == field
    assert Site.objects.count() == before


@pytest.mark.django_db
def test_by_hand_counts_as_typed_and_both_are_needed(world: World) -> None:
    center = make_center(world)
    site = estimated(world, is_placed_by_hand=True, locality="remote", distance_km=7, service_center=center)
    assert (site.locality, site.distance_km, site.is_placed_by_hand) == ("remote", 7, True)
    with pytest.raises(InputError) as refusal:
        estimated(world, is_placed_by_hand=True, locality="remote")
    assert refusal.value.field == "distance_km"


@pytest.mark.django_db
def test_a_site_that_moves_is_estimated_anew_and_a_typed_distance_makes_it_by_hand(world: World) -> None:
    make_center(world)
    site = estimated(world)
    sites.change(site=site, district="望河县", actor=None, now=world.now)
    assert (site.locality, site.distance_km) == ("remote", 1535)
    sites.change(site=site, distance_km=44, actor=None, now=world.now)
    kept = Site.objects.get(pk=site.pk)
    assert (kept.locality, kept.distance_km, kept.is_placed_by_hand) == ("remote", 44, True)
    sites.change(site=kept, name="新名", actor=None, now=world.now)
    assert Site.objects.values_list("name", "distance_km").get(pk=site.pk) == ("新名", 44)


@pytest.mark.django_db
def test_a_centre_that_changes_takes_its_estimated_sites_along(world: World) -> None:
    center = make_center(world)
    one = estimated(world)
    other = estimated(
        world, name="手工", is_placed_by_hand=True, locality="remote", distance_km=7, service_center=center
    )
    centers.change(
        service_center=center,
        districts=["望河县"],
        latitude=BEIJING[0],
        longitude=BEIJING[1],
        actor=world.admin,
        now=world.now,
    )
    assert Site.objects.values_list("locality", "distance_km").get(pk=one.pk) == ("remote", 0)
    assert Site.objects.values_list("locality", "distance_km").get(pk=other.pk) == ("remote", 7)
    line = Audit.objects.get(action="site.relocate")
    assert (line.actor, line.changes) == (world.admin, {"locality": ["local", "remote"], "distance_km": [1535, 0]})


@pytest.mark.django_db
def test_an_estimate_never_moves_the_facts_of_a_ticket(world: World) -> None:
    make_center(world)
    site = estimated(world)
    ticket = world.report(site=site, asset=None)
    sites.change(site=site, district="望河县", actor=None, now=world.now)
    ticket.refresh_from_db()
    assert (ticket.locality, ticket.distance_km) == ("local", 1535)


@pytest.mark.django_db
@pytest.mark.parametrize("half", [{"latitude": "1"}, {"longitude": "1"}, {"latitude": "91", "longitude": "1"}])
def test_the_database_itself_refuses_half_a_place(world: World, half: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Site.objects.filter(pk=world.a.site.pk).update(**half)


GIVEN = {"name": "北楼", "address": "北路 1 号", "district": "金河区", "is_estimated": "on"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["39.904989, 116.405285", "116.405285,39.904989", "116.405285，39.904989", "39.904989 116.405285"]
)
def test_the_form_takes_coordinates_as_maps_give_them(world: World, typed: str) -> None:
    make_center(world)
    client = logged_in(world.agent)
    answer = client.post(f"/customers/{world.a.customer.pk}/sites/new/", GIVEN | {"coordinates": typed})
    assert answer.status_code == 302
    made = Site.objects.get(name="北楼")
    assert ((made.latitude, made.longitude), made.locality, made.distance_km) == (BEIJING, "local", 1535)
    shown = text_of(client.get(answer.headers["Location"]))
    assert "1535 km" in shown
    assert "云州维护中心" in shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"coordinates": "39.9"}, "coordinates"),
        ({"coordinates": "north, east"}, "coordinates"),
        ({"coordinates": "200, 300"}, "coordinates"),
        ({"coordinates": ""}, "coordinates"),
        ({"district": ""}, "district"),
        ({"service_center": "999999"}, "service_center"),
        ({"is_estimated": "", "locality": "local"}, "distance_km"),
        ({"is_estimated": "", "distance_km": "5"}, "locality"),
    ],
)
def test_what_the_form_lacks_is_said_at_its_field(world: World, wrong: dict[str, str], field: str) -> None:
    make_center(world)
    given_ = {name: value for name, value in (GIVEN | {"coordinates": "36, 104"} | wrong).items() if value}
    answer = logged_in(world.agent).post(f"/customers/{world.a.customer.pk}/sites/new/", given_)
    assert (answer.status_code, list(errors_of(answer))) == (422, [field])
    assert not Site.objects.filter(name="北楼").exists()


# --- Service centres as settings --------------------------------------------------------------------------------------

CENTER = {
    "name": "云州维护中心",
    "code": "YZ",
    "city": "云州市",
    "districts": "金河区，北塔区、金河区",
    "coordinates": "36.061089, 103.834303",
    "phone": "0931-5555 0101",
    "repairs": "打印头、触摸屏",
}
LIST = "/settings/service-centers/"


@pytest.fixture
def manager(world: World) -> Client:
    return logged_in(world.manager)


@pytest.mark.django_db
def test_a_centre_is_opened_changed_and_closed(world: World, manager: Client) -> None:
    assert manager.post(f"{LIST}new/", CENTER | {"head": world.agent.pk}).status_code == 302
    made = ServiceCenter.objects.get()
    assert (made.districts, made.phone, made.head) == (["金河区", "北塔区"], "+8693155550101", world.agent)
    url = f"{LIST}{made.pk}/change/"
    version = version_in(manager.get(url))
    assert manager.post(url, CENTER | {"city": "新州市", "version": version}).status_code == 302
    assert manager.post(url, CENTER | {"city": "旧", "version": version}).status_code == 409
    kept = ServiceCenter.objects.get()
    assert (kept.city, kept.is_active) == ("新州市", False)
    assert text_of(manager.get(LIST)).count("云州维护中心") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"code": ""}, "code"),
        ({"phone": "12"}, "phone"),
        ({"coordinates": "91, 0"}, "coordinates"),
        ({"districts": "区" * 41}, "districts"),
        ({"districts": "、".join(f"{n} 区" for n in range(101))}, "districts"),
        ({"head": "999999"}, "head"),
    ],
)
def test_a_bad_centre_is_refused_at_the_field(manager: Client, wrong: dict[str, str], field: str) -> None:
    answer = manager.post(f"{LIST}new/", CENTER | wrong)
    assert (answer.status_code, list(errors_of(answer))) == (422, [field])
    assert not ServiceCenter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.AGENT, Role.ENGINEER, Role.SERVICE_MANAGER, Role.CONTACT_ADMIN])
def test_a1_others_keep_no_centres(world: World, role: Role) -> None:
    center = make_center(world)
    client = logged_in(make_user(role))
    for url in (LIST, f"{LIST}new/", f"{LIST}{center.pk}/change/"):
        assert (client.get(url).status_code, client.post(url, CENTER).status_code) == (403, 403), url
    assert ServiceCenter.objects.get().name == center.name


@pytest.mark.django_db
def test_the_list_of_centres_asks_as_often_for_50_as_for_5(world: World, manager: Client) -> None:
    for number in range(5):
        make_center(world, code=f"C{number}", head=world.agent)
    few = statements(manager, LIST)[1]
    for number in range(5, 50):
        make_center(world, code=f"C{number}", head=world.agent)
    assert statements(manager, LIST)[1] == few <= 12


@pytest.mark.django_db
def test_customers_see_who_looks_after_their_sites(world: World) -> None:
    center = make_center(world, phone="0931-5555 0101", head=world.agent)
    sites.change(site=world.a.site, service_center=center, actor=None, now=world.now)
    admin_of_a = make_user(Role.CONTACT_ADMIN)
    world.a.contact.user = admin_of_a
    world.a.contact.save()
    assert "云州维护中心" in text_of(logged_in(admin_of_a).get("/portal/contracts/"))
    assert "云州维护中心" not in text_of(logged_in(world.b.user).get("/portal/contracts/"))
