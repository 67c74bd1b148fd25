"""What may be uploaded: extensions of a list whose content fits. Pictures are drawn anew, archives measured."""

import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import puremagic
from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from core.errors import InputError

MB = 1024 * 1024
LIMIT, VIDEO_LIMIT = 20 * MB, 100 * MB
MAX_PIXELS = 25_000_000
MAX_UNPACKED, MAX_MEMBERS, MAX_DIRECTORY = 200 * MB, 5000, MB
HEAD = 64 * 1024

Draw = Callable[[IO[bytes], str], IO[bytes]]


@dataclass(frozen=True)
class Kind:
    """A kind of file: the type it is served as, its size limit, the check that gives back what is to be stored."""

    content_type: str
    check: Draw
    limit: int = LIMIT


@dataclass(frozen=True)
class Judged:
    """An accepted upload; `file` is what is stored, which for pictures is not what was sent."""

    content_type: str
    file: IO[bytes]


def judge(upload: "File[bytes]", name: str) -> Judged:
    """Accept or refuse a file by its name's extension, size and content. Raises InputError at `file`."""
    _stem, dot, extension = name.lower().rpartition(".")
    kind = KINDS.get(extension) if dot else None
    if kind is None:
        raise _refusal("type", _("Files of this kind are not accepted. Accepted are: %(kinds)s.") % {"kinds": ACCEPTED})
    if not upload.size:
        raise _refusal("empty", _("This file is empty."))
    if upload.size > kind.limit:
        raise _refusal("too_large", _("This file is larger than %(limit)s MB.") % {"limit": kind.limit // MB})
    file: Any = upload.open("rb").file
    return Judged(kind.content_type, kind.check(file, extension))


def _refusal(code: str, message: str) -> InputError:
    return InputError(code, message, "file")


def _mismatch() -> InputError:
    return _refusal("content", _("The content of this file does not fit its name."))


def _looks(file: IO[bytes]) -> dict[str, float]:
    """Which extensions the first bytes could stand for, with the confidence."""
    file.seek(0)
    try:
        found = puremagic.magic_string(file.read(HEAD))
    except (puremagic.PureError, ValueError):
        return {}
    return {match.extension.removeprefix("."): float(match.confidence) for match in reversed(found)}


def _known(file: IO[bytes], extension: str) -> IO[bytes]:
    if extension not in _looks(file):
        raise _mismatch()
    return file


def _text(file: IO[bytes], extension: str) -> IO[bytes]:
    """Plain text: no NUL, and not the markup or program that another extension would be refused for."""
    if any(sure >= 0.5 for other, sure in _looks(file).items() if other not in TEXTS):
        raise _mismatch()
    file.seek(0)
    if b"\x00" in file.read(HEAD):
        raise _mismatch()
    return file


# --- Pictures --------------------------------------------------------------------------------------------------------

_MODES = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "I;16", "P", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}
_FALLBACK = {"JPEG": "RGB", "PNG": "RGBA", "WEBP": "RGBA"}
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error)


def _picture(file: IO[bytes], extension: str) -> IO[bytes]:
    """The picture drawn anew, upright, without place, time and other additions; of an animated one the first frame."""
    file_format = {"jpg": "JPEG", "jpeg": "JPEG"}.get(extension, extension.upper())
    _known(file, extension)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=[file_format]) as picture:
                _check_pixels(*picture.size)
                return _redrawn(picture, file_format)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except _DAMAGE:
        raise _refusal("damaged", _("This picture is damaged or not what its name says.")) from None


def _redrawn(picture: Image.Image, file_format: str) -> IO[bytes]:
    upright = ImageOps.exif_transpose(picture)
    if file_format in _MODES and upright.mode not in _MODES[file_format]:
        upright = upright.convert(_FALLBACK[file_format])
    upright.info = {key: value for key, value in upright.info.items() if key == "transparency"}
    drawn = BytesIO()
    options: dict[str, Any] = {"quality": 90} if file_format in ("JPEG", "WEBP") else {}
    upright.save(drawn, file_format, **options)
    return drawn


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> InputError:
    return _refusal("too_large", _("This picture has more than 25 million pixels."))


# --- Archives and office files ---------------------------------------------------------------------------------------

_FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535


def _archive(file: IO[bytes], extension: str) -> IO[bytes]:
    """A zip or office file whose directory is small and whose members together unpack to a bearable size."""
    _check_directory(file)
    file.seek(0)
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
    except (BadZipFile, *_DAMAGE):
        raise _refusal("damaged", _("This archive is damaged.")) from None
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise _too_big_inside()
    _check_members({member.filename for member in members}, extension)
    return file


def _check_directory(file: IO[bytes]) -> None:
    """Look at the end record first: reading the directory itself costs memory for every entry."""
    file.seek(0)
    if file.read(2) != b"PK":
        raise _mismatch()
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = file.read()
    start = tail.rfind(_END)
    if start < 0 or len(tail) - start < _END_SIZE:
        raise _refusal("damaged", _("This archive is damaged."))
    entries, directory = struct.unpack_from("<HI", tail, start + 10)
    if entries > MAX_MEMBERS or directory > MAX_DIRECTORY:
        raise _too_big_inside()


def _check_members(names: set[str], extension: str) -> None:
    folder = _FOLDERS.get(extension)
    if folder is None:
        return
    if "[Content_Types].xml" not in names or not any(name.startswith(folder) for name in names):
        raise _mismatch()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refusal("macros", _("Office files with macros are not accepted."))


def _too_big_inside() -> InputError:
    return _refusal("too_large", _("This archive unpacks to more than can be accepted."))


TEXTS = frozenset({"txt", "csv", "log"})
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "jpg": Kind("image/jpeg", _picture),
    "jpeg": Kind("image/jpeg", _picture),
    "png": Kind("image/png", _picture),
    "gif": Kind("image/gif", _picture),
    "webp": Kind("image/webp", _picture),
    "pdf": Kind("application/pdf", _known),
    "doc": Kind("application/msword", _known),
    "xls": Kind("application/vnd.ms-excel", _known),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _archive),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _archive),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", _archive),
    "zip": Kind("application/zip", _archive),
    "mp4": Kind("video/mp4", _known, VIDEO_LIMIT),
    "txt": Kind("text/plain", _text),
    "log": Kind("text/plain", _text),
    "csv": Kind("text/csv", _text),
}
ACCEPTED = ", ".join(KINDS)
ACCEPT = ",".join(f".{extension}" for extension in KINDS)
SERVED_TYPES = frozenset(kind.content_type for kind in KINDS.values())
