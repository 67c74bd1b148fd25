"""B1, B2, B10, B12: files that are taken in, and files that are not."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from PIL import Image

from core import clock
from core.domain import upload as uploads
from core.domain.attachment import clean_name, store
from core.errors import InputError
from core.models import Attachment
from core.queries import attachment as reading
from tests import files
from tests.factories import logged_in, make_user

KIND = "tests.thing"


def short(value: object) -> str:
    """Test names without contents, which hold times and differ from process to process."""
    return value if isinstance(value, str) else type(value).__name__


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def _parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of parent that user names on the list see; the key is the list."""
    monkeypatch.setitem(reading._parents, KIND, lambda user, file: user.name in file.parent_key)


def kept(name: str, content: bytes, *, internal: bool = False, key: str = "Anna") -> Attachment:
    return store(
        upload=files.upload(name, content),
        customer_id=1,
        parent_kind=KIND,
        parent_key=key,
        internal=internal,
        actor=None,
        now=clock.now(),
    )


def on_disk(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def bytes_of(attachment: Attachment) -> bytes:
    file = reading.open_file(attachment)
    assert file is not None
    with file:
        return file.read()


# --- Taking in -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("报告.pdf", files.PDF_WITH_SCRIPT, "application/pdf"),
        (
            "服务单.docx",
            files.office("word"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("清单.XLSX", files.office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("old.doc", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "application/msword"),
        ("logs.zip", files.archive("a.log"), "application/zip"),
        ("noise.mp4", files.MP4, "video/mp4"),
        ("system.log", "错误 7\n".encode(), "text/plain"),
        ("list.csv", "名称,数量\n".encode("gb18030"), "text/csv"),
    ],
    ids=short,
)
def test_what_is_accepted_is_stored_as_it_came(media: Path, name: str, content: bytes, content_type: str) -> None:
    attachment = kept(name, content)
    assert (attachment.name, attachment.content_type, attachment.size) == (name, content_type, len(content))
    assert attachment.sha256 == sha256(content).hexdigest()
    assert bytes_of(attachment) == content
    (path,) = on_disk(media)
    assert (path.name, path.suffix) == (attachment.pk.hex, "")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>", "type"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "type"),
        ("page.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "type"),
        ("sheet.xml", b"<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><a/>", "type"),
        ("run.js", b"alert(1)", "type"),
        ("run.exe", b"MZ" + b"\0" * 100, "type"),
        ("macro.docm", files.office("word", "word/vbaProject.bin"), "type"),
        ("noextension", b"text", "type"),
        (".pdf", files.PDF_WITH_SCRIPT, "type"),
        ("pdf", files.PDF_WITH_SCRIPT, "type"),
        ("page.html%00.png", b"<html>", "content"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "content"),
        ("photo.jpg", files.picture("PNG"), "content"),
        ("page.txt", b"<!doctype html><html><script>alert(1)</script>", "content"),
        ("drawing.txt", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "content"),
        ("run.log", b"MZ\x90\x00\x03\x00\x00\x00", "content"),
        ("page.pdf", b"<html>%PDF-1.7", "content"),
        ("noise.mp4", b"<html>", "content"),
        ("sheet.xlsx", files.office("word"), "content"),
        ("sheet.docx", files.archive("a.txt"), "content"),
        ("sheet.docx", b"<html>", "content"),
        ("macro.docx", files.office("word", "word/vbaProject.bin"), "macros"),
        ("empty.txt", b"", "empty"),
        ("empty.png", b"", "empty"),
        ("cut.png", files.picture("PNG", size=(300, 300))[:60], "damaged"),
        ("cut.jpg", files.picture("JPEG", size=(900, 900))[:700], "damaged"),
        ("broken.zip", b"PK\x03\x04" + b"x" * 200, "damaged"),
        ("broken.zip", files.archive("a")[:-30] + b"PK\x05\x06" + b"\xff" * 18, "too_large"),
        ("many.zip", files.archive(*(f"{number}" for number in range(5001))), "too_large"),
        ("wide.png", files.huge_png(20_000, 20_000), "too_large"),
        ("wide.png", files.huge_png(13_000, 13_000), "too_large"),
        ("wide.png", files.huge_png(5_001, 5_000), "too_large"),
    ],
    ids=short,
)
def test_b2_b10_what_is_refused_leaves_nothing(media: Path, name: str, content: bytes, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        kept(name, content)
    assert (refusal.value.code, refusal.value.field) == (code, "file")
    assert Attachment.objects.count() == 0
    assert on_disk(media) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bomb.zip", "bomb.xlsx"])
def test_b10_what_unpacks_to_300_megabytes_is_not_accepted(media: Path, name: str) -> None:
    packed = files.bomb(300)
    assert len(packed) < 400_000
    with pytest.raises(InputError) as refusal:
        kept(name, packed)
    assert refusal.value.code == "too_large"
    assert on_disk(media) == []


@pytest.mark.django_db
def test_files_beyond_the_limit_of_their_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (uploads.LIMIT, uploads.VIDEO_LIMIT) == (20 * 2**20, 100 * 2**20)
    assert [name for name, kind in uploads.KINDS.items() if kind.limit == uploads.VIDEO_LIMIT] == ["mp4"]
    with pytest.raises(InputError) as refusal:
        kept("long.txt", b"x" * (20 * 2**20 + 1))
    assert refusal.value.code == "too_large"
    assert kept("long.txt", b"x" * 20 * 2**20).size == 20 * 2**20


@pytest.mark.django_db
def test_b12_a_photo_keeps_its_orientation_and_loses_its_place() -> None:
    attachment = kept("照片.jpg", files.photo_with_place())
    stored = bytes_of(attachment)
    with Image.open(BytesIO(stored)) as image:
        assert image.size == (40, 60)
        assert dict(image.getexif()) == {}
        assert [image.getpixel(spot)[0] > 100 for spot in ((20, 5), (20, 55))] == [True, False]
    assert b"CANARY" not in stored
    assert b"Exif" not in stored
    assert (attachment.size, attachment.sha256) == (len(stored), sha256(stored).hexdigest())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "mode"),
    [
        ("print.jpg", files.picture("JPEG", "CMYK"), "RGB"),
        ("gray.jpeg", files.picture("JPEG", "L"), "L"),
        ("deep.png", files.picture("PNG", "I;16"), "I;16"),
        ("clear.png", files.picture("PNG", "RGBA"), "RGBA"),
        ("two.png", files.picture("PNG", "1"), "1"),
        ("web.webp", files.picture("WEBP"), "RGB"),
    ],
    ids=short,
)
def test_b12_pictures_of_every_kind_are_drawn_anew(name: str, content: bytes, mode: str) -> None:
    with Image.open(BytesIO(bytes_of(kept(name, content)))) as image:
        assert (image.mode, image.size) == (mode, (6, 4))


@pytest.mark.django_db
def test_b12_of_an_animation_the_first_frame_is_kept() -> None:
    stored = bytes_of(kept("moving.gif", files.animation()))
    with Image.open(BytesIO(stored)) as image:
        assert getattr(image, "n_frames", 1) == 1
    assert b"CANARY" not in stored


@pytest.mark.django_db
def test_b2_what_hides_behind_a_picture_does_not_survive() -> None:
    stored = bytes_of(kept("both.gif", files.picture("GIF", "P") + b"<html><script>alert(1)</script>"))
    assert stored.startswith(b"GIF8")
    assert b"script" not in stored


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../settings.py", "settings.py"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/passwd", "passwd"),
        ("a\x00b\r\nSet-Cookie: x.png", "abSet-Cookie: x.png"),
        ("gpj.\u202eexe.txt", "gpj.exe.txt"),
        ("  报告   终稿 .pdf ", "报告 终稿 .pdf"),
        ("", "file"),
        ("...", "file"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 198),
        (".htaccess", "htaccess"),
    ],
)
def test_b1_names_are_only_shown_and_hold_no_way(sent: str, shown: str) -> None:
    assert clean_name(sent) == shown
    assert len(shown) <= 200


# --- Transactions ----------------------------------------------------------------------------------------------------


def kept_and_rolled_back(media: Path, files_meanwhile: int) -> None:
    with transaction.atomic():
        kept("b.txt", b"line\n")
        assert len(on_disk(media)) == files_meanwhile
        raise RuntimeError("changed my mind")


@pytest.mark.django_db(transaction=True)
def test_the_file_of_a_rolled_back_transaction_is_removed(media: Path) -> None:
    with pytest.raises(RuntimeError, match="changed my mind"):
        kept_and_rolled_back(media, 1)
    assert (Attachment.objects.count(), on_disk(media)) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_the_file_of_a_rolled_back_part_is_removed(media: Path) -> None:
    with transaction.atomic():
        first = kept("a.txt", b"line\n")
        with pytest.raises(RuntimeError, match="changed my mind"):
            kept_and_rolled_back(media, 2)
        assert len(on_disk(media)) == 1
    assert [path.name for path in on_disk(media)] == [first.pk.hex]
    assert list(Attachment.objects.values_list("pk", flat=True)) == [first.pk]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_cannot_be_written_leaves_no_file(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_values: Any) -> None:
        raise RuntimeError("no row")

    monkeypatch.setattr(Attachment.objects, "create", full)
    with pytest.raises(RuntimeError, match="no row"):
        kept("a.txt", b"line\n")
    assert on_disk(media) == []


@pytest.mark.django_db(transaction=True)
def test_a_committed_file_stays(media: Path) -> None:
    attachment = kept("a.txt", b"line\n")
    assert [path.name for path in on_disk(media)] == [attachment.pk.hex]


# --- Fetching --------------------------------------------------------------------------------------------------------


@pytest.fixture
def anna(db: None) -> Client:
    return logged_in(make_user(name="Anna"))


def url(pk: Any) -> str:
    return f"/attachments/{pk}/"


def test_b2_a_file_is_handed_over_to_be_saved(anna: Client) -> None:
    attachment = kept("报告 1.pdf", files.PDF_WITH_SCRIPT)
    response = anna.get(url(attachment.pk))
    assert b"".join(response.streaming_content) == files.PDF_WITH_SCRIPT
    shown = (
        "Content-Type",
        "X-Content-Type-Options",
        "Content-Security-Policy",
        "Cache-Control",
        "Content-Disposition",
    )
    assert [response.headers[name] for name in shown] == [
        "application/pdf",
        "nosniff",
        "default-src 'none'; sandbox",
        "private, no-store",
        "attachment; filename*=utf-8''%E6%8A%A5%E5%91%8A%201.pdf",
    ]


def test_b2_a_type_that_is_not_on_the_list_is_only_bytes(anna: Client) -> None:
    attachment = kept("a.txt", b"x\n")
    Attachment.objects.filter(pk=attachment.pk).update(content_type="text/html", name='a".html\r\nX: y')
    response = anna.get(url(attachment.pk))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert "X" not in response.headers
    assert response.headers["Content-Disposition"].startswith("attachment;")


def test_b1_what_is_not_ones_own_is_not_there(anna: Client) -> None:
    foreign = kept("b.txt", b"CANARY\n", key="Berta")
    hidden, missing = anna.get(url(foreign.pk)), anna.get(url(uuid4()))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert b"CANARY" not in hidden.content
    assert b"b.txt" not in hidden.content


@pytest.mark.parametrize(
    "path",
    [
        "/media/attachments/",
        "/attachments/../../etc/passwd",
        "/attachments/..%2f..%2fetc%2fpasswd/",
        "/attachments/%00/",
        "/attachments//etc/passwd/",
        "/attachments/1/",
    ],
)
def test_b1_there_is_no_other_way_to_a_file(anna: Client, path: str) -> None:
    assert anna.get(path).status_code == 404


def test_b1_the_folder_is_not_served(anna: Client, media: Path) -> None:
    attachment = kept("a.txt", b"x\n")
    name = reading.storage_name(attachment.pk)
    assert [anna.get(f"/{root}{name}").status_code for root in ("", "media/", "static/")] == [404, 404, 404]


def test_a_stranger_is_asked_to_log_in(db: None) -> None:
    attachment = kept("a.txt", b"x\n")
    assert Client().get(url(attachment.pk)).status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_files_are_only_read(anna: Client, method: str) -> None:
    attachment = kept("a.txt", b"x\n")
    assert getattr(anna, method)(url(attachment.pk)).status_code == 405


def test_a7_a_parent_of_no_known_kind_is_not_there(anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = kept("a.txt", b"x\n")
    monkeypatch.delitem(reading._parents, KIND)
    assert anna.get(url(attachment.pk)).status_code == 404


def test_a7_a_question_that_fails_denies(anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = kept("a.txt", b"x\n")
    user = SimpleNamespace(is_active=True, name="Anna")
    for answer in (lambda user, file: None, lambda user, file: 1, lambda user, file: 1 / 0):
        monkeypatch.setitem(reading._parents, KIND, answer)
        assert reading.attachment_for(user, attachment.pk) is None
        assert anna.get(url(attachment.pk)).status_code == 404


def test_somebody_disabled_fetches_nothing(db: None) -> None:
    attachment = kept("a.txt", b"x\n")
    assert reading.attachment_for(SimpleNamespace(is_active=True, name="Anna"), attachment.pk) == attachment
    assert reading.attachment_for(SimpleNamespace(is_active=False, name="Anna"), attachment.pk) is None


def test_a_file_that_is_lost_is_a_404(anna: Client, media: Path) -> None:
    attachment = kept("a.txt", b"x\n")
    on_disk(media)[0].unlink()
    assert anna.get(url(attachment.pk)).status_code == 404
