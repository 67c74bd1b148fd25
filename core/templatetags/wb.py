"""Tags and filters of the pages: formats (ui.md §5), icons, chips, table heads, form controls, slots."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock as clocks
from core import formats, forms, slots
from core.templatetags import _looks

register = template.Library()


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


# --- Formats ---------------------------------------------------------------------------------------------------------


def _time_element(value: datetime, text: str, title: str = "") -> SafeString:
    local = value.astimezone(timezone.get_current_timezone()).isoformat(timespec="seconds")
    return format_html(
        '<time datetime="{}"{}>{}</time>', local, format_html(' title="{}"', title) if title else "", text
    )


def _absolute(value: datetime) -> str:
    return f"{value.astimezone(timezone.get_current_timezone()):%Y-%m-%d %H:%M}"


@register.simple_tag
def when(value: datetime | None, style: str = "full") -> str:
    """A `<time>` with an instant: "full" 今天 10:38, "short" as in chips, "time" 10:38. Nothing for None."""
    if value is None:
        return ""
    tz = timezone.get_current_timezone()
    if style == "time":
        return _time_element(value, formats.clock_time(value, tz), _absolute(value))
    write = formats.when_short if style == "short" else formats.when
    return _time_element(value, write(value, clocks.now(), tz, language()), _absolute(value))


@register.simple_tag
def ago(value: datetime | None) -> str:
    """A `<time>` that says 3 分钟前, with the instant as its title. Nothing for None."""
    if value is None:
        return ""
    text = formats.relative(value, clocks.now(), timezone.get_current_timezone(), language())
    return _time_element(value, text, _absolute(value))


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    return "" if seconds is None else formats.duration(seconds, language())


@register.filter
def countdown(seconds: float | timedelta | None) -> str:
    return "" if seconds is None else formats.countdown(seconds, language())


@register.filter
def day(value: date | None) -> str:
    return "" if value is None else formats.day(value)


@register.filter
def document_date(value: date | None) -> str:
    return "" if value is None else formats.document_date(value, language())


@register.filter
def phone(value: str | None) -> str:
    return formats.phone(value, language()) if value else ""


@register.filter
def phone_masked(value: str | None) -> str:
    return formats.phone_masked(value) if value else ""


@register.filter
def money(value: Decimal | None) -> str:
    return "" if value is None else formats.money(value)


@register.filter
def percent(ratio: float | Decimal | None) -> str:
    return "" if ratio is None else formats.percent(ratio)


@register.filter
def grouped(value: int | None) -> str:
    return "" if value is None else formats.grouped(value)


@register.filter
def epoch(value: datetime | None) -> str:
    """Seconds since 1970, for data attributes."""
    return "" if value is None else str(int(value.timestamp()))


# --- Icons, chips, clocks --------------------------------------------------------------------------------------------


@cache
def _sprite() -> str:
    return static("icons.svg")


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A decorative icon of static/icons.svg; sizes 16, 20, 24. The meaning stands beside it as text or aria-label."""
    return format_html(
        '<svg class="ic ic-{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        size,
        _sprite(),
        name,
    )


@register.simple_tag
def progress(fraction: float | None, pattern: str = "") -> SafeString:
    """A bar filled to `fraction` (0 to 1); pattern "hatch" for paused."""
    width = round(min(max(float(fraction or 0), 0.0), 1.0) * 100, 1)
    return format_html(
        '<svg class="wb-progress {}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="6"></rect><rect class="fill" width="{}" height="6"></rect></svg>',
        pattern,
        width,
    )


def _of(subject: Any, name: str) -> Any:
    """The attribute or key of a clock, whichever it is."""
    return subject.get(name) if isinstance(subject, dict) else getattr(subject, name, None)


@register.simple_tag
def sla_look(clock: Any) -> _looks.Look:
    return _looks.sla(_of(clock, "state"), _of(clock, "level") or "")


@register.simple_tag
def look(family: str, key: Any) -> _looks.Look:
    """The look of a severity (1–4), ticket state or coverage verdict."""
    families: dict[str, dict[Any, _looks.Look]] = {
        "severity": _looks.SEVERITY,
        "state": _looks.STATE,
        "coverage": _looks.COVERAGE,
    }
    return families[family][key]


@register.simple_tag
def ticking(clock: Any) -> SafeString:
    """Time left until (running) or passed since (breached) the due instant; wb.js counts on from it."""
    due = _of(clock, "due_at")
    mode = "over" if _of(clock, "state") == "breached" else "left"
    span = (clocks.now() - due) if mode == "over" else (due - clocks.now())
    text = formats.countdown(span, language())
    return format_html('<span class="wb-num" data-due="{}" data-mode="{}">{}</span>', epoch(due), mode, text)


@register.simple_tag
def next_change(clock: Any) -> str:
    """The attribute that makes wb.js fire wb:threshold when a running clock's look is about to change."""
    at = _of(clock, "next_change_at") or _of(clock, "due_at")
    return format_html(' data-next="{}"', epoch(at)) if at and _of(clock, "state") == "running" else ""


@register.inclusion_tag("wb/chip_sla.html")
def chip_sla(clock: Any) -> dict[str, Any]:
    return {"clock": clock}


@register.inclusion_tag("wb/chip_severity.html")
def chip_severity(rank: int, label: str = "") -> dict[str, Any]:
    return {"rank": rank, "label": label}


@register.inclusion_tag("wb/chip_state.html")
def chip_state(state: str, label: str = "") -> dict[str, Any]:
    return {"state": state, "label": label}


@register.inclusion_tag("wb/chip_coverage.html")
def chip_coverage(verdict: str, label: str = "") -> dict[str, Any]:
    return {"verdict": verdict, "label": label}


# --- Tables and forms ------------------------------------------------------------------------------------------------


@register.inclusion_tag("wb/th.html", takes_context=True)
def wb_th(context: Context, label: str, sort: str = "", css: str = "", param: str = "sort") -> dict[str, Any]:
    """A head cell. With `sort` a link that keeps the query string, sorts by it and reverses when repeated. What the
    list is sorted by without being asked, the page says as `sorted_by`.
    """
    query: QueryDict = context["request"].GET.copy()
    current = context.get("sorted_by") or query.get(param, "")
    direction = {sort: "ascending", f"-{sort}": "descending"}.get(current, "none") if sort else ""
    query[param] = f"-{sort}" if direction == "ascending" else sort
    query.pop("page", None)
    return {"label": label, "direction": direction, "href": f"?{query.urlencode()}", "css": css}


@register.filter
def page_window(page: Page[Any]) -> Iterator[int | str]:
    """The page numbers to draw: the ends, two on each side, gaps between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.simple_tag
def widget(field: BoundField) -> str:
    """The bare control of a bound field, with Bootstrap's classes."""
    return field.as_widget(attrs=forms.control_attrs(field))


@register.filter
def single_checkbox(field: BoundField) -> bool:
    return forms.is_single_checkbox(field)


@register.simple_tag
def idempotency_field() -> SafeString:
    """A hidden key that makes a repeated submit of this form one effect."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid4())


# --- Shell -----------------------------------------------------------------------------------------------------------


@register.simple_tag
def server_now() -> str:
    """Epoch seconds with milliseconds, by which wb.js corrects the browser's clock."""
    return f"{clocks.now().timestamp():.3f}"


@register.simple_tag
def hotline() -> str:
    """The service hotline of this installation, or nothing."""
    return formats.phone(getattr(settings, "SERVICE_HOTLINE", ""), language())


@register.simple_tag
def script_texts() -> str:
    """Every text that wb.js may show, in the page's language, as JSON for a meta element."""
    names = formats.patterns(language())
    units = {name: getattr(names, name).replace(":02d", "!") for name in UNIT_PATTERNS}
    return json.dumps({"units": units, **script_messages()}, ensure_ascii=False)


UNIT_PATTERNS = ("days_hours", "days", "hours_minutes", "hours", "minutes_seconds", "minutes", "seconds")


def script_messages() -> dict[str, str]:
    return {
        "retry": _("Retry"),
        "close": _("Close"),
        "server": _("The page did not answer just now; what you entered is still here. Please retry."),
        "network": _("The network is slow or interrupted; what you entered is still here."),
        "stale": _("The list was not refreshed just now; it shows the state of {time}."),
        "denied": _("Your account may not do this yet. Your administrator can grant it."),
        "missing": _("This entry no longer exists or is not visible to you."),
        "conflict": _("Somebody else has just changed this. Please reload and check."),
        "throttled": _("Too many requests in a short time. Please retry in {seconds} seconds."),
        "invalid": _("Please check the entries."),
        "threshold": _("{what} needs attention: the deadline is near."),
        "results": _("{n} results"),
        "no_results": _("Nothing found. Try other words."),
        "still_out": _("Not logged in yet. Please log in in the new window first."),
    }


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, subject: Any = None) -> SafeString:
    """What upper apps put into this place of the page."""
    return mark_safe("".join(slots.render(name, context["request"], subject)))
