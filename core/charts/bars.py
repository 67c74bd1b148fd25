"""Bars: upright, stacked, and lying with their names before them."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from core.charts.lines import marker
from core.charts.parts import MOST_SERIES, Bar, Canvas, Series, canvas, number, shortened, steps, width_of

WIDTH, HEIGHT = 560, 230
LEFT, RIGHT, TOP, BOTTOM = 48, 112, 16, 32
ROW, NAMES = 36, 132


def bars(
    items: Sequence[Bar], *, title: str, description: str = "", target: float | None = None, printed: bool = False
) -> SafeString:
    """Upright bars from 0, each with its value above and its name below."""
    drawing = _upright(items, title, description, printed)
    marks = steps(max([bar.value for bar in items], default=0))
    _scale(drawing, marks, WIDTH - 16)
    slot = (WIDTH - 16 - LEFT) / max(1, len(items))
    for index, bar in enumerate(items):
        x, top = LEFT + slot * index, _y(bar.value, marks[-1])
        place = drawing.link(bar.url, f"{bar.label} {bar.said}")
        drawing.add(
            "rect",
            place,
            cls=f"chart-f{bar.tone}",
            x=x + slot * 0.2,
            y=top,
            width=slot * 0.6,
            height=HEIGHT - BOTTOM - top,
            **drawing.fill(bar.tone),
        )
        drawing.text(bar.said, x + slot / 2, top - 4, anchor="middle")
        drawing.text(shortened(bar.label, max(4, int(slot / 7))), x + slot / 2, HEIGHT - 10, anchor="middle")
    if target is not None:
        y = _y(target, marks[-1])
        drawing.add("line", cls="chart-target", x1=LEFT, y1=y, x2=WIDTH - 16, y2=y, stroke_dasharray="2 3")
    return drawing.done()


def stacked_bars(
    columns: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str = "",
    urls: Sequence[str] = (),
    printed: bool = False,
) -> SafeString:
    """Upright bars of up to four layers, the first one below; names and shapes of the layers at the right."""
    shown = list(series)[:MOST_SERIES]
    drawing = canvas(WIDTH, HEIGHT, title=title, description=description, linked=any(urls), printed=printed)
    sums = [sum(one.values[column] or 0 for one in shown) for column in range(len(columns))]
    marks = steps(max(sums, default=0))
    _scale(drawing, marks, WIDTH - RIGHT)
    slot = (WIDTH - RIGHT - LEFT) / max(1, len(columns))
    for column, label in enumerate(columns):
        _stack(drawing, shown, column, label, LEFT + slot * column, slot, marks[-1], urls[column] if urls else "")
    for index, one in enumerate(shown):
        y = HEIGHT - BOTTOM - 10 - 20 * index
        marker(drawing, index, WIDTH - RIGHT + 16, y)
        drawing.text(shortened(one.name, 14), WIDTH - RIGHT + 26, y + 4, cls="chart-name")
    return drawing.done()


def horizontal_bars(
    items: Sequence[Bar], *, title: str, description: str = "", printed: bool = False, names: int = NAMES
) -> SafeString:
    """Lying bars from 0: name, bar, value. Each is a row of 36 px. `names`: the width kept for the names."""
    height = ROW * max(1, len(items)) + 8
    linked = any(bar.url for bar in items)
    drawing = canvas(WIDTH, height, title=title, description=description, linked=linked, printed=printed)
    most = max([bar.value for bar in items], default=0) or 1
    room = max([72, *(16 + 7 * width_of(bar.said) for bar in items)])
    for index, bar in enumerate(items):
        _lying(drawing, bar, 4 + ROW * index, names, (WIDTH - names - room) * bar.value / most)
    return drawing.done()


def _lying(drawing: Canvas, bar: Bar, top: float, names: int, length: float) -> None:
    drawing.text(shortened(bar.label, (names - 12) // 7), names - 10, top + ROW / 2 + 4, anchor="end", cls="chart-name")
    place = drawing.link(bar.url, f"{bar.label} {bar.said}")
    drawing.add(
        "rect",
        place,
        cls="chart-hit",
        x=names,
        y=top,
        width=WIDTH - names,
        height=ROW,
        fill="none",
        pointer_events="all",
    )
    drawing.add(
        "rect",
        place,
        cls=f"chart-f{bar.tone}",
        x=names,
        y=top + 8,
        width=length,
        height=ROW - 16,
        rx=2,
        **drawing.fill(bar.tone),
    )
    drawing.text(bar.said, names + length + 8, top + ROW / 2 + 4)


def _upright(items: Sequence[Bar], title: str, description: str, printed: bool) -> Canvas:
    linked = any(bar.url for bar in items)
    return canvas(WIDTH, HEIGHT, title=title, description=description, linked=linked, printed=printed)


def _scale(drawing: Canvas, marks: Sequence[float], right: float) -> None:
    for mark in marks:
        y = _y(mark, marks[-1])
        drawing.rule(LEFT, y, right, y)
        drawing.text(number(mark), LEFT - 8, y + 4, anchor="end")


def _y(value: float, high: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / high


def _stack(
    drawing: Canvas, series: list[Series], column: int, label: str, x: float, slot: float, high: float, url: str
) -> None:
    said = " · ".join([label, *(f"{one.name} {one.text(column)}" for one in series)])
    place, height, base = drawing.link(url, said), HEIGHT - TOP - BOTTOM, float(HEIGHT - BOTTOM)
    for index, one in enumerate(series):
        part = height * (one.values[column] or 0) / high
        base -= part
        drawing.add(
            "rect",
            place,
            cls=f"chart-f{index + 1} chart-p{index + 1}",
            x=x + slot * 0.2,
            y=base,
            width=slot * 0.6,
            height=part,
            **drawing.fill(index + 1),
        )
    drawing.text(shortened(label, max(4, int(slot / 7))), x + slot / 2, HEIGHT - 10, anchor="middle")
