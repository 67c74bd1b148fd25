"""Questions instead of levels: what the answers mean by domain.md §5, and how words become subject and description."""

import pytest

from tickets.domain.impact import Impact, kind_of, severity_of
from tickets.domain.portal_report import split_words


@pytest.mark.parametrize(
    ("impact", "device", "others", "severity"),
    [
        ("stopped", "", False, 1),
        ("stopped", "hardware", False, 1),
        ("stopped", "software", False, 1),
        ("stopped", "hardware", True, 3),
        ("stopped", "software", True, 2),
        ("stopped", "", True, 2),
        ("limited", "", False, 2),
        ("limited", "hardware", True, 3),
        ("limited", "software", True, 2),
        ("part", "hardware", False, 3),
        ("part", "software", True, 3),
        ("help", "", False, 4),
        ("help", "hardware", True, 4),
    ],
)
def test_the_level_of_an_answer(impact: str, device: str, others: bool, severity: int) -> None:
    assert severity_of(impact, device, others_take_over=others) == severity


def test_that_others_take_over_never_makes_it_worse() -> None:
    for impact in Impact.values:
        for device in ("", "hardware", "software"):
            assert severity_of(impact, device, others_take_over=True) >= severity_of(impact, device)


def test_only_help_is_a_question() -> None:
    assert {impact: kind_of(impact) for impact in Impact.values} == {
        "stopped": "fault",
        "limited": "fault",
        "part": "fault",
        "help": "question",
    }


@pytest.mark.parametrize(
    ("words", "subject", "description"),
    [
        ("打印不清楚", "打印不清楚", ""),
        ("打印不清楚。", "打印不清楚", ""),
        ("打印不清楚。有异响", "打印不清楚", "打印不清楚。有异响"),
        ("打印不清楚\n有异响", "打印不清楚", "打印不清楚\n有异响"),
        ("  \n 打印不清楚 \n", "打印不清楚", ""),
        ("It is v1.2 and fails. Again", "It is v1.2 and fails", "It is v1.2 and fails. Again"),
        ("。。。", "。。。", ""),
        ("长" * 90, "长" * 79 + "…", "长" * 90),
    ],
)
def test_the_first_sentence_names_the_problem_and_nothing_is_lost(words: str, subject: str, description: str) -> None:
    assert split_words(words) == (subject, description)
