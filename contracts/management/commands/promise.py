"""Ask the promise engine from the command line; needs no database."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.domain.case import case_answer
from contracts.domain.document import DocumentError, read_instant, read_name
from contracts.domain.facts import FACT_NAMES, Facts, read_facts
from contracts.domain.forecast import render_forecast
from contracts.domain.presets import load_presets

BAD_INPUT = 2
NUMBERS = ("severity", "distance_km")


class Command(BaseCommand):
    help = "When is what due under a promise set (due), and what became of recorded events (replay)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        questions = parser.add_subparsers(dest="question", required=True)
        due = questions.add_parser("due", help="the promises of a ticket reported at a given time")
        due.add_argument("promise_set", metavar="SET", help="code of a promise set, such as L4")
        due.add_argument("--at", required=True, help="time of the report with offset, such as 2026-09-30T17:30+08:00")
        for fact in FACT_NAMES:
            due.add_argument(f"--{fact.replace('_', '-')}")
        replay = questions.add_parser("replay", help="the clocks of a case or of a list of cases")
        replay.add_argument("case", metavar="CASE.json", help="file with the case, - for standard input")
        for question in (due, replay):
            question.add_argument("--json", action="store_true", help="answer in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        due = options["question"] == "due"
        try:
            answer: Any = _due(options) if due else _replay(_read(options["case"]))
        except DocumentError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from None
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        elif due:
            self.stdout.write("\n".join(_due_table(answer)))
        else:
            self.stdout.write("\n\n".join("\n".join(_replay_table(one)) for one in _listed(answer)))


def _due(options: dict[str, Any]) -> dict[str, object]:
    sets = load_presets().sets
    promise_set = sets[read_name(options["promise_set"], "promise_set", sets, "promise set")]
    given = {name: _number(options[name]) if name in NUMBERS else options[name] for name in FACT_NAMES}
    facts = Facts().changed(read_facts(given, "", promise_set.vocabulary.fact_lists))
    return render_forecast(promise_set, facts, read_instant(options["at"], "at"))


def _number(text: str | None) -> object:
    """A number where the text is one; anything else goes on as it is, to be refused with its field."""
    if text is None or text.isdecimal():
        return text and int(text)
    try:
        return float(text)
    except ValueError:
        return text


def _replay(document: object) -> object:
    if not isinstance(document, list):
        return _answer(document, "case")
    return [_answer(case, f"case {i + 1} of {len(document)}: cases[{i}]") for i, case in enumerate(document)]


def _answer(case: object, name: str) -> dict[str, object]:
    try:
        return case_answer(case, load_presets().sets)
    except DocumentError as error:
        raise error.under(name) from None


def _read(name: str) -> object:
    try:
        return json.loads(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes())
    except OSError as error:
        raise DocumentError(name, error.strerror or "cannot be read") from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(name, f"not JSON: {error}") from None


def _listed(answer: Any) -> list[Any]:
    return answer if isinstance(answer, list) else [answer]


def _due_table(answer: Any) -> Iterator[str]:
    yield f"{answer['promise_set']}, reported {answer['at']}"
    due = [(one["target"], one["due_at"], one["reason"]) for one in answer["clocks"]]
    waiting = [(one["target"], f"starts at {one['starts_at']}", one["reason"]) for one in answer["waiting"]]
    yield from _columns([("TARGET", "DUE", "WHY"), *due, *waiting])
    for year in answer["unannounced_years"]:
        yield f"The holidays of {year} are not announced: plain weekdays count."


def _replay_table(answer: Any) -> Iterator[str]:
    clocks = [
        (one["target"], str(one["round"]), one["state"], one["due_at"], one["met_at"] or "-", one["reason"])
        for one in answer["clocks"]
    ]
    yield from _columns([("TARGET", "ROUND", "STATE", "DUE", "MET", "WHY"), *clocks])
    for ignored in answer["ignored"]:
        yield f"ignored: {ignored['event']} at {ignored['at']}, {ignored['reason']}"


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
