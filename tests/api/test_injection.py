"""D4: words that mean something to SQL mean nothing to us: they find no more than any other unknown word."""

from itertools import product
from typing import Any

from tests.api.caller import Caller
from tests.factories import logged_in
from tests.world import World
from tickets.models import Ticket

CORPUS = (
    "' OR '1'='1",
    "') OR TRUE --",
    "1; DROP TABLE tickets_ticket; --",
    "' UNION SELECT password FROM accounts_user --",
    "1) OR pg_sleep(9) IS NULL --",
    "%' OR 1=1 /*",
    "\\'; COPY accounts_user TO PROGRAM 'id'; --",
    "$$; SELECT 1; $$",
    '{"$ne": null}',
    "x' AND (SELECT 1/0) --",
    "::int[]",
    "%00%27%20OR%201=1",
)
PAGES: dict[str, dict[str, str]] = {"/search/": {}, "/tickets/": {"view": "every"}, "/customers/": {}, "/assets/": {}}
FILTERS = ("ordering", "state", "customer", "reported_from", "q", "assignee", "severity")


def test_d4_pages_find_nothing(world: World) -> None:
    ticket = world.report()
    person = logged_in(world.agent)
    for page, query in PAGES.items():
        for words in CORPUS:
            answer = person.get(page, {**query, "q": words})
            assert answer.status_code == 200, (page, words)
            assert f"/tickets/{ticket.number}/" not in answer.content.decode(), (page, words)
    assert Ticket.objects.count() == 1


def test_d4_the_api_refuses_or_finds_nothing(world: World, agent: Caller) -> None:
    number = world.report().number
    for name, words in product(FILTERS, CORPUS):
        answer: Any = agent.get("/tickets/", **{name: words})
        assert answer.status_code in {200, 400}, (name, words)
        found = [row["number"] for row in answer.json().get("results", [])]
        assert found == ([number] if name == "ordering" and answer.status_code == 200 else []), (name, words)
    assert Ticket.objects.count() == 1
