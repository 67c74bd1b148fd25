"""S13 and S14: the list of contracts, the page of one, and its forms, by hand in a browser without script."""

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Max
from django.test import Client
from openpyxl import load_workbook

from accounts.enums import Role
from contracts.domain import contract as contracts
from contracts.domain import contract_copy
from contracts.models import Contract, ContractCopy, ContractReview, DocumentFile, Supplement
from core.models import Audit
from tests.contracts.contract_life import TERM, TODAY, Life, make_life
from tests.customers.pages import HOSTILE, errors_of, statements, text_of, version_in
from tests.factories import logged_in, make_user
from tests.fixtures import MORNING
from tests.world import World

pytestmark = pytest.mark.django_db
LIST_STATEMENTS, PAGE_STATEMENTS = 12, 22


@pytest.fixture
def life(world: World) -> Life:
    return make_life(world)


@pytest.fixture
def writer(life: Life) -> Client:
    return logged_in(life.writer)


def page(contract: Contract, step: str = "") -> str:
    return f"/contracts/{contract.pk}/{step}"


def shown(response: Any) -> list[str]:
    return re.findall(r'class="wb-sub d-block">(HT-[^ <]+|DRAFT-\d+)', response.content.decode())


# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_and_sorted(life: Life, writer: Client) -> None:
    life.submitted(number="HT-NEW", title="机房维护", service_manager=life.writer)
    Contract.objects.filter(number="HT-B").update(ends_on=date(2027, 2, 21))
    listed = [
        ({"sort": "number"}, ["HT-A", "HT-B", "HT-NEW"]),
        ({"sort": "-ends"}, ["HT-A", "HT-NEW", "HT-B"]),
        ({"state": "review"}, ["HT-NEW"]),
        ({"expiring": "90"}, ["HT-B"]),
        ({"expiring": "60"}, []),
        ({"manager": life.writer.pk}, ["HT-NEW"]),
        ({"customer": life.world.b.customer.pk}, ["HT-B"]),
        ({"q": "机房"}, ["HT-NEW"]),
        ({"q": "CANARY-B"}, ["HT-B"]),
    ]
    for query, numbers in listed:
        assert shown(writer.get("/contracts/", query)) == numbers, query
    for strange in ({"customer": "x"}, {"state": "%"}, {"manager": "9" * 30}, {"sort": "'"}, {"page": "-1"}):
        assert writer.get("/contracts/", strange).status_code == 200
    assert shown(logged_in(life.reviewer).get("/contracts/", {"asked": "me"})) == ["HT-NEW"]


def test_the_list_asks_as_often_for_50_rows_as_for_5(life: Life, writer: Client) -> None:
    counts = []
    for amount in (3, 47):
        for number in range(amount):
            life.draft(number=f"HT-{amount}-{number}")
        response, asked = statements(writer, "/contracts/")
        counts.append(asked)
    assert counts[0] == counts[1] <= LIST_STATEMENTS
    assert len(response.content) < 150_000


def test_the_list_goes_out_as_a_file(life: Life, writer: Client) -> None:
    life.draft(number="HT-X", title="=cmd()", amount=Decimal("12.50"))
    response = writer.post("/contracts/export/?q=HT-X")
    rows = list(load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.values)
    assert rows[1][:3] == ("HT-X", "'=cmd()", "CANARY-A 集团")
    text = b"".join(writer.post("/contracts/export/", {"format": "csv"}).streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 4
    assert Audit.objects.filter(action="contract.export").count() == 2
    assert logged_in(life.world.agent).post("/contracts/export/").status_code == 403
    assert writer.get("/contracts/export/").status_code == 405
    assert Audit.objects.filter(action="contract.export").count() == 2


# --- Writing one ------------------------------------------------------------------------------------------------------

ENTERED = {
    "number": "HT-2026-0815",
    "title": "机房维护",
    "starts_on": "2026-12-01",
    "ends_on": "2027-11-30",
    "amount": "￥128,000.00",
}


def test_a_contract_is_written_reviewed_approved_and_signed_in_the_browser(life: Life, writer: Client) -> None:
    entered = ENTERED | {"customer_text": "CANARY-A 集团", "owner": str(life.writer.pk), "hotline": "400-800-1234"}
    assert writer.get("/contracts/new/").status_code == 200
    made = writer.post("/contracts/new/", entered)
    contract = Contract.objects.get(number="HT-2026-0815")
    assert (made.status_code, made["Location"]) == (302, page(contract))
    assert (contract.state, contract.amount, contract.customer) == (
        "draft",
        Decimal("128000.00"),
        life.world.a.customer,
    )
    sets = writer.get(page(contract, "lines/new/"))
    l4 = re.search(r'value="(\d+)"[^>]*>L4', sets.content.decode())
    assert l4
    given = {"thing_text": "A 大厅", "promise_set": l4[1], "version": version_in(sets)}
    assert writer.post(page(contract, "lines/new/"), given).status_code == 302
    assert contract.lines.get().site == life.world.a.site
    asked = writer.get(page(contract, "submit/"))
    chosen = {"departments": [life.sales.pk, life.technology.pk], "version": version_in(asked)}
    assert writer.post(page(contract, "submit/"), chosen).status_code == 302
    for who, department in ((life.head, life.sales), (life.reviewer, life.technology)):
        mine = ContractReview.objects.get(contract=contract, department=department)
        theirs = logged_in(who)
        assert "填写本部门意见" in text_of(theirs.get(page(contract))) or "Write our review" in text_of(
            theirs.get(page(contract))
        )
        done = theirs.post(page(contract, f"reviews/{mine.pk}/"), {"approves": "yes", "opinion": "同意"})
        assert done.status_code == 302
    director = logged_in(life.director)
    version = Contract.objects.get(pk=contract.pk).version
    assert director.post(page(contract, "approve/"), {"version": version}).status_code == 302
    form = director.get(page(contract, "sign/"))
    signed = director.post(page(contract, "sign/"), {"signed_on": "2026-11-23", "version": version_in(form)})
    assert signed.status_code == 302
    contract.refresh_from_db()
    assert (contract.state, contract.signed_on, contract.lines.get().counts) == ("signed", TODAY, True)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_on": "2026-11-30"}, "ends_on"),
        ({"starts_on": "2027-02-29"}, "starts_on"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "viel"}, "amount"),
        ({"number": "HT-A"}, "number"),
        ({"customer": "999999"}, "customer"),
        ({"customer": "x"}, "customer"),
        ({"title": ""}, "title"),
        ({"complaint_phone": "12"}, "complaint_phone"),
        ({"owner": "0"}, "owner"),
    ],
)
def test_bad_input_stands_at_its_field(life: Life, writer: Client, given: dict[str, str], field: str) -> None:
    before = Contract.objects.count()
    entered = ENTERED | {"customer": str(life.world.a.customer.pk)} | given
    response = writer.post("/contracts/new/", entered)
    assert (response.status_code, list(errors_of(response))) == (422, [field])
    assert Contract.objects.count() == before


def test_a_signed_contract_is_registered_by_who_may(life: Life, writer: Client) -> None:
    entered = ENTERED | {"customer": str(life.world.a.customer.pk), "is_signed": "on"}
    assert "is_signed" not in writer.get("/contracts/new/").content.decode()
    writer.post("/contracts/new/", entered)
    assert Contract.objects.get(number=ENTERED["number"]).state == "draft"
    director = logged_in(life.director)
    director.post("/contracts/new/", entered | {"number": "HT-OLD"})
    assert Contract.objects.get(number="HT-OLD").state == "active"


def test_a_contract_of_an_outdated_form_shows_both_versions(life: Life, writer: Client) -> None:
    contract = life.draft()
    version = version_in(writer.get(page(contract, "change/")))
    contracts.change(contract=contract, title="他人改过", **life.act)
    response = writer.post(page(contract, "change/"), ENTERED | {"version": version, "title": "我改的"})
    assert response.status_code == 409
    assert "他人改过" in text_of(response)
    assert Contract.objects.get(pk=contract.pk).title == "他人改过"
    again = writer.post(page(contract, "change/"), ENTERED | {"version": version_in(response), "title": "我改的"})
    assert (again.status_code, Contract.objects.get(pk=contract.pk).title) == (302, "我改的")


def test_a_signed_contract_only_offers_what_needs_no_supplement(life: Life, writer: Client) -> None:
    contract = life.signed()
    form = writer.get(page(contract, "change/"))
    assert list(form.context["form"].fields) == ["owner", "service_manager", "hotline", "complaint_phone"]
    assert writer.get(page(contract, "lines/new/")).status_code == 200
    assert writer.post(page(contract, "lines/new/"), {"thing": "whole", "version": contract.version}).status_code == 422


def test_the_things_of_the_customer_are_offered_and_no_others(life: Life, writer: Client) -> None:
    contract = life.draft()
    text = text_of(writer.get(page(contract, "things/"), {"q": ""}))
    assert "A 大厅" in text
    assert "A 三号窗口" in text
    assert "B 大厅" not in text
    foreign = {"thing": f"site:{life.world.b.site.pk}", "promise_set": "1", "version": contract.version}
    response = writer.post(page(contract, "lines/new/"), foreign)
    assert (response.status_code, contract.lines.count()) == (422, 0)


def test_overlaps_are_told_on_the_page_and_refused_in_the_form(life: Life, writer: Client) -> None:
    life.signed(number="HT-FIRST")
    contract = life.draft(number="HT-SECOND")
    life.line(contract)
    assert "HT-FIRST" in text_of(writer.get(page(contract)))
    given = {"departments": [life.sales.pk], "version": contract.version}
    response = writer.post(page(contract, "submit/"), given)
    assert response.status_code == 409
    assert "HT-FIRST" in text_of(response)
    assert Contract.objects.get(pk=contract.pk).state == "draft"


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_tells_all_and_asks_a_bounded_number_of_times(life: Life, writer: Client) -> None:
    contract = life.signed(service_manager=life.writer, hotline="400-800-1234", scope="巡检", amount=Decimal("5000"))
    contract_copy.send(contract=contract, departments=[life.sales, life.technology], **life.act)
    response, asked = statements(writer, page(contract))
    text = text_of(response)
    for words in ("机房维护", "林经理", "巡检", "5,000.00", "业务部", "到场"):
        assert words in text, words
    assert asked <= PAGE_STATEMENTS
    assert "5,000.00" not in text_of(logged_in(life.world.agent).get(page(contract)))


def test_only_who_may_acts(life: Life) -> None:
    contract = life.approved()
    agent, reviewer = logged_in(life.world.agent), logged_in(life.reviewer)
    for step in ("change/", "submit/", "sign/", "terminate/", "renew/", "lines/new/", "files/new/", "copies/new/"):
        assert agent.get(page(contract, step)).status_code == 403, step
        assert agent.post(page(contract, step)).status_code == 403, step
    assert agent.post(page(contract, "approve/")).status_code == 403
    assert logged_in(life.writer).post(page(contract, "approve/")).status_code == 403
    assert reviewer.get(page(contract)).status_code == 200
    assert reviewer.get(page(life.draft())).status_code == 404
    theirs = ContractReview.objects.get(contract=contract, department=life.sales)
    assert reviewer.get(page(contract, f"reviews/{theirs.pk}/")).status_code == 403
    assert logged_in(life.world.engineer).get(page(contract)).status_code == 404
    assert logged_in(life.world.a.user).get(page(contract)).status_code in (302, 403, 404)
    assert Contract.objects.get(pk=contract.pk).state == "approved"


def test_supplements_files_and_copies_by_hand(life: Life, writer: Client) -> None:
    contract = life.signed()
    form = writer.get(page(contract, "supplements/new/"))
    given = {"reason": "延长一年", "effective_on": "2027-06-01", "ends_on": "2028-11-30", "version": version_in(form)}
    assert writer.post(page(contract, "supplements/new/"), given | {"thing": "whole"}).status_code == 422
    assert writer.post(page(contract, "supplements/new/"), given).status_code == 302
    supplement = Supplement.objects.get()
    changed = writer.post(f"/supplements/{supplement.pk}/change/", given | {"ends_on": "2029-11-30"})
    assert changed.status_code == 302
    assert writer.post(f"/supplements/{supplement.pk}/approve/", {"version": 2}).status_code == 403
    director = logged_in(life.director)
    assert director.post(f"/supplements/{supplement.pk}/approve/", {"version": 2}).status_code == 302
    assert writer.post(f"/supplements/{supplement.pk}/sign/", {"signed_on": "2026-11-23"}).status_code == 302
    assert Contract.objects.get(pk=contract.pk).ends_on == date(2029, 11, 30)
    upload = SimpleUploadedFile("合同.txt", "正文".encode())
    posted = writer.post(page(contract, "files/new/"), {"kind": "contract", "title": "正文", "upload": upload})
    assert (posted.status_code, DocumentFile.objects.get().internal) == (302, True)
    wrong = SimpleUploadedFile("合同.exe", b"MZ")
    refused = writer.post(page(contract, "files/new/"), {"kind": "contract", "title": "正文", "upload": wrong})
    assert (refused.status_code, list(errors_of(refused))) == (422, ["upload"])
    assert writer.post(page(contract, "copies/new/"), {"departments": [life.technology.pk]}).status_code == 302
    copy = ContractCopy.objects.get()
    assert writer.post(page(contract, f"copies/{copy.pk}/")).status_code == 403
    assert logged_in(life.reviewer).post(page(contract, f"copies/{copy.pk}/")).status_code == 302
    assert ContractCopy.objects.get().acknowledged_by == life.reviewer
    assert writer.get(page(contract)).status_code == 200


def test_a_contract_is_renewed_and_ended_by_hand(life: Life, writer: Client) -> None:
    contract = life.signed(starts_on=TODAY)
    form = writer.get(page(contract, "renew/"))
    assert 'value="2027-12-01"' in form.content.decode()
    term = {"starts_on": "2027-12-01", "ends_on": "2028-11-30"}
    made = writer.post(page(contract, "renew/"), term | {"number": "HT-NEXT"})
    following = Contract.objects.get(number="HT-NEXT")
    assert (made["Location"], following.renews) == (page(following), contract)
    assert "HT-NEXT" in text_of(writer.get(page(contract)))
    director = logged_in(life.director)
    given = {"last_day": "2027-01-31", "reason": "改签", "version": Contract.objects.get(pk=contract.pk).version}
    assert director.post(page(contract, "terminate/"), given | {"last_day": "2030-01-01"}).status_code == 422
    assert director.post(page(contract, "terminate/"), given).status_code == 302
    contract.refresh_from_db()
    assert (contract.state, contract.ends_on, contract.end_reason) == ("terminated", date(2027, 1, 31), "改签")


def test_b3_hostile_texts_stand_as_they_are(life: Life, writer: Client) -> None:
    contract = life.draft(title=HOSTILE, scope=HOSTILE, **{"number": HOSTILE[:40]})
    life.line(contract)
    for url in (page(contract), "/contracts/", page(contract, "change/")):
        body = writer.get(url).content.decode()
        assert "<img src=x" not in body
        assert "&lt;img src=x" in body


def test_the_summary_is_a_pdf(life: Life, writer: Client) -> None:
    response = writer.get(page(life.signed(scope="巡检"), "summary.pdf"))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


def test_nobody_finds_a_contract_that_is_not_there(life: Life, writer: Client) -> None:
    missing = (Contract.objects.aggregate(last=Max("pk"))["last"] or 0) + 1000
    assert writer.get(f"/contracts/{missing}/").status_code == 404
    assert logged_in(make_user(Role.STORES)).get(page(life.draft())).status_code == 404
    assert MORNING.year == TERM["starts_on"].year
