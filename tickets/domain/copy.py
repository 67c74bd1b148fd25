"""How we speak to customers (ui.md §5): words that people say in a hurry, and what to look for instead."""

import re

from django.utils.translation import gettext as _

from tickets.enums import EntryMode

BANNED = (
    "不行",
    "不知道",
    "不清楚",
    "无法解决",
    "解决不了",
    "非法",
    "禁止",
    "错误操作",
    "您操作",
    "你的问题",
)
# The service standard itself says this one [001].
ALLOWED = ("您的问题电话中无法解决",)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def doubts(text: str, mode: str) -> list[str]:
    """What speaks against a text, in sentences; it may be kept all the same. A text for customers in Chinese addresses
    them with 您 and does not exclaim.
    """
    bare = text
    for phrase in ALLOWED:
        bare = bare.replace(phrase, "")
    found = [
        _("“%(word)s” sounds curt; please say what will be done instead.") % {"word": word}
        for word in BANNED
        if word in bare
    ]
    if mode == EntryMode.REPLY and re.search("[!！]", text):
        found.append(_("Please write to customers without exclamation marks."))
    if mode == EntryMode.REPLY and _HAN.search(text) and "您" not in text:
        found.append(_("Please address the customer with 您."))
    return found
