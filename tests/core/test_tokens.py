"""Contrast of the colour tokens in static/wb.css: text at least 4.5, other parts at least 3, in light and dark."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "static" / "wb.css").read_text()
THEMES = ("light", "dark")
GROUND = ("surface", "page")
SEVERITIES = ["sev1", "sev2", "sev3", "sev4"]
CLOCKS = ["normal", "soon", "critical", "breached", "paused", "off", "met", "missed", "none"]
FAMILIES = [*SEVERITIES, *CLOCKS, "note", "active", "primary", "danger"]


def tokens(theme: str) -> dict[str, str]:
    block = re.search(rf'\[data-bs-theme="{theme}"\] {{(.*?)}}', CSS, re.S)
    assert block
    return dict(re.findall(r"--wb-([\w-]+): (#[0-9A-F]{6})\b", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#1F2733", "#FFFFFF") == pytest.approx(15.0, abs=0.1)
    assert contrast("#777777", "#FFFFFF") < 4.5


def test_both_themes_have_the_same_tokens():
    assert tokens("light").keys() == tokens("dark").keys()
    assert len(tokens("light")) >= 50


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("family", FAMILIES)
def test_text_on_its_own_ground(theme, family):
    have = tokens(theme)
    ground = have.get(f"{family}-bg", have.get(family))
    assert contrast(have[f"{family}-fg"], ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["text", "muted", "link", "missed-fg"])
@pytest.mark.parametrize("ground", ["surface", "page", "hover"])
def test_text_on_the_page(theme, name, ground):
    have = tokens(theme)
    assert contrast(have[name], have[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["text", "link"])
def test_text_of_a_chosen_row(theme, name):
    have = tokens(theme)
    assert contrast(have[name], have["active-bg"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["control", "focus", "note-line", "missed-fg", "primary", "danger"])
@pytest.mark.parametrize("ground", GROUND)
def test_borders_and_marks(theme, name, ground):
    have = tokens(theme)
    assert contrast(have[name], have[ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("number", range(1, 7))
def test_chart_series(theme, number):
    have = tokens(theme)
    assert contrast(have[f"chart-{number}"], have["surface"]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tone", [tone for tone in CLOCKS if tone != "breached"])
def test_progress_bars(theme, tone):
    have = tokens(theme)
    assert contrast(have[f"{tone}-fg"], have["surface"]) >= 3


def test_colours_stand_in_the_tokens_only():
    rules = CSS[CSS.index("=== 2. Base") : CSS.index("=== 5. Print")]
    assert re.findall(r"(?<![\w&%-])#[0-9A-Fa-f]{3,6}\b", re.sub(r"url\([^)]*\)", "", rules)) == []
