"""Shares of a whole as a ring, with a legend that says each in words."""

from collections.abc import Sequence
from math import cos, pi, sin
from typing import Any

from django.utils.safestring import SafeString

from core.charts.parts import Bar, Canvas, canvas, number, shortened

WIDTH, HEIGHT = 360, 180
CENTRE, RADIUS, THICK = 90, 64, 26


def donut(
    items: Sequence[Bar], *, title: str, description: str = "", middle: str = "", printed: bool = False
) -> SafeString:
    """A ring of sectors from the top clockwise, `middle` written in its centre."""
    linked = any(bar.url for bar in items)
    drawing = canvas(WIDTH, HEIGHT, title=title, description=description, linked=linked, printed=printed)
    whole = sum(bar.value for bar in items)
    begun = 0.0
    for bar in items:
        if bar.value:
            _sector(drawing, bar, begun / whole, (begun + bar.value) / whole)
        begun += bar.value
    drawing.text(middle, CENTRE, CENTRE + 7, anchor="middle", cls="chart-middle", size=20)
    for index, bar in enumerate(items):
        y = CENTRE + 4 + 24 * (index - (len(items) - 1) / 2)
        drawing.add("rect", cls=f"chart-f{bar.tone}", x=190, y=y - 10, width=12, height=12, **drawing.fill(bar.tone))
        drawing.text(shortened(f"{bar.label} {bar.said}", 22), 210, y, cls="chart-name")
    return drawing.done()


def _sector(drawing: Canvas, bar: Bar, begin: float, end: float) -> None:
    """An arc drawn as a thick line; a whole ring is a circle, which no arc can draw."""
    look: dict[str, Any] = {
        "cls": f"chart-line chart-s{bar.tone}",
        "fill": "none",
        "stroke_width": THICK,
        **drawing.stroke(bar.tone),
    }
    place = drawing.link(bar.url, f"{bar.label} {bar.said}")
    if end - begin > 0.9999:
        drawing.add("circle", place, cx=CENTRE, cy=CENTRE, r=RADIUS, **look)
        return
    wide = 1 if end - begin > 0.5 else 0
    path = f"M{_at(begin)} A{RADIUS} {RADIUS} 0 {wide} 1 {_at(end)}"
    drawing.add("path", place, d=path, **look)


def _at(share: float) -> str:
    angle = 2 * pi * share - pi / 2
    return f"{number(CENTRE + RADIUS * cos(angle))} {number(CENTRE + RADIUS * sin(angle))}"
