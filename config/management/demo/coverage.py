"""Coverage of the demonstration: warranty classes, replaced parts, a verdict by hand."""

from datetime import date, datetime, timedelta
from typing import Any

from config.management.demo.stage import Stage
from contracts.domain import warranty, warranty_terms
from contracts.models import Warranty, WarrantyTerms
from tickets.domain import coverage
from tickets.enums import OPEN
from tickets.models import Ticket

PARTS = ("打印头 PH-80", "电源模块", "触摸屏组件")
GOODWILL = "客户为重点单位，经部门经理同意，本次按优惠政策免费处理。"


def make(stage: Stage, day: date, now: datetime) -> None:
    """Three replaced parts with warranties of their own, supporting software named, one ticket judged by hand."""
    act: dict[str, Any] = {"actor": stage.users["manager"], "now": now}
    _parts(day, act)
    _supporting(act)
    _goodwill(act)


def _parts(day: date, act: dict[str, Any]) -> None:
    running = Warranty.objects.filter(part="", starts_on__lt=day - timedelta(days=60), ends_on__gt=day)
    for number, (part, held) in enumerate(
        zip(PARTS, running.select_related("asset__product").order_by("pk"), strict=False)
    ):
        changed = day - timedelta(days=20 + 7 * number)
        warranty.replace_part(held.asset, part, changed, changed - timedelta(days=3), number == 1, **act)


def _supporting(act: dict[str, Any]) -> None:
    """The class that waits for the names of its products gets one."""
    waiting = WarrantyTerms.objects.filter(product_kind="named", products=[]).order_by("pk").first()
    if waiting:
        warranty_terms.change(terms=waiting, products=["OA-5"], **act)


def _goodwill(act: dict[str, Any]) -> None:
    expired = Ticket.objects.filter(coverage="expired", state__in=sorted(OPEN)).order_by("number").first()
    if expired:
        coverage.override(ticket=expired, code="contract", reason=GOODWILL, **act)
