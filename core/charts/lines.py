"""Lines over equal steps of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString

from core.charts.parts import DASHES, INK, LABEL_GAP, MOST_SERIES, Canvas, Series, canvas, number, shortened, spread

WIDTH, HEIGHT = 560, 230
LEFT, RIGHT, TOP, BOTTOM = 48, 112, 16, 32
TICKS = 4


@dataclass(frozen=True)
class Plane:
    """Where columns and values lie."""

    columns: int
    low: float
    high: float

    def x(self, index: int) -> float:
        width = WIDTH - LEFT - RIGHT
        return LEFT + (width * index / (self.columns - 1) if self.columns > 1 else width / 2)

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)

    @property
    def step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(1, self.columns - 1)


def line(
    columns: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str = "",
    low: float = 0,
    high: float = 100,
    unit: str = "%",
    target: float | None = None,
    target_label: str = "",
    urls: Sequence[str] = (),
    printed: bool = False,
) -> SafeString:
    """Up to four lines, a dashed target and labels at their ends. `urls`: a list behind each column."""
    shown = list(series)[:MOST_SERIES]
    drawing = canvas(WIDTH, HEIGHT, title=title, description=description, linked=any(urls), printed=printed)
    plane = Plane(len(columns), low, high)
    _grid(drawing, plane, columns, unit)
    if target is not None:
        _target(drawing, plane, target)
    for index, one in enumerate(shown):
        _curve(drawing, plane, one, index)
    _names(drawing, plane, shown, target, target_label)
    for index, label in enumerate(columns):
        _column(drawing, plane, index, label, shown, urls[index] if urls else "")
    return drawing.done()


def _grid(drawing: Canvas, plane: Plane, columns: Sequence[str], unit: str) -> None:
    for tick in range(TICKS + 1):
        value = plane.low + (plane.high - plane.low) * tick / TICKS
        drawing.rule(LEFT, plane.y(value), WIDTH - RIGHT, plane.y(value))
        drawing.text(f"{number(value)}{unit}", LEFT - 8, plane.y(value) + 4, anchor="end")
    every = -(-len(columns) // 12)
    for index, label in enumerate(columns):
        if index % every == 0:
            drawing.text(label, plane.x(index), HEIGHT - 10, anchor="middle")


def _target(drawing: Canvas, plane: Plane, target: float) -> None:
    colours: dict[str, Any] = {"stroke": INK} if drawing.printed else {}
    y = plane.y(target)
    drawing.add("line", cls="chart-target", x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y, stroke_dasharray="2 3", **colours)


def _curve(drawing: Canvas, plane: Plane, series: Series, index: int) -> None:
    """A line broken where there is no value, and a marker at each value."""
    tone, pen, path = index + 1, "M", []
    for column, value in enumerate(series.values):
        if value is not None:
            path.append(f"{pen}{number(plane.x(column))} {number(plane.y(value))}")
        pen = "M" if value is None else "L"
    drawing.add(
        "path",
        cls=f"chart-line chart-s{tone}",
        d=" ".join(path) or "M0 0",
        fill="none",
        stroke_width=2,
        stroke_dasharray=DASHES[index],
        **drawing.stroke(tone),
    )
    for column, value in enumerate(series.values):
        if value is not None:
            marker(drawing, index, plane.x(column), plane.y(value))


def marker(drawing: Canvas, index: int, x: float, y: float, parent: Element | None = None) -> None:
    """Circle, square, triangle, diamond: the shape tells the series, whatever the colour."""
    look: dict[str, Any] = {"cls": f"chart-f{index + 1}", **drawing.fill(index + 1)}
    if index == 0:
        drawing.add("circle", parent, cx=x, cy=y, r=4, **look)
    elif index == 1:
        drawing.add("rect", parent, x=x - 4, y=y - 4, width=8, height=8, **look)
    else:
        shape = [(0, -5), (5, 4), (-5, 4)] if index == 2 else [(0, -5), (5, 0), (0, 5), (-5, 0)]
        points = " ".join(f"{number(x + dx)},{number(y + dy)}" for dx, dy in shape)
        drawing.add("polygon", parent, points=points, **look)


def _names(drawing: Canvas, plane: Plane, series: list[Series], target: float | None, target_label: str) -> None:
    """The name of each line at its last value; labels that would touch are moved apart."""
    ends = [(index, _last(one)) for index, one in enumerate(series)]
    wanted = [(index, series[index].name, plane.y(value)) for index, value in ends if value is not None]
    if target is not None and target_label:
        wanted.append((-1, target_label, plane.y(target)))
    heights = spread([y for *_, y in wanted], TOP, HEIGHT - BOTTOM, LABEL_GAP)
    for (index, name, _), y in zip(wanted, heights, strict=True):
        if index >= 0:
            marker(drawing, index, WIDTH - RIGHT + 16, y)
        drawing.text(shortened(name, 14), WIDTH - RIGHT + 26, y + 4, cls="chart-name")


def _last(series: Series) -> float | None:
    return next((value for value in reversed(series.values) if value is not None), None)


def _column(drawing: Canvas, plane: Plane, index: int, label: str, series: list[Series], url: str) -> None:
    """The place of a column: on hover and focus its values in words, and a link to what is behind it."""
    said = " · ".join([label, *(f"{one.name} {one.text(index)}" for one in series)])
    width = min(plane.step, 48)
    drawing.add(
        "rect",
        drawing.link(url, said),
        cls="chart-hit",
        x=plane.x(index) - width / 2,
        y=TOP,
        width=width,
        height=HEIGHT - TOP,
        fill="none",
        pointer_events="all",
    )
