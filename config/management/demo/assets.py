"""Systems and their parts, software versions, and acceptance of the demonstration."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from config.management.demo.stage import Stage
from contracts.domain import acceptance as acceptances
from contracts.enums import AcceptanceStage
from contracts.models import Acceptance, Contract
from core import pdf
from customers.domain import asset as assets
from customers.domain import product as products
from customers.domain import release as releases
from customers.models import Asset, Product

MAKERS = {"KT-300": "云州智能终端", "UPS-40K": "恒电", "SRV-R740": "戴尔", "SW-7706": "新华三", "FW-2000": "天融信"}
SOLD_WITH = {
    "months": 24,
    "starts": "day_after_acceptance",
    "first_day_counts": True,
    "covers": "material_make",
    "price_after": "list",
    "replaced_part": "remainder",
}
# Systems by their site and product, with the units of the stage that are parts of them.
SYSTEMS = (
    ("ZHZX", "hall", "VC-8000", "大屏会商系统", ("led", "mcu")),
    ("ZWFW", "hall", "KT-300", "自助服务区", ("k1", "k2", "k3", "k5")),
)
VERSIONS = {"DISP-6": ("6.1.4", "6.2.0", ""), "OA-5": ("5.3.0",), "APPR-3": ("3.0.8",), "EDU-2": ("2.4",)}
FIRMWARE = ("3.1.7", "3.2.0", "3.2.0", "3.1.7", "")
RELEASES = (
    ("DISP-6", "6.2.0", 95, "6.0", "预案联动支持分组启动;\n修复会商记录导出时的乱码。"),
    ("DISP-6", "6.3.0", 6, "6.1", "值班排班与通讯录同步;\n地图离线包更新。"),
    ("KT-300", "3.2.0", 40, "", "优化票据走纸检测;\n支持新版社保卡读取。"),
    ("OA-5", "5.4.1", 20, "5.2", "公文流转支持版式文件。"),
)


def make(stage: Stage, day: date, now: datetime) -> None:
    """Systems with parts, versions with releases, and one project between preliminary and final acceptance."""
    act: dict[str, Any] = {"actor": stage.users["manager"], "now": now}
    _catalogue(act)
    _systems(stage, act)
    _versions(act)
    _releases(day, act)
    _project(stage, day, act)


def _catalogue(act: dict[str, Any]) -> None:
    for code, maker in MAKERS.items():
        products.change(product=Product.objects.get(code=code), maker=maker, **act)
    products.change(product=Product.objects.get(code="UPS-40K"), warranty=SOLD_WITH, **act)


def _systems(stage: Stage, act: dict[str, Any]) -> None:
    for code, place, product, name, parts in SYSTEMS:
        site = stage.sites[f"{code}.{place}"]
        kind = Product.objects.get(code=product)
        system = assets.create(site=site, product=kind, name=name, level="system", **act)
        for key in parts:
            part = stage.assets[f"{code}.{key}"]
            part.refresh_from_db()
            if part.site_id == site.pk:
                assets.change(asset=part, parent=system, **act)


def _versions(act: dict[str, Any]) -> None:
    for code, versions in {**VERSIONS, "KT-300": FIRMWARE}.items():
        devices = Asset.objects.filter(product__code=code, level="device").order_by("pk")
        for place, asset in enumerate(devices):
            assets.change(asset=asset, software_version=versions[place % len(versions)], **act)


def _releases(day: date, act: dict[str, Any]) -> None:
    for code, number, days, minimum, notes in RELEASES:
        releases.create(
            product=Product.objects.get(code=code),
            number=number,
            released_on=day - timedelta(days=days),
            minimum=minimum,
            notes=notes,
            **act,
        )


def _project(stage: Stage, day: date, act: dict[str, Any]) -> None:
    """New equipment at the command centre: preliminary acceptance signed, the final one drafted.

    Where no PDF file can be made (pango is missing) the first one stays a draft too.
    """
    contract = Contract.objects.filter(customer=stage.customers["ZHZX"], state="active").earliest("pk")
    site = stage.sites["ZHZX.spare"]
    kinds = {product.code: product for product in Product.objects.filter(code__in=["SRV-R740", "UPS-40K"])}
    system = assets.create(site=site, product=kinds["SRV-R740"], name="备用所机房扩容", level="system", **act)
    units = [
        assets.create(
            site=site,
            product=kinds[code],
            name=name,
            serial=f"{code}-2610-{serial}",
            parent=system,
            state="in_use",
            **act,
        )
        for code, name, serial in (
            ("SRV-R740", "调度数据库服务器", "0A17C"),
            ("SRV-R740", "调度应用服务器", "0A17D"),
            ("UPS-40K", "备用所不间断电源", "1F220"),
        )
    ]
    people: dict[str, Any] = {
        "signatories_theirs": "马建国 信息科科长",
        "signatories_ours": f"{stage.users['manager'].name} 项目经理",
    }
    first = _draft(contract, AcceptanceStage.PRELIMINARY, day - timedelta(days=34), [system, *units], people, act)
    with suppress(pdf.PdfError):
        acceptances.sign(first, version=first.version, **act)
    _draft(contract, AcceptanceStage.FINAL, day - timedelta(days=1), [system, *units], people, act)


def _draft(
    contract: Contract, stage: str, day: date, units: list[Asset], people: dict[str, Any], act: dict[str, Any]
) -> Acceptance:
    points = "UPS 远程监控短信待开通，王工，两周内完成\n机柜标签补齐，丁晓燕确认" if stage == "preliminary" else ""
    return acceptances.create(
        contract=contract, stage=stage, accepted_on=day, assets=units, remaining_points=points, **people, **act
    )
