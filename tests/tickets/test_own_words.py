"""Targets and events that an administrator added to a set of the house are named wherever the ticket shows them."""

from contracts.domain import promise_set_draft as drafts
from contracts.domain import promise_set_edit as edit
from contracts.domain.promise_set_draft import Content, content_of
from contracts.domain.promise_set_words import OwnWords
from contracts.models import PromiseSet
from tests.customers.pages import text_of
from tests.factories import logged_in
from tests.world import World
from tickets.domain.progress import record_progress

TARGET = {"met_by": "data_restored", "zh": "数据恢复", "short": "恢复", "en": "Data restored"}
OWN = OwnWords({"restore": TARGET}, {"data_restored": {"zh": "数据已恢复", "en": "Data is back"}})


def promise_data(world: World) -> None:
    """The hotline's rules promise it too, beside whatever the contract says."""
    hotline, act = PromiseSet.objects.get(code="HOTLINE"), {"actor": world.admin, "now": world.now}
    draft = drafts.start(promise_set=hotline, **act)
    row = edit.clean_row(target="restore", budget="8h", calendar="always")
    content = Content(edit.add_row(content_of(draft).document, row), OWN)
    draft = drafts.save(draft=draft, content=content, version=draft.version, **act)
    drafts.publish(draft=draft, version=draft.version, effective_on=None, note="", **act)


def test_the_page_names_what_was_added(world: World) -> None:
    promise_data(world)
    ticket, agent = world.report(), logged_in(world.agent)
    assert ticket.clocks.get(target="restore").state == "running"
    words = text_of(agent.get(f"/tickets/{ticket.number}/"))
    assert ("数据恢复" in words, "restore" in words) == (True, False)
    assert "数据已恢复" in text_of(agent.get(f"/tickets/{ticket.number}/progress/"))
    record_progress(ticket=ticket, kind="data_restored", actor=world.agent, now=world.now)
    assert ticket.clocks.get(target="restore").state == "met"
    words = text_of(agent.get(f"/tickets/{ticket.number}/"))
    assert ("数据已恢复" in words, "data_restored" in words) == (True, False)
