"""The pages of the simulator: order, watch, read, take away; and the same over the API."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.enums import Role
from core import clock
from core.models import Audit
from reports.domain import simulation_work
from reports.models import Simulation, SimulationFinding
from tests.factories import logged_in, make_user
from tests.reports.kinds import Story
from tests.reports.simulated import draft_of, ordered, worked
from tests.world import World

LIST = "/reports/deadlines/simulations/"
NEW = f"{LIST}new/"
READERS = {Role.SERVICE_MANAGER, Role.MANAGER, Role.DIRECTOR, Role.ADMIN}


def told(world: World) -> None:
    """Two tickets of November: one quick, one that would be late under a stricter draft."""
    Story(world, world.now - timedelta(days=2)).reply(2).resolve(50)
    Story(world, world.now - timedelta(days=3), subject="=1+1 打印机").reply(20).resolve(90)


def asked(world: World, **given: Any) -> dict[str, Any]:
    day = world.now.date()
    usual = {"wording": "HW12:draft", "first": day - timedelta(days=10), "last": day, "customer": "", "under": ""}
    return usual | {"idempotency_key": "one"} | given


@pytest.mark.parametrize("role", list(Role))
def test_a2_who_simulates(world: World, role: Role) -> None:
    told(world)
    order = ordered(world)
    client = logged_in(make_user(role))
    paths = (LIST, NEW, f"{NEW}preview/", f"{LIST}{order.pk}/", f"{LIST}{order.pk}/progress/")
    assert {client.get(path).status_code for path in paths} == ({200} if role in READERS else {403})
    if role not in READERS:
        assert client.post(NEW, asked(world)).status_code == 403
        assert client.post(f"{LIST}{order.pk}/cancel/").status_code == 403
        assert client.post(f"{LIST}{order.pk}/export/", {"format": "csv"}).status_code == 403
        assert Simulation.objects.get().state == "waiting"


def test_order_watch_and_read(world: World) -> None:
    told(world)
    draft_of(world, "HW12", resolution="1h")
    with clock.frozen(world.now):
        manager = logged_in(world.manager)
        form = manager.get(f"{NEW}?wording=HW12:draft").content.decode()
        assert '<option value="HW12:draft" selected>' in form
        made = manager.post(NEW, asked(world))
        order = Simulation.objects.get()
        assert (made.status_code, made.headers["Location"]) == (302, f"{LIST}{order.pk}/")
        assert manager.post(NEW, asked(world)).headers["Location"] == f"{LIST}{order.pk}/"
        assert Simulation.objects.count() == 1
        page = manager.get(f"{LIST}{order.pk}/").content.decode()
        assert f'hx-get="{LIST}{order.pk}/progress/"' in page
        assert "HX-Refresh" not in manager.get(f"{LIST}{order.pk}/progress/").headers
        worked(order, world.now)
        assert manager.get(f"{LIST}{order.pk}/progress/").headers["HX-Refresh"] == "true"
        page = manager.get(f"{LIST}{order.pk}/").content.decode()
        finding = SimulationFinding.objects.get(kind="newly")
        assert page.count(f"/tickets/{finding.ticket.number}/") >= 2
        assert f"/tickets/{finding.ticket.number}/clocks/" in page
        assert "simulation-progress" not in page
        listed = manager.get(LIST).content.decode()
        assert f"{LIST}{order.pk}/" in listed


def test_the_list_of_findings_is_filtered(world: World) -> None:
    told(world)
    draft_of(world, "HW12", resolution="1h")
    order = worked(ordered(world, "HW12:draft"), world.now)
    manager = logged_in(world.manager)

    def rows(query: str) -> int:
        return int(manager.get(f"{LIST}{order.pk}/{query}").content.decode().count("<tr data-row>"))

    every = SimulationFinding.objects.filter(simulation=order).count()
    assert rows("") == 1
    assert rows("?kind=") == every > 2
    assert rows("?kind=&target=resolution") == 1
    assert rows("?kind=&severity=1") == 0
    assert rows(f"?kind=&customer={world.a.customer.pk}") == every
    assert rows("?kind=nonsense&customer=999999999999999999999") == every


def test_what_makes_no_sense_is_said_at_its_field(world: World) -> None:
    told(world)
    draft_of(world, "HW12", resolution="1h")
    with clock.frozen(world.now):
        manager = logged_in(world.manager)
        day = world.now.date()
        for wrong, name in (
            ({"wording": "NO:1"}, "wording"),
            ({"first": day + timedelta(days=2), "last": day + timedelta(days=3)}, "first"),
            ({"first": day, "last": day - timedelta(days=1)}, "last"),
            ({"first": day - timedelta(days=500)}, "last"),
            ({"first": "0001-01-01"}, "first"),
            ({"first": "gestern"}, "first"),
            ({"first": day - timedelta(days=300), "last": day - timedelta(days=200)}, "first"),
            ({"customer": "999999"}, "customer"),
        ):
            answer = manager.post(NEW, asked(world, idempotency_key=str(wrong)[:70], **wrong))
            assert answer.status_code == 422, wrong
            assert f'id="id_{name}_error"' in answer.content.decode(), wrong
    assert not Simulation.objects.exists()


def test_the_preview_counts(world: World) -> None:
    told(world)
    with clock.frozen(world.now):
        manager = logged_in(world.manager)
        day = world.now.date()

        def said(**query: Any) -> str:
            return str(manager.get(f"{NEW}preview/", query).content.decode())

        assert "2" in said(first=day - timedelta(days=10), last=day)
        assert "请换" in said(first=day - timedelta(days=300), last=day - timedelta(days=290))
        assert "一年" in said(first=day, last=day - timedelta(days=5))
        assert "一年" in said()


def test_stopping_is_one_button(world: World) -> None:
    told(world)
    order = ordered(world)
    manager = logged_in(world.manager)
    assert manager.post(f"{LIST}{order.pk}/cancel/").status_code == 302
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert simulation_work.work(world.now) == 0
    assert manager.post(f"{LIST}{order.pk}/export/", {"format": "csv"}).status_code == 302
    assert not Audit.objects.filter(action="simulation.export").exists()


def test_the_export_holds_what_is_listed_without_formulas(world: World) -> None:
    told(world)
    draft_of(world, "HW12", resolution="1h")
    order = worked(ordered(world, "HW12:draft"), world.now)
    manager = logged_in(world.manager)
    answer: Any = manager.post(f"{LIST}{order.pk}/export/", {"format": "csv", "kind": "newly"})
    lines = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    finding = SimulationFinding.objects.get(kind="newly")
    assert len(lines) == 2
    assert lines[1][0] == finding.ticket.number
    assert lines[1][1] == "'=1+1 打印机"
    assert lines[1][7] == lines[1][10] != ""
    assert (lines[1][8], lines[1][11]) == ("已达成", "未达成")
    book = manager.post(f"{LIST}{order.pk}/export/", {"format": "xlsx", "kind": ""})
    sheet: Any = load_workbook(BytesIO(b"".join(book))).active
    assert sheet.max_row == 1 + order.findings.count()
    noted = Audit.objects.filter(action="simulation.export").order_by("pk")
    assert [line.changes["rows"] for line in noted] == [1, order.findings.count()]
    assert noted[0].changes["query"] == "kind=newly"


def test_a_page_costs_the_same_statements_however_much_was_found(world: World) -> None:
    def statements(tickets: int) -> int:
        for n in range(tickets):
            Story(world, world.now - timedelta(days=2, minutes=n)).reply(20).resolve(150)
        order = worked(ordered(world, "XC30"), world.now)
        manager = logged_in(world.manager)
        with CaptureQueriesContext(connection) as asked:
            assert manager.get(f"{LIST}{order.pk}/?kind=").status_code == 200
        return len(asked)

    assert statements(1) == statements(6)


def test_ways_to_the_simulator(world: World) -> None:
    draft_of(world, "HW12", resolution="1h")
    manager, duty = logged_in(world.manager), logged_in(world.duty_manager)
    assert f"{NEW}?wording=HW12%3Adraft" in manager.get("/settings/promises/HW12/edit/").content.decode()
    assert f"{NEW}?wording=HW12" in manager.get("/settings/promises/HW12/").content.decode()
    assert LIST in manager.get("/reports/deadlines/").content.decode()
    assert LIST not in duty.get("/reports/deadlines/").content.decode()


def test_the_api_orders_reads_and_stops(world: World) -> None:
    told(world)
    draft_of(world, "HW12", resolution="1h")
    api = "/api/v1/simulations/"
    day = world.now.date()
    body = {"set": "HW12:draft", "first": str(day - timedelta(days=10)), "last": str(day)}

    def post(path: str, given: Any, key: str = "k1", person: Any = world.manager) -> Any:
        client = logged_in(person)
        return client.post(path, given, content_type="application/json", headers={"Idempotency-Key": key})

    with clock.frozen(world.now):
        made = post(api, body)
        assert (made.status_code, made.json()["state"], made.json()["tickets"]) == (201, "waiting", 2)
        assert post(api, body).json()["id"] == made.json()["id"]
        order = Simulation.objects.get()
        worked(order, world.now)
        read = logged_in(world.manager).get(f"{api}{order.pk}/").json()
        line = next(line for line in read["targets"] if line["target"] == "resolution")
        assert line["now"] == {"met": 2, "late": 0, "open": 0, "share": None}
        assert (line["then"]["met"], line["then"]["late"], line["newly"], line["spared"]) == (1, 1, 1, 0)
        assert (read["state"], read["seen"], read["version"]) == ("done", 2, None)
        assert post(f"{api}{order.pk}/cancel/", {}, "k2").status_code == 409
        for wrong in ({"set": "NO"}, {"first": "9999-12-31", "last": "9999-12-31"}, {"customer": 999999}, {"more": 1}):
            assert post(api, body | wrong, f"w{wrong}"[:60]).status_code == 400, wrong
        assert post(api, body, "k3", world.agent).status_code == 403
        assert logged_in(world.agent).get(f"{api}{order.pk}/").status_code in (403, 404)
        assert Simulation.objects.count() == 1
