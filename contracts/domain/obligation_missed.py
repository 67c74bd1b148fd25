"""Periods that ended short of what was owed are found by a tick and told once."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries.user import staff
from contracts.domain.pace import done_in, periods_of
from contracts.domain.periods import Period
from contracts.models import Obligation, ObligationMiss
from contracts.queries.obligation import counting, days_done, known_misses
from core.clock import office_day
from core.domain import notification, record
from core.domain.record import subject


def find_missed(now: datetime, url: str) -> int:
    """Note every period that is over and short, once, and tell who answers for the contract. Returns how many.

    `url` is the address of the due list. Any number of workers may run it side by side.
    """
    day, owed = office_day(now), list(counting())
    days, known = days_done(owed), known_misses(owed)
    found = 0
    for one in owed:
        for period in _over(one, day):
            if (one.pk, period.first) not in known and done_in(period, days.get(one.pk, [])) < period.owed:
                found += _note(one.pk, period, now, url)
    return found


def _over(obligation: Obligation, day: date) -> list[Period]:
    """The periods that have ended since the obligation was registered."""
    return [one for one in periods_of(obligation) if obligation.counts_from <= one.last < day]


def _note(pk: int, period: Period, now: datetime, url: str) -> int:
    """One transaction under the obligation's lock; whoever comes second finds the row and does nothing."""
    with transaction.atomic():
        obligation = Obligation.objects.select_for_update(of=("self",)).select_related("contract").get(pk=pk)
        if ObligationMiss.objects.filter(obligation=obligation, first=period.first).exists():
            return 0
        done = done_in(period, days_done([obligation]).get(pk, []))
        if done >= period.owed:
            return 0
        miss = ObligationMiss(obligation=obligation, customer_id=obligation.customer_id, told_at=now)
        values = {"first": period.first, "last": period.last, "owed": period.owed, "done": done}
        record.save(miss, values, actor=None, action="obligation.miss", now=now)
        for user in answering(obligation.contract):
            _tell(user, miss, now, url)
    return 1


def answering(contract: Any) -> list[User]:
    """Who answers for a contract: its owner, its service manager, and the managers."""
    named = {contract.owner_id, contract.service_manager_id} - {None}
    managers = staff().filter(roles__role=Role.MANAGER).values_list("pk", flat=True)
    return list(staff().filter(pk__in=named | set(managers)))


def _tell(user: User, miss: ObligationMiss, now: datetime, url: str) -> None:
    notification.notify(
        user=user,
        key=f"obligation.missed:{subject(miss)}",
        kind="obligation.missed",
        text=lambda: _words(miss),
        url=url,
        now=now,
        mail=True,
    )


def _words(miss: ObligationMiss) -> str:
    obligation = miss.obligation
    return _("%(contract)s: %(done)s of %(owed)s done (%(kind)s), owed by %(day)s") % {
        "contract": obligation.contract.number,
        "done": miss.done,
        "owed": miss.owed,
        "kind": obligation.get_kind_display(),
        "day": miss.last.isoformat(),
    }
