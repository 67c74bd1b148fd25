"""Software releases: which version is older, who is told once, where it is installed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.enums import Role
from core.domain import outbox
from core.errors import InputError, RuleError
from core.models import Outbox
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.domain import product as products
from customers.domain import release as releases
from customers.domain.version import is_older, version_key
from customers.models import Asset, Product, Release, ReleaseNotice
from customers.queries import release as queries
from tests.customers.pages import errors_of, statements, text_of
from tests.factories import logged_in, make_user
from tests.world import World

ORDER = ["", "5.9-rc1", "V5.9", "5.10-beta2", "5.10", "5.10a", "5.10.1", "5.10.10", "6"]


@pytest.mark.parametrize("place", range(1, len(ORDER)))
def test_versions_are_ordered_as_people_number_them(place: int) -> None:
    assert version_key(ORDER[place - 1]) < version_key(ORDER[place])


def test_trailing_zeros_and_the_letter_v_make_no_difference() -> None:
    assert version_key("v5.10.0") == version_key("5.10") == version_key("V 5.10")
    assert not is_older("", "5.10")
    assert not is_older(" ", "5.10")
    assert is_older("5.9", "5.10")


@pytest.fixture
def entitled() -> Iterator[set[int]]:
    """The only rule of entitlement during the test is this set."""
    kept = dict(queries._entitled)
    queries._entitled.clear()
    allowed: set[int] = set()
    queries.register_entitled("test", lambda release: allowed)
    yield allowed
    queries._entitled.clear()
    queries._entitled.update(kept)


@pytest.fixture
def software(world: World) -> Product:
    return products.create(code="OA-5", name="文档系统", kind="software", actor=None, now=world.now)


def installed(world: World, product: Product, version: str, place: Any = None, **given: Any) -> Asset:
    site = (place or world.a).site
    name = f"{site.name} {version}"
    return assets.create(
        site=site, product=product, name=name, software_version=version, actor=None, now=world.now, **given
    )


def released(world: World, product: Product, number: str = "5.10", **given: Any) -> Release:
    facts = {"released_on": date(2026, 11, 20), "actor": world.manager, "now": world.now}
    return releases.create(product=product, number=number, **facts | given)


def test_a_release_is_recorded_once(world: World, software: Product) -> None:
    release = released(world, software, "5.10", notes="新增报表。", minimum="5.2")
    assert (str(release), release.minimum, release.created_by) == (f"{software.pk} 5.10", "5.2", world.manager)
    for wrong, field in (({"number": " 5.10 "}, "number"), ({"number": "5.1", "minimum": "5.2"}, "minimum")):
        with pytest.raises(InputError) as error:
            released(world, software, **wrong)
        assert error.value.field == field
    assert Release.objects.count() == 1


def test_everybody_with_a_right_is_told_once(world: World, software: Product, entitled: set[int]) -> None:
    """Telling again tells only who has a right since."""
    for place in (world.a, world.b):
        installed(world, software, "5.9", place)
    release = released(world, software)
    entitled.add(world.a.customer.pk)
    assert [notice.customer for notice in releases.tell(release=release, actor=world.manager, now=world.now)] == [
        world.a.customer
    ]
    with pytest.raises(RuleError) as error:
        releases.tell(release=release, actor=world.manager, now=world.now)
    assert error.value.code == "nobody"
    entitled.add(world.b.customer.pk)
    releases.tell(release=release, actor=world.manager, now=world.now)
    told = ReleaseNotice.objects.order_by("pk").values_list("customer", "receivers", "told_by")
    assert list(told) == [(world.a.customer.pk, 1, world.manager.pk), (world.b.customer.pk, 1, world.manager.pk)]
    assert Outbox.objects.filter(kind="release.told").count() == 2


def test_the_letter_names_product_version_and_news(world: World, software: Product, entitled: set[int]) -> None:
    installed(world, software, "5.9")
    entitled.add(world.a.customer.pk)
    release = released(world, software, notes="修复 100% 的已知问题。")
    releases.tell(release=release, actor=world.manager, now=world.now)
    outbox.drain(world.now)
    outbox.drain(world.later(minutes=5))
    assert [letter.subject for letter in mail.outbox] == ["文档系统 新版本：5.10"]
    assert "contact-a@example.com" in mail.outbox[0].to[0]
    body = str(mail.outbox[0].body)
    assert [
        word for word in ("A 陈敏", "5.10", "2026-11-20", "修复 100% 的已知问题。", "400-800-1234") if word not in body
    ] == []


def test_who_has_no_address_stays_to_be_told(world: World, software: Product, entitled: set[int]) -> None:
    installed(world, software, "5.9")
    entitled.add(world.a.customer.pk)
    contacts.change(contact=world.a.contact, email="", actor=None, now=world.now)
    release = released(world, software)
    with pytest.raises(RuleError):
        releases.tell(release=release, actor=world.manager, now=world.now)
    assert (ReleaseNotice.objects.count(), Outbox.objects.filter(kind="release.told").count()) == (0, 0)
    contacts.change(contact=world.a.contact, email="neu@example.com", actor=None, now=world.now)
    assert len(releases.tell(release=release, actor=world.manager, now=world.now)) == 1


def test_the_customers_administrators_are_told_before_others(world: World) -> None:
    admin = make_user(Role.CONTACT_ADMIN, email="chief@example.com")
    chief = contacts.create(
        customer=world.a.customer, name="主任", email="chief@example.com", user=admin, actor=None, now=world.now
    )
    assert queries.receivers_of([world.a.customer.pk, world.b.customer.pk]) == {
        world.a.customer.pk: [chief],
        world.b.customer.pk: [world.b.contact],
    }


def test_retired_systems_give_no_right(world: World, software: Product, entitled: set[int]) -> None:
    installed(world, software, "5.9", state="retired")
    entitled.add(world.a.customer.pk)
    assert queries.entitled_to(released(world, software)) == set()


def test_installing_is_noted_on_each_chosen_device(world: World, software: Product) -> None:
    old, same = installed(world, software, "5.9"), installed(world, software, "5.10")
    release = released(world, software)
    chosen = [old, same]
    assert releases.install(release=release, chosen=chosen, note="夜间", actor=world.engineer, now=world.now) == 1
    old.refresh_from_db()
    line = old.changes.latest("pk")
    assert (old.software_version, line.before, line.after, line.note) == ("5.10", "5.9", "5.10", "夜间")
    assert same.changes.count() == 1


@pytest.mark.parametrize(
    ("version", "given", "code"),
    [("5.1", {}, "minimum"), ("5.9", {"state": "retired"}, "retired")],
)
def test_what_does_not_fit_is_installed_nowhere(
    world: World, software: Product, version: str, given: dict[str, str], code: str
) -> None:
    """One that does not fit stops all of them."""
    good, bad = installed(world, software, "5.8"), installed(world, software, version, **given)
    with pytest.raises(InputError) as error:
        releases.install(
            release=released(world, software, minimum="5.2"), chosen=[good, bad], actor=None, now=world.now
        )
    assert error.value.code == code
    assert sorted(Asset.objects.filter(product=software).values_list("software_version", flat=True)) == sorted(
        ["5.8", version]
    )


def test_another_product_is_refused(world: World, software: Product) -> None:
    with pytest.raises(InputError) as error:
        releases.install(release=released(world, software), chosen=[world.a.asset], actor=None, now=world.now)
    assert error.value.code == "foreign"


def test_once_told_a_release_keeps_its_number(world: World, software: Product, entitled: set[int]) -> None:
    installed(world, software, "5.9")
    entitled.add(world.a.customer.pk)
    release = released(world, software)
    releases.change(release=release, number="5.11", actor=None, now=world.now)
    releases.tell(release=release, actor=None, now=world.now)
    with pytest.raises(InputError) as error:
        releases.change(release=release, number="5.12", actor=None, now=world.now)
    assert error.value.code == "told"
    releases.change(release=release, notes="补充说明", actor=None, now=world.now)
    assert Release.objects.get().number == "5.11"


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(world: World) -> Client:
    return logged_in(world.manager)


def test_a_release_is_recorded_and_told_in_the_browser(
    world: World, software: Product, manager: Client, entitled: set[int]
) -> None:
    installed(world, software, "5.9")
    entitled.add(world.a.customer.pk)
    values = {"product": software.pk, "number": "5.10", "released_on": "2026-11-20", "notes": "<b>新</b>"}
    response = manager.post("/releases/new/", values)
    release = Release.objects.get()
    assert response.headers["Location"] == f"/releases/{release.pk}/"
    page = manager.get(f"/releases/{release.pk}/")
    text = text_of(page)
    assert [
        word
        for word in ("通知 1 家客户", "A 大厅 5.9", "A 陈敏", "&lt;b&gt;")
        if word not in text + str(page.content.decode())
    ] == []
    assert manager.post(f"/releases/{release.pk}/tell/", follow=True).status_code == 200
    assert ReleaseNotice.objects.get().customer == world.a.customer
    assert "通知 1 家客户" not in text_of(manager.get(f"/releases/{release.pk}/"))


def test_a_wrong_release_is_refused_at_the_field(world: World, software: Product, manager: Client) -> None:
    response = manager.post("/releases/new/", {"product": software.pk, "number": "5.1", "minimum": "5.2"})
    assert response.status_code == 422
    assert set(errors_of(response)) == {"released_on"}
    assert Release.objects.count() == 0


def test_an_engineer_notes_installations_on_what_they_see(world: World, software: Product) -> None:
    own, foreign = installed(world, software, "5.9"), installed(world, software, "5.9", world.b)
    release = released(world, software)
    world.report(assignee=world.engineer)
    engineer = logged_in(world.engineer)
    page = engineer.get(f"/releases/{release.pk}/")
    assert (own.name in text_of(page), foreign.name in text_of(page), "客户通知" in text_of(page)) == (
        True,
        False,
        False,
    )
    engineer.post(f"/releases/{release.pk}/install/", {"assets": [own.pk, foreign.pk]})
    assert Asset.objects.get(pk=own.pk).software_version == "5.9"
    engineer.post(f"/releases/{release.pk}/install/", {"assets": [own.pk], "note": "现场"})
    versions = Asset.objects.filter(product=software).order_by("pk").values_list("software_version", flat=True)
    assert list(versions) == ["5.10", "5.9"]
    for act in ("tell", "change"):
        assert engineer.post(f"/releases/{release.pk}/{act}/").status_code == 403


def test_the_pages_take_the_same_number_of_statements(world: World, software: Product, manager: Client) -> None:
    release = released(world, software)
    installed(world, software, "5.0")
    few = (statements(manager, f"/releases/{release.pk}/")[1], statements(manager, "/releases/")[1])
    for i in range(49):
        installed(world, software, f"5.0.{i}", serial=f"S{i}")
        released(world, software, f"4.{i}")
    many = (statements(manager, f"/releases/{release.pk}/")[1], statements(manager, "/releases/")[1])
    assert many == few
    assert few[0] <= 20
    assert few[1] <= 12
