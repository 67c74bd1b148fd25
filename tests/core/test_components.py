"""The partials of templates/wb/ and templates/forms/, drawn from plain inputs."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import Http404
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from core import clock
from core.forms import Renderer
from core.templatetags import _looks
from core.views.styleguide import sample_clocks, styleguide
from tests.fixtures import MORNING

ROOT = Path(__file__).resolve().parents[2]
SPRITE = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "icons.svg").read_text()))
FAMILIES = {
    "sla": [*_looks.RUNNING.values(), *_looks.SLA.values()],
    "severity": [*_looks.SEVERITY.values()],
    "state": [*_looks.STATE.values()],
    "coverage": [*_looks.COVERAGE.values()],
}


@pytest.fixture(autouse=True)
def _english_morning(morning: Any) -> Iterator[None]:
    with translation.override("en"):
        yield


def draw(source: str, **context: Any) -> str:
    request = RequestFactory().get(context.pop("path", "/"))
    return engines["django"].from_string("{% load wb %}" + source).render(context, request)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


# --- Chips and clocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_looks_of_a_family_differ_in_icon_and_word(family):
    looks = FAMILIES[family]
    assert len({look.icon for look in looks}) == len(looks)
    assert len({str(look.word) for look in looks}) == len(looks)


def test_every_icon_that_is_named_is_in_the_sprite():
    named = {look.icon for looks in FAMILIES.values() for look in looks}
    for path in (ROOT / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text()))
        named |= set(re.findall(r'{% icon [\w.]+\|default:"([\w-]+)"', path.read_text()))
    assert named - SPRITE == set()


def chip(state: str, **more: Any) -> str:
    return text_of(draw("{% chip_sla clock %}", clock={"state": state, "target_short": "Response", **more}))


@pytest.mark.parametrize(
    ("level", "text"),
    [
        ("", "Response 5 h 20 min left · 15:20"),
        ("normal", "Response 5 h 20 min left · 15:20"),
        ("soon", "Response 5 h 20 min left · 15:20Due soon"),
        ("critical", "Response 5 h 20 min left · 15:20About to breach"),
    ],
)
def test_running_chip_counts_to_its_deadline(level, text):
    assert chip("running", level=level, due_at=MORNING + timedelta(hours=5, minutes=20)) == text


@pytest.mark.parametrize(
    ("state", "more", "text"),
    [
        ("breached", {"due_at": MORNING - timedelta(minutes=72)}, "Response 1 h 12 min overdue"),
        ("paused", {"pause_reason_label": "customer"}, "Response Paused · customer"),
        ("met", {"used_seconds": 250}, "Response Met · 4 min 10 s"),
        ("met_late", {"over_seconds": 720}, "Response Missed · late by 12 min"),
        ("not_needed", {}, "Response Not needed"),
        ("waiting", {}, "Response Not started"),
        ("none", {}, "Not agreed by contract"),
    ],
)
def test_chip_of_a_clock_that_does_not_run(state, more, text):
    assert chip(state, **more) == text


def test_chip_outside_service_hours_says_when_it_goes_on():
    opens = MORNING + timedelta(hours=23)
    due = MORNING + timedelta(hours=30)
    text = chip("running", level="off_hours", due_at=due, resumes_at=opens)
    assert text == "Response Outside service hours · from tomorrow 09:00"


def test_chip_tells_the_script_when_to_ask_again():
    due = MORNING + timedelta(hours=2)
    html = draw("{% chip_sla clock %}", clock={"state": "running", "due_at": due, "target_short": "Plan"})
    assert f'data-next="{int(due.timestamp())}"' in html
    assert f'data-due="{int(due.timestamp())}" data-mode="left"' in html
    sooner = {"state": "running", "due_at": due, "next_change_at": MORNING, "target_short": "Plan"}
    assert f'data-next="{int(MORNING.timestamp())}"' in draw("{% chip_sla clock %}", clock=sooner)
    paused = {"state": "paused", "due_at": due, "target_short": "Plan"}
    assert "data-next" not in draw("{% chip_sla clock %}", clock=paused)


@pytest.mark.parametrize("number", range(11))
def test_clock_card_of_every_look(number):
    item = sample_clocks(MORNING)[number]
    html = render_to_string("wb/clock_card.html", {"clock": item})
    assert str(_looks.sla(item["state"], item.get("level", "")).word) in text_of(html)
    assert html.count("<dt>") == 1
    assert html.count("<dd") == 3


def test_four_clocks_at_a_glance_and_the_rest_behind_more():
    html = render_to_string("wb/clocks.html", {"clocks": sample_clocks(MORNING)})
    first, more = html.split("<details")
    assert first.count('class="wb-clock ') == 4
    assert more.count('class="wb-clock ') == 7
    assert "<details" not in render_to_string("wb/clocks.html", {"clocks": sample_clocks(MORNING)[:4]})


@pytest.mark.parametrize(
    ("fraction", "width"), [(None, "0.0"), (-1, "0.0"), (0.456, "45.6"), (1, "100.0"), (7, "100.0")]
)
def test_progress_is_drawn_by_an_attribute(fraction, width):
    assert f'<rect class="fill" width="{width}"' in draw("{% progress fraction %}", fraction=fraction)


CHINESE = {
    "sla": "正常 将到期 即将超时 非服务时间 已暂停 已超时 已达成 未达成 无需 未开始 合同未约定",
    "severity": "一级 二级 三级 四级",
    "state": "新建 已受理 处理中 等客户 等备件 等厂商 等待中 已解决 已关闭 已取消",
}


@pytest.mark.parametrize("family", CHINESE)
def test_the_words_in_chinese(family):
    with translation.override("zh-hans"):
        assert " ".join(str(look.word) for look in FAMILIES[family]) == CHINESE[family]


# --- Tables, pages, forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "direction", "href"),
    [
        ("/?view=mine&page=3", "none", "?view=mine&amp;sort=due"),
        ("/?sort=due", "ascending", "?sort=-due"),
        ("/?sort=-due", "descending", "?sort=due"),
        ("/?sort=severity", "none", "?sort=due"),
    ],
)
def test_sort_link_keeps_the_query_and_turns_round(path, direction, href):
    html = draw('{% wb_th "Deadline" sort="due" %}', path=path)
    assert f'aria-sort="{direction}"' in html
    assert f'href="{href}"' in html


def test_head_cell_without_sort_is_plain():
    assert draw('{% wb_th "State" css="num" %}') == '<th scope="col" class="num">State</th>\n'


def test_pagination_of_many_pages_stays_short():
    page = Paginator(range(5000), 50).page(50)
    html = draw('{% include "wb/pagination.html" %}', page_obj=page, path="/?sort=due")
    assert re.findall(r">(\d+|…)<", html) == ["1", "…", "48", "49", "50", "51", "52", "…", "100"]
    assert 'aria-current="page">50<' in html
    assert 'rel="next" href="?sort=due&amp;page=51"' in html
    assert "2451–2500 of 5000" in html


class Sample(forms.Form):
    default_renderer = Renderer
    name = forms.CharField(label="Name", help_text="As on the badge")
    way = forms.ChoiceField(label="Way", choices=[("a", "A")], widget=forms.RadioSelect, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], required=False)
    sure = forms.BooleanField(label="Sure", required=False)


def test_field_ties_label_hint_and_error_to_its_control():
    html = str(Sample({"name": ""})["name"].as_field_group())
    control = re.search(r"<input[^>]*>", html)[0]
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in control
    assert 'aria-invalid="true"' in control
    assert 'class="form-control is-invalid"' in control
    assert re.findall(r'<p class="wb-\w+" id="([\w-]+)"', html) == ["id_name_helptext", "id_name_error"]


def test_field_without_error_says_nothing_of_errors():
    html = str(Sample()["name"].as_field_group())
    assert "aria-invalid" not in html
    assert "id_name_error" not in html


def test_choices_stand_in_a_fieldset_and_a_tick_box_before_its_label():
    way = str(Sample()["way"].as_field_group())
    sure = str(Sample()["sure"].as_field_group())
    assert way.index("<fieldset") < way.index("<legend>Way") < way.index('type="radio"')
    assert sure.index('type="checkbox"') < sure.index("<label")
    assert 'class="form-select"' in str(Sample()["kind"].as_field_group())


def test_error_summary_links_to_the_faulty_fields():
    form = Sample({"name": "", "kind": "z"})
    form.add_error(None, "Both cannot be.")
    html = str(form)
    assert html.index("wb-error-summary") < html.index("<label")
    assert 'href="#id_name"' in html
    assert 'href="#id_kind"' in html
    assert "<li>Both cannot be.</li>" in html
    assert "wb-error-summary" not in str(Sample())


def test_idempotency_key_is_new_each_time():
    keys = [re.search(r'value="([0-9a-f-]{36})"', draw("{% idempotency_field %}"))[1] for _ in range(2)]
    assert keys[0] != keys[1]


# --- User texts, shells, error pages ---------------------------------------------------------------------------------

EVIL = "<img src=x onerror=alert(1)>\"'{{7*7}}"


@pytest.mark.parametrize(
    ("template", "context"),
    [
        ("timeline_entry", {"entry": {"id": 1, "author": EVIL, "at": MORNING, "body": EVIL, "meta": EVIL}}),
        ("timeline_note", {"entry": {"id": 1, "author": EVIL, "at": MORNING, "body": EVIL}}),
        ("timeline_system", {"entry": {"id": 1, "at": MORNING, "text": EVIL, "actor": EVIL}}),
        ("files", {"files": [{"name": EVIL, "url": "/x/"}]}),
        ("toast", {"text": EVIL}),
        ("person", {"name": EVIL, "phone": EVIL, "email": EVIL}),
        ("verdict", {"verdict": {"code": "covered", "reason": EVIL, "source": EVIL}}),
        ("chip_sla", {"clock": {"state": "paused", "target_short": EVIL, "pause_reason_label": EVIL, "tooltip": EVIL}}),
        ("options", {"options": [{"value": EVIL, "label": EVIL, "hint": EVIL}]}),
        ("conflict", {"who": EVIL, "at": MORNING, "mine": [{"label": EVIL, "text": EVIL}]}),
        ("page_head", {"title": EVIL, "subtitle": EVIL, "crumbs": [{"label": EVIL}]}),
        ("why_popover", {"why": {"promise": EVIL, "events": [{"at": MORNING, "label": EVIL, "note": EVIL}]}}),
    ],
)
def test_user_text_is_escaped(template, context):
    html = render_to_string(f"wb/{template}.html", context)
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "49" not in html


def test_shell_draws_only_what_it_is_given():
    page = '{% extends "base_desk.html" %}{% block title %}Queue{% endblock %}'
    html = engines["django"].from_string(page).render({"nav_items": [], "shell": {}}, RequestFactory().get("/"))
    assert "<title>Queue · Weibao</title>" in html
    assert '<html lang="en" data-theme="system" data-bs-theme="light"' in html
    for missing in ("<nav", "wb-search", "wb-new", "wb-bell", "wb-me"):
        assert missing not in html
    assert html.count("<main ") == 1


def test_shell_wears_the_users_theme_and_shows_permitted_places():
    html = render_to_string(
        "base_desk.html",
        {
            "shell": {"theme": "dark", "density": "compact", "user_name": "Li", "inbox_url": "/in/", "inbox_count": 3},
            "nav_items": [{"label": "Tickets", "url": "/t/", "icon": "ticket", "badge": 38, "active": True}],
        },
    )
    assert 'data-bs-theme="dark" data-density="compact"' in html
    assert '<a href="/t/" aria-current="page"' in html
    assert '<span class="wb-nav-badge">38</span>' in html
    assert re.search(r'id="wb-inbox-count" class="wb-badge"[^>]*>3<', html)


@pytest.mark.parametrize("code", [403, 404, 409, 429, 500])
def test_error_page_draws_without_context_and_shows_the_hotline(code, settings):
    settings.SERVICE_HOTLINE = "4008001234"
    html = render_to_string(f"{code}.html")
    assert html.count("<h1>") == 1
    assert "data-message" in html
    assert "400-800-1234" in html


def test_styleguide_is_complete_and_hidden_in_production(settings):
    settings.STYLEGUIDE = True
    html = styleguide(RequestFactory().get("/styleguide/")).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("<h1>") == 1
    assert len(re.findall(r"<[a-zA-Z]", html)) <= 1500
    settings.STYLEGUIDE = False
    with pytest.raises(Http404):
        styleguide(RequestFactory().get("/styleguide/"))


def test_now_of_the_page_is_the_clocks_now():
    assert draw("{% server_now %}") == f"{clock.now().timestamp():.3f}"
