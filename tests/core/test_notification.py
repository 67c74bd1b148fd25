"""S39: the list of notifications."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from core.domain.notification import notify
from core.models import Notification
from tests.factories import logged_in, make_user

pytestmark = pytest.mark.django_db
LIST = "/notifications/"


def tell(user: User, *texts: str) -> None:
    for text in texts:
        notify(user=user, key=text, kind="test", text=partial(str, text), url="/tickets/", now=clock.now())


def test_a_list_shows_ones_own_newest_first() -> None:
    user, other = make_user(), make_user()
    tell(user, "First", "Second")
    tell(other, "CANARY-B")
    body = logged_in(user).get(LIST).content.decode()
    assert 0 < body.index("Second") < body.index("First")
    assert "CANARY-B" not in body


def test_an_empty_list_says_so() -> None:
    assert "wb-empty" in logged_in(make_user()).get(LIST).content.decode()


def test_reading_all_marks_ones_own_only() -> None:
    user, other = make_user(), make_user()
    tell(user, "First", "Second")
    tell(other, "Third")
    client = logged_in(user)
    assert client.post("/notifications/read/").headers["Location"] == LIST
    assert list(Notification.objects.filter(read_at=None).values_list("text", flat=True)) == ["Third"]
    first = Notification.objects.filter(user=user).latest("id").read_at
    client.post("/notifications/read/")
    assert Notification.objects.filter(user=user).latest("id").read_at == first


def test_a18_looking_and_asking_by_get_read_nothing() -> None:
    user = make_user()
    tell(user, "First")
    client = logged_in(user)
    assert (client.get(LIST).status_code, client.get("/notifications/read/").status_code) == (200, 405)
    assert Notification.objects.get().read_at is None


def test_a_page_has_fifty_and_a_wrong_page_number_is_no_failure() -> None:
    user = make_user()
    tell(user, *(f"Line {n}" for n in range(51)))
    client = logged_in(user)
    assert len(client.get(LIST).context["page_obj"]) == 50
    assert len(client.get(LIST, {"page": "2"}).context["page_obj"]) == 1
    for page in ("0", "-1", "x", "99999999999999999999", "a\x00"):
        assert client.get(LIST, {"page": page}).status_code == 200


def test_the_list_asks_as_much_for_one_line_as_for_fifty() -> None:
    counts = []
    for size in (1, 50):
        user = make_user()
        tell(user, *(f"Line {n}" for n in range(size)))
        client = logged_in(user)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_texts_are_shown_as_texts() -> None:
    user = make_user()
    tell(user, "<script>alert(1)</script>")
    assert "<script>alert" not in logged_in(user).get(LIST).content.decode()
