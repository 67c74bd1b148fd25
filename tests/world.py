"""Two customers and our staff, as most tests need them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.enums import Role
from accounts.models import Department, Team, User
from contracts.domain import contract as contracts
from contracts.models import ContractLine, PromiseSet
from customers.domain import asset as assets
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import product as products
from customers.domain import site as sites
from customers.models import Asset, Contact, Customer, Product, Site
from tests.factories import make_user
from tickets.domain import ticket as tickets
from tickets.models import Ticket


@dataclass
class Place:
    """One customer and what belongs to it."""

    customer: Customer
    contact: Contact
    user: User
    site: Site
    asset: Asset
    line: ContractLine


@dataclass
class World:
    now: datetime
    agent: User
    other_agent: User
    engineer: User
    duty_manager: User
    manager: User
    admin: User
    a: Place
    b: Place

    def later(self, **span: float) -> datetime:
        return self.now + timedelta(**span)

    def report(self, place: Place | None = None, **given: Any) -> Ticket:
        """A level 2 fault by phone at customer A, recorded by the agent at `now` unless said otherwise."""
        owner = place or self.a
        act = {name: given.pop(name) for name in ("actor", "now", "answered", "assignee", "source") if name in given}
        facts: dict[str, Any] = {
            "customer": owner.customer,
            "contact": owner.contact,
            "asset": owner.asset,
            "subject": "打印头走纸异常，票据模糊",
            "kind": "fault",
            "channel": "phone",
            "severity": 2,
        }
        return tickets.report(report=tickets.Report(**facts | given), **{"actor": self.agent, "now": self.now} | act)


def make_place(name: str, set_code: str, now: datetime, *, locality: str = "local", distance_km: int = 8) -> Place:
    customer = customers.create(code=name, name=f"CANARY-{name} 集团", short_name=name, actor=None, now=now)
    site = sites.create(
        customer=customer,
        name=f"{name} 大厅",
        address=f"{name} 路 18 号",
        locality=locality,
        distance_km=distance_km,
        actor=None,
        now=now,
    )
    product = Product.objects.filter(code="KT-300").first() or products.create(
        code="KT-300", name="自助终端", kind="hardware", actor=None, now=now
    )
    asset = assets.create(site=site, product=product, name=f"{name} 三号窗口", serial=f"SN-{name}", actor=None, now=now)
    user = make_user(Role.CONTACT, email=f"contact-{name.lower()}@example.com", name=f"{name} 陈敏")
    contact = contacts.create(
        customer=customer,
        name=f"{name} 陈敏",
        phone="021-55550101",
        email=f"contact-{name.lower()}@example.com",
        user=user,
        actor=None,
        now=now,
    )
    contract = contracts.create(
        customer=customer,
        number=f"HT-{name}",
        title=f"{name} 维保",
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
        actor=None,
        now=now,
    )
    line = contracts.add_line(contract=contract, promise_set=PromiseSet.objects.get(code=set_code), actor=None, now=now)
    return Place(customer, contact, user, site, asset, line)


def make_world(now: datetime, set_a: str = "HW12", set_b: str = "L4") -> World:
    head = make_user(Role.MANAGER, name="部门经理")
    department = Department.objects.create(name="服务部", head=head)
    duty_manager = make_user(Role.DUTY_MANAGER, name="李主任")
    team = Team.objects.create(
        name="一组", department=department, lead=make_user(Role.AGENT, name="组长"), on_duty=True
    )
    return World(
        now=now,
        agent=make_user(Role.AGENT, name="王芳", team=team),
        other_agent=make_user(Role.AGENT, name="赵敏", team=team),
        engineer=make_user(Role.ENGINEER, name="王工", team=team),
        duty_manager=duty_manager,
        manager=head,
        admin=make_user(Role.ADMIN, name="管理员"),
        a=make_place("A", set_a, now),
        b=make_place("B", set_b, now, locality="remote", distance_km=300),
    )
