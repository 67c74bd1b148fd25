"""Promise sets as an administrator left them: one that changes with the new year, one that is still being written."""

from datetime import date, datetime
from typing import Any

from contracts.domain import promise_set_draft, promise_set_edit
from contracts.domain.promise_set_draft import Content, content_of
from contracts.models import PromiseDraft, PromiseSet
from contracts.queries.promise_version import last_version

CHANGING, COPIED, NEW = "XC30", "HN48", "JR-GOLD"


def make(*, actor: Any, now: datetime) -> None:
    """A coming version of one set and the draft of another; again changes nothing. `actor` is an administrator."""
    if PromiseDraft.objects.filter(code=NEW).exists():
        return
    _change_with_the_year(actor, now)
    _begin_gold(actor, now)


def _change_with_the_year(actor: Any, now: datetime) -> None:
    promise_set = PromiseSet.objects.get(code=CHANGING)
    draft = promise_set_draft.start(promise_set=promise_set, actor=actor, now=now)
    held = content_of(draft)
    document = promise_set_edit.change_cells(held.document, {0: {"budget": "20m"}})
    document = promise_set_edit.add_row(
        document,
        promise_set_edit.clean_row(target="on_site", budget="4h", calendar="always", when={"kind": "fault"}),
    )
    draft = promise_set_draft.save(
        draft=draft, content=Content(document, held.own), version=draft.version, actor=actor, now=now
    )
    promise_set_draft.publish(
        draft=draft,
        version=draft.version,
        effective_on=date(now.year + 1, 1, 1),
        note=f"{now.year + 1} 年度服务承诺：响应提速，增加到场时限",
        actor=actor,
        now=now,
    )


def _begin_gold(actor: Any, now: datetime) -> None:
    names = {"name": "金融行业金牌服务", "name_en": "Finance gold"}
    draft = promise_set_draft.copy(
        source=last_version(COPIED), code=NEW, scope="contract", actor=actor, now=now, **names
    )
    held = content_of(draft)
    cells = {0: {"budget": "30m"}, 1: {"budget": "4h"}, 2: {"budget": "24h"}, 3: {"budget": "24h"}}
    document = promise_set_edit.change_cells(held.document, cells)
    promise_set_draft.save(
        draft=draft, content=Content(document, held.own), version=draft.version, actor=actor, now=now
    )
