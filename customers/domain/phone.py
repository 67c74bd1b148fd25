"""Telephone numbers are read by `core.phones`."""

from core.phones import stored

__all__ = ["stored"]
