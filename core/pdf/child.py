"""The child's side: one job from standard input, one PDF file to standard output.

Run as a file by an isolated interpreter (`python -I child.py`): it imports nothing of the product. First it limits
itself, then it loads the library; hostile content can at most waste the limits.
"""

import json
import resource
import sys
from base64 import b64decode
from collections.abc import Callable
from ctypes import CDLL
from typing import Any

NO_PANGO = 3
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, SIGKILL = 1, 38, 9
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ftplib.", "urllib.")


def limit(cpu: int, memory: int) -> None:
    """Processor seconds, address space, no written files, no core file; dies with its parent, has no network."""
    for kind, value in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    if sys.platform == "linux":
        libc = CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # where the system allows it; the hook below holds everywhere


def forbid(event: str, _arguments: Any) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"{event} is not for the PDF child")


def fetcher(images: dict[str, str]) -> Callable[..., Any]:
    """Answers `image:<name>` from the job and refuses every other address, whatever its scheme."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnImages(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme != "image" or name not in images:
                raise ValueError("this address is not fetched")
            return URLFetcherResponse(url, b64decode(images[name]), {"Content-Type": "image/png"})

    return OwnImages()


def own_fonts() -> Any:
    """The fonts of our folder (fonts.conf) and none that a style sheet brings."""
    from weasyprint.text.fonts import FontConfiguration

    class OwnFonts(FontConfiguration):  # type: ignore[misc]
        def add_font_face(self, rule_descriptors: Any, url_fetcher: Any) -> None:
            pass

    return OwnFonts()


def draw(job: dict[str, Any]) -> bytes:
    try:
        from weasyprint import CSS, HTML
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(NO_PANGO)
    sys.addaudithook(forbid)
    fetch, fonts = fetcher(job["images"]), own_fonts()
    sheet = CSS(string=job["css"], url_fetcher=fetch, font_config=fonts)
    document = HTML(string=job["html"], url_fetcher=fetch, media_type="print")
    return document.write_pdf(stylesheets=[sheet], font_config=fonts)  # type: ignore[no-any-return]


def main() -> None:
    job = json.loads(sys.stdin.buffer.read())
    limit(job["cpu"], job["memory"])
    sys.stdout.buffer.write(draw(job))


if __name__ == "__main__":
    main()
