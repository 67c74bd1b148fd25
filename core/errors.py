"""What the domain says when it refuses. Pages and API translate these to status codes in one place each (decisions
22).
"""

from typing import Any


class RuleError(Exception):
    """A rule of the business does not allow the act now: 409. Nothing was changed.

    `code` is stable and machine-readable, `message` is shown to a person (translated), `field` names the input it
    belongs to.
    """

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.field = field


class InputError(RuleError):
    """A value given by the caller cannot be accepted: 422 on pages, 400 in the API."""


class StaleError(RuleError):
    """The caller worked on an older version of the object: 409, with what the object is now."""

    def __init__(self, message: str, current: dict[str, Any]) -> None:
        super().__init__("stale", message)
        self.current = current


class Denied(Exception):
    """The object is visible, but this person may not do this to it: 403."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class Unavailable(Exception):
    """A part of the installation cannot do its work now: 503. Nothing was changed; the cause is for the log."""
