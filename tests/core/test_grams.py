"""Text as search sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.grams import LONGEST_QUERY, MOST_WORDS, grams_of, normalised, phone_text, query_of, text_of

TEXTS = st.text(
    st.characters(codec="utf-8") | st.sampled_from("打印头 aAß１%_\\'\"\u200b\x00\ud800\u3000ﬁ"), max_size=60
)


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(TEXTS, st.data())
def test_every_piece_of_two_characters_or_more_is_found(text: str, data: st.DataObject) -> None:
    """The promise of the index: it never misses what the text holds."""
    stored = text_of(text)
    words = [word for word in stored.split(" ") if len(word) > 1]
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    start = data.draw(st.integers(0, len(word) - 2))
    piece = word[start : data.draw(st.integers(start + 2, len(word)))]
    assert normalised(piece) == piece
    assert set(grams_of(piece)) <= set(grams_of(stored))
    assert piece in stored


@given(TEXTS)
def test_any_typed_text_is_some_query(text: str) -> None:
    query = query_of(text)
    assert len(query.typed) <= LONGEST_QUERY
    assert len(query.words) <= MOST_WORDS
    assert "\x00" not in query.typed
    query.typed.encode()


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("打印头　走纸", "打印头 走纸"),
        ("ＷＢ-２６１１", "wb-2611"),
        (" SN-Ａ\t\r\n1 ", "sn-a 1"),
        ("打\u200b印\x00机", "打印机"),
        ("Straße", "strasse"),
        ("\ud800打印", "打印"),
    ],
)
def test_what_reads_alike_is_written_alike(written: str, seen: str) -> None:
    assert normalised(written) == seen


def test_the_pairs_stay_within_words() -> None:
    assert grams_of("打印头 kt-3 印") == ["-3", "kt", "t-", "印头", "打印"]
    assert grams_of("") == grams_of("印") == []


@pytest.mark.parametrize(
    ("stored", "seen"),
    [
        ("+8613800138000", "13800138000"),
        ("+862155550101;ext=803", "02155550101 803"),
        ("021-5555 0101 转 803", "02155550101 803"),
        ("+864008001234", "4008001234"),
        ("+16505551234", "16505551234"),
        ("前台", "前台"),
        ("", ""),
    ],
)
def test_a_phone_is_indexed_as_one_dials_it(stored: str, seen: str) -> None:
    assert phone_text(stored) == seen


@pytest.mark.parametrize(
    "typed",
    [
        "+862155550101",
        "021-55550101",
        "021 5555 0101",
        "(021) 5555-0101",
        "（021）5555 0101",
        "+86 21 5555 0101",
        "86 21 5555 0101",
        "0086-21-55550101",
        "5555 0101",
        "5555 0101 转 803",
        "021-55550101 ext. 803",
    ],
)
def test_a_phone_is_found_in_any_spacing(typed: str) -> None:
    stored = phone_text("+862155550101;ext=803")
    assert all(word in stored for word in query_of(typed).digits)
    assert query_of(typed).digits


@pytest.mark.parametrize("typed", ["印", "%", "%_%", "……", "😀😀", "\u200b\u200b", "", "   ", "a", "\x00"])
def test_one_character_or_only_signs_are_too_short(typed: str) -> None:
    assert query_of(typed).is_too_short


def test_single_characters_count_only_alone() -> None:
    assert query_of("打印 头 %").words == ("打印",)
    assert query_of("头 印").words == ("头", "印")


def test_a_long_query_is_cut_and_says_so() -> None:
    query = query_of("打印" * 5000)
    assert (len(query.typed), query.is_cut) == (LONGEST_QUERY, True)
    assert not query_of("打" * LONGEST_QUERY).is_cut
