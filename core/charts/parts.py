"""What all charts are made of: the picture, its texts, links and series."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width
from xml.etree import ElementTree

from django.utils.safestring import SafeString

MOST_SERIES = 4
LABEL_GAP = 14
FONT = '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'
INK, MUTED, RULE = "#1F2733", "#52606F", "#D9E0E9"
COLOURS = ("#0B5CAD", "#B35900", "#0A7A4F", "#7A4FBF", "#B42318", "#4B5B6E")
DASHES = ("", "6 4", "2 3", "10 3 2 3")
# Without the characters that no XML may hold.
_KEPT = dict.fromkeys({*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF} - {9, 10, 13})


@dataclass(frozen=True)
class Series:
    """One line or one layer of a stack: a value for each column (None: none), as text where it is read."""

    name: str
    values: Sequence[float | None]
    texts: Sequence[str] = ()

    def text(self, index: int) -> str:
        return self.texts[index] if self.texts else number(self.values[index])


@dataclass(frozen=True)
class Bar:
    """One bar or sector: how large it is and what is said of it. `tone` picks the colour, 1 to 6."""

    label: str
    value: float
    text: str = ""
    url: str = ""
    tone: int = 1

    @property
    def said(self) -> str:
        return self.text or number(self.value)


def number(value: float | None) -> str:
    """A coordinate or a value without needless digits: 12.5, 12, –."""
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass
class Canvas:
    """The picture under construction, in its own units of one pixel."""

    root: ElementTree.Element
    printed: bool

    def add(
        self, tag: str, parent: ElementTree.Element | None = None, *, cls: str = "", **attributes: object
    ) -> ElementTree.Element:
        """A shape. Numbers are rounded; `stroke_width` becomes stroke-width; an empty text leaves its attribute out."""
        made = ElementTree.SubElement(self.root if parent is None else parent, tag)
        if cls:
            made.set("class", cls)
        for name, value in attributes.items():
            if value != "":
                made.set(name.replace("_", "-"), number(value) if isinstance(value, (int, float)) else clean(value))
        return made

    def text(
        self, said: str, x: float, y: float, *, anchor: str = "start", cls: str = "chart-text", size: int = 12
    ) -> ElementTree.Element:
        colours: dict[str, Any] = {"fill": MUTED} if self.printed else {}
        made = self.add("text", cls=cls, x=x, y=y, font_size=size, text_anchor=anchor, **colours)
        made.text = clean(said)
        return made

    def rule(self, x1: float, y1: float, x2: float, y2: float) -> None:
        colours: dict[str, Any] = {"stroke": RULE} if self.printed else {}
        self.add("line", cls="chart-rule", x1=x1, y1=y1, x2=x2, y2=y2, **colours)

    def link(self, url: str, said: str) -> ElementTree.Element:
        """A place for a mark: a link that says what it opens, or without an address a group with the same words."""
        made = self.add("a", cls="chart-link", href=url, aria_label=said) if url else self.add("g")
        self.add("title", made).text = clean(said)
        return made

    def fill(self, tone: int) -> dict[str, Any]:
        return {"fill": COLOURS[tone - 1]} if self.printed else {}

    def stroke(self, tone: int) -> dict[str, Any]:
        return {"stroke": COLOURS[tone - 1]} if self.printed else {}

    def done(self) -> SafeString:
        return SafeString(ElementTree.tostring(self.root, encoding="unicode"))  # escaped by the serialiser


def canvas(width: int, height: int, *, title: str, description: str, linked: bool, printed: bool) -> Canvas:
    """An empty picture. One with links inside is a group, since whatever is inside an image is hidden."""
    root = ElementTree.Element("svg", {"class": "chart", "role": "group" if linked else "img"})
    drawing = Canvas(root, printed)
    root.set("viewBox", f"0 0 {width} {height}")
    root.set("width", str(width))
    root.set("height", str(height))
    root.set("focusable", "false")
    if printed:
        root.set("font-family", FONT)
    for tag, said in (("title", title), ("desc", description)):
        drawing.add(tag).text = clean(said)
    return drawing


def clean(value: object) -> str:
    return str(value).translate(_KEPT)


def shortened(text: str, most: int) -> str:
    """At most so many Latin characters wide, a Chinese one counting two."""
    if width_of(text) <= most:
        return text
    kept = ""
    for character in text:
        if width_of(kept + character) > most - 1:
            break
        kept += character
    return f"{kept}…"


def width_of(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def spread(wanted: Sequence[float], low: float, high: float, gap: float = LABEL_GAP) -> list[float]:
    """Heights for labels near the wanted ones, at least `gap` apart and inside the bounds if there is room."""
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    placed = [0.0] * len(wanted)
    last = low - gap
    for index in order:
        last = placed[index] = max(wanted[index], last + gap)
    over = high + gap
    for index in reversed(order):
        over = placed[index] = min(placed[index], over - gap)
    return placed


def steps(high: float) -> list[float]:
    """Round marks from 0 to at least `high`, two to six of them."""
    step = 1.0
    while high / step > 5:
        step *= 2.5 if str(step).startswith("2") else 2
    last = 0.0
    marks = [last]
    while last < high:
        last += step
        marks.append(last)
    return marks if len(marks) > 1 else [0.0, 1.0]
