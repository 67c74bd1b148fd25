"""In which language one speaks just now."""

from django.utils.translation import get_language


def language_code() -> str:
    """The code of the language that is spoken now, Chinese where none was chosen."""
    return get_language() or "zh-hans"


def is_chinese() -> bool:
    """Whether the active language is Chinese; also where none is active."""
    return language_code().startswith("zh")
