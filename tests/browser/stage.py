"""The demonstration's first tickets as the pages show them, and the way through all screens."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import F
from django.test import Client

from accounts.domain import access
from accounts.domain.link import token_of
from accounts.enums import Purpose, UserKind
from accounts.models import ServiceCenter, Team, User
from contracts.domain import calendar_version, promise_set_draft
from contracts.enums import DunningKind
from contracts.models import (
    Acceptance,
    CalendarVersion,
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
from reports.models import Simulation
from reports.queries.report_month import last_to_report
from tests.browser.screens import Screen
from tests.factories import make_user
from tickets.domain import reapply
from tickets.domain.promises import promises_of
from tickets.domain.resolution import resolve
from tickets.enums import OPEN
from tickets.models import Ticket
from tickets.queries.reapply import mappings, outdated

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
WATCH = "window.csp=[];document.addEventListener('securitypolicyviolation',e=>csp.push(e.violatedDirective))"
DEAD_LINKS = {"accounts:link-use", "customers:invitation-accept"}  # what their polite page with status 404 looks like


@dataclass
class Stage:
    """The demonstration's first tickets and, by name, what stands in addresses."""

    base: str
    names: dict[str, Any]
    browser: Any

    def user(self, who: str) -> User:
        return User.objects.get(email=f"{who}@demo")

    def window(self, who: str) -> Any:
        """A new light window of this person (nobody: ""), at a desk."""
        context = self.browser.new_context(viewport=DESK, locale="zh-CN", reduced_motion="reduce")
        context.set_default_timeout(20_000)
        if who:
            client = Client()
            client.force_login(self.user(who))
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.base}])
        return context


def contract_names() -> dict[str, Any]:
    """Contracts of the demonstration in the states that their pages are looked at in."""
    signed = Supplement.objects.earliest("pk")
    asked = ContractReview.objects.filter(contract__state="review", state="asked")
    review = asked.filter(department__head__email="manager2@demo").earliest("pk")
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
        "simulation": Simulation.objects.earliest("pk").pk,
        "wall_token": walls.create(name="大屏", filters={}, actor=manager, now=now)[1],
        "import": import_of(manager, now),
        "reapplication": reapplication_of(User.objects.get(email="admin@demo"), now),
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
        "letter": DunningKind.LETTER,
        "missed_obligation": ObligationMiss.objects.earliest("pk").obligation_id,
    }


def reapplication_of(admin: User, now: datetime) -> int:
    """New office hours that open tickets got, and others that they could get."""
    hours(["09:00-12:00", "13:00-18:00"], now)
    wanted = [one for one in outdated(now) if one.code == "office_cn"]
    order = reapply.start(**mappings(wanted), reason="服务窗口调整", actor=admin, now=now)
    reapply.drain(now)
    hours(["08:30-12:00", "13:30-17:30"], now)
    return order.pk


def hours(windows: list[str], now: datetime) -> None:
    newest = CalendarVersion.objects.filter(calendar__code="office_cn").latest("number")
    document = {**json.loads(newest.document)["calendar"], "hours": {"mon-fri": windows}}
    calendar_version.publish(code="office_cn", document=document, actor=None, now=now)


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


def build(base: str, browser: Any) -> Stage:
    """Loads the demonstration's first tickets into the empty database behind `base`."""
    call_command("demo", first=30, stdout=StringIO())
    return Stage(base, names(), browser)


def visits(stage: Stage, screens: Sequence[Screen]) -> Iterator[tuple[Screen, Any]]:
    """Each screen with its person's window, person by person."""
    for who in dict.fromkeys(screen.who for screen in screens):
        context = stage.window(who)
        page = context.new_page()
        page.add_init_script(WATCH)
        context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        for screen in screens:
            if screen.who == who:
                yield screen, page
        context.close()


def arrive(stage: Stage, screen: Screen, page: Any) -> Any:
    """Opens the screen and waits until it asks for nothing more; answers the page's response."""
    response = page.goto(f"{stage.base}{screen.path(stage.names)}")
    page.wait_for_load_state("networkidle")
    return response
