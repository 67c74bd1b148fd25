"""What a ticket is about, as far as promises depend on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.domain.document import DocumentError, at, read_mapping, shown

FACT_NAMES = ("severity", "kind", "channel", "locality", "distance_km", "coverage")
FARTHEST_KM = 40_075


@dataclass(frozen=True, slots=True)
class Facts:
    """The present facts of a ticket. None: not known; a fact that is not known fits no condition on it."""

    severity: int | None = None
    kind: str | None = None
    channel: str | None = None
    locality: str | None = None
    distance_km: float | None = None
    coverage: str | None = None

    def changed(self, changes: Mapping[str, object]) -> "Facts":
        """These facts with the checked `changes` of read_facts()."""
        return replace(self, **changes)  # type: ignore[arg-type]


FactLists = Mapping[str, tuple[object, ...]]
"""The closed list of values of each fact that has one."""


def read_facts(value: object, path: str, lists: FactLists) -> dict[str, object]:
    """The facts that a document names, each None or an allowed value."""
    document = read_mapping(value, path, optional=FACT_NAMES)
    return {name: read_fact(name, fact, at(path, name), lists) for name, fact in document.items()}


def read_fact(name: str, value: object, path: str, lists: FactLists) -> object:
    """One fact's value, None where it is not known."""
    if value is None:
        return None
    if name == "distance_km":
        return read_distance(value, path)
    if isinstance(value, bool | float) or value not in lists[name]:
        raise DocumentError(path, f"unknown {name} {shown(value)}")
    return value


def read_distance(value: object, path: str) -> float:
    """A distance in kilometres."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= FARTHEST_KM:
        raise DocumentError(path, f"not a distance in km: {shown(value)}")
    return value
