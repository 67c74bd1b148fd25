"""Promise sets as files in the shape of the presets: written by hand, carried to another installation, kept.

A file is read as data of somebody unknown: no anchors and aliases, no tags, no second document, no doubled keys,
nothing deep, nothing big.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

from contracts.domain.document import DocumentError
from contracts.domain.promise_set_words import EVENT_NAMES_KEY, OwnWords, own_words
from contracts.domain.promise_version import preset_vocabulary

LARGEST_BYTES = 512 * 1024
MOST_SETS, MOST_NODES, DEEPEST = 50, 50_000, 12
_KEYS = frozenset({"timezone", "calendars", "sets", EVENT_NAMES_KEY})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = frozenset({"tag:yaml.org,2002:" + name for name in ("map", "seq", "str", "int", "float", "bool", "null")})


@dataclass(frozen=True)
class File:
    """The sets of a file by code, its calendars, and the words that are not shipped."""

    sets: dict[str, dict[str, Any]]
    calendars: dict[str, Any]
    own: OwnWords


# --- Writing ----------------------------------------------------------------------------------------------------------


class _Flow(dict[Any, Any]):
    """A mapping that is written on one line."""


class _FlowList(list[Any]):
    """A list of single values that is written on one line."""


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Writer.add_representer(
    _Flow,
    lambda writer, data: writer.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True),
)
_Writer.add_representer(
    _FlowList,
    lambda writer, data: writer.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True),
)


def write_file(
    sets: Mapping[str, Mapping[str, Any]], vocabulary: Mapping[str, Any], calendars: Mapping[str, Mapping[str, Any]]
) -> str:
    """A file with these sets, the words they use and their calendars, complete in itself."""
    words = {key: value for key, value in vocabulary.items() if key != "timezone"}
    document = {
        "timezone": vocabulary["timezone"],
        "calendars": _short(calendars),
        **{key: _short(value) for key, value in words.items()},
        "sets": {code: _set(one) for code, one in sets.items()},
    }
    return yaml.dump(document, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=160, indent=2)


def _set(document: Mapping[str, Any]) -> dict[str, Any]:
    written = {key: _short(value) if key in ("ladder", "rows") else _line(value) for key, value in document.items()}
    if isinstance(document.get("severities"), Mapping):
        written["severities"] = _Flow({_number(key): name for key, name in document["severities"].items()})
    return written


def _number(key: Any) -> Any:
    """Stored documents are JSON, which knows texts as keys only."""
    return int(key) if isinstance(key, str) and key.isascii() and key.isdigit() else key


def _short(value: Any) -> Any:
    """A part whose entries stand on a line each."""
    if isinstance(value, Mapping):
        return {key: _line(one) for key, one in value.items()}
    if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        return [_line(one) for one in value]
    return _line(value)


def _line(value: Any) -> Any:
    """A value on one line."""
    if isinstance(value, Mapping):
        return _Flow({key: _line(one) for key, one in value.items()})
    return _FlowList(map(_line, value)) if isinstance(value, list) else value


# --- Reading ----------------------------------------------------------------------------------------------------------


def read_file(content: bytes) -> File:
    """The sets of a file. DocumentError, in words for whoever sent it, for one that cannot be read."""
    document = load_plain(content)
    if not isinstance(document, dict) or not isinstance(document.get("sets"), dict) or not document["sets"]:
        raise DocumentError("sets", _("The file names no promise sets; they stand under “sets”, each under its code."))
    if len(document["sets"]) > MOST_SETS:
        raise DocumentError("sets", _("Please import at most %(count)s sets at a time.") % {"count": MOST_SETS})
    known = set(preset_vocabulary())
    for key in document:
        if key not in known | _KEYS:
            raise DocumentError(str(key)[:60], _("This part is not known in a file of promise sets."))
    sets = {str(code): _read_set(str(code), one) for code, one in document["sets"].items()}
    calendars = document.get("calendars") or {}
    if not isinstance(calendars, dict):
        raise DocumentError("calendars", _("Calendars stand under their codes."))
    return File(sets, {str(code): one for code, one in calendars.items()}, _read_own(document))


def _read_set(code: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DocumentError(f"sets.{code}", _("A set is a list of named values."))
    severities = value.get("severities")
    if isinstance(severities, dict):  # as they are stored: JSON has texts as keys
        return {**value, "severities": {str(rank): name for rank, name in severities.items()}}
    return dict(value)


def _read_own(document: Mapping[str, Any]) -> OwnWords:
    """What the file adds to the shipped words; a shipped target that means something else here is refused."""
    shipped = preset_vocabulary()
    targets, events = document.get("targets") or {}, document.get("events") or []
    if not isinstance(targets, dict) or not all(isinstance(one, dict) for one in targets.values()):
        raise DocumentError("targets", _("Targets stand under their codes."))
    if not isinstance(events, list):
        raise DocumentError("events", _("Events are a list of codes."))
    for code, target in targets.items():
        if code in shipped["targets"] and target != shipped["targets"][code]:
            raise DocumentError(f"targets.{code}", _("This target of the product means something else in the file."))
    for key in shipped:
        if key not in ("targets", "events") and key in document and document[key] != shipped[key]:
            raise DocumentError(
                key, _("This part differs from the installation; only targets and events may be added.")
            )
    names = document.get(EVENT_NAMES_KEY) or {}
    return own_words(
        {
            "targets": {str(code): _texts(target) for code, target in targets.items()},
            "events": [str(code) for code in events],
            EVENT_NAMES_KEY: {str(code): _texts(one) for code, one in names.items() if isinstance(one, dict)},
        }
    )


def _texts(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): one for key, one in value.items()}


def load_plain(content: bytes) -> Any:
    """The value of a YAML text made of nothing but plain values. DocumentError for anything else.

    Every check comes before the values are made, so that a hostile file costs no more than reading it once.
    """
    if len(content) > LARGEST_BYTES:
        raise DocumentError("", _("The file is too large; a file of promise sets has at most 512 KB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError("", _("Please save the file as UTF-8.")) from None
    try:
        _check_events(text)
        loader = _LOADER(text)
        try:
            node = loader.get_single_node()
            _check_nodes(node)
            return loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(_where(error), _("This is not YAML that can be read here.")) from None


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return _("line %(line)s") % {"line": mark.line + 1} if mark else ""


def _check_events(text: str) -> None:
    depth = nodes = documents = 0
    events: Iterable[Any] = yaml.parse(text, Loader=_LOADER)
    for event in events:
        place = _("line %(line)s") % {"line": event.start_mark.line + 1}
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError(place, _("Anchors and aliases are not accepted here; please write the values out."))
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
            raise DocumentError(place, _("Tags are not accepted here."))
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        nodes += isinstance(event, yaml.NodeEvent)
        if documents > 1 or depth > DEEPEST or nodes > MOST_NODES:
            raise DocumentError(place, _("The file is nested too deeply or holds too much."))


def _check_nodes(root: Any) -> None:
    """Plain values only (no dates, no merges), and no key twice."""
    for node in _walk(root):
        place = _("line %(line)s") % {"line": node.start_mark.line + 1}
        if node.tag not in _PLAIN:
            raise DocumentError(place, _("Please write texts in quotes; dates and other kinds are not accepted here."))
        if isinstance(node, yaml.MappingNode):
            keys = [key.value if isinstance(key, yaml.ScalarNode) else None for key, _value in node.value]
            if None in keys or len(set(keys)) < len(keys):
                raise DocumentError(place, _("A name stands here twice, or is no plain text."))


def _walk(root: Any) -> Iterator[Any]:
    rest = [root] if root is not None else []
    while rest:
        node = rest.pop()
        yield node
        if isinstance(node, yaml.MappingNode):
            rest.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            rest.extend(node.value)
