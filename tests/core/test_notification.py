"""S39: the list of notifications."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from core.domain.notification import notify
from core.models import Mute, Notification, Outbox
from tests.factories import logged_in, make_user
from tests.fixtures import MORNING

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


# --- S39 --------------------------------------------------------------------------------------------------------------


def test_lines_stand_by_day(db: None) -> None:
    user = make_user()
    for text, hours in (("earlier", 1), ("now", 0), ("long ago", 24 * 9), ("the day before", 24)):
        at = MORNING - timedelta(hours=hours)
        notify(user=user, key=text, kind="test", text=partial(str, text), url="/tickets/", now=at)
    with clock.frozen(MORNING):
        days = logged_in(user).get(LIST).context["days"]
    assert [[line.text for line in lines] for _name, lines in days] == [
        ["now", "earlier"],
        ["the day before"],
        ["long ago"],
    ]
    assert days[2][0] == "2026-11-14"


def test_one_looks_at_some_kinds_only() -> None:
    user = make_user()
    for kind in ("escalation", "assigned", "mentioned", "heard", "something"):
        notify(user=user, key=kind, kind=kind, text=partial(str, kind), url="/tickets/", now=clock.now())
    client = logged_in(user)
    seen = {
        key: [line.text for line in client.get(LIST, {"kind": key}).context["page_obj"]]
        for key in ("deadlines", "assignments", "mentions", "customers", "nonsense\x00")
    }
    assert seen == {
        "deadlines": ["escalation"],
        "assignments": ["assigned"],
        "mentions": ["mentioned"],
        "customers": ["heard"],
        "nonsense\x00": ["something", "heard", "mentioned", "assigned", "escalation"],
    }
    assert [view["count"] for view in client.get(LIST).context["views"]][:2] == [5, 1]


def test_opening_one_marks_it_as_read_and_leads_there() -> None:
    user = make_user()
    tell(user, "First", "Second")
    line = Notification.objects.get(text="First")
    client = logged_in(user)
    assert client.get(f"/notifications/{line.pk}/").status_code == 405
    assert client.post(f"/notifications/{line.pk}/").headers["Location"] == "/tickets/"
    assert list(Notification.objects.filter(read_at=None).values_list("text", flat=True)) == ["Second"]


@pytest.mark.parametrize("path", ["", "mute/"])
def test_a6_others_lines_do_not_exist(path: str) -> None:
    other = make_user()
    tell(other, "Third")
    line = Notification.objects.get()
    client = logged_in(make_user())
    for pk in (line.pk, line.pk + 1, 0, 2**63, 10**30):
        assert client.post(f"/notifications/{pk}/{path}", {"muted": "1"}).status_code == 404
    assert (Notification.objects.get().read_at, Mute.objects.count()) == (None, 0)


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_line_leads_nowhere_else(url: str) -> None:
    user = make_user()
    notify(user=user, key="a", kind="test", text=lambda: "Text", url=url, now=clock.now())
    assert logged_in(user).post(f"/notifications/{Notification.objects.get().pk}/").headers["Location"] == LIST


def test_what_is_muted_is_stored_as_read_and_not_mailed() -> None:
    user, url = make_user(), "/tickets/WB-2611-00001/"
    client = logged_in(user)

    def hear(key: str, **more: object) -> None:
        notify(user=user, key=key, kind="test", text=partial(str, key), url=url, now=clock.now(), mail=True, **more)

    hear("before")
    pk = Notification.objects.get().pk
    client.post(f"/notifications/{pk}/mute/", {"muted": "1"})
    client.post(f"/notifications/{pk}/mute/", {"muted": "1"})
    hear("muted")
    hear("always", always=True)
    notify(user=user, key="elsewhere", kind="test", text=lambda: "x", url="/tickets/WB-2611-00002/", now=clock.now())
    client.post(f"/notifications/{pk}/mute/", {"muted": "0"})
    hear("after")
    unread = set(Notification.objects.filter(read_at=None).values_list("key", flat=True))
    assert unread == {"before", "always", "elsewhere", "after"}
    mailed = {row.payload["key"] for row in Outbox.objects.filter(kind="notice")}
    assert mailed == {"before", "always", "after"}


def test_the_bell_asks_and_is_answered_only_if_the_number_is_another() -> None:
    user = make_user()
    tell(user, "First")
    client = logged_in(user)
    assert client.get("/notifications/count/", {"since": "1"}).status_code == 204
    body = client.get("/notifications/count/", {"since": "0"}).content.decode()
    assert 'hx-get="/notifications/count/?since=1"' in body
    assert 'hx-get="/notifications/count/?since=1"' in client.get(LIST).content.decode()
