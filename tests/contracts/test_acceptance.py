"""Acceptance in stages: what a certificate needs, what signing does, what is refused. [001] [003]"""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pypdf import PdfReader

from accounts.enums import Role
from contracts.domain import acceptance as acceptances
from contracts.domain import contract as contracts
from contracts.models import Acceptance, AcceptanceAsset, Contract, ContractLine, PromiseSet, Warranty
from contracts.queries.acceptance import acceptances_for, covered_assets, next_stage, signed_stages
from core.errors import InputError, RuleError, StaleError
from core.models import Attachment, Audit
from core.queries.attachment import attachment_for, open_file
from customers.domain import asset as assets
from customers.domain import site as sites
from customers.models import Asset
from customers.queries.life_line import life_line
from tests.customers.pages import statements, text_of
from tests.factories import logged_in, make_user
from tests.world import World

DAY = date(2026, 11, 20)
FAKE = b"%PDF-1.4 certificate"


@pytest.fixture
def no_paper(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """Drawing takes a second; only the tests that read the file draw it."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("core.pdf.render", lambda *args, **given: FAKE)


@pytest.fixture
def paper(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def draft(world: World, stage: str = "preliminary", **given: Any) -> Acceptance:
    facts = {
        "contract": world.a.line.contract,
        "accepted_on": DAY,
        "assets": [world.a.asset],
        "signatories_theirs": "周敏 信息科科长",
        "signatories_ours": "王工 项目经理",
        "actor": world.manager,
        "now": world.now,
    }
    return acceptances.create(stage=stage, **facts | given)


def sign(world: World, acceptance: Acceptance, version: int | None = None) -> Acceptance:
    seen = acceptance.version if version is None else version
    return acceptances.sign(acceptance, version=seen, actor=world.manager, now=world.now)


def passed(world: World, stage: str, **given: Any) -> Acceptance:
    return sign(world, draft(world, stage, **given))


def traces() -> tuple[Any, ...]:
    rows = list(Acceptance.objects.order_by("pk").values("number", "state", "stage", "accepted_on", "version"))
    counted = (AcceptanceAsset, Warranty, Attachment, Audit)
    return (rows, list(Asset.objects.values("accepted_on", "accepted_in")), *(one.objects.count() for one in counted))


def refused(kind: type[RuleError], code: str, field: str, act: Any, *args: Any, **given: Any) -> str:
    before = traces()
    with pytest.raises(kind) as error:
        act(*args, **given)
    assert (type(error.value), error.value.code, error.value.field) == (kind, code, field)
    assert traces() == before
    return error.value.message


def test_a_draft_has_a_number_and_starts_nothing(world: World) -> None:
    first, second = draft(world), draft(world, remaining_points="补标签\r\n\r\n交付图纸  ")
    assert (first.number, second.number) == ("AC-2611-00001", "AC-2611-00002")
    assert (second.state, second.remaining_points) == ("draft", "补标签\n\n交付图纸")
    assert Warranty.objects.count() == 0
    assert Asset.objects.get(pk=world.a.asset.pk).accepted_on is None


def test_the_final_acceptance_starts_the_warranty_and_is_noted_on_the_device(world: World, no_paper: None) -> None:
    """HW12: 12 months from the day after acceptance, the first day counted."""
    passed(world, "preliminary", accepted_on=date(2026, 10, 1))
    assert Warranty.objects.count() == 0
    final = passed(world, "final")
    warranty = Warranty.objects.get()
    stored = Asset.objects.get(pk=world.a.asset.pk)
    assert (warranty.asset, warranty.line, warranty.origin) == (stored, world.a.line, f"acceptance:{final.number}")
    assert (warranty.starts_on, warranty.ends_on) == (date(2026, 11, 21), date(2027, 11, 20))
    assert (stored.accepted_on, stored.accepted_in) == (DAY, final.number)
    assert (final.state, final.signed_at, final.signed_by) == ("signed", world.now, world.manager)


def test_the_stages_are_told_in_the_life_of_the_device(world: World, no_paper: None) -> None:
    first = passed(world, "preliminary", accepted_on=date(2026, 9, 1))
    last = passed(world, "final")
    told = [(event.at, event.text) for event in life_line(world.agent, world.a.asset) if "AC-" in event.text]
    assert told == [(DAY, f"终验（{last.number}）"), (date(2026, 9, 1), f"初验（{first.number}）")]


def test_a_trial_run_may_lie_between(world: World, no_paper: None) -> None:
    for stage, day in (("preliminary", 1), ("trial", 10), ("final", 20)):
        passed(world, stage, accepted_on=date(2026, 11, day))
    stages = signed_stages(world.a.line.contract)[world.a.asset.pk]
    assert stages == {"preliminary": date(2026, 11, 1), "trial": date(2026, 11, 10), "final": date(2026, 11, 20)}
    assert [next_stage(one) for one in ({}, {"preliminary": DAY}, stages)] == ["preliminary", "trial", ""]


@pytest.mark.parametrize("stage", ["trial", "final"])
def test_nothing_comes_before_the_preliminary_acceptance(world: World, no_paper: None, stage: str) -> None:
    said = refused(RuleError, "order", "assets", sign, world, draft(world, stage))
    assert said == "A 三号窗口 还需先完成初验。"


@pytest.mark.parametrize("stage", ["preliminary", "final"])
def test_no_stage_is_passed_twice(world: World, no_paper: None, stage: str) -> None:
    passed(world, "preliminary")
    if stage == "final":
        passed(world, "final")
    refused(RuleError, "twice", "assets", sign, world, draft(world, stage))


def test_a_trial_does_not_follow_the_final_acceptance(world: World, no_paper: None) -> None:
    passed(world, "preliminary")
    passed(world, "final")
    refused(RuleError, "order", "assets", sign, world, draft(world, "trial"))


def test_a_stage_does_not_lie_before_the_one_before(world: World, no_paper: None) -> None:
    passed(world, "preliminary")
    refused(RuleError, "day", "assets", sign, world, draft(world, "final", accepted_on=date(2026, 11, 19)))


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"accepted_on": date(2025, 12, 31)}, "before_contract", "accepted_on"),
        ({"accepted_on": date(2028, 1, 1)}, "after_contract", "accepted_on"),
        ({"assets": []}, "required", "assets"),
        ({"stage": "half"}, "invalid", "stage"),
        ({"remaining_points": "x" * 4001}, "too_long", "remaining_points"),
        ({"signatories_ours": "a\x00b"}, "invalid", "signatories_ours"),
    ],
)
def test_a_wrong_draft_is_refused_at_the_field(world: World, given: dict[str, Any], code: str, field: str) -> None:
    refused(InputError, code, field, draft, world, **given)


def test_the_first_and_the_last_day_of_the_contract_count(world: World) -> None:
    for day in (date(2026, 1, 1), date(2027, 12, 31)):
        assert draft(world, accepted_on=day).accepted_on == day


def test_equipment_of_others_is_refused(world: World) -> None:
    """A3: another customer's device, in a draft and in a change of one."""
    refused(InputError, "foreign", "assets", draft, world, assets=[world.a.asset, world.b.asset])
    mine = draft(world)
    refused(
        InputError,
        "foreign",
        "assets",
        acceptances.change,
        mine,
        version=1,
        assets=[world.b.asset],
        actor=None,
        now=world.now,
    )


def test_only_what_the_contract_covers_is_accepted_under_it(world: World) -> None:
    act: dict[str, Any] = {"actor": None, "now": world.now}
    hall = sites.create(customer=world.b.customer, name="二号楼", address="x", locality="local", distance_km=3, **act)
    system = assets.create(site=hall, product=world.b.asset.product, name="系统", level="system", **act)
    part = assets.create(site=hall, product=world.b.asset.product, name="部件", parent=system, **act)
    retired = assets.create(site=hall, product=world.b.asset.product, name="旧", state="retired", **act)
    contract = contracts.create(
        customer=world.b.customer,
        number="HT-B2",
        title="x",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        is_supplementary=True,
        **act,
    )
    assert list(covered_assets(contract)) == []
    contracts.add_line(contract=contract, promise_set=PromiseSet.objects.get(code="L4"), asset=system, **act)
    assert set(covered_assets(contract)) == {system, part}
    for asset in (retired, world.b.asset):
        refused(InputError, "not_covered", "assets", draft, world, contract=contract, assets=[asset])


def test_nothing_is_accepted_under_an_unsigned_contract(world: World) -> None:
    contract = world.a.line.contract
    Contract.objects.filter(pk=contract.pk).update(state="draft")
    contract.refresh_from_db()
    refused(InputError, "contract", "contract", draft, world)


def test_what_lies_ahead_is_not_signed(world: World, no_paper: None) -> None:
    tomorrow = draft(world, accepted_on=date(2026, 11, 24))
    refused(InputError, "future", "accepted_on", sign, world, tomorrow)
    nameless = draft(world, signatories_theirs=" \n ")
    refused(InputError, "required", "signatories_theirs", sign, world, nameless)


def test_a_draft_changes_and_tells_what_changed(world: World) -> None:
    acceptance = draft(world)
    act: dict[str, Any] = {"actor": world.manager, "now": world.now}
    changed = acceptances.change(acceptance, version=1, stage="trial", remaining_points="补标签", **act)
    assert (changed.stage, changed.remaining_points, changed.version) == ("trial", "补标签", 2)
    assert AcceptanceAsset.objects.get().stage == "trial"
    line = Audit.objects.filter(action="acceptance.change").latest("pk")
    assert line.changes == {"stage": ["preliminary", "trial"], "remaining_points": ["", "补标签"]}
    same = acceptances.change(changed, version=2, stage="trial", **act)
    assert same.version == 2


def test_a_stale_draft_is_neither_changed_nor_signed(world: World, no_paper: None) -> None:
    acceptance = draft(world)
    acceptances.change(acceptance, version=1, remaining_points="补标签", actor=None, now=world.now)
    stale = Acceptance.objects.get(pk=acceptance.pk)
    for act in (acceptances.change, acceptances.sign, acceptances.discard):
        refused(StaleError, "stale", "", act, stale, version=1, actor=None, now=world.now)


def test_what_is_signed_is_final(world: World, no_paper: None) -> None:
    """No act changes it, and neither does the database."""
    acceptance = passed(world, "preliminary")
    for act in (acceptances.change, acceptances.sign, acceptances.discard):
        refused(RuleError, "signed", "", act, acceptance, version=acceptance.version, actor=None, now=world.now)
    for write in (
        lambda: Acceptance.objects.update(accepted_on=date(2026, 2, 2)),
        lambda: Acceptance.objects.update(state="draft"),
        lambda: Acceptance.objects.all().delete(),
        lambda: AcceptanceAsset.objects.update(stage="final"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_a_discarded_draft_stays_discarded(world: World) -> None:
    acceptance = draft(world)
    acceptances.discard(acceptance, version=1, actor=world.manager, now=world.now)
    gone = Acceptance.objects.get(pk=acceptance.pk)
    refused(RuleError, "discarded", "", acceptances.sign, gone, version=2, actor=None, now=world.now)
    assert gone.state == "discarded"


def test_the_database_refuses_the_same_stage_twice_and_rows_of_others(world: World, no_paper: None) -> None:
    passed(world, "preliminary")
    other = draft(world)
    for wrong in ({"is_signed": True}, {"asset": world.b.asset}, {"contract": world.b.line.contract}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AcceptanceAsset.objects.filter(acceptance=other).update(**wrong)


def test_the_file_is_stored_and_seen_by_those_who_see_the_certificate(world: World, no_paper: None) -> None:
    """A contact sees the signed ones whose devices all stand at the own sites."""
    signed, open_draft = passed(world, "preliminary"), draft(world, "final")
    assert signed.pdf
    file = attachment_for(world.agent, signed.pdf)
    assert file
    stored = open_file(file)
    assert stored
    assert (stored.read(), file.name, file.sha256) == (FAKE, f"{signed.number} 初验证书.pdf", signed.pdf_sha256)
    chief = make_user(Role.CONTACT_ADMIN)
    world.a.contact.user = chief
    world.a.contact.save()
    assert list(acceptances_for(chief)) == [signed]
    assert attachment_for(chief, signed.pdf) == file
    assert list(acceptances_for(world.b.user)) == []
    assert attachment_for(world.b.user, signed.pdf) is None
    assert list(acceptances_for(world.agent)) == [open_draft, signed]
    guest = make_user(Role.CONTACT)
    world.a.contact.user = guest
    world.a.contact.save()
    assert list(acceptances_for(guest)) == []
    from customers.domain import contact as contacts  # noqa: PLC0415

    contacts.assign_sites(contact=world.a.contact, sites=[world.a.site], actor=None, now=world.now)
    assert list(acceptances_for(guest)) == [signed]


def test_a_line_that_has_no_class_for_a_product_starts_nothing(world: World, no_paper: None) -> None:
    ContractLine.objects.get(pk=world.a.line.pk).terms.all().delete()
    passed(world, "preliminary")
    passed(world, "final")
    assert Warranty.objects.count() == 0


# --- Paper ------------------------------------------------------------------------------------------------------------


def test_the_certificate_is_readable_chinese_with_our_own_fonts(world: World, paper: None) -> None:
    """F12: text can be taken from the file, every font is embedded and ours."""
    signed = passed(world, "preliminary", remaining_points="补三号窗口标签,王工,11 月 30 日前")
    assert signed.pdf
    stored = open_file(Attachment.objects.get(pk=signed.pdf))
    assert stored
    reader = PdfReader(BytesIO(stored.read()))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")
    wanted = (
        "初验证书",
        signed.number,
        "CANARY-A集团",
        "HT-A",
        "2026年11月20日",
        "A三号窗口",
        "SN-A",
        "周敏信息科科长",
    )
    assert [word for word in (*wanted, "补三号窗口标签", "签字盖章") if word not in text] == []
    assert "草稿" not in text
    fonts = {
        font["/BaseFont"]: "/FontFile2" in str(descriptor(font)) or "/FontFile3" in str(descriptor(font))
        for page in reader.pages
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values())
    }
    assert fonts
    assert all("Noto" in name and embedded for name, embedded in fonts.items()), fonts


def descriptor(font: Any) -> Any:
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return inner["/FontDescriptor"].get_object()


def test_a_draft_on_paper_says_that_it_is_one(world: World, paper: None) -> None:
    client = logged_in(world.manager)
    response = client.get(f"/acceptances/{draft(world).number}/certificate.pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    assert response.headers["Content-Type"] == "application/pdf"
    assert "草稿" in text


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(world: World) -> Client:
    return logged_in(world.manager)


def values(world: World, **given: Any) -> dict[str, Any]:
    facts = {
        "stage": "preliminary",
        "accepted_on": "2026-11-20",
        "assets": [world.a.asset.pk],
        "signatories_theirs": "周敏",
        "signatories_ours": "王工",
        "remaining_points": "",
    }
    return facts | given


def test_a_certificate_is_drafted_changed_and_signed_in_the_browser(
    world: World, manager: Client, no_paper: None
) -> None:
    url = f"/acceptances/new/?contract={world.a.line.contract.pk}"
    form = manager.get(url)
    assert 'value="preliminary" selected' in form.content.decode()
    response = manager.post(url, values(world))
    acceptance = Acceptance.objects.get()
    home = f"/acceptances/{acceptance.number}/"
    assert (response.status_code, response.headers["Location"]) == (302, home)
    changed = manager.post(f"{home}change/", values(world, remaining_points="补标签", version="1"))
    assert (changed.status_code, Acceptance.objects.get().remaining_points) == (302, "补标签")
    stale = manager.post(f"{home}change/", values(world, remaining_points="x", version="1"))
    assert stale.status_code == 409
    page = manager.post(f"{home}sign/", {"version": "2"}, follow=True)
    assert Acceptance.objects.get().state == "signed"
    assert "已签署" in text_of(page)
    assert manager.get(f"{home}certificate.pdf").status_code == 200
    again = manager.post(f"{home}sign/", {"version": "3"}, follow=True)
    assert "已签署，不再更改" in text_of(again)


def test_what_is_wrong_is_said_at_the_field(world: World, manager: Client) -> None:
    url = f"/acceptances/new/?contract={world.a.line.contract.pk}"
    for given, field in (
        ({"accepted_on": "2025-01-01"}, "accepted_on"),
        ({"assets": []}, "assets"),
        ({"assets": [world.b.asset.pk]}, "assets"),
        ({"stage": "half"}, "stage"),
    ):
        response = manager.post(url, values(world, **given))
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Acceptance.objects.count() == 0


def test_signing_out_of_order_says_why(world: World, manager: Client, no_paper: None) -> None:
    acceptance = draft(world, "final")
    page = manager.post(f"/acceptances/{acceptance.number}/sign/", {"version": "1"}, follow=True)
    assert "A 三号窗口 还需先完成初验。" in text_of(page)
    assert Acceptance.objects.get().state == "draft"


def test_who_may_not_sign_is_refused(world: World, no_paper: None) -> None:
    acceptance = draft(world)
    for user, status in ((world.agent, 403), (world.duty_manager, 403)):
        response = logged_in(user).post(f"/acceptances/{acceptance.number}/sign/", {"version": "1"})
        assert response.status_code == status
    assert logged_in(world.engineer).get(f"/acceptances/{acceptance.number}/").status_code == 404
    assert Acceptance.objects.get().state == "draft"


def test_the_pages_take_the_same_number_of_statements(world: World, manager: Client) -> None:
    acceptance = draft(world)
    urls = (f"/acceptances/{acceptance.number}/", "/acceptances/")
    few = [statements(manager, url)[1] for url in urls]
    more = [
        assets.create(
            site=world.a.site,
            product=world.a.asset.product,
            name=f"窗口 {i}",
            serial=f"N{i}",
            actor=None,
            now=world.now,
        )
        for i in range(49)
    ]
    acceptances.change(acceptance, version=1, assets=more, actor=None, now=world.now)
    for _ in range(49):
        draft(world)
    assert [statements(manager, url)[1] for url in urls] == few
    assert few[0] <= 20
    assert few[1] <= 12
