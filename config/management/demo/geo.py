"""Where we are and who works with us: service centres, places of the sites, partners, roles at the customers, care."""

from datetime import date, timedelta
from decimal import Decimal
from math import asin, atan2, cos, degrees, radians, sin
from typing import Any

from accounts.domain import service_center as centers
from accounts.domain.user import create_user
from accounts.enums import Role, UserKind
from accounts.models import ServiceCenter
from config.management.demo.customers import CLIENTS
from config.management.demo.people import HOST, PASSWORD
from config.management.demo.stage import Stage
from contracts.domain import partner_agreement as agreements
from contracts.models import PromiseSet
from core.geo import EARTH_KM, Point
from customers.domain import care_plan as care_plans
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import partner as partners
from customers.domain import site as sites
from customers.domain.place import ROAD, locate, point_of
from customers.enums import ContactRole, PartnerKind
from customers.models import Site

CENTERS: dict[str, dict[str, Any]] = {
    "YZ": {
        "name": "云州维护中心",
        "city": "云州市",
        "districts": ["北塔区", "金河区", "河东区", "站前区", "高新区", "南郊区"],
        "latitude": Decimal("36.061089"),
        "longitude": Decimal("103.834303"),
        "contact": "刘洋",
        "phone": "021-5555 1000",
        "address": "云州市金河区建设路 88 号",
        "repairs": "打印头、触摸屏、主板、电源",
    },
    "QH": {
        "name": "青湖服务站",
        "city": "青湖市",
        "districts": ["湖滨区"],
        "latitude": Decimal("36.617134"),
        "longitude": Decimal("101.778228"),
        "contact": "祁师傅",
        "phone": "021-5555 1020",
        "address": "青湖市湖滨路 6 号",
        "repairs": "终端整机更换",
    },
}
OWN_CENTER = {"JYJ": "QH"}
PARTNERS = (
    ("NG-01", "南港办事处", PartnerKind.OFFICE, "符经理", "021-5555 1031", "HN48", ("NGJT",)),
    ("QH-01", "青湖信达技术服务有限公司", PartnerKind.PARTNER, "韩经理", "021-5555 1032", "QH5", ("JYJ",)),
    ("MK-01", "远方自助终端制造有限公司", PartnerKind.MAKER, "售后热线", "021-5555 1033", "HW12", ()),
)
ROLES = (
    (("科长", "主任", "馆长", "站长", "经理"), ContactRole.DECISION_MAKER),
    (("民警", "科员", "值班", "管理员", "工程师", "技术员"), ContactRole.USER),
)
LOGIN = "partner"
FIRST_VISIT, APART = -6, 11
"""Days from the loading to the first planned visit, and between two of them."""


def make(stage: Stage, day: date, **act: Any) -> None:
    """Add all of it to the customers of the stage, as `act` (actor, now) says; terms and visits count from `day`.

    Locality and distance of the sites stay what they are: the places are chosen so that the estimate says the same.
    """
    opened = {
        code: centers.create(code=code, head=stage.users["manager"], **values, **act)
        for code, values in CENTERS.items()
    }
    for number, (key, site) in enumerate(stage.sites.items()):
        center = opened[OWN_CENTER.get(key.partition(".")[0], "YZ")]
        _place(site, center, bearing=number * 47 % 360, act=act)
    _name_roles(stage, act)
    _take_in_partners(stage, day, act)
    _plan_care(stage, day, act)


def _place(site: Site, center: ServiceCenter, bearing: int, act: dict[str, Any]) -> None:
    origin = point_of(center)
    assert origin is not None
    latitude, longitude = away(origin, site.distance_km / ROAD, bearing)
    found = locate(site.district, (latitude, longitude), center)
    same = (found.locality, found.distance_km) == (site.locality, site.distance_km)
    place: dict[str, Any] = {"latitude": latitude, "longitude": longitude, "service_center": center}
    sites.change(site=site, is_placed_by_hand=not same, **place, **act)


def away(origin: Point, km: float, bearing: int) -> Point:
    """The place so far away in that direction (degrees from north)."""
    latitude, longitude, way, angle = (*map(radians, origin), km / EARTH_KM, radians(bearing))
    north = asin(sin(latitude) * cos(way) + cos(latitude) * sin(way) * cos(angle))
    east = atan2(sin(angle) * sin(way) * cos(latitude), cos(way) - sin(latitude) * sin(north))
    return Decimal(f"{degrees(north):.6f}"), Decimal(f"{degrees(longitude + east):.6f}")


def _name_roles(stage: Stage, act: dict[str, Any]) -> None:
    for contact in stage.contacts.values():
        role = next((role for words, role in ROLES if any(word in contact.position for word in words)), None)
        if role:
            contacts.change(contact=contact, role=role, **act)


def _take_in_partners(stage: Stage, day: date, act: dict[str, Any]) -> None:
    staff = create_user(
        kind=UserKind.STAFF,
        email=f"{LOGIN}@{HOST}",
        name="韩立",
        roles=[Role.PARTNER],
        password=PASSWORD,
        now=act["now"],
    )
    for code, name, kind, person, phone, upstream, served in PARTNERS:
        partner = partners.create(code=code, name=name, kind=kind, contact_name=person, phone=phone, **act)
        for customer in served:
            customers.change(customer=stage.customers[customer], partner=partner, **act)
        agreements.create(
            partner=partner,
            promise_set=PromiseSet.objects.get(code=upstream),
            number=f"HZ-{day:%Y}-{code}",
            starts_on=day - timedelta(days=200),
            ends_on=day + timedelta(days=164),
            **act,
        )
        if kind == PartnerKind.PARTNER:
            partners.add_staff(partner=partner, user=staff, **act)


def _plan_care(stage: Stage, day: date, act: dict[str, Any]) -> None:
    """Every key customer but the last, whose page says that a plan is missing; the first visit is overdue."""
    key = [client.code for client in CLIENTS if client.is_key]
    for number, code in enumerate(key[:-1]):
        care_plans.create(
            customer=stage.customers[code],
            every_months=12 if number % 2 else 6,
            next_on=day + timedelta(days=FIRST_VISIT + number * APART),
            owner=stage.users["agent" if number % 2 else "manager"],
            note="先与信息部门约定时间，带上季度服务报告。",
            **act,
        )
