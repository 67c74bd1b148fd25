"""The forms of master data are served by `core.views.edit`."""

from core.views.edit import Editing, Keeping, Place, draw, edit, sent

__all__ = ["Editing", "Keeping", "Place", "draw", "edit", "sent"]
