"""All screens, light and dark, desk and phone: axe finds nothing, the content security policy is kept, nothing fails to
load, nothing scrolls sideways, and no page is heavier than its shell allows (ui.md §6 no. 1, 2, 7, 12, 13, 17, 18).
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import F
from django.test import Client

from accounts.domain import access
from accounts.domain.link import token_of
from accounts.enums import Purpose, UserKind
from accounts.models import ServiceCenter, Team, User
from config.access import ACCESS
from contracts.domain import promise_set_draft
from contracts.models import (
    Acceptance,
    Contract,
    ContractReview,
    ObligationMiss,
    PartnerAgreement,
    Payment,
    PromiseSet,
    Quota,
    Supplement,
    WarrantyTerms,
)
from core import clock
from core.domain import outbox
from core.models import Outbox
from customers.domain import customer as customers
from customers.domain import imports
from customers.domain import secret as secrets
from customers.models import Asset, Contact, Customer, Partner, Product, Release
from reports.domain import report as reports
from reports.domain import wall as walls
from reports.queries.report_month import last_to_report
from tests.browser.screens import SCREENS, Screen
from tests.factories import make_user
from tickets.domain.promises import promises_of
from tickets.domain.resolution import resolve
from tickets.enums import OPEN
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]
AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = {
    "desk-light": (1366, 768, "light"),
    "desk-dark": (1366, 768, "dark"),
    "phone-light": (390, 844, "light"),
    "phone-dark": (390, 844, "dark"),
}
KB = 1024
# Cold transfer of a whole page, in bytes.
WEIGHTS = {"portal": 100 * KB, "wall": 90 * KB, "desk": 120 * KB}
HTML_MOST, REQUESTS_MOST, ELEMENTS_MOST = 25 * KB, 12, 1_500
DEAD_LINKS = {"accounts:link-use", "customers:invitation-accept"}  # what their polite page with status 404 looks like
WATCH = "window.csp=[];document.addEventListener('securitypolicyviolation',e=>csp.push(e.violatedDirective))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LANDMARKS = "[document.querySelectorAll('h1').length, document.querySelectorAll('main').length, document.title]"


@dataclass
class Stage:
    """The demonstration's first tickets and, by name, what stands in addresses."""

    base: str
    names: dict[str, Any]
    browser: Any

    def user(self, who: str) -> User:
        return User.objects.get(email=f"{who}@demo")

    def window(self, who: str, view: str, **options: Any) -> Any:
        """A new window of this person (nobody: "") in the look of a view."""
        width, height, theme = VIEWS[view]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, locale="zh-CN", **options
        )
        context.set_default_timeout(20_000)
        if who:
            user = self.user(who)
            User.objects.filter(pk=user.pk).update(theme=theme)
            client = Client()
            client.force_login(user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.base}])
        return context


@pytest.fixture
def stage(
    transactional_db: None, presets: None, chromium: Any, live_server: Any, settings: Any, tmp_path: Any
) -> Stage:
    settings.VAR_DIR, settings.BASE_URL = tmp_path / "var", live_server.url
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("demo", first=30, stdout=StringIO())
    return Stage(live_server.url, names(), chromium)


def contract_names() -> dict[str, Any]:
    """Contracts of the demonstration in the states that their pages are looked at in."""
    signed = Supplement.objects.earliest("pk")
    review = ContractReview.objects.filter(contract__state="review", state="asked").earliest("pk")
    return {
        "contract": signed.contract_id,
        "supplement": signed.pk,
        "draft_contract": Contract.objects.filter(state="draft").earliest("pk").pk,
        "reviewed_contract": review.contract_id,
        "review": review.pk,
    }


def names() -> dict[str, Any]:
    now = clock.now()
    manager = User.objects.get(email="manager@demo")
    customer = Contact.objects.get(user__email="customer@demo").customer
    case = Ticket.objects.filter(customer=customer).first()
    assert case is not None
    ticket = Ticket.objects.filter(assignee__email="engineer@demo").order_by("pk").first() or case
    asset = Asset.objects.filter(customer=customer).first()
    contact = Contact.objects.get(user__email="contact@demo")
    solved = Ticket.objects.filter(customer=customer, state__in=OPEN).exclude(pk=case.pk).latest("pk")
    assert asset is not None
    return {
        "ticket": ticket.number,
        "case": case.number,
        "calendar": "office_cn",
        "customer": customer.pk,
        "site": asset.site_id,
        "asset": asset.pk,
        "label_key": asset.label_key,
        "contact": contact.pk,
        "product": Product.objects.earliest("pk").pk,
        "center": ServiceCenter.objects.earliest("pk").pk,
        "partner": Partner.objects.earliest("pk").pk,
        "agreement": PartnerAgreement.objects.earliest("pk").pk,
        "release": Release.objects.earliest("pk").pk,
        "acceptance": Acceptance.objects.filter(state="draft").earliest("pk").number,
        **contract_names(),
        **money_names(),
        "promises": promise_set_draft.start(promise_set=PromiseSet.objects.get(code="L4"), actor=manager, now=now).code,
        "terms": WarrantyTerms.objects.earliest("pk").pk,
        "line": WarrantyTerms.objects.earliest("pk").line_id,
        "report": reports.draft(customer, last_to_report(now), now, manager).number,
        "wall_token": walls.create(name="大屏", filters={}, actor=manager, now=now)[1],
        "import": import_of(manager, now),
        "double": double_of(customer, manager, now),
        "secret": secret_of(asset, manager, now),
        **people_names(now),
        "unknown_token": "x" * 43,
        "invite_token": "y" * 43,
        "rating_token": rating_token(solved),
    }


def people_names(now: datetime) -> dict[str, Any]:
    """Who leads a team, a program with a token, and an invitation that stands."""
    invited = make_user(name="屏幕新同事", email="screen@demo")
    access.invite(user=invited, actor=None, now=now)
    return {
        "colleague": Team.objects.exclude(lead=None).earliest("pk").lead_id,
        "client": User.objects.filter(kind=UserKind.CLIENT).earliest("pk").pk,
        "join_token": token_of(Purpose.INVITE, Outbox.objects.filter(kind="staff_invitation").latest("pk").key),
    }


def money_names() -> dict[str, Any]:
    payment = Payment.objects.filter(received__gt=0, received__lt=F("amount")).earliest("pk")
    return {
        "payment": payment.pk,
        "owing_contract": payment.contract_id,
        "quota": Quota.objects.earliest("pk").pk,
        "missed_obligation": ObligationMiss.objects.earliest("pk").obligation_id,
    }


def import_of(manager: User, now: datetime) -> int:
    """A table with a good row and a bad one, checked."""
    table = "客户编号,客户名称,总机\nSC-1,屏幕图书馆,021-5555 1701\nSC-2,,5555\n"
    upload = SimpleUploadedFile("名单.csv", table.encode())
    return imports.receive(upload=upload, kind="customer", actor=manager, now=now).pk


def double_of(customer: Customer, manager: User, now: datetime) -> int:
    """The same customer entered again."""
    name, phone = f"{customer.name}（屏幕）", customer.phone
    return customers.create(code="SC-9", name=name, phone=phone, actor=manager, now=now).pk


def secret_of(asset: Asset, manager: User, now: datetime) -> int:
    """Access data that somebody has looked at."""
    secret = secrets.create(customer=asset.customer, asset=asset, name="维护口令", password="x", actor=manager, now=now)
    secrets.show(secret=secret, reason="巡检登录检查", actor=manager, now=now)
    return secret.pk


def rating_token(ticket: Ticket) -> str:
    """The link of the mail that asks for a rating once the ticket is solved."""
    now, agent = clock.now(), User.objects.get(email="agent@demo")
    reasons = dict.fromkeys(promises_of(ticket).targets, "workload")
    resolve(ticket=ticket, solution="已更换。", cause="hardware", breach_reasons=reasons, actor=agent, now=now)
    outbox.drain(now + timedelta(minutes=1))
    return token_of(Purpose.RATING, f"rating:{ticket.pk}:{ticket.round}")


@dataclass
class Seen:
    """What went wrong on the way, screen by screen."""

    wrong: dict[str, list[str]] = field(default_factory=dict)

    def note(self, screen: Screen, *found: Any) -> None:
        texts = [str(one) for one in found if one]
        if texts:
            self.wrong.setdefault(f"{screen.route}{screen.ask} ({screen.who or 'nobody'})", []).extend(texts)


def by_person() -> dict[str, list[Screen]]:
    people: dict[str, list[Screen]] = {}
    for screen in SCREENS:
        people.setdefault(screen.who, []).append(screen)
    return people


def visits(stage: Stage, view: str, **options: Any) -> Iterator[tuple[Screen, Any]]:
    """Each screen in its person's window, loaded and quiet."""
    for who, screens in by_person().items():
        context = stage.window(who, view, **options)
        page = context.new_page()
        page.add_init_script(WATCH)
        context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        for screen in screens:
            yield screen, page
        context.close()


def arrive(stage: Stage, screen: Screen, page: Any) -> Any:
    response = page.goto(f"{stage.base}{screen.path(stage.names)}")
    page.wait_for_load_state("networkidle")
    return response


def test_every_page_is_looked_at() -> None:
    shown = {screen.route for screen in SCREENS}
    assert {screen.route for screen in SCREENS} <= set(ACCESS)
    homes = {route for route in ACCESS if route.endswith(("-list", "-create", "-detail"))}
    partly = {"feedback:rating-create", "reports:portal-report-detail"}  # an answer, a page that the desk sees first
    lacking = {route for route in homes if not route.startswith("api:")} - shown - partly
    assert lacking == set()


def rules(view: str) -> dict[str, Any]:
    """All of them in the light; the dark differs in nothing but colours."""
    return {"type": "tag", "values": TAGS} if "light" in view else {"type": "rule", "values": ["color-contrast"]}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(view: str, stage: Stage) -> None:
    seen = Seen()
    for screen, page in visits(stage, view, bypass_csp=True):
        arrive(stage, screen, page)
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("only => axe.run(document, {runOnly: only}).then(r => r.violations)", rules(view))
        seen.note(screen, *(f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found))
        sideways = page.evaluate(OVERFLOW) if screen.route != "reports:wall" else 0  # made for a wall
        seen.note(screen, sideways > 0 and f"{sideways} px sideways")
    assert not seen.wrong, pformat(seen.wrong, width=200)


def test_the_policy_is_kept_and_every_page_is_light(stage: Stage) -> None:
    """With every menu and native disclosure opened."""
    seen, titles = Seen(), {}
    for screen, page in visits(stage, "desk-light"):
        load = Load(page)
        response = arrive(stage, screen, page)
        assert response is not None
        if screen.route not in DEAD_LINKS:
            seen.note(screen, response.status >= 400 and f"status {response.status}", *load.wrong)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        seen.note(screen, *page.evaluate("window.csp"))
        seen.note(screen, *load.too_much(screen, page))
        one, main, title = page.evaluate(LANDMARKS)
        seen.note(screen, (one, main) != (1, 1) and f"{one} h1, {main} main")
        titles.setdefault(title, set()).add(screen.route)
        load.close()
    assert not seen.wrong, pformat(seen.wrong, width=200)


class Load:
    """What a page transferred, cold: the listeners of one visit."""

    def __init__(self, page: Any) -> None:
        self.page, self.bytes, self.requests, self.wrong = page, 0, 0, []
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", self._failed)

    def _answered(self, response: Any) -> None:
        self.requests += 1
        if response.status < 300:
            self.bytes += len(gzip.compress(response.body()))

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def _failed(self, error: Any) -> None:
        self.wrong.append(str(error))

    def too_much(self, screen: Screen, page: Any) -> Iterator[str]:
        html = len(gzip.compress(page.content().encode()))
        elements = page.evaluate("document.querySelectorAll('*').length")
        shell = "portal" if screen.who == "customer" else "wall" if screen.route == "reports:wall" else "desk"
        if screen.route == "core:styleguide" or screen.route == "core:api-docs":
            return
        for name, figure, most in (
            ("bytes", self.bytes, WEIGHTS[shell]),
            ("bytes of HTML", html, HTML_MOST),
            ("requests", self.requests, REQUESTS_MOST),
            ("elements", elements, ELEMENTS_MOST),
        ):
            if figure > most:
                yield f"{figure} {name}, at most {most}"

    def close(self) -> None:
        for event, heard in (("response", self._answered), ("console", self._said), ("pageerror", self._failed)):
            self.page.remove_listener(event, heard)
