"""The warranty classes on a contract's page, and what S46 says of them."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.enums import Role
from contracts.domain import document_file
from contracts.models import WarrantyTerms
from tests.customers.pages import errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.world import World

pytestmark = pytest.mark.django_db
GOOD: dict[str, Any] = {
    "name": "后台软件",
    "product_kind": "software",
    "products": "",
    "months": "24",
    "starts": "acceptance_day",
    "stage": "final",
    "covers": "all_but_misuse",
    "software_upgrade_months": "36",
    "free_after": ["phone_advice"],
    "charged_inside": ["long_distance_travel"],
    "long_distance_km": "300",
    "price_after": "cost",
    "replaced_part": "extend",
}


def url(world: World, act: str = "change") -> str:
    terms = world.a.line.terms.get()
    return f"/warranty-terms/{terms.pk}/{act}/"


def test_the_contract_page_tells_its_classes(world: World) -> None:
    page = text_of(logged_in(world.manager).get(f"/contracts/{world.a.line.contract_id}/"))
    assert "终端设备保修 12 个月" in page


def test_a_class_is_added_changed_and_removed(world: World) -> None:
    client, line = logged_in(world.manager), world.a.line
    back = f"/contracts/{line.contract_id}/"
    made = client.post(f"/contract-lines/{line.pk}/warranty/new/", GOOD)
    assert (made.status_code, made.headers["Location"]) == (302, back)
    added = line.terms.get(name="后台软件")
    assert (added.months, added.free_after, added.long_distance_km, added.position) == (24, ["phone_advice"], 300, 2)
    form = client.get(f"/warranty-terms/{added.pk}/change/")
    changed = GOOD | {"months": "36", "products": "KT-300", "version": version_in(form)}
    assert client.post(f"/warranty-terms/{added.pk}/change/", changed).status_code == 302
    added.refresh_from_db()
    assert (added.months, added.products, added.product_kind) == (36, ["KT-300"], "named")
    assert client.post(f"/warranty-terms/{added.pk}/change/", changed).status_code == 409
    assert client.post(f"/warranty-terms/{added.pk}/remove/").status_code == 302
    assert not WarrantyTerms.objects.filter(pk=added.pk).exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"months": "0"}, "months"),
        ({"months": "2.5"}, "months"),
        ({"covers": "all"}, "covers"),
        ({"products": "NOPE"}, "products"),
        ({"product_kind": "named"}, "products"),
        ({"starts": "final_acceptance_day", "stage": "trial"}, "stage"),
        ({"long_distance_km": "-1"}, "long_distance_km"),
        ({"name": ""}, "name"),
    ],
)
def test_bad_classes_are_refused_at_the_field(world: World, given: dict[str, Any], field: str) -> None:
    response = logged_in(world.manager).post(f"/contract-lines/{world.a.line.pk}/warranty/new/", GOOD | given)
    assert (response.status_code, list(errors_of(response))) == (422, [field])
    assert world.a.line.terms.count() == 1


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 403), (Role.DUTY_MANAGER, 403), (Role.SERVICE_MANAGER, 200)])
def test_a3_who_keeps_classes(world: World, role: str, status: int) -> None:
    """A3"""
    client = logged_in(make_user(role))
    assert client.get(url(world)).status_code == status
    assert client.post(url(world, "remove")).status_code == (302 if status == 200 else 403)


def test_a1_classes_are_no_business_of_contacts(world: World) -> None:
    """A1"""
    assert logged_in(world.b.user).get(url(world)).status_code in (403, 404)


def test_s46_shows_papers_that_are_not_internal(world: World) -> None:
    contract = world.a.line.contract
    for title, internal in (("服务合同", False), ("成本核算", True)):
        upload = ContentFile(b"text\n", name="a.txt")
        document_file.add(
            contract=contract,
            kind="contract",
            title=title,
            upload=upload,
            internal=internal,
            actor=world.manager,
            now=world.now,
        )
    response, asked = statements(logged_in(world.a.user), "/portal/contracts/")
    page = text_of(response)
    assert "服务合同" in page
    assert "成本核算" not in page
    assert asked <= 26
    assert "服务合同" not in text_of(logged_in(world.b.user).get("/portal/contracts/"))
