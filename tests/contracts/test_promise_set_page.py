"""S41 and S40: the pages of promise sets and the settings home, without script."""

import re
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from contracts.domain import promise_set_draft
from contracts.domain.presets import load_presets
from contracts.domain.promise_set_draft import content_of
from contracts.models import PromiseDraft, PromiseSet, PromiseVersion
from contracts.queries.promise_set import default_set
from core import slots
from tests.factories import logged_in, make_user

pytestmark = pytest.mark.django_db
ROW = {"target": "plan", "budget": "3d", "calendar": "always", "from_event": "reported", "armed_by": ""}


@pytest.fixture
def admin(presets: None, morning: Any) -> Client:
    return logged_in(make_user(Role.ADMIN))


def at(name: str, *args: Any) -> str:
    return reverse(f"contracts:promise-set-{name}", args=args)


def begin(client: Client, code: str = "L4") -> PromiseDraft:
    assert client.post(at("start", code)).status_code == 302
    return PromiseDraft.objects.get(code=code)


def rows(code: str = "L4") -> list[Any]:
    return list(content_of(PromiseDraft.objects.get(code=code)).document["rows"])


def test_every_preset_can_be_read_and_edited(admin: Client) -> None:
    for code in PromiseSet.objects.values_list("code", flat=True):
        for name in ("detail", "compare", "preview"):
            assert admin.get(at(name, code)).status_code == 200, (code, name)
        begin(admin, code)
        for name in ("edit", "try", "publish", "compare"):
            assert admin.get(at(name, code)).status_code == 200, (code, name)
    for name in ("row-create", "terms", "ladder", "target", "event"):
        assert admin.get(at(name, "L4")).status_code == 200, name
    assert admin.get(at("row", "L4", 0)).status_code == 200
    assert admin.get(at("row", "L4", 99)).status_code == 404
    assert admin.get(at("detail", "NONE")).status_code == 404


def test_the_list_tells_house_from_contract_and_the_default(admin: Client) -> None:
    admin.get(at("list"))
    with CaptureQueriesContext(connection) as statements:
        page = admin.get(at("list"))
    text = page.content.decode()
    assert text.count("<tr data-row") == 12
    assert text.count(reverse("contracts:promise-set-default", args=["L4"])) == 1
    assert reverse("contracts:promise-set-default", args=["HN58"]) not in text, "it is the default"
    assert reverse("contracts:promise-set-default", args=["HOTLINE"]) not in text
    assert len(statements) <= 12
    admin.post(at("default", "L4"))
    assert default_set().code == "L4"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR])
def test_managers_read_and_change_nothing(presets: None, morning: Any, admin: Client, role: Role) -> None:
    begin(admin)
    reader = logged_in(make_user(role))
    for name in ("detail", "edit", "try", "compare", "export"):
        page = reader.get(at(name, "L4"))
        assert page.status_code == 200
        assert b'method="post" id="matrix"' not in page.content
    for name in ("start", "edit", "default", "discard", "publish", "terms", "row-create"):
        assert reader.post(at(name, "L4"), {"version": 1}).status_code == 403, name
    assert reader.get(at("import")).status_code == 403
    assert PromiseDraft.objects.get().version == 1


@pytest.mark.parametrize("role", [Role.AGENT, Role.ENGINEER, Role.CONTACT])
def test_nobody_else_reads(presets: None, role: Role) -> None:
    assert logged_in(make_user(role)).get(at("detail", "L4")).status_code == 403


def test_times_are_typed_into_the_matrix(admin: Client) -> None:
    begin(admin)
    page = admin.get(at("edit", "L4")).content.decode()
    assert sorted(map(int, re.findall(r'name="budget-(\d+)"', page))) == list(range(10))
    answer = admin.post(at("edit", "L4"), {"version": 1, "budget-0": " 20m ", "calendar-1": "office_cn"})
    assert (answer.status_code, answer.headers["Location"]) == (302, at("edit", "L4"))
    assert (rows()[0]["budget"], rows()[1]["calendar"], rows()[2]["budget"]) == ("20m", "office_cn", "1h")


def test_a_time_that_cannot_be_is_refused_in_its_cell(admin: Client) -> None:
    begin(admin)
    answer = admin.post(at("edit", "L4"), {"version": 1, "budget-0": "2wd", "budget-3": "soon"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2wd"' in text
    assert 'value="soon"' in text
    assert 'id="error-0"' in text
    assert 'id="error-3"' in text
    assert PromiseDraft.objects.get().version == 1


def test_a_stale_matrix_is_409_and_keeps_what_was_typed(admin: Client) -> None:
    begin(admin)
    admin.post(at("edit", "L4"), {"version": 1, "budget-0": "20m"})
    answer = admin.post(at("edit", "L4"), {"version": 1, "budget-0": "10m"})
    assert answer.status_code == 409
    assert 'value="10m"' in answer.content.decode()
    assert rows()[0]["budget"] == "20m"
    assert admin.post(at("row", "L4", 0), {**ROW, "version": "1"}).status_code == 409
    assert admin.post(at("row-remove", "L4", 0), {"version": 1}).status_code == 409
    assert len(rows()) == 10


def test_rows_are_added_copied_changed_and_removed(admin: Client) -> None:
    begin(admin)
    assert admin.post(at("row-create", "L4"), {**ROW, "version": 1, "severity": ["1", "2"]}).status_code == 302
    assert rows()[-1] == {"target": "plan", "budget": "3d", "calendar": "always", "when": {"severity": [1, 2]}}
    copied = admin.get(at("row-create", "L4") + "?copy=10&severity=3").content.decode()
    assert re.search(r'value="3d"', copied)
    assert len(re.findall(r'name="severity" value="3"[^>]*checked', copied)) == 1
    assert admin.post(at("row", "L4", 10), {**ROW, "version": 2, "budget": "1d"}).status_code == 302
    assert rows()[10] == {"target": "plan", "budget": "1d", "calendar": "always"}
    assert admin.post(at("row-remove", "L4", 10), {"version": 3}).status_code == 302
    assert len(rows()) == 10
    assert admin.post(at("row-remove", "L4", 10), {"version": 4}).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"budget": "later"}, "budget"),
        ({"target": "lunch"}, "target"),
        ({"target": ""}, "target"),
        ({"calendar": "moon"}, "calendar"),
        ({"from_event": "plan_sent"}, "from_event"),
        ({"armed_by": "resolved"}, "armed_by"),
        ({"distance_km_from": "9", "distance_km_below": "3"}, "distance_km_below"),
        ({"target": "response", "channel": ["phone"], "budget": "30m"}, "__all__"),
    ],
)
def test_a_row_is_refused_at_its_field(admin: Client, change: dict[str, Any], field: str) -> None:
    begin(admin)
    answer = admin.post(at("row-create", "L4"), {**ROW, "version": 1, **change})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert len(rows()) == 10


def test_a_form_sent_twice_acts_once(admin: Client) -> None:
    begin(admin)
    sent = {**ROW, "version": 1, "idempotency_key": "k-1"}
    assert [admin.post(at("row-create", "L4"), sent).status_code for _ in range(2)] == [302, 302]
    assert len(rows()) == 11


def test_terms_and_ladder(admin: Client) -> None:
    begin(admin)
    page = admin.get(at("terms", "L4"))
    data = {key: value for key, value in page.context["form"].initial.items() if value not in (None, "", False)}
    assert admin.post(at("terms", "L4"), {**data, "version": 1, "idempotency_key": "a"}).status_code == 302
    assert PromiseDraft.objects.get().version == 1, "saved as it was, nothing changes"
    changed = {**data, "version": 1, "quota_training": 5, "severity_1": "A", "months": 36, "pause": ["force_majeure"]}
    assert admin.post(at("terms", "L4"), changed).status_code == 302
    document = content_of(PromiseDraft.objects.get()).document
    assert (document["quotas"], document["severities"], document["pause"]) == (
        {"training": 5},
        {"1": "A"},
        ["force_majeure"],
    )
    assert document["warranty"]["months"] == 36
    assert document["warranty"]["free_after"] == ["phone_advice"]
    steps = {"at_0": "75", "tell_0": ["assignee"], "at_3": "+10%", "tell_3": ["duty_manager"]}
    assert admin.post(at("ladder", "L4"), {**steps, "version": 2}).status_code == 302
    assert content_of(PromiseDraft.objects.get()).document["ladder"] == [
        {"at": "75%", "tell": ["assignee"]},
        {"at": "+10%", "tell": ["duty_manager"]},
    ]
    assert admin.post(at("ladder", "L4"), {"at_0": "75", "at_1": "50", "version": 3}).status_code == 422
    assert admin.post(at("ladder", "L4"), {"version": 3}).status_code == 302
    assert "ladder" not in content_of(PromiseDraft.objects.get()).document


def test_own_targets_and_events(admin: Client) -> None:
    begin(admin)
    names = {"code": "data_restored", "zh": "数据已恢复", "en": "Data is back"}
    assert admin.post(at("event", "L4"), {**names, "version": 1}).status_code == 302
    target = {"code": "restore", "zh": "数据恢复", "short": "恢复", "en": "Restore", "met_by": "data_restored"}
    assert admin.post(at("target", "L4"), {**target, "version": 2}).status_code == 302
    assert admin.post(at("target", "L4"), {**target, "version": 3}).status_code == 422, "the code is used"
    assert admin.post(at("target", "L4"), {**target, "code": "other", "met_by": "", "version": 3}).status_code == 422
    assert admin.post(at("row-create", "L4"), {**ROW, "target": "restore", "version": 3}).status_code == 302
    assert "数据恢复" in admin.get(at("edit", "L4")).content.decode()


def test_the_preview_counts_what_is_typed_and_saves_nothing(admin: Client) -> None:
    """At 10:00 in Shanghai: 30 minutes for a phone call, 20 as typed, nothing for a letter of unknown level."""
    begin(admin)
    phone = {"severity": 2, "channel": "phone", "kind": "fault", "locality": "local", "distance_km": 8}
    asked = admin.get(at("try", "L4"), phone)
    assert [f"{one['at']:%H:%M}" for one in asked.context["due"]] == ["02:30"]
    assert [(one["target"], f"{one['at']:%H:%M}") for one in asked.context["waiting"]] == [
        ("到场", "04:00"),
        ("到场", "10:00"),
    ]
    typed = admin.get(at("try", "L4"), {**phone, "budget-0": "20m"})
    assert [f"{one['at']:%H:%M}" for one in typed.context["due"]] == ["02:20"]
    assert admin.get(at("try", "L4"), {**phone, "budget-0": "20"}).context["problems"][0].path == "rows[0].budget"
    assert admin.get(at("try", "L4"), {"channel": "letter", "kind": "question"}).context["due"] == []
    assert admin.get(at("try", "L4"), {"severity": "9"}).status_code == 200
    assert PromiseDraft.objects.get().version == 1


def test_publishing_shows_what_changes_and_whose_clocks_move(admin: Client, monkeypatch: Any) -> None:
    draft = begin(admin)
    admin.post(at("edit", "L4"), {"version": 1, "budget-0": "20m"})
    seen: list[Any] = []
    monkeypatch.setitem(slots._slots, "promise_set.preview", [])
    slots.register("promise_set.preview", "test", lambda request, subject: seen.append(subject) or "MOVES")
    page = admin.get(at("publish", "L4")).content.decode()
    assert "MOVES" in page
    assert [one.pk for one in seen] == [draft.pk]
    assert "<del>" in page
    past = admin.post(at("publish", "L4"), {"version": 2, "effective_on": "2026-11-22", "note": ""})
    assert past.status_code == 422
    assert "id_effective_on_error" in past.content.decode()
    assert admin.post(at("publish", "L4"), {"version": 1, "effective_on": "", "note": ""}).status_code == 409
    done = admin.post(at("publish", "L4"), {"version": 2, "effective_on": "2026-11-23", "note": "更快"})
    assert done.headers["Location"] == at("detail", "L4") + "?version=2"
    assert PromiseVersion.objects.get(promise_set__code="L4", number=2).note == "更快"
    assert "更快" in admin.get(done.headers["Location"]).content.decode()
    assert admin.get(at("edit", "L4")).status_code == 404


def test_a_set_is_copied_under_a_new_code(admin: Client) -> None:
    sent = {"source": "L4", "code": "GOLD-1", "name": "金牌", "name_en": "", "scope": "contract"}
    done = admin.post(at("copy"), sent)
    assert done.headers["Location"] == at("edit", "GOLD-1")
    assert len(rows("GOLD-1")) == 10
    again = admin.post(at("copy"), sent)
    assert again.status_code == 422
    assert "id_code_error" in again.content.decode()
    assert "GOLD-1" in admin.get(at("list")).content.decode()
    assert admin.post(at("discard", "GOLD-1"), {"version": 1}).headers["Location"] == at("list")


def test_a_set_goes_out_and_comes_in(admin: Client) -> None:
    answer = admin.get(at("export", "HB2D"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="HB2D.yaml"'
    document = yaml.safe_load(answer.content)
    assert document["sets"]["HB2D"] == load_presets().document["sets"]["HB2D"]
    assert sorted(document["calendars"]) == ["always", "office_cn"]
    changed = answer.content.decode().replace("budget: 4h", "budget: 3h")
    file = SimpleUploadedFile("x.yaml", changed.encode())
    assert admin.post(at("import"), {"file": file}).headers["Location"] == at("edit", "HB2D")
    assert rows("HB2D")[0]["budget"] == "3h"
    bad = admin.post(at("import"), {"text": "sets: {X1: &a {name: *a}}"})
    assert bad.status_code == 422
    assert PromiseDraft.objects.count() == 1
    assert admin.post(at("import"), {}).status_code == 422


def test_a_large_file_is_refused(admin: Client) -> None:
    file = SimpleUploadedFile("x.yaml", b"#" * 1_000_000)
    assert admin.post(at("import"), {"file": file}).status_code == 422
    assert not PromiseDraft.objects.exists()


def test_versions_are_compared(admin: Client) -> None:
    draft = begin(admin)
    admin.post(at("edit", "L4"), {"version": 1, "budget-0": "20m"})
    page = admin.get(at("compare", "L4") + "?old=1&new=draft")
    assert [(one.kind, "30" in one.old, "20" in one.new) for one in page.context["differences"]] == [
        ("changed", True, True)
    ]
    assert admin.get(at("compare", "L4") + "?old=7&new=1").status_code == 404
    promise_set_draft.discard(draft=draft, version=2, actor=None, now=draft.updated_at)
    assert admin.get(at("compare", "L4") + "?old=1&new=draft").status_code == 404


def test_the_settings_home_shows_what_is_open_to_somebody(admin: Client, presets: None) -> None:
    page = admin.get(reverse("core:settings")).content.decode()
    assert at("list") in page
    assert reverse("core:health") in page
    director = logged_in(make_user(Role.DIRECTOR)).get(reverse("core:settings")).content.decode()
    assert at("list") in director
    assert reverse("reports:wall-list") not in director
    assert logged_in(make_user(Role.AGENT)).get(reverse("core:settings")).status_code == 403
