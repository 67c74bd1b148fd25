"""Warranty terms as data: what a class of a contract line says, or a warranty that stands on it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from contracts.enums import (
    AcceptanceStage,
    ChargedInside,
    Cover,
    PriceBasis,
    ProductScope,
    ReplacedPart,
    ServiceKind,
    WarrantyStart,
)

LONG_DISTANCE_KM = 1000


@dataclass(frozen=True)
class Terms:
    """The terms of one warranty class, in the words of the presets' `warranty` ([001] [003] [004]).

    `product_kind` and `products` say which assets the class is about, `stage` which acceptance starts it.
    `long_distance_km`: from this distance on `charged_inside` counts. `software_upgrade_months`: how long new software
    versions are free, 0 where it is as long as everything else.
    """

    months: int
    starts: WarrantyStart
    first_day_counts: bool
    covers: Cover
    name: str = ""
    product_kind: str = ""
    products: tuple[str, ...] = ()
    stage: AcceptanceStage = AcceptanceStage.FINAL
    free_after: tuple[ServiceKind, ...] = ()
    charged_inside: tuple[ChargedInside, ...] = ()
    long_distance_km: int = LONG_DISTANCE_KM
    price_after: PriceBasis = PriceBasis.LIST
    replaced_part: ReplacedPart = ReplacedPart.REMAINDER
    software_upgrade_months: int = 0

    def document(self) -> dict[str, Any]:
        """The terms as JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def is_about(self, *, kind: str, code: str) -> bool:
        """Whether the class is about a product of the catalogue."""
        if self.products:
            return code in self.products
        return self.product_kind in ("", kind)

    @property
    def closeness(self) -> int:
        """A class with named products is closer than one for a kind, that than one for all."""
        return 0 if self.products else 1 if self.product_kind else 2


def terms_of(source: Mapping[str, Any]) -> Terms:
    """The terms that a row or a snapshot holds; unknown keys are left aside. KeyError, ValueError for another thing."""
    return Terms(
        months=int(source["months"]),
        starts=WarrantyStart(source["starts"]),
        first_day_counts=bool(source["first_day_counts"]),
        covers=Cover(source["covers"]),
        name=source.get("name", ""),
        product_kind=source.get("product_kind", ""),
        products=tuple(source.get("products") or ()),
        stage=AcceptanceStage(source.get("stage", AcceptanceStage.FINAL)),
        free_after=tuple(map(ServiceKind, source.get("free_after") or ())),
        charged_inside=tuple(map(ChargedInside, source.get("charged_inside") or ())),
        long_distance_km=int(source.get("long_distance_km", LONG_DISTANCE_KM)),
        price_after=PriceBasis(source.get("price_after", PriceBasis.LIST)),
        replaced_part=ReplacedPart(source.get("replaced_part", ReplacedPart.REMAINDER)),
        software_upgrade_months=int(source.get("software_upgrade_months", 0)),
    )


def class_for(classes: Iterable[Terms], *, kind: str, code: str) -> Terms | None:
    """The class of a line that is about a product: the closest, of equals the first; None where there is none."""
    fitting = [one for one in classes if one.is_about(kind=kind, code=code) and not _waits_for_names(one)]
    return min(fitting, key=lambda one: one.closeness, default=None)


def _waits_for_names(one: Terms) -> bool:
    return one.product_kind == ProductScope.NAMED and not one.products
