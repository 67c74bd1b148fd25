"""All stories, in the order in which `--first` takes them."""

from tickets.management.demo.stories_closed import CLOSED
from tickets.management.demo.stories_ended import ENDED
from tickets.management.demo.stories_live import LIVE
from tickets.management.demo.stories_open import OPEN
from tickets.management.demo.stories_waiting import WAITING

STORIES = (*LIVE, *OPEN, *WAITING, *ENDED, *CLOSED)
