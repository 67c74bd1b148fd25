"""Lists as files (B8): no text of anybody becomes a formula, Chinese stays Chinese."""

import csv
import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from core.exports import csv_lines, guarded, xlsx_file

SHANGHAI = ZoneInfo("Asia/Shanghai")
DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    " =1+1",
    "\u3000＝1",
    "\u200b=1",
    '=HYPERLINK("http://example.com")',
    "=cmd|' /C calc'!A0",
]
HARMLESS = ["打印头走纸异常，票据模糊", "WB-2611-00001", "a=b", "1-2", "客户：@陈敏", "", "'quoted", "😀"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_b8_what_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_b8_everything_else_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize(("value", "kept"), [(7, 7), (-7, -7), (None, None), ("a\x00b\x1fc", "abc"), ("a\ud800", "a")])
def test_numbers_pass_and_unprintable_characters_go(value: Any, kept: Any) -> None:
    assert guarded(value) == kept


def read_csv(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_csv_has_a_mark_quotes_what_needs_it_and_local_times() -> None:
    at = datetime(2026, 11, 23, 10, 38, tzinfo=SHANGHAI)
    text = "".join(csv_lines(["单号", "=头"], [["WB-1", "一, 二"], ["三\n四", at], [None, 5]]))
    assert read_csv(text) == [["单号", "'=头"], ["WB-1", "一, 二"], ["三\n四", "2026-11-23 10:38"], ["", "5"]]


def test_csv_comes_line_by_line() -> None:
    asked: list[int] = []

    def rows() -> Any:
        for n in range(3):
            asked.append(n)
            yield [n]

    lines = csv_lines(["n"], rows())
    assert (next(lines), asked) == ("\ufeffn\r\n", [])
    assert (next(lines), asked) == ("0\r\n", [0])


def test_b8_xlsx_holds_no_formula_and_no_link() -> None:
    at = datetime(2026, 11, 23, 10, 38, tzinfo=SHANGHAI)
    texts = [*DANGEROUS, *HARMLESS]
    with xlsx_file("工单[1]", ["文字", "时间", "数"], [[text, at, 3] for text in texts]) as file:
        sheet = load_workbook(io.BytesIO(file.read())).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "d", "n"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    assert sheet.title == "工单 1 "
    assert [cell.value for cell in sheet["A"]][-len(HARMLESS) :] == [text or None for text in HARMLESS]
    assert (cells[1].value, cells[2].value) == (datetime(2026, 11, 23, 10, 38), 3)


def test_a_large_file_is_written_without_failing() -> None:
    with xlsx_file("n", ["n", "t"], ([n, "工单"] for n in range(5_000))) as file:
        sheet = load_workbook(io.BytesIO(file.read()), read_only=True).active
        assert sum(1 for _row in sheet.iter_rows()) == 5_001
