"""Files as they are sent, good and bad."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64
PDF_WITH_SCRIPT = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n"


def upload(name: str, content: bytes, content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def picture(file_format: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (6, 4), **options: object) -> bytes:
    """A picture whose left half is dark."""
    image = Image.new(mode, size)
    if mode in ("RGB", "L", "CMYK"):
        image.paste(Image.new(mode, (size[0] // 2, size[1]), 200 if mode == "L" else (200,) * len(image.getbands())))
    out = BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def photo_with_place() -> bytes:
    """A JPEG lying on its side (orientation 6), with the place where it was taken, a maker's name and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "CANARY-MAKER"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 5.0), 3: "E", 4: (121.0, 28.0, 1.0)})
    return picture("JPEG", size=(60, 40), exif=exif, comment=b"CANARY-COMMENT")


def animation() -> bytes:
    frames = [Image.new("P", (5, 5), color) for color in (1, 2, 3)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=b"CANARY-COMMENT")
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG that only says that it is huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 100))
        + chunk(b"IEND", b"")
    )


def archive(*names: str, content: bytes = b"x") -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, content)
    return out.getvalue()


def office(folder: str, *more: str) -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", f"{folder}/document.xml", *more)


def bomb(megabytes: int) -> bytes:
    """Zeros, packed to a thousandth."""
    return archive(*(f"{number}.bin" for number in range(megabytes // 50)), content=b"\x00" * 50 * 1024 * 1024)
