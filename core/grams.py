"""Text as search sees it: normalised, and cut into pairs of neighbouring characters, so that an index finds any piece
of two characters or more, in Chinese as in serial numbers (decisions 28). Pure functions.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

LONGEST_FIELD = 2000
"""Characters of one field that can be found."""
LONGEST_QUERY = 100
MOST_WORDS = 8
FEWEST_DIGITS = 4

_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
_PHONE = re.compile(r"(?P<number>\+?[\d\s()./-]+?)\s*((转|ext\.?|;ext=|#)\s*(?P<extension>\d{1,6}))?")
_HOME = re.compile(r"(\+86|0086|86(?=\d{10}))")
_WITHOUT_AREA = re.compile(r"1[3-9]\d{9}|[48]00\d{7}")


def normalised(text: str) -> str:
    """One way of writing for what reads alike: compatibility forms unified, case folded, invisible characters gone,
    white space folded into single spaces. Normalising twice changes nothing.
    """
    if not text.isprintable():
        text = "".join(char for char in text if char.isspace() or unicodedata.category(char) not in _HIDDEN)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.casefold().split())


def text_of(*fields: str) -> str:
    """The searchable text of a row, from the beginnings of its fields; a phone number belongs into `phone_text`."""
    return " ".join(filter(None, (normalised(field[:LONGEST_FIELD]) for field in fields)))


def grams_of(text: str) -> list[str]:
    """The distinct pairs of neighbouring characters within the words of a normalised text, sorted."""
    return sorted({word[at : at + 2] for word in text.split(" ") for at in range(len(word) - 1)})


def phone_text(phone: str) -> str:
    """A stored or typed number as its digits in the way of home, an extension after a space: 02155550101 803."""
    match = _PHONE.fullmatch(normalised(phone))
    if not match:
        return normalised(phone)
    number = re.sub(r"[^\d+]", "", match["number"])
    home = _HOME.sub("", number, count=1)
    if home != number and not _WITHOUT_AREA.fullmatch(home):
        home = f"0{home}"
    return " ".join(filter(None, (home.lstrip("+"), match["extension"])))


@dataclass(frozen=True)
class Query:
    """What somebody searches for. `typed` is as typed, without what cannot be shown and cut to the limit."""

    typed: str
    is_cut: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words that a row must have, at most `MOST_WORDS`; single characters count only where nothing longer is
        asked for.
        """
        found = tuple(dict.fromkeys(normalised(self.typed).split()))
        return (tuple(word for word in found if len(word) > 1) or found)[:MOST_WORDS]

    @cached_property
    def digits(self) -> tuple[str, ...]:
        """The words of a phone number, in any spacing and with or without 86, if the query may be one."""
        match = _PHONE.fullmatch(normalised(self.typed))
        number = _HOME.sub("", re.sub(r"[^\d+]", "", match["number"]), count=1).lstrip("+") if match else ""
        if not match or len(number) < FEWEST_DIGITS:
            return ()
        extension = match["extension"] or ""
        return (number, extension) if len(extension) > 1 else (number,)

    @property
    def readings(self) -> list[tuple[str, ...]]:
        """The ways to read the query: a row must have all words of one of them."""
        return [words for words in dict.fromkeys((self.words, self.digits)) if words]

    @property
    def is_too_short(self) -> bool:
        """Whether there is no pair of characters with a letter or digit to look for."""
        return not any(len(word) > 1 and any(map(str.isalnum, word)) for word in self.words)


def query_of(typed: str) -> Query:
    """The query in what somebody typed, however long and whatever characters."""
    shown = "".join(
        char for char in typed[: LONGEST_QUERY * 4] if unicodedata.category(char) not in _HIDDEN or char.isspace()
    )
    line = " ".join(shown.split())
    return Query(line[:LONGEST_QUERY], is_cut=len(line) > LONGEST_QUERY)
