"""python -m core.devserver.scratch -m tests.bench --closed 300000

Fills an empty, migrated database and measures it at 10,000, 100,000, 300,000 … closed tickets up to `--closed`.
"""

import argparse
import os
import sys

LARGEST = 1_000_000
STAGES = (10_000, 100_000, 300_000)


def main() -> int:
    arguments = read_arguments()
    set_up()
    from tests.bench import course  # needs the app registry

    course.run(stages(arguments.closed))
    return 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--closed", type=int, default=10_000, help=f"closed tickets, 1 to {LARGEST:,}")
    arguments = parser.parse_args()
    if not 1 <= arguments.closed <= LARGEST:
        parser.error(f"--closed: 1 to {LARGEST}")
    return arguments


def stages(closed: int) -> list[int]:
    return [*(stage for stage in STAGES if stage < closed), closed]


def set_up() -> None:
    """The product's settings but for its own addresses beside, no limit on requests, and no chatter."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["LOG_LEVEL"] = "WARNING"
    import django
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.ROOT_URLCONF = "tests.bench.urls"
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    rates |= dict.fromkeys(rates, "1000000/min")
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
