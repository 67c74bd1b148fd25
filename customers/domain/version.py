"""Which of two software versions is the older one, as people number them."""

import re

BEFORE = {"dev", "pre", "preview", "alpha", "beta", "rc"}
END = (1, 0, "")
Key = tuple[tuple[int, int, str], ...]


def version_key(version: str) -> Key:
    """A key to sort versions by: V5.9 < 5.10-beta < 5.10 = 5.10.0 < 5.10a < 5.10.1. Pure."""
    parts = [_part(word) for word in re.findall(r"\d+|[^\W\d_]+", version.casefold().removeprefix("v"))]
    while parts and parts[-1] == (3, 0, ""):
        parts.pop()
    return (*parts, END)


def is_older(version: str, than: str) -> bool:
    """Whether a recorded version is an older one; an empty one is not known and never older."""
    return bool(version.strip()) and version_key(version) < version_key(than)


def _part(word: str) -> tuple[int, int, str]:
    if word.isdecimal():
        return 3, int(word[:18]), ""
    return (0 if word in BEFORE else 2), 0, word
