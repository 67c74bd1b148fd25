"""The words of promises as tickets say them: what is promised about reads the same wherever it is shown or edited."""

from contracts.domain.promise_set_words import register
from tickets.enums import EVENT_NAMES, Channel, Kind, PauseReason, Severity


def declare() -> None:
    """Name kinds, channels, levels, events and reasons to pause for the pages of promise sets."""
    register("kind", dict(Kind.choices))
    register("channel", dict(Channel.choices))
    register("severity", dict(Severity.choices))
    register("event", EVENT_NAMES)
    register("pause", dict(PauseReason.choices))
