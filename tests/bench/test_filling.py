"""What `make bench` measures beside must be what the product itself could have written."""

import pytest

from core.models import Audit, Outbox
from tests.bench import stories
from tests.bench.filling import OVER_A_YEAR, cast
from tests.fixtures import MORNING
from tests.world import World
from tickets.domain import verify, words
from tickets.models import Clock, Escalation, Event, Message, Ticket, TicketWords


@pytest.mark.parametrize("story", [story for story, _ in stories.ENDED + stories.OPEN])
def test_a_cast_ticket_is_what_its_events_say(world: World, story: stories.Story) -> None:
    mould = stories.make(story, world, world.a, MORNING - stories.timedelta(days=60))
    cast([mould], 3)
    assert Ticket.objects.count() == 4
    assert list(verify.differences(MORNING)) == []
    kept = list(TicketWords.objects.order_by("pk").values_list("pk", "text", "grams"))
    words.build()
    assert list(TicketWords.objects.order_by("pk").values_list("pk", "text", "grams")) == kept


def test_cast_rows_have_numbers_keys_and_times_of_their_own(world: World) -> None:
    moulds = [stories.make(story, world, world.a, MORNING) for story in (stories.late, stories.withdrawn)]
    ids = cast(moulds, 4, OVER_A_YEAR)
    assert [ticket.pk for ticket in Ticket.objects.order_by("pk")][2:] == list(ids)
    for model in (Event, Clock, Message, Escalation):
        of_mould = model.objects.filter(ticket=moulds[0].ticket).count()
        assert of_mould > 0
        assert [model.objects.filter(ticket=pk).count() for pk in ids[::2]] == [of_mould, of_mould]
    assert len(set(Ticket.objects.values_list("number", "reported_at"))) == 6
    audited = {f"tickets.ticket:{number}" for number in Ticket.objects.values_list("number", flat=True)}
    assert set(Audit.objects.filter(subject__startswith="tickets.").values_list("subject", flat=True)) == audited
    assert Outbox.objects.filter(state="sent").count() == 2 * Outbox.objects.exclude(state="sent").count() > 0
