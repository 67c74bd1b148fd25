"""Log records of exactly one line each, so that a log line can be counted, searched and not forged."""

import logging


class OneLineFormatter(logging.Formatter):
    """Joins the lines of a message and of its traceback with ` | `."""

    def format(self, record: logging.LogRecord) -> str:
        return " | ".join(super().format(record).splitlines())
