"""The parent's side: the template becomes HTML here, the child gets that HTML and pictures and nothing else."""

import json
import logging
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from core.errors import Unavailable

logger = logging.getLogger(__name__)
HERE = Path(__file__).resolve().parent
CHILD = HERE / "child.py"
SHEET = "print.css"
WALL_SECONDS, CPU_SECONDS, MEMORY = 30, 20, 512 * 1024 * 1024
LARGEST = 20 * 1024 * 1024
# Characters that turn the direction of what follows (B6): on paper nobody could see that they are there.
DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
AT_ONCE = BoundedSemaphore(os.cpu_count() or 1)
NO_PANGO = 3
"""The child's exit code when WeasyPrint cannot be loaded."""


class PdfError(Unavailable):
    """The PDF could not be made: too heavy, too slow, or the library is missing. Nothing was stored."""


def render(
    template_name: str,
    context: Mapping[str, Any],
    *,
    language: str,
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """The bytes of a PDF file from a Django template, as a rule one that extends print/base.html.

    `language` is the active language of the document; print/base.html also needs `printed_at`. `images` are PNG files
    by name, shown by `<img src="image:name">`; nothing else is ever fetched. Raises PdfError. Takes about a second:
    never call it while holding locks.
    """
    with translation.override(language):
        company = settings.COMPANY_NAME or gettext("Weibao")
        html = render_to_string(template_name, {"language": language, "company": company, **context})
    return draw(html, images or {})


def draw(html: str, images: Mapping[str, bytes] | None = None) -> bytes:
    """The bytes of a PDF file from a whole HTML document. Raises PdfError."""
    job = {
        "html": html.translate(DIRECTIONS),
        "css": sheet(),
        "images": {name: b64encode(data).decode() for name, data in (images or {}).items()},
        "cpu": CPU_SECONDS,
        "memory": MEMORY,
    }
    if not AT_ONCE.acquire(timeout=WALL_SECONDS):
        raise PdfError("too many PDF files are being made at once")
    try:
        return _judged(_run(json.dumps(job).encode()))
    finally:
        AT_ONCE.release()


def sheet() -> str:
    """The one style sheet of print, from the folder of static files."""
    return (settings.BASE_DIR / "static" / SHEET).read_text("utf-8")


def _run(job: bytes) -> "subprocess.CompletedProcess[bytes]":
    """The child gets no argument, no inherited file and no environment but the font list: it cannot know a secret."""
    try:
        return subprocess.run(
            [sys.executable, "-I", str(CHILD)],
            input=job,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={"FONTCONFIG_FILE": str(HERE / "fonts" / "fonts.conf"), "LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError(f"the PDF was not ready after {WALL_SECONDS} s") from error


def _judged(done: "subprocess.CompletedProcess[bytes]") -> bytes:
    if done.returncode == 0 and done.stdout.startswith(b"%PDF-") and len(done.stdout) <= LARGEST:
        return done.stdout
    complaint = done.stderr.decode("utf-8", "replace").strip()[-2000:]
    if done.returncode == NO_PANGO:
        raise PdfError(
            f"PDF files need pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. {complaint}"
        )
    raise PdfError(f"the PDF child ended with {done.returncode}, {len(done.stdout)} bytes: {complaint}")
