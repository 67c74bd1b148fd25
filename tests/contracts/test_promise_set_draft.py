"""Drafts of promise sets: saved in steps, published, thrown away, taken in from files; nothing half done."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml

from accounts.enums import Role
from accounts.models import User
from contracts.domain import promise_set_draft as drafts
from contracts.domain import promise_set_edit as edit
from contracts.domain.presets import load_presets
from contracts.domain.promise_set_draft import Content, FaultyError, content_of
from contracts.domain.promise_set_import import import_sets
from contracts.domain.promise_set_words import OwnWords, full_vocabulary
from contracts.domain.promise_set_yaml import write_file
from contracts.models import PromiseDraft, PromiseSet, PromiseVersion
from contracts.queries.promise_set import default_set
from contracts.queries.promise_version import in_force
from core.errors import InputError, RuleError, StaleError
from core.models import Audit
from tests.factories import make_user
from tests.world import World
from tickets.domain.promises import promises_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("presets")]
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TARGET = {"met_by": "data_restored", "zh": "数据恢复", "short": "恢复", "en": "Data restored"}
OWN = OwnWords({"restore": TARGET}, {"data_restored": {"zh": "数据已恢复", "en": "Data is back"}})


@pytest.fixture
def admin() -> User:
    return make_user(Role.ADMIN)


def begin(admin: User, code: str = "L4") -> PromiseDraft:
    return drafts.start(promise_set=PromiseSet.objects.get(code=code), actor=admin, now=NOW)


def retimed(draft: PromiseDraft, budget: str, index: int = 0) -> Content:
    held = content_of(draft)
    return Content(edit.change_cells(held.document, {index: {"budget": budget}}), held.own)


def save(draft: PromiseDraft, content: Content, admin: User, version: int | None = None) -> PromiseDraft:
    at = draft.version if version is None else version
    return drafts.save(draft=draft, content=content, version=at, actor=admin, now=NOW)


def publish(draft: PromiseDraft, admin: User, day: date | None = None, note: str = "") -> PromiseVersion:
    version = PromiseDraft.objects.get(pk=draft.pk).version
    return drafts.publish(draft=draft, version=version, effective_on=day, note=note, actor=admin, now=NOW)


@pytest.mark.parametrize("code", load_presets().document["sets"])
def test_a_draft_begins_with_what_the_set_says(admin: User, code: str) -> None:
    draft = begin(admin, code)
    assert content_of(draft).document == json.loads(json.dumps(load_presets().document["sets"][code]))
    assert (draft.base.number, draft.version, draft.edited_by) == (1, 1, admin)
    assert begin(admin, code).pk == draft.pk, "there is one"
    with pytest.raises(RuleError) as refused:
        publish(draft, admin)
    assert refused.value.code == "unchanged"


def test_saving_counts_up_and_the_published_version_stays(admin: User) -> None:
    draft = begin(admin)
    save(draft, retimed(draft, "45m"), admin)
    assert (draft.version, content_of(draft).document["rows"][0]["budget"]) == (2, "45m")
    assert save(draft, content_of(draft), admin).version == 2, "the same again is no saving"
    assert json.loads(in_force("L4", NOW).document)["set"]["rows"][0]["budget"] == "30m"
    assert [line.action for line in Audit.objects.filter(subject="contracts.promisedraft:L4").order_by("pk")] == [
        "promise_set_draft.start",
        "promise_set_draft.save",
    ]


def test_who_saw_an_older_draft_changes_nothing(admin: User) -> None:
    draft = begin(admin)
    mine, theirs = PromiseDraft.objects.get(pk=draft.pk), PromiseDraft.objects.get(pk=draft.pk)
    save(theirs, retimed(theirs, "45m"), admin)
    for act in (
        lambda: save(mine, retimed(mine, "10m"), admin, 1),
        lambda: drafts.discard(draft=mine, version=1, actor=admin, now=NOW),
        lambda: drafts.publish(draft=mine, version=1, effective_on=None, note="", actor=admin, now=NOW),
    ):
        with pytest.raises(StaleError) as refused:
            act()
        assert refused.value.current == {"version": 2}
    assert content_of(PromiseDraft.objects.get()).document["rows"][0]["budget"] == "45m"
    assert PromiseVersion.objects.filter(promise_set__code="L4").count() == 1


def test_a_faulty_wording_is_not_kept(admin: User) -> None:
    draft = begin(admin)
    with pytest.raises(FaultyError) as refused:
        save(draft, retimed(draft, "2wd"), admin)
    assert [(one.path, one.code) for one in refused.value.problems] == [("rows[0].budget", "no_standard_day")]
    with pytest.raises(FaultyError) as refused:
        save(draft, Content(edit.add_row(content_of(draft).document, content_of(draft).document["rows"][0])), admin)
    assert [(one.path, one.code) for one in refused.value.problems] == [("rows[3]", "doubled")]
    other = Content({**content_of(draft).document, "scope": "house"})
    with pytest.raises(InputError) as scope:
        save(draft, other, admin)
    assert scope.value.code == "scope"
    assert PromiseDraft.objects.get().version == 1


def test_publishing_counts_from_the_day_and_open_tickets_keep_theirs(admin: User, world: World) -> None:
    ticket = world.report(world.b)
    draft = begin(admin)
    save(draft, retimed(draft, "45m"), admin)
    version = publish(draft, admin, date(2027, 1, 1), " 新年 ")
    assert (version.number, version.note, version.published_by) == (2, "新年", admin)
    assert version.effective_from == datetime(2026, 12, 31, 16, tzinfo=UTC), (
        "the beginning of the day in the set's zone"
    )
    assert not PromiseDraft.objects.exists()
    assert in_force("L4", version.effective_from - timedelta(microseconds=1)).number == 1
    assert in_force("L4", version.effective_from).number == 2
    assert promises_of(ticket).contract.rows[0].budget.text == "30m"
    assert Audit.objects.get(action="promise_version.publish", changes__number=2).changes["note"] == "新年"


@pytest.mark.parametrize("day", [None, TODAY])
def test_publishing_for_today_counts_from_now(admin: User, day: date | None) -> None:
    draft = begin(admin)
    save(draft, retimed(draft, "45m"), admin)
    assert publish(draft, admin, day).effective_from == NOW


def test_publishing_is_refused_for_the_past_and_for_a_long_note(admin: User) -> None:
    draft = begin(admin)
    save(draft, retimed(draft, "45m"), admin)
    for given, field in (({"day": TODAY - timedelta(days=1)}, "effective_on"), ({"note": "x" * 201}, "note")):
        with pytest.raises(InputError) as refused:
            publish(draft, admin, **given)  # type: ignore[arg-type]
        assert refused.value.field == field
    assert (PromiseDraft.objects.count(), PromiseVersion.objects.filter(promise_set__code="L4").count()) == (1, 1)


def test_discarding_leaves_what_is_published(admin: User) -> None:
    draft = begin(admin)
    drafts.discard(draft=draft, version=1, actor=admin, now=NOW)
    assert (PromiseDraft.objects.count(), PromiseVersion.objects.filter(promise_set__code="L4").count()) == (0, 1)


def test_a_copy_is_a_set_of_its_own(admin: User) -> None:
    names = {"name": "金牌", "name_en": "Gold"}
    copy = drafts.copy(source=in_force("L4", NOW), code="GOLD", scope="house", actor=admin, now=NOW, **names)
    assert content_of(copy).document == {**content_of(begin(admin)).document, **names}, "the scope is the original's"
    assert copy.base is None
    version = publish(copy, admin)
    assert (version.promise_set.code, version.promise_set.scope, version.number) == ("GOLD", "contract", 1)
    empty = drafts.copy(source=None, code="EMPTY", scope="house", actor=admin, now=NOW, **names)
    assert content_of(empty).document["rows"] == []


@pytest.mark.parametrize(("code", "why"), [("L4", "code_used"), ("gold", "code"), ("G", "code"), ("G/1", "code")])
def test_a_code_is_used_once_and_written_plainly(admin: User, code: str, why: str) -> None:
    with pytest.raises(InputError) as refused:
        drafts.copy(source=None, code=code, name="x", name_en="", scope="contract", actor=admin, now=NOW)
    assert (refused.value.code, refused.value.field) == (why, "code")
    assert not PromiseDraft.objects.exists()


def test_own_words_are_stored_with_the_version_and_known_to_other_sets(admin: User) -> None:
    draft = begin(admin)
    row = edit.clean_row(target="restore", budget="8h", calendar="always")
    with pytest.raises(FaultyError):
        save(draft, Content(edit.add_row(content_of(draft).document, row)), admin)
    save(draft, Content(edit.add_row(content_of(draft).document, row), OWN), admin)
    version = publish(draft, admin)
    assert drafts.content_of_version(version).own == OWN
    other = begin(admin, "HN48")
    save(other, Content(edit.add_row(content_of(other).document, row)), admin)
    assert drafts.content_of_version(publish(other, admin)).own == OWN, "a version holds all the words it uses"
    third = begin(admin, "XC30")
    changed = OwnWords({"restore": {**TARGET, "met_by": "resolved"}}, {})
    with pytest.raises(FaultyError) as refused:
        save(third, Content(content_of(third).document, changed), admin)
    assert [(one.path, one.code) for one in refused.value.problems] == [("targets.restore", "other_meaning")]


def test_the_default_is_one_contract_set(admin: User) -> None:
    drafts.make_default(promise_set=PromiseSet.objects.get(code="L4"), actor=admin, now=NOW)
    assert default_set().code == "L4"
    with pytest.raises(RuleError):
        drafts.make_default(promise_set=PromiseSet.objects.get(code="HOTLINE"), actor=admin, now=NOW)
    assert default_set().code == "L4"
    drafts.make_default(promise_set=PromiseSet.objects.get(code="L4"), actor=admin, now=NOW)
    assert [line.changes for line in Audit.objects.filter(action="promise_set.make_default")] == [
        {"is_default": ["HN58", "L4"]}
    ]


# --- Files ------------------------------------------------------------------------------------------------------------


def deepcopied(value: Any) -> Any:
    """Without shared parts, which YAML would write as aliases."""
    return json.loads(json.dumps(value))


def take(admin: User, content: Any, *, replace: bool = False) -> Any:
    raw = content if isinstance(content, bytes) else yaml.safe_dump(deepcopied(content), allow_unicode=True).encode()
    return import_sets(content=raw, replace=replace, actor=admin, now=NOW)


def sets(**changes: Any) -> dict[str, Any]:
    l4 = json.loads(json.dumps(load_presets().document["sets"]["L4"]))
    return {"sets": {"L4": {**l4, **changes}}}


def test_the_shipped_sets_come_in_as_nothing_new(admin: User) -> None:
    text = write_file(
        load_presets().document["sets"], full_vocabulary(OwnWords()), load_presets().document["calendars"]
    )
    done = take(admin, text.encode())
    assert (done.drafts, sorted(done.unchanged)) == ((), sorted(load_presets().document["sets"]))
    assert not PromiseDraft.objects.exists()


def test_a_file_becomes_drafts(admin: User) -> None:
    file = sets(name="改名")
    file["sets"]["NEW-1"] = {**file["sets"]["L4"], "name": "新"}
    done = take(admin, file)
    assert [(one.code, one.base_id is None) for one in done.drafts] == [("L4", False), ("NEW-1", True)]
    assert content_of(PromiseDraft.objects.get(code="L4")).document["name"] == "改名"
    assert PromiseVersion.objects.filter(promise_set__code="L4").count() == 1


def test_a_draft_of_somebody_is_replaced_only_on_demand(admin: User) -> None:
    begin(admin)
    with pytest.raises(FaultyError) as refused:
        take(admin, sets(name="改名"))
    assert [(one.path, one.code) for one in refused.value.problems] == [("sets.L4", "draft")]
    assert take(admin, sets(name="改名"), replace=True).drafts[0].version == 2


def test_of_a_file_with_a_fault_nothing_is_taken_in(admin: User) -> None:
    file = sets(name="改名")
    file["sets"]["HOTLINE"] = {**file["sets"]["L4"], "rows": [{"target": "lunch", "budget": "1", "calendar": "moon"}]}
    file["sets"]["bad code"] = file["sets"]["L4"]
    file["calendars"] = {"moon": {"name": "Moon", "hours": {}}}
    with pytest.raises(FaultyError) as refused:
        take(admin, file)
    assert sorted(one.path for one in refused.value.problems) == [
        "calendars.moon",
        "sets.HOTLINE.rows[0].budget",
        "sets.HOTLINE.rows[0].calendar",
        "sets.HOTLINE.rows[0].target",
        "sets.bad code.code",
    ]
    assert not PromiseDraft.objects.exists()


@pytest.mark.parametrize("content", [b"sets: &a {L4: *a}", b"sets: !!python/tuple []", b"\xff", b"x" * 600_000])
def test_a_hostile_file_leaves_nothing(admin: User, content: bytes) -> None:
    with pytest.raises(FaultyError):
        take(admin, content)
    assert not PromiseDraft.objects.exists()
