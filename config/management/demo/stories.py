"""All stories: the sixty that are told one by one, in the order in which `--first` takes them, then the history."""

from config.management.demo.history import history
from config.management.demo.stories_closed import CLOSED
from config.management.demo.stories_ended import ENDED
from config.management.demo.stories_live import LIVE
from config.management.demo.stories_open import OPEN
from config.management.demo.stories_waiting import WAITING
from config.management.demo.story import Story

STORIES = (*LIVE, *OPEN, *WAITING, *ENDED, *CLOSED)


def stories(seed: int) -> list[Story]:
    return [*STORIES, *history(seed)]
