"""Transition tables: which state may follow which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import RuleError


@dataclass(frozen=True)
class Flow:
    """The states of one noun and the moves between them."""

    noun: str
    moves: Mapping[str, frozenset[str]]

    def allows(self, source: str, target: str) -> bool:
        return target in self.moves.get(source, frozenset())

    def check(self, source: str, target: str) -> None:
        if not self.allows(source, target):
            raise RuleError(
                "transition", _("This step does not fit the present state. Please reload the page and look again.")
            )


def flow(noun: str, moves: Mapping[str, Iterable[str]]) -> Flow:
    return Flow(noun, {source: frozenset(targets) for source, targets in moves.items()})
