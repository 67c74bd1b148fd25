"""Files of master data: every bad row and column is named, nothing is half saved, twice is harmless (B3, B10, E8)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.storage import default_storage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from accounts.enums import Role
from core.errors import InputError, RuleError
from core.models import Audit
from customers.domain import customer as customers
from customers.domain import customer_merge, imports, imports_file
from customers.domain import site as sites
from customers.domain.imports_columns import columns_of, header, values_of
from customers.domain.imports_file import Odd, rows_of
from customers.enums import ImportKind, ImportState
from customers.models import Asset, Contact, Customer, ImportRow, ImportRun, Site
from tests.customers.pages import HOSTILE, errors_of, statements, text_of
from tests.factories import logged_in, make_user
from tests.files import bomb, upload
from tests.races.conftest import shared_world  # noqa: F401
from tests.races.together import codes, together
from tests.world import World

SHEET = "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
Table = Sequence[Sequence[Any]]


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def csv_of(rows: Table, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(str(cell) for cell in row) for row in rows).encode(encoding)


def xlsx_of(rows: Table, change: Any = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    if change:
        change(book.active)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def receive(world: World, content: bytes, kind: str = "customer", name: str = "a.csv") -> ImportRun:
    return imports.receive(upload=upload(name, content), kind=kind, actor=world.manager, now=world.now)


def take(world: World, run: ImportRun, good_only: bool = False) -> ImportRun:
    return imports.start(run=run, good_only=good_only, actor=world.manager, now=world.now)


def counts(run: ImportRun) -> tuple[str, int, int, int, int]:
    return run.state, run.good, run.bad, run.same, run.made


def problems(run: ImportRun) -> list[tuple[int, str]]:
    """Row and column of everything that is named."""
    return [(row.number, name) for row in run.rows.order_by("number") for name, _said in row.problems]


def by_name(kind: str, *rows: dict[str, Any]) -> list[list[Any]]:
    """A table under the columns' own names."""
    names = [column.name for column in columns_of(kind)]
    return [names, *([row.get(name, "") for name in names] for row in rows)]


GOOD = {
    "code": "HX",
    "name": "华信科技",
    "short_name": "华信",
    "industry": "银行",
    "phone": "021-55550188",
    "is_key": "是",
}


# --- Reading files ----------------------------------------------------------------------------------------------------


def read(content: bytes, name: str = "a.csv") -> list[Any]:
    return [cells for _number, cells in rows_of(BytesIO(content), name)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_e8_chinese_is_read_with_and_without_a_mark_and_as_gb18030(encoding: str) -> None:
    assert read(csv_of([["客户编号", "客户名称"], ["HX", "𠮷野家（上海）"]], encoding)) == [
        ["客户编号", "客户名称"],
        ["HX", "𠮷野家（上海）"],
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_cells_may_be_parted_by_comma_semicolon_or_tab(sign: str) -> None:
    assert read(f'a{sign}b\n"1{sign}2"{sign}3\n\n{sign}\n'.encode()) == [["a", "b"], [f"1{sign}2", "3"]]


def test_a_letter_cut_in_two_by_a_block_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_file, "CHUNK", 3)
    assert read("编号\n一二三四五".encode()) == [["编号"], ["一二三四五"]]
    assert read("编号\n一二三四五".encode("gb18030")) == [["编号"], ["一二三四五"]]


@pytest.mark.parametrize(
    "content", [b"a,b\n\xff\xfe\x80\x80\xff", b'a,b\n"never closed\n' + b"x" * 200_000, b'a\n"x"y\n']
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read(content)
    assert refused.value.field == "file"


def test_cells_of_a_sheet_become_text_and_odd_ones_are_kept_apart() -> None:
    moment = datetime(2026, 11, 23, 9, 30)
    row = [1, 2.0, 2.5, True, date(2026, 11, 23), moment, " 文 ", None, "=1+1", 10**15, 1.2e19, "x" * 2001]
    assert read(xlsx_of([["a"] * 12, row]), "a.xlsx")[1] == [
        "1",
        "2",
        "2.5",
        "1",
        "2026-11-23",
        "2026-11-23T09:30:00",
        "文",
        "",
        Odd("formula"),
        Odd("digits"),
        Odd("digits"),
        Odd("long"),
    ]


def test_errors_and_merged_cells_are_kept_apart() -> None:
    def change(sheet: Any) -> None:
        sheet["A2"].value, sheet["A2"].data_type = "#N/A", "e"
        sheet.merge_cells("B2:B3")

    rows = read(xlsx_of([["a", "b"], ["x", "y"], ["z", ""]], change), "a.xlsx")
    assert rows[1:] == [[Odd("error"), Odd("merged")], ["z", Odd("merged")]]


def test_a_text_that_begins_a_formula_is_named_and_our_own_guard_is_undone() -> None:
    assert read(b"a,b,c\n=1+1,'+8613900139000,'x\n")[1] == [Odd("formula"), "+8613900139000", "'x"]
    assert read(xlsx_of([["a"], ["'-3"], ["＝1"]]), "a.xlsx")[1:] == [["-3"], [Odd("formula")]]


def test_b10_bombs_and_broken_archives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = xlsx_of([["a"], ["x" * 1000]])
    files = [bomb(300), sheet[: len(sheet) // 2], b"PK\x03\x04" + b"\x00" * 50, b"<html>", b""]
    for content in files:
        with pytest.raises(InputError):
            imports_file.check_file(upload("a.xlsx", content))
    monkeypatch.setattr(imports_file, "LARGEST_UNPACKED", 1000)
    with pytest.raises(InputError, match="too_large"):
        imports_file.check_file(upload("a.xlsx", sheet))
    with pytest.raises(InputError, match="type"):
        imports_file.check_file(upload("a.xls", sheet))


@pytest.mark.parametrize(
    "sheet",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet/>',
        f"{SHEET}<sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData></worksheet>",
        f"{SHEET}<sheetData><row r='x'><c r='A1'><v>1</v></c></row></sheetData></worksheet>",
        f"{SHEET}<sheetData><row r='1'><c r='A1'><v>not a number</v></c></row></sheetData></worksheet>",
        "not xml at all",
        "",
    ],
)
def test_d3_whatever_a_hostile_sheet_holds_it_is_refused_by_name(sheet: str) -> None:
    with pytest.raises(InputError) as refused:
        read(with_sheet(sheet.encode()), "a.xlsx")
    assert (refused.value.code, refused.value.field) == ("damaged", "file")


def with_sheet(sheet: bytes) -> bytes:
    """A good XLSX file whose sheet is this."""
    out = BytesIO()
    with ZipFile(BytesIO(xlsx_of([["a"]]))) as good, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name in good.namelist():
            made.writestr(name, sheet if "sheet1" in name else good.read(name))
    return out.getvalue()


def test_far_cells_and_wide_rows_take_no_room() -> None:
    names = [get_column_letter(place) for place in range(1, 3000)]
    wide = "".join(f"<c r='{name}1' t='inlineStr'><is><t>{name}</t></is></c>" for name in names)
    far = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
    sheet = f"{SHEET}<dimension ref='A1:XFD1048576'/><sheetData><row r='1'>{wide}</row>{far}</sheetData></worksheet>"
    rows = list(rows_of(BytesIO(with_sheet(sheet.encode())), "a.xlsx"))
    assert len(rows[0][1]) == imports_file.MOST_COLUMNS + 1


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_file, "MOST_ROWS", 3)
    assert len(read(b"h\n1\n2\n3\n")) == 4
    with pytest.raises(InputError, match="too_long"):
        read(b"h\n1\n2\n3\n4\n")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=120).map(str.encode))
def test_d3_no_bytes_break_the_reader(content: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        try:
            rows = list(rows_of(BytesIO(content), name))
        except InputError as error:
            rows, fields = [], {error.field}
        else:
            fields = {"file"}
        assert fields == {"file"}
        assert all(isinstance(cell, str | Odd) for _number, cells in rows for cell in cells)


# --- Columns ----------------------------------------------------------------------------------------------------------


def test_headings_are_known_in_both_languages_by_code_and_decorated() -> None:
    cells = ["客户编号 *", "Customer name", "short_name", "", " 行业（选填）", "Row in the file"]
    found = header("customer", cells)
    assert {place: column and column.name for place, column in found.items()} == {
        0: "code",
        1: "name",
        2: "short_name",
        4: "industry",
        5: None,
    }


def test_missing_unknown_and_doubled_headings_are_named() -> None:
    with pytest.raises(InputError) as refused:
        header("customer", ["code", "客户编号", "颜色", Odd("merged")])
    for word in ("客户名称", "颜色", "D", "客户编号"):
        assert word in refused.value.message


@pytest.mark.parametrize(
    ("kind", "column", "typed", "value"),
    [
        ("customer", "is_key", "Yes", True),
        ("customer", "is_key", "否", False),
        ("customer", "phone", "021-5555 0101 转 803", "+862155550101;ext=803"),
        ("site", "locality", "市区", "local"),
        ("site", "locality", "Remote", "remote"),
        ("site", "distance_km", "12", 12),
        ("asset", "accepted_on", "2024年2月29日", date(2024, 2, 29)),
        ("asset", "accepted_on", "2026/1/5", date(2026, 1, 5)),
        ("contact", "sites", "一号、二号; 三号", ["一号", "二号", "三号"]),
    ],
)
def test_cells_become_values(kind: str, column: str, typed: str, value: Any) -> None:
    assert values_of(kind, {column: typed})[0] == {column: value}


@pytest.mark.parametrize(
    ("kind", "column", "typed"),
    [
        ("customer", "is_key", "也许"),
        ("customer", "code", "x" * 21),
        ("customer", "name", "a\x00b"),
        ("customer", "name", "a\u2028b"),
        ("customer", "phone", "5555"),
        ("site", "locality", "nowhere"),
        ("site", "distance_km", "-1"),
        ("site", "distance_km", "1.5"),
        ("site", "distance_km", "32768"),
        ("site", "latitude", "91"),
        ("site", "latitude", "NaN"),
        ("asset", "accepted_on", "2025-02-29"),
        ("asset", "accepted_on", "45000"),
        ("asset", "accepted_on", "0001-01-01"),
        ("contact", "email", "wang@"),
        ("contact", "role", "boss"),
    ],
)
def test_cells_that_are_no_values_are_named(kind: str, column: str, typed: str) -> None:
    values, wrong = values_of(kind, {column: typed})
    assert column not in values
    assert column in {name for name, _said in wrong}


# --- Judging and taking in --------------------------------------------------------------------------------------------


def test_a_clean_table_is_taken_in_as_its_forms_would(world: World) -> None:
    run = receive(world, csv_of(by_name("customer", GOOD)))
    assert counts(run) == (ImportState.CHECKED, 1, 0, 0, 0)
    assert not Customer.objects.filter(code="HX").exists()
    run = take(world, run)
    assert counts(run) == (ImportState.DONE, 1, 0, 0, 1)
    made = Customer.objects.get(code="HX")
    assert (made.name, made.short_name, made.phone, made.is_key) == ("华信科技", "华信", "+862155550188", True)
    assert Audit.objects.get(action="customer.create", subject=f"customers.customer:{made.pk}").actor == world.manager
    assert Audit.objects.get(action="import.take").changes["made"] == [None, 1]
    assert not ImportRow.objects.filter(run=run).exists()


def test_the_file_itself_goes_when_it_is_done(world: World, django_capture_on_commit_callbacks: Any) -> None:
    run = receive(world, csv_of(by_name("customer", GOOD)))
    assert default_storage.exists(run.file)
    with django_capture_on_commit_callbacks(execute=True):
        take(world, run)
    assert not default_storage.exists(run.file)


def test_all_four_kinds_follow_one_another(world: World) -> None:
    tables = {
        "customer": by_name("customer", GOOD),
        "site": by_name(
            "site", {"customer": "HX", "name": "总部", "address": "东路 1 号", "locality": "市区", "distance_km": 5}
        ),
        "contact": by_name("contact", {"customer": "HX", "name": "李明", "phone": "13900139000", "sites": "总部"}),
        "asset": by_name(
            "asset",
            {"customer": "HX", "site": "总部", "product": "KT-300", "serial": "sn-1", "accepted_on": "2026-01-05"},
        ),
    }
    for _time, made in ((1, 1), (2, 0)):
        for kind, table in tables.items():
            run = receive(world, xlsx_of(table), kind, "a.xlsx")
            assert (run.bad, run.good, run.same) == (0, made, 1 - made), problems(run)
            if made:
                assert take(world, run).made == 1
    asset = Asset.objects.get(serial="SN-1")
    assert (asset.customer.code, asset.site.name, asset.name) == ("HX", "总部", "自助终端")
    assert [site.name for site in Contact.objects.get(name="李明").sites.all()] == ["总部"]


def test_every_bad_row_and_column_is_named_and_nothing_is_taken_in(world: World) -> None:
    rows = by_name(
        "customer",
        GOOD,
        {"code": "", "name": "无编号"},
        {"code": "P1", "name": "电话错", "phone": "123", "is_key": "也许"},
        GOOD,
        {"code": "P2", "name": "华信科技"},
        {"code": "A", "name": "另一家"},
        {"code": "P3", "name": world.a.customer.name},
    )
    before = Customer.objects.count()
    run = receive(world, xlsx_of(rows), name="a.xlsx")
    assert problems(run) == [
        (3, "code"),
        (4, "phone"),
        (4, "is_key"),
        (5, "code"),
        (5, "name"),
        (6, "name"),
        (7, "code"),
        (8, "name"),
    ]
    assert counts(run) == (ImportState.CHECKED, 1, 6, 0, 0)
    with pytest.raises(RuleError, match="bad_rows"):
        take(world, run)
    assert Customer.objects.count() == before


def test_the_good_rows_alone_can_be_chosen(world: World) -> None:
    run = receive(world, csv_of(by_name("customer", GOOD, {"code": "P1", "name": "电话错", "phone": "123"})))
    run = take(world, run, good_only=True)
    assert counts(run) == (ImportState.DONE, 1, 1, 0, 1)
    assert Customer.objects.filter(code="HX").exists()
    assert problems(run) == [(3, "phone")]


def test_references_are_found_or_named(world: World) -> None:
    sites.create(
        customer=world.a.customer, name="双", address="x", locality="local", distance_km=1, actor=None, now=world.now
    )
    sites.create(
        customer=world.a.customer, name="双", address="y", locality="local", distance_km=1, actor=None, now=world.now
    )
    place = {"customer": "A", "site": "A 大厅", "product": "KT-300"}
    run = receive(
        world,
        csv_of(
            by_name(
                "asset",
                place | {"serial": "N1"},
                place | {"customer": "无此客户", "serial": "N2"},
                place | {"site": "B 大厅", "serial": "N3"},
                place | {"site": "双", "serial": "N4"},
                place | {"product": "XX", "serial": "N5"},
                place | {"serial": "sn-a", "name": "A 三号窗口"},
                place | {"serial": "SN-B"},
            )
        ),
        "asset",
    )
    assert problems(run) == [(3, "customer"), (4, "site"), (5, "site"), (6, "product"), (8, "serial")]
    assert counts(run) == (ImportState.CHECKED, 1, 5, 1, 0)


def test_places_are_given_or_estimated_or_named(world: World) -> None:
    site = {"customer": "A", "address": "东路 1 号"}
    run = receive(
        world,
        csv_of(
            by_name(
                "site",
                site | {"name": "一", "locality": "local", "distance_km": 3},
                site | {"name": "二", "locality": "local"},
                site | {"name": "三", "latitude": "31.2"},
                site | {"name": "四"},
            )
        ),
        "site",
    )
    assert problems(run) == [(3, "distance_km"), (4, "longitude"), (5, "locality")]


def test_a_code_that_was_merged_stands_for_the_customer_that_stayed(world: World) -> None:
    old = customers.create(code="OLD", name="旧户", actor=None, now=world.later(days=1))
    customer_merge.merge(first=world.a.customer, second=old, reason="同一家", actor=world.manager, now=world.now)
    assert receive(world, csv_of(by_name("customer", {"code": "OLD", "name": "旧户"}))).same == 1
    place = {"customer": "OLD", "name": "新点", "address": "x", "locality": "local", "distance_km": 1}
    take(world, receive(world, csv_of(by_name("site", place)), "site"))
    assert Site.objects.get(name="新点").customer == world.a.customer


def test_what_was_registered_meanwhile_takes_everything_back(world: World) -> None:
    second = GOOD | {"code": "HX2", "name": "华信二部"}
    run = receive(world, csv_of(by_name("customer", GOOD, second)))
    customers.create(code="HX2", name="别家", actor=None, now=world.now)
    run = take(world, run)
    assert counts(run) == (ImportState.CHECKED, 1, 1, 0, 0)
    assert problems(run) == [(3, "code")]
    assert not Customer.objects.filter(code="HX").exists()
    assert take(world, run, good_only=True).made == 1


def test_what_somebody_else_took_in_meanwhile_is_left_alone(world: World) -> None:
    content = csv_of(by_name("customer", GOOD))
    first, second = receive(world, content), receive(world, content)
    assert take(world, first).made == 1
    assert take(world, second).made == 0
    assert Customer.objects.filter(code="HX").count() == 1


def test_a_row_that_the_domain_refuses_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **given: Any) -> None:
        raise InputError("no", "今天不收", "name")

    run = receive(world, csv_of(by_name("customer", GOOD)))
    monkeypatch.setattr("customers.domain.imports.take_in", refuse)
    run = take(world, run)
    assert problems(run) == [(2, "name")]
    assert counts(run) == (ImportState.CHECKED, 0, 1, 0, 0)


# --- Work in the background -------------------------------------------------------------------------------------------


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is long, every batch short."""
    monkeypatch.setattr(imports, "SMALL_FILE", 0)
    monkeypatch.setattr(imports, "SMALL_TAKE", 0)
    monkeypatch.setattr(imports, "BATCH", 3)


@pytest.mark.usefixtures("slowly")
def test_a_long_file_is_read_and_saved_by_the_tick(world: World) -> None:
    rows = [{"code": f"L{i}", "name": f"单位 {i}"} for i in range(10)]
    run = receive(world, csv_of(by_name("customer", *rows)))
    client = logged_in(world.manager)
    assert run.state == ImportState.WAITING
    assert "import-progress" in client.get(f"/imports/{run.pk}/").content.decode()
    assert imports.drain(world.now) == 1
    assert imports.drain(world.now) == 0
    run.refresh_from_db()
    assert counts(run) == (ImportState.CHECKED, 10, 0, 0, 0)
    run = take(world, run)
    assert run.state == ImportState.STARTED
    assert imports.drain(world.now) == 1
    run.refresh_from_db()
    assert counts(run) == (ImportState.DONE, 10, 0, 0, 10)
    response = client.get(f"/imports/{run.pk}/progress/", headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"


@pytest.mark.usefixtures("slowly")
def test_f1_a_worker_that_dies_leaves_nothing_and_another_begins_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"code": f"L{i}", "name": f"单位 {i}"} for i in range(8)]
    run = receive(world, csv_of(by_name("customer", *rows)))
    imports.drain(world.now)
    take(world, ImportRun.objects.get(pk=run.pk))
    real, left = imports.take_in, iter(range(5))

    def die(*args: Any, **given: Any) -> None:
        if next(left, None) is None:
            raise MemoryError
        real(*args, **given)

    monkeypatch.setattr(imports, "take_in", die)
    assert imports.drain(world.now) == 0
    assert not Customer.objects.filter(code__startswith="L").exists()
    monkeypatch.setattr(imports, "take_in", real)
    assert imports.drain(world.now) == 1
    assert Customer.objects.filter(code__startswith="L").count() == 8


@pytest.mark.usefixtures("slowly")
def test_a_file_that_kills_its_worker_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = receive(world, csv_of(by_name("customer", GOOD)))
    monkeypatch.setitem(imports._STEPS, ImportState.WAITING, lambda run, now: 1 / 0)
    for _time in range(imports.MOST_ATTEMPTS + 1):
        assert imports.drain(world.now) == 0
    run.refresh_from_db()
    assert run.state == ImportState.FAILED
    assert run.trouble


def test_a_file_that_nobody_confirms_is_forgotten(world: World) -> None:
    run = receive(world, csv_of(by_name("customer", GOOD)))
    imports.drain(world.now + timedelta(days=13))
    assert ImportRow.objects.filter(run=run).count() == 1
    imports.drain(world.now + timedelta(days=15))
    run.refresh_from_db()
    assert run.state == ImportState.DISCARDED
    assert not ImportRow.objects.filter(run=run).exists()


def test_r1_started_many_times_at_once_it_is_taken_in_once(shared_world: World) -> None:  # noqa: F811
    world = shared_world
    run = receive(world, csv_of(by_name("customer", GOOD)))
    done = codes(together([lambda: take(world, run)] * 5))
    assert done.count("done") == 1
    assert set(done) <= {"done", "transition", "at_work"}
    imports.drain(world.now)
    assert Customer.objects.filter(code="HX").count() == 1
    assert Audit.objects.filter(action="import.take").count() == 1


def test_r1_two_files_with_the_same_rows_at_once_make_them_once(shared_world: World) -> None:  # noqa: F811
    world = shared_world
    rows = [{"code": f"L{i}", "name": f"单位 {i}"} for i in range(5)]
    runs = [receive(world, csv_of(by_name("customer", *rows))) for _ in range(3)]
    assert codes(together([lambda run=run: take(world, run) for run in runs])) == ["done"] * 3
    assert Customer.objects.filter(code__startswith="L").count() == 5


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(
        st.tuples(*[st.sampled_from(["", "A", "N1", "N2", "=1", "是", "021-55550188", "x" * 130])] * 3), max_size=6
    )
)
def test_whatever_is_sent_all_good_rows_come_in_and_no_other(world: World, table: list[tuple[str, ...]]) -> None:
    """Rows judged good are exactly those that are made; sent again they are all registered already."""
    names = {f"N{i}" for i in range(9)}
    Customer.objects.filter(code__in=names | {"是", "021-55550188"}).delete()
    content = csv_of([["code", "name", "phone"], *table])
    run = receive(world, content)
    before = Customer.objects.count()
    if run.state == ImportState.CHECKED and run.good:
        run = take(world, run, good_only=True)
        assert Customer.objects.count() == before + run.made == before + run.good
        again = receive(world, content)
        assert (again.good, again.bad) == (0, run.bad)
        for one in Customer.objects.exclude(pk__in=[world.a.customer.pk, world.b.customer.pk]):
            one.words.delete()
            one.delete()
    assert run.state in (ImportState.DONE, ImportState.CHECKED, ImportState.FAILED)


# --- Pages ------------------------------------------------------------------------------------------------------------

IMPORTERS = {Role.DUTY_MANAGER, Role.SERVICE_MANAGER, Role.MANAGER, Role.ADMIN}


@pytest.mark.parametrize("role", [*Role, None])
def test_a2_only_some_may_take_files_in(world: World, role: Role | None) -> None:
    run, client, may = receive(world, csv_of(by_name("customer", GOOD))), logged_in(make_user(role)), role in IMPORTERS
    for path in ("/customers/import/", "/customers/import/template/site.csv", f"/imports/{run.pk}/rows/"):
        assert client.get(path).status_code == (200 if may else 403)
    assert client.post(f"/imports/{run.pk}/start/").status_code == (302 if may else 403)
    assert Customer.objects.filter(code="HX").exists() == may


def test_a_fresh_form_complains_of_nothing(world: World) -> None:
    form = logged_in(world.manager).get("/customers/import/?kind=site").context["form"]
    assert (form.is_bound, form["kind"].value()) == (False, "site")


@pytest.mark.parametrize("kind", ImportKind.values)
@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_the_template_holds_the_headings_and_can_be_filled(world: World, kind: str, extension: str) -> None:
    response = logged_in(world.manager).get(f"/customers/import/template/{kind}.{extension}")
    content = b"".join(response.streaming_content)
    rows = list(rows_of(BytesIO(content), f"a.{extension}"))
    assert len(rows) == 1
    assert [column.name for column in header(kind, rows[0][1]).values() if column] == [
        column.name for column in columns_of(kind)
    ]
    if extension == "xlsx":
        assert load_workbook(BytesIO(content)).active.max_row == 1


def test_from_the_template_over_the_correction_to_the_last_row_in_the_browser(world: World) -> None:
    client = logged_in(world.manager)
    rows = by_name("customer", GOOD, {"code": "P1", "name": "电话错", "phone": "+86 21 x"})
    response = client.post("/customers/import/", {"kind": "customer", "file": upload("客户.csv", csv_of(rows))})
    run = ImportRun.objects.get()
    assert response.headers["Location"] == f"/imports/{run.pk}/"
    page = text_of(client.get(f"/imports/{run.pk}/"))
    assert "客户.csv" in page
    assert "电话错" in page
    assert client.post(f"/imports/{run.pk}/start/").status_code == 302
    assert not Customer.objects.filter(code="HX").exists()
    client.post(f"/imports/{run.pk}/start/", {"good_only": "1"})
    assert Customer.objects.filter(code="HX").exists()
    bad = b"".join(client.get(f"/imports/{run.pk}/rows/").streaming_content).decode()
    assert "电话错" in bad
    corrected = bad.replace("'+86 21 x", "021-55550177")
    assert corrected != bad
    client.post("/customers/import/", {"kind": "customer", "file": upload("b.csv", corrected.encode())})
    last = ImportRun.objects.latest("pk")
    assert counts(last)[:4] == (ImportState.CHECKED, 1, 0, 0)
    client.post(f"/imports/{last.pk}/start/")
    assert Customer.objects.get(code="P1").phone == "+862155550177"


def test_b3_hostile_cells_and_names_are_shown_as_text(world: World) -> None:
    rows = by_name("customer", {"code": "P1", "name": HOSTILE, "phone": HOSTILE})
    client = logged_in(world.manager)
    client.post("/customers/import/", {"kind": "customer", "file": upload(f"{HOSTILE}.csv", csv_of(rows))})
    body = client.get(f"/imports/{ImportRun.objects.get().pk}/").content.decode()
    assert "<img src=x" not in body
    assert "{{7*7}}" in body


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"%PDF-1.7"), ("a.csv", b""), ("a.xlsx", b"PK\x03\x04xx"), ("a.csv", b"\x00\x01")]
)
def test_a_file_of_no_use_is_refused_at_the_form(world: World, name: str, content: bytes) -> None:
    response = logged_in(world.manager).post("/customers/import/", {"kind": "site", "file": upload(name, content)})
    assert (response.status_code, list(errors_of(response))) == (422, ["file"])
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"code,name\n", b'code,name\n"x'])
def test_a_table_of_another_kind_says_why_nothing_came_of_it(world: World, content: bytes) -> None:
    run = receive(world, content)
    assert run.state == ImportState.FAILED
    assert run.trouble in text_of(logged_in(world.manager).get(f"/imports/{run.pk}/"))


def test_a_discarded_file_is_gone_and_cannot_be_taken_in(world: World) -> None:
    run, client = receive(world, csv_of(by_name("customer", GOOD))), logged_in(world.manager)
    for _time in range(2):
        assert client.post(f"/imports/{run.pk}/discard/").status_code == 302
    client.post(f"/imports/{run.pk}/start/")
    assert not Customer.objects.filter(code="HX").exists()
    assert client.get(f"/imports/{run.pk}/").status_code == 200


@pytest.mark.parametrize("count", [5, 50])
def test_as_many_statements_for_fifty_rows_as_for_five(world: World, count: int) -> None:
    run = receive(
        world, csv_of(by_name("customer", *({"code": f"L{i}", "name": "", "phone": "1"} for i in range(count))))
    )
    client = logged_in(world.manager)
    assert run.bad == count
    assert statements(client, f"/imports/{run.pk}/")[1] <= 12
    assert statements(client, "/customers/import/")[1] <= 10


def test_rows_are_judged_a_batch_at_a_time(world: World, django_assert_max_num_queries: Any) -> None:
    site = {"customer": "A", "site": "A 大厅", "product": "KT-300"}
    content = csv_of(by_name("asset", *(site | {"serial": f"N{i}"} for i in range(400))))
    with django_assert_max_num_queries(30):
        run = receive(world, content, "asset")
    assert counts(run) == (ImportState.CHECKED, 400, 0, 0, 0)
