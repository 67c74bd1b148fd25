"""Catalogue, devices, releases and certificates over REST: the same rules as on the pages."""

from typing import Any

import pytest

from contracts.models import Acceptance, Warranty
from customers.models import Asset, Product, Release
from tests.api.caller import Caller, error
from tests.world import World


@pytest.fixture
def manager(world: World) -> Caller:
    return Caller(world.manager)


TERMS = {"months": 24, "starts": "acceptance_day", "first_day_counts": False, "covers": "any_cause"}


def test_from_product_to_signed_certificate(
    world: World, manager: Caller, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: product, system, part, preliminary and final acceptance, warranty."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("core.pdf.render", lambda *args, **given: b"%PDF-1.4 certificate")
    made = manager.post("/products/", {"code": "X1", "name": "大屏", "kind": "hardware"})
    assert (made.status_code, made.json()["warranty"], made.json()["is_active"]) == (201, {}, True)
    base = {"site": world.a.site.pk, "product": made.json()["id"]}
    system = manager.post("/assets/", base | {"name": "系统", "level": "system"}).json()
    part = manager.post("/assets/", base | {"serial": "s-1", "parent": system["id"]}, key="once").json()
    assert (part["parent"], part["serial"], part["name"], part["state"]) == (system["id"], "S-1", "大屏", "in_use")
    assert manager.post("/assets/", base | {"serial": "s-1", "parent": system["id"]}, key="once").json() == part
    body = {
        "contract": "HT-A",
        "accepted_on": "2026-11-20",
        "assets": [system["id"], part["id"]],
        "signatories_theirs": "周敏",
        "signatories_ours": "王工",
    }
    for stage in ("preliminary", "final"):
        drafted = manager.post("/acceptances/", body | {"stage": stage})
        assert drafted.status_code == 201, drafted.content
        number = drafted.json()["number"]
        assert drafted.headers["Location"] == f"/api/v1/acceptances/{number}/"
        signed = manager.post(f"/acceptances/{number}/sign/", {"version": 1})
        assert (signed.status_code, signed.json()["state"]) == (200, "signed"), signed.content
    assert Warranty.objects.filter(asset__in=[system["id"], part["id"]]).count() == 2
    assert manager.get(f"/assets/{part['id']}/").json()["accepted_in"] == number
    assert [row["number"] for row in manager.get("/acceptances/", asset=part["id"]).json()["results"]] == [
        "AC-2611-00002",
        "AC-2611-00001",
    ]


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "fields"),
    [
        ("/products/", {"code": "X", "name": "x", "kind": "paper"}, 400, "invalid_choice", ["kind"]),
        ("/products/", {"code": "X", "name": "x", "kind": "hardware", "warranty": TERMS}, 400, "required", None),
        ("/assets/", {"site": "b", "product": 1}, 400, "invalid", ["site"]),
        ("/assets/", {"site": 999999, "product": 1}, 400, "does_not_exist", ["site"]),
        ("/releases/", {"product": 999999, "number": "1", "released_on": "2026-11-01"}, 400, None, ["product"]),
        ("/acceptances/", {"contract": "HT-?", "stage": "final"}, 400, "required", ["accepted_on", "assets"]),
    ],
)
def test_bad_bodies_are_refused(
    world: World, manager: Caller, path: str, body: Any, status: int, code: str | None, fields: list[str] | None
) -> None:
    before = (Product.objects.count(), Asset.objects.count(), Release.objects.count(), Acceptance.objects.count())
    found = error(manager.post(path, body))
    assert found[0] == status
    assert code in (None, found[1])
    assert fields in (None, found[2])
    after = (Product.objects.count(), Asset.objects.count(), Release.objects.count(), Acceptance.objects.count())
    assert after == before


def test_foreign_parents_and_circles_are_refused(world: World, manager: Caller) -> None:
    base = {"site": world.a.site.pk, "product": world.a.asset.product_id}
    top = manager.post("/assets/", base | {"level": "system", "name": "一"}).json()
    low = manager.post("/assets/", base | {"level": "system", "name": "二", "parent": top["id"]}).json()
    assert error(manager.post(f"/assets/{top['id']}/change/", {"parent": low["id"]})) == (400, "circle", ["parent"])
    assert error(manager.post("/assets/", base | {"parent": world.b.asset.pk})) == (400, "foreign", ["parent"])
    stale = manager.post(f"/assets/{top['id']}/change/", {"name": "x", "version": "0" * 16})
    assert stale.status_code == 409
    assert Asset.objects.get(pk=top["id"]).name == "一"


def test_releases_are_recorded_installed_and_asked_for(world: World, manager: Caller) -> None:
    product = world.a.asset.product_id
    release = manager.post("/releases/", {"product": product, "number": "5.2", "released_on": "2026-11-01"}).json()
    for pk, version in ((world.a.asset.pk, "5.1"), (world.b.asset.pk, "5.3")):
        assert manager.post(f"/assets/{pk}/note/", {"software_version": version}).status_code == 200
    older = manager.get("/assets/", older_than=release["id"]).json()["results"]
    assert [row["id"] for row in older] == [world.a.asset.pk]
    done = manager.post(f"/releases/{release['id']}/install/", {"assets": [world.a.asset.pk]})
    assert (done.status_code, done.json()) == (200, {"installed": 1})
    assert manager.get("/assets/", older_than=release["id"]).json()["results"] == []
    missing = manager.post(f"/releases/{release['id']}/install/", {"assets": [999999]})
    assert error(missing) == (400, "does_not_exist", ["assets"])
    again = manager.post(f"/releases/{release['id']}/change/", {"number": "5.2.1"})
    assert (again.status_code, again.json()["number"]) == (200, "5.2.1")


def test_who_may_not_is_refused(world: World) -> None:
    agent = Caller(world.agent)
    body = {"code": "X1", "name": "x", "kind": "hardware"}
    assert error(agent.post("/products/", body))[0] == 403
    assert error(Caller(world.manager, "read").post("/products/", body))[0] == 403
    draft = {"contract": "HT-A", "stage": "preliminary", "accepted_on": "2026-11-20", "assets": [world.a.asset.pk]}
    assert error(agent.post("/acceptances/", draft))[0] == 403
    made = Caller(world.duty_manager).post("/acceptances/", draft).json()
    assert error(Caller(world.duty_manager).post(f"/acceptances/{made['number']}/sign/"))[0] == 403
    assert Caller(world.engineer).get(f"/acceptances/{made['number']}/").status_code == 404
    gone = Caller(world.manager).post(f"/acceptances/{made['number']}/discard/")
    assert (gone.status_code, gone.json()["state"]) == (200, "discarded")
