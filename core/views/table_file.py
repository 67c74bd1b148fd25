"""A list as a file to save, in the formats of `core.exports`."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from core.exports import Cell, csv_lines, xlsx_file

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(form: str, name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Any:
    """The rows as `form`, xlsx or else csv, which is sent as the rows come; `name` is without its ending. `title` names
    the sheet.
    """
    if form == "xlsx":
        file = xlsx_file(title, header, rows)
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)
    answer: Any = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    return answer
