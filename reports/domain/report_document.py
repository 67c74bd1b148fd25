"""A report ready to be drawn, on the page and in the PDF alike: words in the active language around frozen figures."""

from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.charts import Series, line
from core.domain.attachment import clean_name
from reports.domain.report_words import month_in_words, reason_in_words, satisfaction_in_words, share, target_in_words
from reports.enums import ReportKind, Section
from reports.models import ServiceReport
from reports.queries.report_month import Month
from tickets.enums import Cause, Kind, Outcome, Severity, State

MOST_COLUMNS = 5
BEST_KNOWN = frozenset({"first_contact", "response", "plan", "on_site", "resolution"})
BLANK = ("", "")


def document_of(report: ServiceReport, *, publishing_at: datetime | None = None) -> dict[str, Any]:
    """Everything that the templates show. `publishing_at` only while it is being published."""
    figures, month = report.figures, Month.of(report.period_start)
    columns = _columns(figures["promises"])
    return {
        "report": report,
        "title": title_of(report),
        "customer_name": figures["customer"]["name"],
        "month": month,
        "month_name": month_in_words(month),
        "as_of": datetime.fromisoformat(figures["as_of"]),
        "published_at": publishing_at or report.published_at,
        "is_draft": publishing_at is None and report.is_draft,
        "sections": [(section, section.label, report.texts.get(section, "")) for section in Section],
        "texts": report.texts,
        "counts": figures["counts"],
        "contracts": [one | {"until": date.fromisoformat(one["until"])} for one in figures["contracts"]],
        "promises": [_promise(one) for one in figures["promises"]],
        "late": [_late(one, figures["promises"]) for one in figures["late"]],
        "columns": [target_in_words(one, short=True) for one in columns],
        "tickets": [_ticket(one, columns) for one in figures["tickets"]],
        "unlisted": figures["counts"]["reported"] - len(figures["tickets"]),
        "devices": figures["devices"],
        "trend": figures["trend"],
        "chart": _chart(figures["trend"]),
        "satisfaction": satisfaction_in_words(figures["satisfaction"]),
        "causes": _tally(figures["causes"], Cause),
        "kind_rows": _kind_rows(figures),
    }


def title_of(report: ServiceReport) -> str:
    return str(ReportKind(report.kind).label)


def file_name(report: ServiceReport) -> str:
    """Such as 服务月报_某某集团_2026-10_RP-2611-00001.pdf"""
    parts = (title_of(report), report.customer.short_name, str(Month.of(report.period_start)), report.number)
    return clean_name("_".join(part.replace("/", "-") for part in parts) + ".pdf")


def _chart(trend: list[dict[str, Any]]) -> SafeString | str:
    """Reported and solved over the last months, nothing if there were none; with its own colours: the report is paper
    in either theme.
    """
    series = [
        Series(_("Reported"), [point["reported"] for point in trend]),
        Series(_("Solved"), [point["resolved"] for point in trend]),
    ]
    most = max(max(point["reported"], point["resolved"]) for point in trend)
    if not most:
        return ""
    columns = [point["month"] for point in trend]
    title = _("Requests of the last six months")
    return line(columns, series, title=title, high=_round_up(most), unit="", printed=True)


def _round_up(most: int) -> int:
    """The top of the scale: a multiple of four, so that its quarters are whole."""
    return max(4, -(-most // 4) * 4)


def _promise(promise: dict[str, Any]) -> dict[str, Any]:
    by_rank = [one | {"name": Severity(one["severity"]).label, "share": share(one)} for one in promise["severities"]]
    return promise | {"name": target_in_words(promise), "share": share(promise), "severities": by_rank}


def _columns(promises: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The promises that the list of requests shows: the best known ones, in the order of the vocabulary."""
    known = [one for one in promises if one["target"] in BEST_KNOWN] or promises
    return known[:MOST_COLUMNS]


def _ticket(ticket: dict[str, Any], promises: list[dict[str, Any]]) -> dict[str, Any]:
    outcomes = [ticket["outcomes"].get(promise["target"]) for promise in promises]
    return ticket | {
        "reported_at": datetime.fromisoformat(ticket["reported_at"]),
        "kind": Kind(ticket["kind"]).label,
        "severity": Severity(ticket["severity"]).label,
        "state": State(ticket["state"]).label,
        "outcomes": [Outcome(one).label if one else "–" for one in outcomes],
    }


def _late(late: dict[str, Any], promises: list[dict[str, Any]]) -> dict[str, Any]:
    due = datetime.fromisoformat(late["due_at"])
    done = datetime.fromisoformat(late["done_at"]) if late["done_at"] else None
    promise = next(one for one in promises if one["target"] == late["target"])
    return late | {
        "target": target_in_words(promise),
        "due_at": due,
        "done_at": done,
        "over_seconds": (done - due).total_seconds() if done else None,
        "reason": reason_in_words(late["reason"]),
    }


def _kind_rows(figures: dict[str, Any]) -> list[tuple[tuple[str, Any], tuple[str, Any]]]:
    """Kinds and levels side by side."""
    pairs = zip_longest(_tally(figures["kinds"], Kind), sorted(figures["severities"]), fillvalue=None)
    return [(kind or BLANK, (str(Severity(rank[0]).label), rank[1]) if rank else BLANK) for kind, rank in pairs]


def _tally(rows: list[list[Any]], labels: Any) -> list[tuple[str, int]]:
    return [(str(labels(value).label), count) for value, count in rows]
