"""The product's processes as the fault tests start them: `python -m tests.faults.process worker|beat …` is `celery …`.

Its environment changes three things, and nothing in the product knows of it:

CLOCK_SHIFT   seconds that its clock is ahead of the machine's
LEASE         seconds after which an undelivered message is anybody's again
DEATH         name of the place at which the process group is killed (SIGKILL), the first time one of it comes there
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django
from django.db import transaction


def die(*_: Any, **__: Any) -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def dying_before(function: Callable[..., Any]) -> Callable[..., Any]:
    return die


def dying_after(function: Callable[..., Any]) -> Callable[..., Any]:
    """Dies only when there was something to do."""

    def run(*args: Any, **facts: Any) -> Any:
        done = function(*args, **facts)
        if done not in (0, [], (0, 0)):
            die()
        return done

    return run


def dying_uncommitted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Dies when the function has written, before its transaction ends."""

    def run(*args: Any, **facts: Any) -> Any:
        with transaction.atomic():
            return dying_after(function)(*args, **facts)

    return run


# place of death: module, function, how
DEATHS = {
    "before recording": ("tickets.domain.sweep", "fire", dying_before),
    "recorded, not committed": ("tickets.domain.sweep", "fire", dying_uncommitted),
    "recorded, not marked": ("tickets.domain.sweep", "fire", dying_after),
    "marked, not committed": ("tickets.domain.sweep", "mark", dying_uncommitted),
    "marked, not folded": ("tickets.domain.sweep", "mark", dying_after),
    "claimed, not sent": ("core.domain.outbox", "_claim", dying_after),
    "before sending": ("core.domain.notification", "send_mail", dying_before),
    "sent, not noted": ("core.domain.notification", "send_mail", dying_after),
}


def arrange() -> None:
    django.setup()
    from core import clock
    from core.domain import outbox
    from tickets.domain import letter  # noqa: F401  (all that deliver are loaded before a name is changed)

    clock._shift = timedelta(seconds=float(os.environ.get("CLOCK_SHIFT", "0")))
    outbox.LEASE = timedelta(seconds=float(os.environ.get("LEASE", "3")))
    if place := os.environ.get("DEATH"):
        module, name, how = DEATHS[place]
        setattr(sys.modules[module], name, how(getattr(sys.modules[module], name)))


if __name__ == "__main__":
    arrange()
    from config.celery import app

    app.start(sys.argv[1:])
