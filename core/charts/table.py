"""The figures of a chart as a table, folded away under it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Cell:
    """A figure in the table, as a link where there is a list behind it."""

    text: str
    url: str = ""


def framed(chart: SafeString, head: Sequence[str], rows: Sequence[Sequence[Cell | str]], caption: str) -> SafeString:
    """The chart and under it its figures."""
    return format_html('<figure class="chart-frame">{}{}</figure>', chart, data_table(head, rows, caption))


def data_table(head: Sequence[str], rows: Sequence[Sequence[Cell | str]], caption: str) -> SafeString:
    """A closed `<details>` with the figures; the first column names the rows."""
    heads = format_html_join("", '<th scope="col">{}</th>', ((text,) for text in head))
    body = format_html_join("", "<tr>{}</tr>", ((_row(row),) for row in rows))
    return format_html(
        '<details class="chart-data"><summary>{}</summary><div class="chart-scroll" role="region" tabindex="0"'
        ' aria-label="{}"><table class="wb-table"><caption class="visually-hidden">{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details>",
        _("View the figures"),
        _("Figures: %(of)s") % {"of": caption},
        caption,
        heads,
        body,
    )


def _row(row: Sequence[Cell | str]) -> SafeString:
    first, *others = (cell if isinstance(cell, Cell) else Cell(cell) for cell in row)
    cells = format_html_join("", '<td class="num">{}</td>', ((_said(cell),) for cell in others))
    return format_html('<th scope="row">{}</th>{}', _said(first), cells)


def _said(cell: Cell) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', cell.url, cell.text) if cell.url else cell.text
