"""S09–S12 in a browser: a new customer with site, device and contact, and its first ticket, by keyboard alone."""

from typing import Any

import pytest

from customers.models import Asset, Contact, Customer, Site
from tests.browser.conftest import Visitor
from tests.world import World
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def settled(visitor: Visitor) -> Any:
    visitor.page.wait_for_load_state("networkidle")
    return visitor.page


def focused(page: Any) -> str:
    """The id or name of what has the focus; never the page itself."""
    found: str = page.evaluate(
        "document.activeElement.id || document.activeElement.name || document.activeElement.tagName"
    )
    assert found != "BODY"
    return found


def reach(page: Any, selector: str) -> None:
    """Press Tab until the element has the focus; the mouse is never used."""
    target = page.locator(selector).first
    target.wait_for()
    for _ in range(120):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab, the focus is on {focused(page)}")


def type_into(page: Any, **values: str) -> None:
    for name, value in values.items():
        reach(page, f"form[method=post] [name={name}]")
        assert focused(page) == f"id_{name}"
        page.keyboard.type(value)


def submit(page: Any) -> None:
    page.keyboard.press("Enter")


def press(page: Any, selector: str) -> None:
    reach(page, selector)
    page.keyboard.press("Enter")


def test_a_new_customer_and_its_first_ticket_by_keyboard_alone(desk: World, visitor: Visitor) -> None:
    visitor.log_in(desk.agent)
    visitor.open("/customers/")
    page = settled(visitor)
    press(page, "main a[href='/customers/new/']")
    page.wait_for_url("**/customers/new/")
    type_into(settled(visitor), name="云州图书馆", code="TSG", phone="021-5555 0188")
    submit(page)
    page.wait_for_url("**/?tab=sites")
    customer = Customer.objects.get(code="TSG")

    press(settled(visitor), "#new-site")
    type_into(page, name="总馆", address="云州市金河区书院路 2 号")
    reach(page, "#id_locality")
    page.keyboard.press("ArrowDown")
    type_into(page, distance_km="6")
    submit(page)
    page.get_by_role("heading", name="总馆").wait_for()
    site = Site.objects.get(customer=customer)

    press(settled(visitor), f"main a[href='/customers/{customer.pk}/devices/new/?site={site.pk}']")
    reach(page, "#id_product")
    page.keyboard.press("ArrowDown")
    type_into(page, name="借还书机", serial="js-7")
    submit(page)
    page.get_by_role("heading", level=1, name="借还书机").wait_for()
    asset = Asset.objects.get(customer=customer)
    assert (asset.serial, asset.site) == ("JS-7", site)

    visitor.open(f"/customers/{customer.pk}/?tab=contacts")
    press(settled(visitor), "#new-contact")
    type_into(page, name="周敏", phone="138 0013 8000")
    submit(page)
    page.locator("td", has_text="138 0013 8000").wait_for()
    assert Contact.objects.get(customer=customer).phone == "+8613800138000"

    visitor.open(f"/assets/{asset.pk}/")
    press(settled(visitor), f"main a[href*='asset={asset.pk}']")
    page.wait_for_url("**/tickets/new/?**")
    page = settled(visitor)
    assert page.locator("#id_customer_text").input_value() == "云州图书馆"
    assert page.locator("select[name=asset]").input_value() == str(asset.pk)
    reach(page, "[name=severity]")
    page.keyboard.press("Space")
    reach(page, "[name=subject]")
    page.keyboard.type("无法归还图书")
    submit(page)
    page.wait_for_url("**/tickets/WB-*/")
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.asset, ticket.subject) == (customer, asset, "无法归还图书")
    assert visitor.finds_nothing_wrong()


def test_the_tabs_of_a_customer_change_without_a_new_page_and_keep_the_address(desk: World, visitor: Visitor) -> None:
    visitor.log_in(desk.agent)
    visitor.open(f"/customers/{desk.a.customer.pk}/")
    page = settled(visitor)
    page.evaluate("window.same = true")
    press(page, "#tab-2")
    page.get_by_text("contact-a@example.com").wait_for()
    page.wait_for_url("**/?tab=contacts")
    assert focused(page) == "tab-2"
    assert page.evaluate("window.same") is True
    press(page, "#tab-4")
    page.get_by_text("HT-A").first.wait_for()
    assert page.locator("#customer-tabs [aria-current=page]").count() == 1
    assert visitor.finds_nothing_wrong()
