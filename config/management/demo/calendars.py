"""Calendars as an administrator left them: a customer's own hours, published and with a change still being written."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.domain import calendar_draft
from contracts.domain.calendar_plan import Plan
from contracts.models import CalendarDraft

CODE = "ministry_6x10"
WEEK = ("08:30-12:00, 13:30-18:00",) * 5 + ("09:00-12:00", "")
PLAN = Plan("政务大厅 6×8", WEEK, True, True, "8", "2026-12-31")


def make(*, actor: Any, now: datetime) -> None:
    """One more calendar and the draft of its next version; again changes nothing. `actor` is an administrator."""
    if CalendarDraft.objects.filter(code=CODE).exists():
        return
    draft = calendar_draft.begin(code=CODE, plan=PLAN, actor=actor, now=now)
    calendar_draft.publish(draft=draft, version=draft.version, actor=actor, now=now)
    longer = replace(PLAN, hours=(*WEEK[:5], "09:00-12:00, 13:30-16:00", ""))
    calendar_draft.save(code=CODE, plan=longer, version=0, actor=actor, now=now)
