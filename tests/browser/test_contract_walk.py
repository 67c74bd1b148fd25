"""In a browser, with nothing there but people: product, customer, site, device, a copied and edited promise set, the
contract's whole life, its acceptance, and a ticket whose verdict and clocks follow from them.
"""

from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.team import create_team
from accounts.enums import Role
from accounts.models import User
from contracts.models import Contract
from core import clock
from tests.browser.conftest import Visitor
from tests.factories import make_user
from tickets.models import Clock, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Walk:
    """One browser, in which one person after the other works."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    def as_user(self, user: User) -> None:
        self.page.context.clear_cookies()
        self.visitor.log_in(user)

    def open(self, path: str) -> None:
        self.visitor.open(path)
        self.page.wait_for_load_state("networkidle")

    def save(self, **values: str) -> Any:
        """Fill the form of the page and send it; the next page is there when this returns."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").fill(value)
        with self.page.expect_navigation():
            self.page.locator("main form button.btn-primary").last.click()
        self.page.wait_for_load_state("networkidle")
        assert "".join(self.page.locator(".wb-error").all_inner_texts()).strip() == ""

    def press(self, words: str) -> None:
        self.page.locator("main").get_by_text(words, exact=True).first.click()

    def send_dialog(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("dialog[open] form button.btn-primary").click()
        self.page.wait_for_load_state("networkidle")

    def choose(self, name: str, words: str) -> None:
        found = self.page.locator(f"main select[name={name}] option", has_text=words).first
        self.page.locator(f"main select[name={name}]").select_option(found.get_attribute("value"))


@pytest.fixture
def walk(visitor: Visitor, transactional_db: None, presets: None) -> Walk:
    return Walk(visitor)


def test_from_a_product_to_a_ticket_whose_promises_follow_from_the_contract(walk: Walk) -> None:
    now, today = clock.now(), clock.now().astimezone().date()
    head, keeper = make_user(Role.REVIEWER, name="技术部长"), make_user(Role.SERVICE_MANAGER, name="林经理")
    create_team(name="技术组", department="技术部", head=head, now=now)
    walk.as_user(make_user(Role.ADMIN))
    copy_and_edit_a_set(walk)
    walk.open("/products/new/")
    walk.save(code="KT300", name="窗口终端")
    agent = make_user(Role.AGENT)
    walk.as_user(agent)
    customer = customer_with_a_device(walk)

    walk.as_user(keeper)
    walk.open("/contracts/new/")
    walk.page.locator("#id_customer_text").fill("市一")
    walk.page.locator("#id_customer_list [role=option]").first.click()
    walk.save(number="HT-1", title="终端维保", starts_on=f"{today}", ends_on=f"{today + timedelta(days=364)}")
    contract = Contract.objects.get()
    walk.open(f"/contracts/{contract.pk}/lines/new/")
    walk.choose("promise_set", "FOUR-H")
    walk.save()
    walk.press("提交评审")
    walk.page.locator("dialog[open] [name=departments]").check()
    walk.send_dialog()

    walk.as_user(head)
    walk.open(f"/contracts/{contract.pk}/")
    walk.press("填写本部门意见")
    walk.page.locator("dialog[open] [name=approves][value=yes]").check()
    walk.page.locator("dialog[open] [name=opinion]").fill("同意")
    walk.send_dialog()

    walk.as_user(make_user(Role.DIRECTOR))
    walk.open(f"/contracts/{contract.pk}/")
    walk.press("批准")
    walk.page.locator("main").get_by_text("登记签订", exact=True).wait_for()

    walk.as_user(keeper)
    walk.open(f"/contracts/{contract.pk}/")
    walk.press("登记签订")
    walk.page.locator("dialog[open] [name=signed_on]").fill(f"{today}")
    walk.send_dialog()
    contract.refresh_from_db()
    assert contract.state == "active"
    for stage in ("preliminary", "final"):
        accept(walk, contract, stage, f"{today}")

    walk.as_user(agent)
    ticket = report(walk, customer)
    clocks = {row.target: row for row in Clock.objects.filter(ticket=ticket, set_code="FOUR-H")}
    assert clocks["on_site"].due_at - ticket.reported_at == timedelta(hours=4)
    assert clocks["resolution"].due_at - ticket.reported_at == timedelta(hours=24)
    assert walk.page.get_by_text("4小时", exact=False).first.is_visible()
    assert ticket.line.contract == contract
    assert walk.visitor.finds_nothing_wrong()


def copy_and_edit_a_set(walk: Walk) -> None:
    """HW12 with somebody on site within four hours instead of twelve."""
    walk.open("/settings/promises/new/?from=HW12")
    walk.save(code="FOUR-H", name="四小时到场", name_en="Four hours")
    walk.page.locator("[name=budget-2]").fill("4h")
    walk.press("保存时限")
    walk.page.wait_for_load_state("networkidle")
    walk.open("/settings/promises/FOUR-H/publish/")
    walk.save()


def customer_with_a_device(walk: Walk) -> int:
    walk.open("/customers/new/")
    walk.save(name="市一医院", code="SHYY")
    customer = int(walk.page.url.split("/customers/")[1].split("/")[0])
    walk.open(f"/customers/{customer}/sites/new/")
    walk.choose("locality", "市区")
    walk.save(name="门诊楼", address="人民路 1 号", distance_km="6")
    walk.open(f"/customers/{customer}/devices/new/")
    walk.choose("site", "门诊楼")
    walk.choose("product", "窗口终端")
    walk.save(serial="KT300-0001")
    return customer


def accept(walk: Walk, contract: Contract, stage: str, day: str) -> None:
    walk.open(f"/contracts/{contract.pk}/")
    walk.press("新建证书")
    walk.page.wait_for_url("**/acceptances/new/**")
    walk.page.locator("main select[name=stage]").select_option(stage)
    walk.page.locator("main [name=assets]").check()
    walk.save(accepted_on=day, signatories_theirs="周敏 信息科科长", signatories_ours="王工 项目经理")
    walk.press("双方已签字")
    walk.page.locator("main").get_by_text("双方已签字", exact=True).wait_for(state="detached", timeout=30_000)


def report(walk: Walk, customer: int) -> Ticket:
    walk.open(f"/tickets/new/?customer={customer}")
    walk.choose("asset", "KT300-0001")
    walk.page.locator("main [name=severity][value='2']").check(force=True)
    walk.page.get_by_text("四小时到场").first.wait_for()  # what we would owe, before anything is recorded
    walk.page.locator("main [name=subject]").fill("终端无法开机")
    walk.page.locator("main [name=subject]").press("Enter")
    walk.page.wait_for_url("**/tickets/WB-*/")
    return Ticket.objects.select_related("line__contract").get()
