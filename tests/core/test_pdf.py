"""core.pdf: Chinese text with embedded fonts, nothing fetched (B5), nothing interpreted (B6), limits that end a run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from fontTools.ttLib import TTFont
from PIL import ImageFile
from pypdf import PdfReader
from weasyprint import HTML

from config import refusals
from core import pdf
from core.pdf import child
from core.pdf import drawing as machinery
from tests.files import picture

ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for the whole process, here it is a guest

FONTS = Path(machinery.__file__).parent / "fonts"
SECRET = "TOP-SECRET-4711"


def document(body: str, head: str = "") -> str:
    return f'<!doctype html><html lang="zh-Hans"><head><title>t</title>{head}</head><body>{body}</body></html>'


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def fonts_of(data: bytes) -> dict[str, bool]:
    """The names of the fonts without subset mark, and whether each is embedded."""
    found = {}
    for page in PdfReader(BytesIO(data)).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            name = str(inner["/BaseFont"]).lstrip("/").split("+", 1)[-1]
            found[name] = any(key in descriptor for key in ("/FontFile2", "/FontFile3"))
    return found


# --- Text and fonts --------------------------------------------------------------------------------------------------


def test_chinese_text_comes_out_as_text_in_the_embedded_font() -> None:
    data = pdf.draw(document("<p>服务月报 Weibao 2026 ✔✖▲▼★☆→ ℃ ① 《》</p><p><b>粗体 97.5%</b></p>"))
    assert text_of(data).split("\n")[:2] == ["服务月报 Weibao 2026 ✔✖▲▼★☆→ ℃ ① 《》", "粗体 97.5%"]
    assert fonts_of(data) == {"Noto-Sans-SC": True, "Noto-Sans-SC-Bold": True}


@pytest.mark.parametrize(("name", "weight"), [("Regular", 400), ("Bold", 700)])
def test_the_committed_fonts_are_static_truetype_with_the_common_characters(name: str, weight: int) -> None:
    font = TTFont(FONTS / f"NotoSansSC-{name}.ttf")
    assert "glyf" in font
    assert "fvar" not in font
    assert font["name"].getDebugName(1) == "Noto Sans SC"
    assert font["OS/2"].usWeightClass == weight
    characters = font.getBestCmap()
    listed = (Path(__file__).parents[2] / "scripts" / "general_standard_characters.txt").read_text("utf-8").split()
    standard = set("".join(listed))
    assert len(standard) == 8105
    gb2312 = {char for code in range(0x4E00, 0x9FFF) if (char := chr(code)).encode("gb2312", "ignore")}
    assert len(gb2312) == 6763
    missing = [
        char for char in standard | gb2312 | set("✔✖▲▼★☆←↑→↓┌─┐│└┘■□●○、。,:;¥%‰") if ord(char) not in characters
    ]
    assert missing == []


def test_the_font_travels_with_its_licence() -> None:
    licence = (FONTS / "OFL.txt").read_text("utf-8")
    assert "Copyright 2014-2021 Adobe" in licence
    assert "SIL OPEN FONT LICENSE" in licence
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 8_000_000


def test_a_template_is_drawn_in_its_language_with_head_and_foot(settings: Any) -> None:
    settings.COMPANY_NAME = "宏远服务"
    printed_at = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    data = pdf.render("print/base.html", {"printed_at": printed_at}, language="zh-hans")
    text = text_of(data)
    assert "宏远服务" in text
    assert "2026-11-23 10:05" in text
    assert "400-800-1234" in text
    assert "1 / 1" in text
    page = PdfReader(BytesIO(data)).pages[0].mediabox
    assert (round(page.width), round(page.height)) == (595, 842)


def test_own_images_are_drawn_by_name() -> None:
    data = pdf.draw(document('<img src="image:seal">'), {"seal": picture()})
    assert len(PdfReader(BytesIO(data)).pages[0].images) == 1
    without = pdf.draw(document('<img src="image:other">'), {"seal": picture()})
    assert len(PdfReader(BytesIO(without)).pages[0].images) == 0


# --- B5: nothing is fetched ------------------------------------------------------------------------------------------


class Listener(ThreadingHTTPServer):
    """Notes who asks for what; /redirect leads on to an internal page."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Answering)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(302 if self.path == "/redirect" else 200)
        self.send_header("Location", f"{self.server.url}/internal")
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def payloads(http: str, file: str) -> dict[str, str]:
    svg = f"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cimage href='{http}/datasvg'/%3E%3C/svg%3E"
    return {
        "img": f'<img src="{http}/img">',
        "link attachment": f'<link rel="attachment" href="{http}/attachment">',
        "import": f'<style>@import url("{http}/import.css");</style>',
        "stylesheet": f'<link rel="stylesheet" href="{http}/sheet.css">',
        "background": f'<div style="background:url({http}/background)">x</div>',
        "font-face": f"<style>@font-face{{font-family:F;src:url({http}/font)}}p{{font-family:F}}</style><p>x</p>",
        "object": f'<object data="{http}/object"></object>',
        "embed": f'<embed src="{http}/embed">',
        "svg image": f'<svg width="9" height="9"><image href="{http}/svgimage" width="9" height="9"/></svg>',
        "data svg": f'<img src="{svg}">',
        "redirect": f'<img src="{http}/redirect">',
        "base href": f'<base href="{http}/"><img src="relative"><a rel="attachment" href="more">x</a>',
        "file image": f'<img src="file://{file}">',
        "file attachment": f'<a rel="attachment" href="file://{file}">x</a><link rel="attachment" href="file://{file}">',
        "svg use": f'<svg width="9" height="9"><use href="{http}/use.svg#a"/></svg>',
        "iframe": f'<iframe src="{http}/iframe"></iframe><iframe src="file://{file}"></iframe>',
    }


@pytest.fixture
def hostile(listener: Listener, tmp_path: Path) -> dict[str, str]:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    found = payloads(listener.url, str(secret))
    assert len(found) == 16
    return found


def test_b5_raw_payloads_fetch_nothing(listener: Listener, hostile: dict[str, str]) -> None:
    """All together, in head and body; those that change the place of others or read files once more alone."""
    alone = [hostile[name] for name in ("base href", "file image", "file attachment", "iframe")]
    every = "".join(payload for name, payload in hostile.items() if name != "base href")
    for html in [document(every, every), *map(document, alone)]:
        assert_harmless(pdf.draw(html))
    assert listener.asked == []


def test_b5_the_payloads_are_live(listener: Listener, hostile: dict[str, str]) -> None:
    """With the library's own fetcher most of them fetch: the silence above means something."""
    for payload in hostile.values():
        HTML(string=document(payload)).write_pdf()
    assert {"/img", "/import.css", "/sheet.css", "/redirect", "/internal", "/datasvg"} <= set(listener.asked)


def test_b5_payloads_as_text_are_shown_as_they_were_typed(listener: Listener, hostile: dict[str, str]) -> None:
    text = flat(text_of(in_template(*hostile.values())))
    assert [name for name, payload in hostile.items() if flat(payload) not in text] == []
    assert listener.asked == []


def test_b5_the_child_has_no_sockets_and_starts_no_programs() -> None:
    """Even if a fetch got through, the interpreter refuses."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import child; sys.addaudithook(child.forbid)\n"
    for attempt in (
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    ):
        done = subprocess.run(
            [sys.executable, "-I", "-c", code + attempt, str(FONTS.parent)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "is not for the PDF child" in done.stderr


def assert_harmless(data: bytes) -> None:
    reader = PdfReader(BytesIO(data))
    assert dict(reader.attachments) == {}
    assert SECRET not in text_of(data)
    assert SECRET.encode() not in b"".join(
        stream.get_data() for stream in map(reader.get_object, range(1, len(reader.xref[0]))) if has_data(stream)
    )


def has_data(thing: Any) -> bool:
    return hasattr(thing, "get_data")


def flat(text: str) -> str:
    """Without the breaks that lines and pages put in."""
    return "".join(text.split())


def in_template(*texts: str) -> bytes:
    source = "<html><body>{% for text in texts %}<p>{{ text }}</p>{% endfor %}</body></html>"
    return pdf.draw(engines["django"].from_string(source).render({"texts": texts}))


# --- B6: markup is text ----------------------------------------------------------------------------------------------


def test_b6_markup_in_text_appears_literally() -> None:
    typed = ["</td></tr><h1>PAID", "</title><script>alert(1)</script>", "{{ 7|add:7 }}", "<b>bold</b> & <!-- c"]
    assert flat("".join(typed)) in flat(text_of(in_template(*typed)))


def test_b6_a_direction_override_hides_no_neighbour() -> None:
    assert "发票gpj.exe结束" in flat(text_of(in_template("发票 \u202egpj.exe 结束")))


def test_b6_nested_flex_boxes_are_drawn_or_cut_by_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Either way the caller has an answer within the limit of processor time; here a short one."""
    monkeypatch.setattr(machinery, "CPU_SECONDS", 4)
    nested = '<div style="display:flex">' * 12 + "x" + "</div>" * 12
    try:
        text = text_of(pdf.draw(document(nested)))
    except pdf.PdfError as error:
        text = str(error)
    assert text.startswith("x") or "ended with -" in text


# --- Limits and failures ---------------------------------------------------------------------------------------------


def test_f12_processor_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinery, "CPU_SECONDS", 2)
    rows = "<tr>" + "<td>格</td>" * 8 + "</tr>"
    with pytest.raises(pdf.PdfError, match="ended with -"):
        pdf.draw(document(f"<table>{rows * 6000}</table>"))


def test_f12_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinery, "MEMORY", 70 * 1024 * 1024)
    with pytest.raises(pdf.PdfError):
        pdf.draw(document("<p>x</p>"))


def test_f12_wall_time_is_limited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A child that sleeps uses no processor time; it is killed all the same."""
    sleeper, note = tmp_path / "sleeper.py", tmp_path / "pid"
    sleeper.write_text(f"import os, time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n")
    monkeypatch.setattr(machinery, "CHILD", sleeper)
    monkeypatch.setattr(machinery, "WALL_SECONDS", 2)
    with pytest.raises(pdf.PdfError, match="not ready after 2 s"):
        pdf.draw(document("<p>x</p>"))
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_the_child_writes_no_files_and_keeps_its_limits(tmp_path: Path) -> None:
    code = (
        "import sys, resource as r; sys.path.insert(0, sys.argv[1]); import child; child.limit(7, 256 << 20)\n"
        "print([r.getrlimit(k)[1] for k in (r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])\n"
        "sys.stdout.flush(); open(sys.argv[2], 'w', 1).write('x\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(FONTS.parent), str(tmp_path / "written")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == str([7, 256 << 20, 0, 0])
    assert "File too large" in done.stderr


def test_no_secret_reaches_the_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    spy, note = tmp_path / "spy.py", tmp_path / "seen"
    spy.write_text(
        "import os, sys\n"
        f"open({str(note)!r}, 'w').write(repr((sorted(os.environ), sys.argv[1:], os.listdir('/proc/self/fd'))))\n"
    )
    monkeypatch.setattr(machinery, "CHILD", spy)
    with pytest.raises(pdf.PdfError):
        pdf.draw(document("<p>x</p>"))
    environment, arguments, files = eval(note.read_text())
    assert [name for name in environment if not name.startswith("LC_")] == ["FONTCONFIG_FILE"]
    assert arguments == []
    assert len(files) <= 5


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(f"import sys; print('cannot load library libpango', file=sys.stderr); sys.exit({child.NO_PANGO})")
    monkeypatch.setattr(machinery, "CHILD", broken)
    with pytest.raises(pdf.PdfError, match="apt-get install libpango-1.0-0 .*cannot load library libpango"):
        pdf.draw(document("<p>x</p>"))


def test_a_failure_is_a_polite_page_with_the_hotline(rf: RequestFactory) -> None:
    response = refusals.answer(rf.get("/reports/RP-2611-00001/pdf/"), pdf.PdfError("the cause"))
    assert response is not None
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    page = response.content.decode()
    assert "400-800-1234" in page
    assert "the cause" not in page
