"""Master data is written by `core.domain.record`, whose names stand here for the apps above."""

from core.domain.record import VERSION_LENGTH, change, check_version, save, stale, subject, version_of

__all__ = ["VERSION_LENGTH", "change", "check_version", "save", "stale", "subject", "version_of"]
