"""The content security policy holds because no template carries inline code; checked in the text (ui.md §6 no. 3)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(p for p in ROOT.rglob("templates/**/*") if p.suffix in {".html", ".txt"} and ".venv" not in p.parts)
SCRIPTS = sorted((ROOT / "static").glob("*.js"))
SAFE_ALLOWED: set[str] = set()

FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "handler attribute": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "hx-on": re.compile(r"\bhx-on\b", re.I),
    "js: value": re.compile(r"[\"']\s*(?:js|javascript):", re.I),
    "trigger filter": re.compile(r"hx-trigger=\"[^\"]*\[", re.I),
    "hx-vars or hx-ext": re.compile(r"\bhx-(?:vars|ext)\b", re.I),
    "confirm": re.compile(r"\bhx-(?:confirm|prompt)\b", re.I),
    "autoescape off": re.compile(r"autoescape\s+off"),
}


def faults(text: str) -> list[str]:
    """What a template text breaks; template comments do not count."""
    bare = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.S)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(bare)]


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_no_inline_code(path):
    assert faults(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_trusts_no_text(path):
    if str(path.relative_to(ROOT)) not in SAFE_ALLOWED:
        assert not re.search(r"\|\s*safe(?:seq)?\b", path.read_text())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<p style="color:red">', "style attribute"),
        ("<STYLE>p{}</STYLE>", "style element"),
        ('<a href="#" onclick="x()">', "handler attribute"),
        ("<script>x()</script>", "inline script"),
        ('<div hx-on:click="x()">', "hx-on"),
        ('<a href="javascript:x()">', "js: value"),
        ("<div hx-vals='js:{a: 1}'>", "js: value"),
        ('<div hx-trigger="keyup[key==1]">', "trigger filter"),
        ('<div hx-ext="x">', "hx-vars or hx-ext"),
        ('<a hx-confirm="?">', "confirm"),
        ("{% autoescape off %}", "autoescape off"),
    ],
)
def test_the_check_finds_what_it_looks_for(text, fault):
    assert faults(text) == [fault]


def test_scripts_evaluate_nothing_and_ask_with_no_browser_dialog():
    for path in SCRIPTS:
        assert not re.search(r"\beval\(|new Function|\bconfirm\(|\balert\(|\bprompt\(", path.read_text()), path.name


def test_sizes():
    sizes = {name: (ROOT / "static" / name).stat().st_size for name in ("wb.css", "wb.js", "theme.js")}
    assert sizes["wb.css"] <= 40_000
    assert sizes["wb.js"] <= 25_000
    assert sizes["theme.js"] < 1_000
