"""Lists as files: CSV for every program, XLSX for spreadsheets. No cell of either is ever a formula or a link.

A text that a spreadsheet could take for a formula (=, +, -, @, a tab or a line end first, their full-width twins, also
behind blanks) gets an apostrophe in front, in both formats: an XLSX may be saved as CSV tomorrow.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

BOM = "\ufeff"
MOST_ROWS = 10_000
IN_MEMORY = 2_000_000
LONGEST_CELL = 32_000
_BEGINS_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\t\r\n＝＋－﹣−＠﹦﹢﹫]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Cell = str | int | float | date | datetime | None


def guarded(value: Any) -> Any:
    """A text that no spreadsheet computes; numbers and times as they are. Characters that no file can hold are left
    out.
    """
    if not isinstance(value, str):
        return value
    begins = value[:1] in ("\t", "\r", "\n") or _BEGINS_FORMULA.match(value)
    text = _UNPRINTABLE.sub("", value)[:LONGEST_CELL]
    return f"'{text}" if begins else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a CSV file, UTF-8 with a byte order mark first so that Chinese opens intact everywhere."""
    writer = csv.writer(_Echo())
    yield BOM + str(writer.writerow([guarded(cell) for cell in header]))
    for row in rows:
        yield str(writer.writerow([_written(cell) for cell in row]))


def xlsx_file(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """An open temporary file with one sheet, at its beginning; the caller closes it. Rows are written as they come."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    for row in chain([header], rows):
        sheet.append([_cell(sheet, cell) for cell in row])
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    book.save(file)
    file.seek(0)
    return file


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _written(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return guarded(cell)


def _cell(sheet: Any, value: Cell) -> WriteOnlyCell:
    plain = value.replace(tzinfo=None) if isinstance(value, datetime) else guarded(value if value != "" else None)
    made = WriteOnlyCell(sheet, value=plain)
    if isinstance(plain, str):
        made.data_type = "s"
    elif isinstance(value, datetime):
        made.number_format = "yyyy-mm-dd hh:mm"
    return made
