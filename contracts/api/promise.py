"""Asking the promise engine: the questions and answers of `manage.py promise`, on the sets that are published here."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.serializers import CaseAnswer, CaseBody, DueAnswer, DueBody
from contracts.domain.case import case_answer
from contracts.domain.document import DocumentError, read_instant, read_mapping, read_name
from contracts.domain.facts import FACT_NAMES, Facts, read_facts
from contracts.domain.forecast import render_forecast
from contracts.domain.promise_set import PromiseSet
from contracts.domain.promise_version import compiled
from contracts.queries.promise_version import in_force, newest_calendars
from core.api.views import Endpoint
from core.errors import InputError

# A case costs time with the square of its pauses, so each is bounded as well as all together.
MOST_CASES, MOST_EVENTS, MOST_EVENTS_A_CASE = 1000, 10_000, 100

DUE_EXAMPLE = {
    "promise_set": "L4",
    "at": "2026-09-30T17:30:00+08:00",
    "severity": 1,
    "channel": "phone",
    "kind": "fault",
}
CASE_EXAMPLE = {
    "promise_set": "HB2D",
    "ticket": {"severity": 2, "channel": "email", "locality": "local", "distance_km": 8, "kind": "fault"},
    "events": [
        {"at": "2026-09-30T16:20:00+08:00", "event": "reported"},
        {"at": "2026-09-30T16:40:00+08:00", "event": "paused", "reason": "waiting_customer"},
    ],
    "until": "2026-10-09T12:00:00+08:00",
}


class PromiseViewSet(Endpoint):
    tag = "promise"
    basename = "promise"
    permission_of = {"due": "contracts.list_promises", "replay": "contracts.list_promises"}
    asking = frozenset({"due", "replay"})

    @extend_schema(
        summary=gettext_lazy("What would we owe?"),
        request=DueBody,
        responses={200: DueAnswer},
        examples=[OpenApiExample("due", DUE_EXAMPLE, request_only=True)],
    )
    @action(detail=False, methods=["post"])
    def due(self, request: Request) -> Response:
        return Response(_read(lambda: _due(request.data, self.now)))

    @extend_schema(
        summary=gettext_lazy("Replay a case, or a list of cases"),
        request=PolymorphicProxySerializer("CaseOrCases", [CaseBody, CaseBody(many=True)], None, many=False),
        responses={
            200: PolymorphicProxySerializer("AnswerOrAnswers", [CaseAnswer, CaseAnswer(many=True)], None, many=False)
        },
        examples=[OpenApiExample("case", CASE_EXAMPLE, request_only=True)],
    )
    @action(detail=False, methods=["post"])
    def replay(self, request: Request) -> Response:
        return Response(_read(lambda: _replay(request.data, self.now)))


class PublishedSets(Mapping[str, PromiseSet]):
    """The sets in force at an instant, by code; each is looked up when a question first names it."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._found: dict[str, PromiseSet] = {}

    def __getitem__(self, code: str) -> PromiseSet:
        if code not in self._found:
            version = in_force(code, self._at) if code.isascii() and code.isprintable() else None
            if version is None:
                raise KeyError(code)
            self._found[code] = compiled(version.pk, self._calendars)
        return self._found[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @cached_property
    def _calendars(self) -> tuple[int, ...]:
        return tuple(newest_calendars().values())


def _due(value: object, now: datetime) -> object:
    sets = PublishedSets(now)
    document = read_mapping(value, "", required=("promise_set", "at"), optional=FACT_NAMES)
    promise_set = sets[read_name(document["promise_set"], "promise_set", sets, "promise set")]
    given = {name: document[name] for name in FACT_NAMES if name in document}
    facts = Facts().changed(read_facts(given, "", promise_set.vocabulary.fact_lists))
    return render_forecast(promise_set, facts, read_instant(document["at"], "at"))


def _replay(value: object, now: datetime) -> object:
    sets = PublishedSets(now)
    cases = value if isinstance(value, list) else [value]
    _check_amount(cases)
    if not isinstance(value, list):
        return case_answer(value, sets)
    return [_answer(i, case, sets) for i, case in enumerate(cases)]


def _check_amount(cases: list[Any]) -> None:
    listed = [case["events"] for case in cases if isinstance(case, dict) and isinstance(case.get("events"), list)]
    counts = [len(events) for events in listed]
    if len(cases) <= MOST_CASES and sum(counts) <= MOST_EVENTS and max(counts, default=0) <= MOST_EVENTS_A_CASE:
        return
    message = _("Please ask at most %(cases)s cases at a time, with %(each)s events each and %(events)s in all.")
    amounts = {"cases": MOST_CASES, "each": MOST_EVENTS_A_CASE, "events": MOST_EVENTS}
    raise InputError("too_many", message % amounts)


def _answer(index: int, case: object, sets: PublishedSets) -> object:
    try:
        return case_answer(case, sets)
    except DocumentError as error:
        raise error.under(f"cases[{index}]") from None


def _read(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except DocumentError as error:
        raise InputError("document", error.message, error.path) from None
