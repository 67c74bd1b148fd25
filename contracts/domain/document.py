"""Reading JSON-like documents strictly: each reader checks one value and names its place when it does not fit."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years in which an instant is believed; a bound on the work that an absurd date can cause."""


class DocumentError(ValueError):
    """A document that cannot be used; `path` is the place in it ("rows[2].budget"), `message` what is wrong there."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message

    def under(self, parent: str) -> "DocumentError":
        """The same fault seen from an outer document."""
        return DocumentError(at(parent, self.path), self.message)


def at(path: str, key: str) -> str:
    """The place of `key` inside the place `path`."""
    return f"{path}.{key}" if path and key else path or key


def shown(value: object) -> str:
    """A value as a message quotes it: on one line, never long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def read_mapping(
    value: object, path: str, *, required: Collection[str] = (), optional: Collection[str] | None = None
) -> Mapping[str, object]:
    """A mapping with text keys; `optional=None` allows any key beside the required ones."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise DocumentError(path, "must be an object")
    for key in required:
        if key not in value:
            raise DocumentError(at(path, key), "is missing")
    for key in value:
        if optional is not None and key not in required and key not in optional:
            raise DocumentError(at(path, shown(key)[1:-1]), "unknown field")
    return value


def read_list(value: object, path: str) -> list[object]:
    """A list of anything."""
    if not isinstance(value, list | tuple):
        raise DocumentError(path, "must be a list")
    return list(value)


def read_text(value: object, path: str) -> str:
    """A text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise DocumentError(path, "must be a text")
    return value


def read_flag(value: object, path: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise DocumentError(path, "must be true or false")
    return value


def read_name(value: object, path: str, known: Collection[str], noun: str) -> str:
    """One of the known names; `noun` says in the message what they are names of."""
    if not isinstance(value, str) or value not in known:
        raise DocumentError(path, f"unknown {noun} {shown(value)}")
    return value


def read_names(value: object, path: str, known: Collection[str], noun: str) -> tuple[str, ...]:
    """A list of known names."""
    return tuple(read_name(one, f"{path}[{i}]", known, noun) for i, one in enumerate(read_list(value, path)))


def read_instant(value: object, path: str) -> datetime:
    """An instant in UTC from an aware datetime or ISO 8601 text with an offset."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise DocumentError(path, f"not an ISO 8601 time: {shown(value)}") from None
    if not isinstance(value, datetime):
        raise DocumentError(path, "must be an ISO 8601 time")
    if value.utcoffset() is None:
        raise DocumentError(path, f"time without offset: {shown(value.isoformat())}")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise DocumentError(path, f"year outside {FIRST_YEAR} to {LAST_YEAR}")
    return value.astimezone(UTC)
