"""Access data of customers' systems with looks at it, a customer entered twice, a table that waits for confirmation."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from config.management.demo.stage import Stage
from customers.domain import contact as contacts
from customers.domain import customer as customers
from customers.domain import imports
from customers.domain import secret as secrets
from customers.enums import ImportKind
from customers.models import Asset, Customer

SYSTEMS = (
    ("远程维护堡垒机", {"address": "https://10.20.8.6:8443", "username": "weibao-ops", "password": "demo-7Kp!2f"}),
    ("叫号系统数据库", {"address": "10.20.8.21:1521/QUEUE", "username": "maint", "password": "demo-Qx9_4m"}),
    (
        "自助终端本地管理",
        {"username": "admin", "password": "demo-3v8t", "parameters": "出厂端口 8080\n固件密钥见保险柜"},
    ),
)
TABLE = (
    "客户编号,客户名称,简称,行业,总机,重点客户",
    "NB-101,宁江区行政审批局,宁江审批,政务,021-5555 1701,是",
    "NB-102,宁江区图书馆,,文化,021-5555 1702,否",
    "NB-103,东港码头服务中心,东港,交通,5555,否",
    ",云湖医院门诊部,云湖门诊,医疗,021-5555 1704,否",
    "NB-102,宁江区博物馆,,文化,021-5555 1705,也许",
)


def make(stage: Stage, now: datetime) -> None:
    """All of it, at `now`. Access data only where there is a key to seal it with."""
    first = next(iter(stage.customers.values()))
    if settings.CRYPTO_KEYS:
        _make_secrets(stage, first, now)
    _make_double(stage, first, now)
    content = "\r\n".join(TABLE).encode("gb18030")
    upload = SimpleUploadedFile("新客户名单.csv", content, "text/csv")
    imports.receive(upload=upload, kind=ImportKind.CUSTOMER, actor=stage.users["manager"], now=now)


def _make_secrets(stage: Stage, customer: Customer, now: datetime) -> None:
    keeper, assets = stage.users["manager"], iter(_assets_of(stage, customer))
    for place, (name, parts) in enumerate(SYSTEMS):
        asset = next(assets, None) if place else None
        then = now - timedelta(days=40 - place)
        made = secrets.create(customer=customer, asset=asset, name=name, actor=keeper, now=then, **parts)
        if place < 2:
            reason = ("季度巡检登录检查", "客户来电，核对数据库地址")[place]
            secrets.look(secret=made, reason=reason, actor=stage.users["duty"], now=then + timedelta(days=20))


def _assets_of(stage: Stage, customer: Customer) -> list[Asset]:
    return [asset for asset in stage.assets.values() if asset.customer_id == customer.pk]


def _make_double(stage: Stage, customer: Customer, now: datetime) -> None:
    """The same organisation again, as a colleague entered it from a call."""
    act: dict[str, Any] = {"actor": stage.users["agent"], "now": now - timedelta(days=9)}
    double = customers.create(
        code=f"{customer.code}-2", name=f"{customer.name}（一楼大厅）", phone=customer.phone, **act
    )
    contacts.create(customer=double, name="前台值班", phone=customer.phone, email="reception@example.com", **act)
