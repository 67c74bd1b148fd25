"""What a release must not carry: settings that Django itself warns of (D1), and versions with known holes (D5)."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from core.devserver.process import ROOT

# The first version without a known hole that concerns us. Raised when an advisory appears; a lower one fails here.
SAFE = {
    "celery": "5.7",
    "cryptography": "46",
    "django": "5.2.8",
    "djangorestframework": "3.16",
    "gunicorn": "23",
    "nh3": "0.3",
    "openpyxl": "3.1",
    "pillow": "12",
    "psycopg2-binary": "2.9.11",
    "PyYAML": "6.0.1",
    "redis": "5.0.4",
    "sqlparse": "0.5",
    "weasyprint": "70",
    "whitenoise": "6.9",
}


def parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


@pytest.mark.parametrize("package", SAFE)
def test_d5_no_package_is_older_than_is_safe(package: str) -> None:
    assert parts(version(package)) >= parts(SAFE[package])


def test_d1_django_has_nothing_to_say_about_a_production_installation(tmp_path: Path) -> None:
    here = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}  # for browsers
    env = here | {
        "DEBUG": "0",
        "DEMO": "0",
        "SECRET_KEY": "k8Zp2vN5xQ9rT3wY7uB1mC4dF6gH0jL-aSeRtYuIoPzXcVbNmQ",
        "NUM_PROXIES": "1",
        "BASE_URL": "https://desk.example",
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    answer = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (answer.returncode, "no issues" in answer.stdout + answer.stderr) == (0, True), answer.stderr


def test_d6_nothing_of_the_repository_is_served_or_secret() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    hidden = [name for name in tracked if name.endswith((".pem", ".key", ".env", ".map")) or "/.git" in name]
    assert hidden == []
