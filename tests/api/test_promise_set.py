"""Promise sets over the API: read, drafted, published; every fault at its place."""

from typing import Any

import pytest

from accounts.enums import Role
from contracts.models import PromiseDraft, PromiseVersion
from tests.api.caller import Caller, error
from tests.factories import make_user
from tests.world import World

pytestmark = pytest.mark.django_db
DOCUMENT = {
    "name": "四小时到场",
    "scope": "contract",
    "pause": ["waiting_customer"],
    "rows": [{"target": "on_site", "budget": "4h", "calendar": "always", "when": {"severity": [1, 2]}}],
}


@pytest.fixture
def admin(world: World) -> Caller:
    return Caller(world.admin)


def test_sets_versions_and_what_they_say(admin: Caller) -> None:
    listed = admin.get("/promise-sets/").json()["results"]
    assert len(listed) == 12
    one = admin.get("/promise-sets/L4/").json()
    assert (one["code"], one["scope"], [version["number"] for version in one["versions"]]) == ("L4", "contract", [1])
    assert len(admin.get("/promise-sets/L4/versions/1/").json()["document"]["rows"]) == 10
    assert error(admin.get("/promise-sets/L4/versions/9/"))[:2] == (404, "not_found")
    assert error(admin.get("/promise-sets/NONE/"))[:2] == (404, "not_found")


def test_who_reads_and_who_writes(admin: Caller, agent: Caller) -> None:
    manager = Caller(make_user(Role.MANAGER))
    assert agent.get("/promise-sets/").status_code == 403
    assert manager.get("/promise-sets/").status_code == 200
    assert manager.post("/promise-drafts/", {"code": "L4"}).status_code == 403
    assert admin.post("/promise-drafts/", {"code": "L4"}).status_code == 201
    assert manager.get("/promise-drafts/L4/").json()["version"] == 1
    assert manager.post("/promise-drafts/L4/publish/", {}).status_code == 403
    assert not PromiseVersion.objects.filter(number=2).exists()


def test_a_set_is_made_changed_and_published(admin: Caller) -> None:
    made = admin.post("/promise-drafts/", {"code": "FOUR-H", "document": DOCUMENT}, key="k1")
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/promise-drafts/FOUR-H/")
    again = admin.post("/promise-drafts/", {"code": "FOUR-H", "document": DOCUMENT}, key="k1")
    assert again.headers["Idempotent-Replayed"] == "true"
    faster = {**DOCUMENT, "rows": [{**DOCUMENT["rows"][0], "budget": "3h"}]}
    saved = admin.post("/promise-drafts/FOUR-H/save/", {"document": faster, "version": 1}).json()
    assert (saved["version"], saved["document"]) == (2, faster)
    assert error(admin.post("/promise-drafts/FOUR-H/save/", {"document": DOCUMENT, "version": 1}))[:2] == (409, "stale")
    past = admin.post("/promise-drafts/FOUR-H/publish/", {"effective_on": "2026-11-22", "version": 2})
    assert error(past) == (400, "past", ["effective_on"])
    done = admin.post("/promise-drafts/FOUR-H/publish/", {"version": 2, "note": "首版"}).json()
    assert (done["number"], done["note"], done["document"]) == (1, "首版", faster)
    assert not PromiseDraft.objects.exists()
    assert error(admin.post("/promise-drafts/FOUR-H/publish/", {"version": 2}))[:2] == (404, "not_found")


def test_a_copy_and_a_draft_of_a_published_set(admin: Caller) -> None:
    copied = admin.post("/promise-drafts/", {"code": "L4-B", "copy_of": "L4", "document": {"name": "乙"}}).json()
    assert (copied["document"]["name"], len(copied["document"]["rows"]), copied["base"]) == ("乙", 10, None)
    begun = admin.post("/promise-drafts/", {"code": "L4"}).json()
    assert begun["base"] == 1
    assert error(admin.post("/promise-drafts/L4/publish/", {}))[:2] == (409, "unchanged")
    assert error(admin.post("/promise-drafts/", {"code": "X1"})) == (400, "required", ["document"])
    assert error(admin.post("/promise-drafts/", {"code": "X1", "copy_of": "NONE"}))[2] == ["copy_of"]
    assert admin.post("/promise-drafts/L4/discard/", {"version": 1}).status_code == 200
    assert [draft.code for draft in PromiseDraft.objects.all()] == ["L4-B"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"document": {**DOCUMENT, "rows": [{"target": "x", "budget": "1"}]}}, 3),
        ({"document": {**DOCUMENT, "rows": 7}}, 1),
        ({"document": {**DOCUMENT, "lunch": True}}, 1),
        ({"document": []}, 1),
        ({"document": DOCUMENT, "targets": {"restore": {"zh": "x"}}}, 3),
        ({"document": DOCUMENT, "targets": [1]}, 1),
        ({"document": {**DOCUMENT, "warranty": {"covers": [[]]}}}, 1),
    ],
)
def test_faults_are_told_at_their_places(admin: Caller, body: dict[str, Any], fields: int) -> None:
    status, _code, named = error(admin.post("/promise-drafts/", {"code": "X1", **body}))
    assert (status, len(named)) == (400, fields)
    assert not PromiseDraft.objects.exists()
