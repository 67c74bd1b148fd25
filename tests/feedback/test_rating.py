"""S45: ratings in the portal, by mailed link, on the desk and in the API. A1, A5, A8, C1-C5, E6."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.domain import link
from accounts.domain.user import grant_role
from accounts.enums import Purpose, Role
from accounts.models import OneUseLink, User
from core import clock
from core.domain.notification import mark_all_read
from core.errors import InputError, RuleError
from core.models import Audit, Notification, Outbox
from customers.domain import contact as contacts
from customers.domain import invitation
from feedback.domain import rating as ratings
from feedback.models import Rating
from feedback.queries.rating import ratings_for, shares
from feedback.views import panel
from tests.accounts.test_login import strip_tokens
from tests.api.caller import Caller, error
from tests.factories import logged_in, make_user
from tests.letters import address_in, delivered
from tests.world import World
from tickets.domain import resolution
from tickets.domain.undo import undo
from tickets.models import Event, Ticket

BAD_STARS = ["0", "6", "5 ", "-1", "", "five", "1e0", "٣", "1\x00", "99999999999999999999"]
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def base_url(settings: Any) -> None:
    settings.BASE_URL = "https://desk.example.com"


@pytest.fixture
def ticket(world: World) -> Ticket:
    return world.report(assignee=world.agent)


def solve(ticket: Ticket, world: World, **given: Any) -> None:
    facts = {"solution": "已更换打印头", "cause": "hardware", "actor": world.agent, "now": clock.now()}
    resolution.resolve(ticket=ticket, **facts | given)


@pytest.fixture
def done(ticket: Ticket, world: World) -> Ticket:
    """A resolved ticket of customer A's contact."""
    solve(ticket, world)
    return ticket


@pytest.fixture
def customer(world: World) -> Client:
    return logged_in(world.a.user)


def rate(ticket: Ticket, world: World, stars: int = 5, **given: Any) -> Rating:
    facts = {"contact": world.a.contact, "actor": world.a.user, "now": clock.now()}
    return ratings.rate(ticket=ticket, stars=stars, **facts | given)


def post(client: Client, ticket: Ticket, **data: Any) -> HttpResponse:
    return client.post(f"/portal/tickets/{ticket.number}/rating/", data)


def traces() -> tuple[int, int, int]:
    return Rating.objects.count(), Audit.objects.count(), Notification.objects.count()


def letters(world: World, after: timedelta = timedelta(seconds=11)) -> list[Any]:
    """The mails that ask for a rating, delivered so long after the present instant."""
    return [letter for letter in delivered(clock.now() + after) if "/rate/" in letter.body]


def mailed(world: World) -> str:
    (letter,) = letters(world)
    return address_in(letter)


# --- In the portal ----------------------------------------------------------------------------------------------------


def test_a_customer_rates_and_sees_the_stars(customer: Client, done: Ticket, world: World) -> None:
    page = customer.get(f"/portal/tickets/{done.number}/").content.decode()
    assert page.count('name="stars"') == 5
    assert post(customer, done, stars="4", comment=" 很快 ").headers["Location"] == f"/portal/tickets/{done.number}/"
    rating = Rating.objects.get()
    assert (rating.stars, rating.comment, rating.round, rating.contact, rating.customer, rating.created_at) == (
        4,
        "很快",
        1,
        world.a.contact,
        world.a.customer,
        world.now,
    )
    page = customer.get(f"/portal/tickets/{done.number}/").content.decode()
    assert 'name="stars"' not in page
    assert "很快" in page
    assert Audit.objects.filter(action="rating.create", subject=f"tickets.ticket:{done.number}").count() == 1


@pytest.mark.parametrize("stars", BAD_STARS)
def test_e6_what_is_not_one_to_five_is_refused(customer: Client, done: Ticket, stars: str) -> None:
    before = traces()
    response = post(customer, done, stars=stars, comment="x")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["stars"])
    assert traces() == before


@pytest.mark.parametrize("stars", [0, 6, -1, "5", None, True, 4.0])
def test_e6_the_domain_takes_nothing_else_either(done: Ticket, world: World, stars: Any) -> None:
    before = traces()
    with pytest.raises(InputError) as refusal:
        rate(done, world, stars)
    assert (refusal.value.field, traces()) == ("stars", before)


def test_e6_the_database_neither(done: Ticket, world: World) -> None:
    given = {"ticket": done, "customer": world.a.customer, "round": 1, "created_at": world.now}
    for stars in (0, 6):
        with pytest.raises(IntegrityError, match="rating_stars"), transaction.atomic():
            Rating.objects.create(stars=stars, **given)
    with pytest.raises(IntegrityError, match="tenant"), transaction.atomic():
        Rating.objects.create(stars=5, **given | {"customer": world.b.customer})
    rate(done, world)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Rating.objects.update(stars=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Rating.objects.all().delete()


@pytest.mark.parametrize("comment", ["x" * 2001, "x" * 1_000_000, "a\x00b"])
def test_e6_a_comment_has_its_limit(customer: Client, done: Ticket, comment: str) -> None:
    before = traces()
    response = post(customer, done, stars="5", comment=comment)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["comment"])
    assert traces() == before
    assert post(customer, done, stars="5", comment="😀" * 2000).status_code == 302


def test_a_rating_is_said_once_and_never_changed(customer: Client, done: Ticket, world: World) -> None:
    post(customer, done, stars="2")
    before = traces()
    assert post(customer, done, stars="5").status_code == 409
    with pytest.raises(RuleError, match="rated"):
        rate(done, world)
    assert (traces(), Rating.objects.get().stars) == (before, 2)


def test_only_what_is_done_is_rated(customer: Client, ticket: Ticket) -> None:
    before = traces()
    assert post(customer, ticket, stars="5").status_code == 409
    assert traces() == before
    assert 'name="stars"' not in customer.get(f"/portal/tickets/{ticket.number}/").content.decode()


def test_rating_couples_with_nothing(done: Ticket, world: World) -> None:
    state, version = done.state, done.version
    rate(done, world, 1)
    done.refresh_from_db()
    assert (done.state, done.version) == (state, version) == ("resolved", version)
    resolution.close(ticket=done, actor=world.agent, now=world.now)
    assert Rating.objects.get().stars == 1


def test_e6_a_rating_after_a_reopening_belongs_to_its_round(done: Ticket, world: World, customer: Client) -> None:
    rate(done, world, 2)
    with clock.frozen(world.later(minutes=1)):
        resolution.reopen(ticket=done, reason="又坏了", actor=world.agent, now=clock.now())
        assert post(customer, done, stars="5").status_code == 409
    with clock.frozen(world.later(minutes=2)):
        solve(done, world)
        assert post(customer, done, stars="5").status_code == 302
    assert list(Rating.objects.order_by("pk").values_list("round", "stars")) == [(1, 2), (2, 5)]


def test_a1_another_customers_ticket_does_not_exist(done: Ticket, world: World) -> None:
    other = logged_in(world.b.user)
    before = traces()
    assert post(other, done, stars="5").status_code == 404
    assert other.post("/portal/tickets/WB-2611-99999/rating/", {"stars": "5"}).status_code == 404
    assert traces() == before


def test_a8_staff_never_rate(done: Ticket, world: World) -> None:
    for user in (world.agent, world.manager, world.admin):
        assert post(logged_in(user), done, stars="5").status_code == 403
    assert not Rating.objects.exists()


def test_a8_the_rater_is_who_is_logged_in(customer: Client, done: Ticket, world: World) -> None:
    post(customer, done, stars="5", contact=world.b.contact.pk, customer=world.b.customer.pk, round=7, actor=1)
    rating = Rating.objects.get()
    assert (rating.contact, rating.customer, rating.round) == (world.a.contact, world.a.customer, 1)


def test_a17_the_form_needs_its_token(done: Ticket, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.a.user)
    assert post(client, done, stars="5").status_code == 403
    assert client.get(f"/portal/tickets/{done.number}/rating/").status_code == 405
    assert not Rating.objects.exists()


# --- Low ratings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stars", "told"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_low_rating_is_told_once_to_duty_managers_and_the_team_lead(
    done: Ticket, world: World, stars: int, told: bool
) -> None:
    for user in User.objects.all():
        mark_all_read(user, world.now)
    rate(done, world, stars)
    lines = Notification.objects.filter(kind="rating")
    assert {line.user.name for line in lines} == ({"李主任", "组长"} if told else set())
    assert all(str(stars) in line.text and line.url == f"/tickets/{done.number}/" for line in lines)


# --- By mail ----------------------------------------------------------------------------------------------------------


def test_the_customer_is_asked_by_mail_and_rates_without_a_login(done: Ticket, world: World) -> None:
    path = mailed(world)
    page = Client().get(path)
    assert (page.status_code, done.subject in page.content.decode()) == (200, True)
    response = Client().post(path, {"stars": "3", "comment": "可以"})
    assert response.status_code == 200
    rating = Rating.objects.get()
    assert (rating.stars, rating.comment, rating.contact) == (3, "可以", world.a.contact)


def test_nothing_is_asked_while_the_solution_can_be_taken_back(done: Ticket, world: World) -> None:
    assert letters(world, timedelta(seconds=9)) == []
    assert len(letters(world, timedelta(seconds=10))) == 1


def test_a_round_is_asked_about_once(ticket: Ticket, world: World) -> None:
    """Resolved, taken back and resolved again is one question; reopened and resolved is another."""
    solve(ticket, world)
    event = Event.objects.filter(ticket=ticket, kind="resolved").get()
    undo(ticket=ticket, event=event, actor=world.agent, now=clock.now())
    assert letters(world) == []
    with clock.frozen(world.later(minutes=1)):
        solve(ticket, world)
        first = letters(world)
        resolution.reopen(ticket=ticket, reason="x", actor=world.agent, now=clock.now())
    with clock.frozen(world.later(minutes=3)):
        solve(ticket, world)
        second = letters(world)
    assert (len(first), len(second)) == (1, 1)
    assert address_in(first[0]) != address_in(second[0])
    assert Client().get(address_in(first[0])).status_code == 404
    assert OneUseLink.objects.filter(purpose="rating").count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"email": ""},
        {"is_active": False},
    ],
)
def test_who_cannot_be_asked_is_not(done: Ticket, world: World, change: dict[str, Any]) -> None:
    contacts.change(contact=world.a.contact, actor=None, now=world.now, **change)
    assert letters(world) == []


def test_who_has_rated_already_is_not_asked(done: Ticket, world: World) -> None:
    rate(done, world)
    assert letters(world) == []


def test_who_was_not_told_of_the_solution_is_not_asked(ticket: Ticket, world: World) -> None:
    solve(ticket, world, tell_customer=False)
    assert letters(world) == []


def test_a_caller_without_a_contact_is_not_asked(world: World) -> None:
    ticket = world.report(contact=None, caller_name="路人", caller_phone="13800138000")
    solve(ticket, world)
    assert not Outbox.objects.filter(kind="rating.ask").exists()


def test_c1_no_token_is_kept(done: Ticket, world: World) -> None:
    token = mailed(world).split("/")[-2]
    assert OneUseLink.objects.get().digest == link.digest(token)
    assert token not in str(list(Outbox.objects.values())) + str(list(OneUseLink.objects.values()))


def test_c4_looking_never_rates(done: Ticket, world: World) -> None:
    path = mailed(world)
    for _ in range(5):
        page = Client().get(f"{path}?stars=5")
        Client().head(f"{path}?stars=1")
    assert page.context["form"]["stars"].value() == "5"
    assert (Rating.objects.count(), OneUseLink.objects.get().used_at) == (0, None)
    assert Client().post(f"{path}?stars=5", {"stars": "1"}).status_code == 200
    assert Rating.objects.get().stars == 1


@pytest.mark.parametrize("stars", BAD_STARS)
def test_e6_by_link_the_same_is_refused_and_the_link_still_stands(done: Ticket, world: World, stars: str) -> None:
    path = mailed(world)
    assert Client().get(path, {"stars": stars}).context["form"]["stars"].value() is None
    response = Client().post(path, {"stars": stars})
    assert (response.status_code, Rating.objects.count()) == (422, 0)
    assert Client().post(path, {"stars": "5", "comment": "x" * 2001}).status_code == 422
    assert Client().post(path, {"stars": "5"}).status_code == 200


def test_e6_a_second_post_is_thanked_and_changes_nothing(done: Ticket, world: World, customer: Client) -> None:
    path = mailed(world)
    assert [Client().post(path, {"stars": text}).status_code for text in ("2", "5", "bad")] == [200, 409, 409]
    assert Client().get(path).status_code == 200
    assert Rating.objects.get().stars == 2


def test_a_link_after_a_rating_in_the_portal_says_so(done: Ticket, world: World, customer: Client) -> None:
    path = mailed(world)
    post(customer, done, stars="4")
    assert [Client().get(path).status_code, Client().post(path, {"stars": "1"}).status_code] == [200, 409]
    assert Rating.objects.get().stars == 4


def test_c2_it_ends_after_thirty_days(done: Ticket, world: World) -> None:
    path = mailed(world)
    asked = OneUseLink.objects.get().created_at
    with clock.frozen(asked + timedelta(days=30) - SECOND):
        assert Client().get(path).status_code == 200
    with clock.frozen(asked + timedelta(days=30)):
        assert [Client().get(path).status_code, Client().post(path, {"stars": "5"}).status_code] == [404, 404]
    assert not Rating.objects.exists()


def test_c2_a_link_of_one_ticket_never_rates_another(done: Ticket, world: World) -> None:
    other = world.report(world.b)
    solve(other, world)
    paths = {address_in(letter): letter.subject.split()[0] for letter in letters(world)}
    assert len(paths) == 2
    for path, number in paths.items():
        more = {"ticket": done.pk, "number": done.number, "round": 1, "contact": world.a.contact.pk}
        assert Client().post(path, {"stars": "5", **more}).status_code == 200
        assert Rating.objects.latest("pk").ticket.number == number


def test_c2_another_purpose_does_not_rate(done: Ticket, world: World) -> None:
    facts = {"ticket": done.pk, "round": 1, "contact": world.a.contact.pk}
    token = link.issue(purpose=Purpose.INVITE, key="k", subject="x", facts=facts, now=world.now)
    assert Client().post(f"/rate/{token}/", {"stars": "5"}).status_code == 404
    path = mailed(world)
    for door in ("/login/link/", "/welcome/invite/"):
        assert Client().post(f"{door}{path.split('/')[-2]}/", {"stars": "5"}).status_code == 404
    assert not Rating.objects.exists()


@pytest.mark.parametrize("token", ["", "null", "0", "a" * 43, "a" * 10_000, "%00", "é" * 43])
def test_c3_what_is_no_link_gets_the_one_answer(world: World, token: str) -> None:
    dead = strip_tokens(Client().get(f"/login/link/{'a' * 43}/").content.decode())
    response = Client().get(f"/rate/{token}/")
    assert (response.status_code, strip_tokens(response.content.decode())) == (404, dead)


def test_e6_one_letter_turned_is_nobodys_link(done: Ticket, world: World) -> None:
    token = mailed(world).split("/")[-2]
    flipped = ("b" if token[0] == "a" else "a") + token[1:]
    assert Client().post(f"/rate/{flipped}/", {"stars": "5"}).status_code == 404
    assert not Rating.objects.exists()


def test_a16_links_of_a_disabled_contact_are_dead(done: Ticket, world: World) -> None:
    path = mailed(world)
    invitation.disable(contact=world.a.contact, actor=None, now=world.now)
    assert [Client().get(path).status_code, Client().post(path, {"stars": "5"}).status_code] == [404, 404]
    assert not Rating.objects.exists()


def test_a_link_while_the_ticket_is_open_again_is_dead(done: Ticket, world: World) -> None:
    path = mailed(world)
    resolution.reopen(ticket=done, reason="x", actor=world.agent, now=world.now)
    assert Client().post(path, {"stars": "5"}).status_code == 404
    assert not Rating.objects.exists()


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_who_sees_which_ratings(done: Ticket, world: World) -> None:
    mine = rate(done, world)
    other = world.report(world.b, assignee=world.agent)
    solve(other, world)
    theirs = ratings.rate(ticket=other, stars=1, contact=world.b.contact, actor=world.b.user, now=world.now)
    assert set(ratings_for(world.agent)) == set(ratings_for(world.manager)) == {mine, theirs}
    assert set(ratings_for(world.a.user)) == {mine}
    assert set(ratings_for(world.b.user)) == {theirs}
    assert set(ratings_for(world.engineer)) == set(ratings_for(None)) == set()
    grant_role(user=world.b.user, role=Role.CONTACT_ADMIN, now=world.now)
    assert set(ratings_for(User.objects.get(pk=world.b.user.pk))) == {theirs}


def test_what_ratings_come_to(world: World) -> None:
    for stars in (5, 5, 4, 2):
        ticket = world.report()
        solve(ticket, world)
        rate(ticket, world, stars)
    found = shares(ratings_for(world.manager))
    assert (found.count, found.average, found.satisfied, found.low) == (4, 4.0, 0.75, 1)
    assert found.by_stars == {1: 0, 2: 1, 3: 0, 4: 1, 5: 2}
    none = shares(Rating.objects.none())
    assert (none.count, none.average, none.satisfied) == (0, None, None)


def drawn(provider: Any, user: Any, subject: Any) -> tuple[str, int]:
    request = RequestFactory().get("/")
    request.user = user
    with CaptureQueriesContext(connection) as asked:
        html = provider(request, subject)
    return html, len(asked)


def test_the_desk_sees_stars_and_comment_in_one_statement(done: Ticket, world: World) -> None:
    assert drawn(panel.ticket_side, world.agent, done) == ("", 1)
    rate(done, world, 2, comment="<b>慢</b>")
    html, statements = drawn(panel.ticket_side, world.agent, done)
    assert ("&lt;b&gt;慢&lt;/b&gt;" in html, statements) == (True, 1)
    assert "慢" in logged_in(world.agent).get(f"/tickets/{done.number}/").content.decode()
    assert drawn(panel.ticket_side, world.a.user, done)[0] == ""


def test_the_customers_page_sums_up(done: Ticket, world: World) -> None:
    rate(done, world, 1, comment="慢")
    html, statements = drawn(panel.customer_panel, world.agent, world.a.customer)
    assert (done.number in html, "1.0" in html, statements <= 3) == (True, True, True)
    assert done.number not in drawn(panel.customer_panel, world.agent, world.b.customer)[0]
    assert drawn(panel.customer_panel, world.a.user, world.a.customer)[0] == ""


def test_the_case_asks_the_contact_and_nobody_else(done: Ticket, world: World) -> None:
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415

    html, statements = drawn(panel.portal_case, world.a.user, done)
    assert (html.count('name="stars"'), statements <= 3) == (5, True)
    for user in (AnonymousUser(), world.agent, world.b.user, make_user(Role.CONTACT)):
        assert drawn(panel.portal_case, user, done)[0] == ""


# --- API --------------------------------------------------------------------------------------------------------------

API = "/ratings/"


def test_the_api_lists_ratings(done: Ticket, world: World) -> None:
    rating = rate(done, world, 4, comment="快")
    answer = Caller(world.agent).get(API).json()
    assert answer["results"] == [
        {
            "id": rating.pk,
            "ticket": done.number,
            "customer": world.a.customer.pk,
            "contact": world.a.contact.pk,
            "round": 1,
            "stars": 4,
            "comment": "快",
            "created_at": "2026-11-23T10:00:00+08:00",
        }
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"stars": "4"}, 1),
        ({"stars": "5"}, 0),
        ({"customer": "999999999"}, 0),
        ({"rated_from": "2026-11-23", "rated_to": "2026-11-23"}, 1),
        ({"rated_from": "2026-11-24"}, 0),
        ({"rated_to": "2026-11-22"}, 0),
        ({"ticket": "WB-2611-99999"}, 0),
    ],
)
def test_the_api_filters(done: Ticket, world: World, query: dict[str, str], found: int) -> None:
    rate(done, world, 4)
    caller = Caller(world.agent)
    assert len(caller.get(API, **query).json()["results"]) == found
    assert len(caller.get(API, ticket=done.number, customer=world.a.customer.pk).json()["results"]) == 1


@pytest.mark.parametrize(
    "query", [{"stars": "6"}, {"stars": "x"}, {"rated_from": "0001-01-01"}, {"customer": "0"}, {"contact__user": "1"}]
)
def test_a11_the_api_refuses_what_it_does_not_know(world: World, query: dict[str, str]) -> None:
    status, _code, fields = error(Caller(world.agent).get(API, **query))
    assert (status, fields) == (400, list(query))


def test_the_api_shows_only_what_one_may_see_and_takes_nothing(done: Ticket, world: World) -> None:
    rate(done, world)
    engineer = Caller(world.engineer)
    assert engineer.get(API).json()["results"] == []
    assert error(engineer.post(API, {"stars": 5}))[0] == 405
    assert Caller(world.a.user, scope="read").get(API).status_code == 403
    assert len(Caller(make_user(Role.CLIENT)).get(API).json()["results"]) == 1


def test_the_api_needs_as_many_statements_for_many(world: World) -> None:
    caller = Caller(world.agent)

    def statements(number: int) -> int:
        for _ in range(number - Rating.objects.count()):
            ticket = world.report()
            solve(ticket, world)
            rate(ticket, world)
        with CaptureQueriesContext(connection) as asked:
            assert len(caller.get(API).json()["results"]) == number
        return len(asked)

    caller.get(API)
    assert statements(2) == statements(12)
