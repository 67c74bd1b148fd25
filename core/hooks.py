"""Explicit hooks in place of signals (decisions 30).

An upper app registers in its `AppConfig.ready`; the lower app runs them inside its own transaction:
`guard` may refuse with RuleError before anything is written, `after` adds consequences.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Hook = Callable[..., None]
_guards: dict[str, list[Hook]] = defaultdict(list)
_afters: dict[str, list[Hook]] = defaultdict(list)


def guard(name: str) -> Callable[[Hook], Hook]:
    return _register(_guards, name)


def after(name: str) -> Callable[[Hook], Hook]:
    return _register(_afters, name)


def _register(table: dict[str, list[Hook]], name: str) -> Callable[[Hook], Hook]:
    def add(hook: Hook) -> Hook:
        if hook not in table[name]:
            table[name].append(hook)
        return hook

    return add


def run_guards(name: str, **facts: Any) -> None:
    for hook in _guards[name]:
        hook(**facts)


def run_after(name: str, **facts: Any) -> None:
    for hook in _afters[name]:
        hook(**facts)


def listing() -> list[tuple[str, str, str]]:
    """Every hook as (kind, name, function), in the order of running."""
    tables = (("guard", _guards), ("after", _afters))
    return [
        (kind, name, f"{hook.__module__}.{hook.__qualname__}")
        for kind, table in tables
        for name in sorted(table)
        for hook in table[name]
    ]
