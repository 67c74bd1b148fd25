"""The tree of what stands at a site: systems, their parts, and devices that stand by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from customers.enums import AssetLevel, AssetState
from customers.models import Asset, Site
from customers.queries.customer import assets_for

MOST_SHOWN = 500


@dataclass(frozen=True)
class Node:
    """One installed thing in its place; `depth` 0 at the top, `parts` how many hang directly below it."""

    asset: Asset
    depth: int
    parts: int


def standing_at(user: Any, site: Site, *, retired: bool = False) -> list[Asset]:
    """What the person sees at the site, at most one more than `MOST_SHOWN`; one statement."""
    found = assets_for(user).filter(site=site)
    found = found if retired else found.exclude(state=AssetState.RETIRED)
    return list(found.order_by("name", "pk")[: MOST_SHOWN + 1])


def retired_at(user: Any, site: Site) -> int:
    return assets_for(user).filter(site=site, state=AssetState.RETIRED).count()


def tree(assets: Sequence[Asset]) -> list[Node]:
    """The assets in the order of the tree: systems before devices, by name. A part whose system is not among them
    stands at the top. Pure.
    """
    present = {asset.pk for asset in assets}
    below: dict[int | None, list[Asset]] = {}
    for asset in assets:
        below.setdefault(asset.parent_id if asset.parent_id in present else None, []).append(asset)
    return _walk(below, None, 0)


def _walk(below: dict[int | None, list[Asset]], parent: int | None, depth: int) -> list[Node]:
    nodes = []
    for asset in sorted(below.get(parent, []), key=_order):
        nodes.append(Node(asset, depth, len(below.get(asset.pk, []))))
        nodes += _walk(below, asset.pk, depth + 1)
    return nodes


def _order(asset: Asset) -> tuple[bool, str, int]:
    return asset.level != AssetLevel.SYSTEM, asset.name, asset.pk


def parts_of(user: Any, asset: Asset) -> list[Asset]:
    """What hangs directly below a system, by name; one statement, none for a device."""
    if asset.level != AssetLevel.SYSTEM:
        return []
    return sorted(assets_for(user).filter(parent=asset), key=_order)
