"""Charts as server-side SVG: for pages in both themes, and in print with explicit colours (decisions 28).

Pure functions. Colours, fonts and lines come from the classes of static/figures.css; with `printed=True` every shape
carries its own colours as attributes, as the PDF's renderer and a mail need them. No style attribute, no script. Every
series has its own dash, its own marker and its name beside it; a mark that is given an address is a link. Numbers are
never in the picture alone: `framed` puts the same figures under it as a table.
"""

from core.charts.bars import bars, horizontal_bars, stacked_bars
from core.charts.donut import donut
from core.charts.lines import line
from core.charts.parts import MOST_SERIES, Bar, Series
from core.charts.table import Cell, data_table, framed

__all__ = [
    "MOST_SERIES",
    "Bar",
    "Cell",
    "Series",
    "bars",
    "data_table",
    "donut",
    "framed",
    "horizontal_bars",
    "line",
    "stacked_bars",
]
