"""In which language one speaks just now."""

from django.utils.translation import get_language


def is_chinese() -> bool:
    """Whether the active language is Chinese; also where none is active."""
    return (get_language() or "zh-hans").startswith("zh")
