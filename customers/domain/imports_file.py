"""Files of master data as rows of text: XLSX and CSV, whoever made them, in bounded memory (B10, E8).

Nothing is computed and nothing is guessed: a formula, an error, a merged cell or a number that has lost digits is
handed on as `Odd`, so that it can be named by row and column.
"""

import codecs
import csv
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import TextIOWrapper
from typing import IO, Any
from zipfile import ZipFile

from django.core.files import File
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from core.domain.upload import MB, judge
from core.errors import InputError
from core.exports import guarded

KINDS = ("xlsx", "csv")
MOST_ROWS = 50_000
MOST_COLUMNS = 60
MOST_MERGED = 20_000
LONGEST_CELL = 2_000
LARGEST_UNPACKED, LARGEST_TEXTS = 160 * MB, 48 * MB
CHUNK = MB
DIGITS = 10**15
"""Spreadsheets keep no more digits of a number; a longer serial number must be text."""
_MERGED = re.compile(rb'mergeCell[^>]{0,200}?\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_DOCTYPE = re.compile(rb"<\0?!\0?(D\0?O\0?C\0?T|E\0?N\0?T)", re.IGNORECASE)
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Odd:
    """A cell that is no plain value: formula, error, merged, digits or long."""

    kind: str


Cell = str | Odd
Row = tuple[int, list[Cell]]


def check_file(upload: "File[bytes]") -> None:
    """Refuse at once what cannot be read at all. InputError at `file`."""
    extension = (upload.name or "").lower().rpartition(".")[2]
    if extension not in KINDS:
        raise _refusal("type", _("Please choose an XLSX or a CSV file."))
    file = judge(upload, upload.name or "").file
    if extension == "xlsx":
        _check_archive(file)


def rows_of(file: IO[bytes], name: str) -> Generator[Row, None, None]:
    """The rows that hold anything, with their numbers in the file; the first is the header. InputError at `file`."""
    file.seek(0)
    read = _xlsx if name.lower().endswith(".xlsx") else _csv
    for place, (number, cells) in enumerate(read(file)):
        if place > MOST_ROWS:
            raise _refusal(
                "too_long", _("This file has more than %(most)s rows. Please split it.") % {"most": MOST_ROWS}
            )
        yield number, cells


def size_inside(file: IO[bytes], name: str) -> int:
    """How much there is to read, unpacked."""
    if not name.lower().endswith(".xlsx"):
        return file.seek(0, 2)
    with ZipFile(file) as archive:
        return sum(member.file_size for member in archive.infolist())


def _refusal(code: str, message: str) -> InputError:
    return InputError(code, message, "file")


def _damaged() -> InputError:
    return _refusal("damaged", _("This file cannot be read. Please save it anew as XLSX or CSV."))


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv(file: IO[bytes]) -> Iterator[Row]:
    text = TextIOWrapper(file, _encoding(file), newline="")
    try:
        head = text.readline(20_000)
        text.seek(0)
        for number, values in enumerate(csv.reader(text, delimiter=_delimiter(head), strict=True), 1):
            cells = [_text(value) for value in values]
            if any(cell != "" for cell in cells):
                yield number, _cut(cells)
    except csv.Error as error:
        raise _refusal("damaged", _("A quotation mark is not closed, or a cell is far too long.")) from error
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """The first encoding in which the whole file makes sense, read in pieces."""
    for name in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(name)("strict")
        file.seek(0)
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        file.seek(0)
        return name
    raise _refusal("encoding", _("The characters of this file are in no known encoding. Please save it as UTF-8 CSV."))


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _check_archive(file: IO[bytes]) -> None:
    """No bomb, and no definitions that a parser would follow."""
    with ZipFile(file) as archive:
        members = archive.infolist()
        texts = [one.file_size for one in members if one.filename.lower().endswith("sharedstrings.xml")]
        if sum(one.file_size for one in members) > LARGEST_UNPACKED or sum(texts) > LARGEST_TEXTS:
            raise _refusal("too_large", _("This file unpacks to more than can be read. Please split it."))
        for one in members:
            if one.filename.lower().endswith((".xml", ".rels")) and _DOCTYPE.search(archive.open(one).read(8192)):
                raise _damaged()


def _xlsx(file: IO[bytes]) -> Iterator[Row]:
    """Row by row. Whatever a hostile file makes the reader raise means one thing: it cannot be read."""
    try:
        _check_archive(file)
        yield from _sheet(file)
    except (InputError, GeneratorExit):
        raise
    except Exception as error:
        raise _damaged() from error


def _sheet(file: IO[bytes]) -> Iterator[Row]:
    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    try:
        sheet: Any = book.worksheets[0]
        merged = _merged(file, sheet._worksheet_path)
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), 1):
            cells = [_plain(cell) for cell in row[: MOST_COLUMNS + 1]]
            for column in merged.get(number, ()):
                cells += [""] * (column + 1 - len(cells))
                cells[column] = Odd("merged")
            if any(cell != "" for cell in cells):
                yield number, _cut(cells)
    finally:
        book.close()


def _merged(file: IO[bytes], path: str) -> dict[int, set[int]]:
    """The cells of the sheet that are parts of merged ones, by row. Read as bytes: the reader itself skips them."""
    found: dict[int, set[int]] = {}
    area, rest = 0, b""
    with ZipFile(file) as archive, archive.open(path.lstrip("/")) as sheet:
        while chunk := sheet.read(CHUNK):
            for match in _MERGED.finditer(rest + chunk):
                left, top, right, bottom = range_boundaries(match[1].decode())
                area += (right - left + 1) * (bottom - top + 1)
                if area > MOST_MERGED:
                    raise _refusal("merged", _("This sheet has very many merged cells. Please split them first."))
                for number in range(top, bottom + 1):
                    found.setdefault(number, set()).update(range(left - 1, min(right, MOST_COLUMNS)))
            rest = (rest + chunk)[-300:]
    return found


def _plain(cell: Any) -> Cell:
    """One cell as text: days as 2026-11-23, whole numbers without a point, yes and no as 1 and 0."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return Odd("error")
    if cell.data_type == "f" or not isinstance(value, bool | int | float | str | date | time):
        return Odd("formula")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    return _number(value) if isinstance(value, int | float) else _moment(value)


def _number(value: float) -> Cell:
    if not abs(value) < DIGITS:
        return Odd("digits")
    return str(int(value)) if value == int(value) else repr(value)


def _moment(value: date | time) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat()


def _text(value: str) -> Cell:
    """Without the apostrophe that our own exports put before what looks like a formula."""
    text = value.strip()
    if text.startswith("'") and guarded(text[1:]) == text:
        text = text[1:].strip()
    if len(text) > LONGEST_CELL:
        return Odd("long")
    return Odd("formula") if text.startswith(("=", "＝")) else text


def _cut(cells: list[Cell]) -> list[Cell]:
    """Without the empty cells at the end; one beyond the last possible column is kept, to be named."""
    kept = cells[: MOST_COLUMNS + 1]
    while kept and kept[-1] == "":
        kept.pop()
    return kept
