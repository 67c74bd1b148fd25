"""The promise sets that ship with the product."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from contracts.domain.calendars import Calendar, compile_calendars
from contracts.domain.document import DocumentError, read_mapping
from contracts.domain.holidays import announced_china
from contracts.domain.promise_set import PromiseSet, compile_set
from contracts.domain.vocabulary import Vocabulary, read_vocabulary

PRESETS = Path(__file__).parent.parent / "presets" / "promises.yaml"


@dataclass(frozen=True)
class Presets:
    """The compiled presets and the document that they come from."""

    vocabulary: Vocabulary
    calendars: Mapping[str, Calendar]
    sets: Mapping[str, PromiseSet]
    document: Mapping[str, object]


@cache
def load_presets() -> Presets:
    """All preset sets, with the holidays that are announced so far; read once per process."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return compile_presets(yaml.load(PRESETS.read_text(encoding="utf-8"), loader))


def compile_presets(value: object) -> Presets:
    """Vocabulary, calendars and sets of one document. Raises DocumentError with the place in it."""
    document = read_mapping(value, "", required=("calendars", "sets"))
    vocabulary = read_vocabulary(document)
    calendars = compile_calendars(document["calendars"], vocabulary.zone, {"CN": announced_china()})
    sets: dict[str, PromiseSet] = {}
    for code, entry in read_mapping(document["sets"], "sets").items():
        try:
            sets[code] = compile_set(code, entry, vocabulary, calendars)
        except DocumentError as error:
            raise error.under(f"sets.{code}") from None
    return Presets(vocabulary, calendars, sets, document)
