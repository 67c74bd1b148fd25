"""core.charts: exact geometry of small charts, hostile texts, links, print."""

from xml.etree import ElementTree

import pytest

from core.charts import Bar, Cell, Series, bars, data_table, donut, framed, horizontal_bars, line, stacked_bars
from core.charts.parts import shortened, spread, steps

HOSTILE = "<script>alert(1)</script>\"'&\x00\ud800"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def attributes(svg: str, tag: str, cls: str, *names: str) -> list[tuple[str | None, ...]]:
    found = [one for one in parsed(svg).iter(tag) if cls in (one.get("class") or "").split()]
    return [tuple(one.get(name) for name in names) for one in found]


def test_a_line_lies_where_its_values_are() -> None:
    svg = line(["47", "48", "49"], [Series("R", [100, 90, 80])], title="T", low=80, high=100, target=95)
    assert attributes(svg, "path", "chart-line", "d") == [("M48 16 L248 107 L448 198",)]
    assert attributes(svg, "line", "chart-target", "x1", "y1", "x2", "y2") == [("48", "61.5", "448", "61.5")]
    assert attributes(svg, "circle", "chart-f1", "cx", "cy")[:3] == [("48", "16"), ("248", "107"), ("448", "198")]


def test_a_line_is_broken_where_there_is_no_value() -> None:
    svg = line(["a", "b", "c", "d"], [Series("R", [0, None, 50, 100])], title="T")
    assert attributes(svg, "path", "chart-line", "d") == [("M48 198 M314.67 107 L448 16",)]


def test_every_series_has_its_own_dash_and_marker() -> None:
    series = [Series(name, [10, 20]) for name in "abcde"]
    root = parsed(line(["1", "2"], series, title="T"))
    curves = list(root.iter("path"))
    assert [one.get("stroke-dasharray") for one in curves] == [None, "6 4", "2 3", "10 3 2 3"]
    assert {one.tag for one in root.iter() if (one.get("class") or "").startswith("chart-f")} == {
        "circle",
        "rect",
        "polygon",
    }


def test_labels_at_the_end_never_touch() -> None:
    svg = line(
        ["1", "2"], [Series("a", [90, 95]), Series("b", [90, 95.2])], title="T", low=80, target=95, target_label="g"
    )
    heights = sorted(float(y or 0) for (y,) in attributes(svg, "text", "chart-name", "y"))
    assert len(heights) == 3
    assert min(b - a for a, b in zip(heights, heights[1:], strict=False)) >= 14


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([50.0], [50.0]),
        ([50.0, 52.0], [50.0, 64.0]),
        ([52.0, 50.0], [64.0, 50.0]),
        ([100.0, 100.0], [86.0, 100.0]),
        ([0.0, 0.0, 0.0], [0.0, 14.0, 28.0]),
    ],
)
def test_labels_are_moved_apart_within_bounds(wanted: list[float], placed: list[float]) -> None:
    assert spread(wanted, 0, 100) == placed


def test_lying_bars_are_as_long_as_their_values() -> None:
    svg = horizontal_bars([Bar("<1d", 20), Bar("1-3d", 5), Bar("3-7d", 0)], title="T")
    assert attributes(svg, "rect", "chart-f1", "x", "y", "width", "height") == [
        ("132", "12", "356", "20"),
        ("132", "48", "89", "20"),
        ("132", "84", "0", "20"),
    ]


def test_upright_and_stacked_bars() -> None:
    svg = bars([Bar("a", 10), Bar("b", 5)], title="T")
    assert attributes(svg, "rect", "chart-f1", "y", "height") == [("16", "182"), ("107", "91")]
    svg = stacked_bars(["a"], [Series("x", [4]), Series("y", [6])], title="T")
    assert attributes(svg, "rect", "chart-p1", "y", "height") == [("125.2", "72.8")]
    assert attributes(svg, "rect", "chart-p2", "y", "height") == [("16", "109.2")]


def test_a_ring_and_a_whole_ring() -> None:
    svg = donut([Bar("a", 1), Bar("b", 1, tone=2)], title="T", middle="2")
    assert attributes(svg, "path", "chart-line", "d") == [
        ("M90 26 A64 64 0 0 1 90 154",),
        ("M90 154 A64 64 0 0 1 90 26",),
    ]
    assert attributes(donut([Bar("a", 3), Bar("b", 0)], title="T"), "circle", "chart-line", "r") == [("64",)]


@pytest.mark.parametrize("high", [0, 1, 3, 7, 19, 20, 36, 137, 10_000])
def test_the_scale_reaches_its_values_in_few_round_steps(high: float) -> None:
    marks = steps(high)
    assert marks[0] == 0
    assert marks[-1] >= high
    assert 2 <= len(marks) <= 7


def test_nothing_to_draw_is_still_a_picture() -> None:
    for svg in (line([], [], title="T"), bars([], title="T"), horizontal_bars([], title="T"), donut([], title="T")):
        assert parsed(svg).find("title").text == "T"  # type: ignore[union-attr]
    assert stacked_bars([], [], title="T")


def test_hostile_texts_stay_texts() -> None:
    """No element, no attribute and no control character comes out of a label."""
    charts = [
        line(
            [HOSTILE],
            [Series(HOSTILE, [1], [HOSTILE])],
            title=HOSTILE,
            description=HOSTILE,
            target=1,
            target_label=HOSTILE,
        ),
        bars([Bar(HOSTILE, 1, HOSTILE, "/x/?a=1&b=2")], title=HOSTILE),
        horizontal_bars([Bar(HOSTILE, 1, HOSTILE)], title=HOSTILE),
        stacked_bars([HOSTILE], [Series(HOSTILE, [1])], title=HOSTILE),
        donut([Bar(HOSTILE, 1)], title=HOSTILE, middle=HOSTILE),
    ]
    for svg in charts:
        assert "<script" not in svg
        assert not any(one.tag == "script" for one in parsed(svg).iter())
        assert "\x00" not in svg
    table = data_table([HOSTILE], [[HOSTILE, Cell(HOSTILE, '/x/"><b>')]], HOSTILE)
    assert "<script" not in table
    assert '"><b>' not in table


def test_csp_no_style_no_script_no_handler() -> None:
    svg = line(["1"], [Series("a", [1])], title="T", urls=["/x/"]) + donut(
        [Bar("a", 1, url="/y/")], title="T", printed=True
    )
    for forbidden in ("style=", "<style", "<script", " on", "javascript:"):
        assert forbidden not in svg.replace(" one", "")


def test_marks_are_links_that_say_what_they_open() -> None:
    svg = horizontal_bars([Bar("<1 天", 20, url="/tickets/?a=1&b=2"), Bar("1–3 天", 9)], title="T")
    root = parsed(svg)
    links = list(root.iter("a"))
    assert [(one.get("href"), one.get("aria-label")) for one in links] == [("/tickets/?a=1&b=2", "<1 天 20")]
    assert root.get("role") == "group"
    assert parsed(horizontal_bars([Bar("a", 1)], title="T")).get("role") == "img"


def test_print_carries_its_own_colours_and_font() -> None:
    printed = line(["1"], [Series("a", [1])], title="T", target=1, printed=True)
    assert parsed(printed).get("font-family")
    assert attributes(printed, "path", "chart-line", "stroke") == [("#0B5CAD",)]
    assert all(one.get("fill") for one in parsed(printed).iter("text"))
    assert attributes(line(["1"], [Series("a", [1])], title="T"), "path", "chart-line", "stroke") == [(None,)]


def test_the_figures_stand_under_the_chart() -> None:
    page = framed(horizontal_bars([Bar("a", 1)], title="T"), ["Age", "n"], [["a", Cell("1", "/x/?a=1&b=2")]], "T")
    assert page.startswith('<figure class="chart-frame"><svg')
    assert '<th scope="row">a</th><td class="num"><a href="/x/?a=1&amp;b=2">1</a></td>' in page


def test_long_names_are_cut_by_their_width() -> None:
    assert shortened("江南港务集团有限公司", 14) == "江南港务集团…"
    assert shortened("Port of Jiangnan", 10) == "Port of J…"
    assert shortened("江南", 14) == "江南"
