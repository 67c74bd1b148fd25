"""Doing things at the same time, each on a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from core.errors import RuleError

PATIENCE = 60


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all acts at one moment. Gives, in their order, what each returned or the RuleError that it was refused
    with; any other error (a deadlock among them) is raised.
    """
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            return act()
        except RuleError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        jobs = [pool.submit(run, act) for act in acts]
        return [job.result(PATIENCE) for job in jobs]


def codes(results: Sequence[Any]) -> list[str]:
    """The codes of the refusals; "done" for what went through; sorted."""
    return sorted(result.code if isinstance(result, RuleError) else "done" for result in results)
