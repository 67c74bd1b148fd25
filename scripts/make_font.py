"""Make the two committed fonts of PDF files: Noto Sans SC, static TrueType, only the characters that forms need.

    apt-get install fonts-noto-cjk
    .venv/bin/python scripts/make_font.py /usr/share/fonts/opentype/noto core/pdf/fonts

The collection of Debian (or of the Noto project) has cubic outlines for five languages, 45 MB a weight. From its
simplified Chinese face the script keeps GB 2312, the 8,105 characters of the General Standard list (2013), Latin,
Greek, Cyrillic, punctuation, arrows, box drawing and symbols, and turns the outlines into quadratic ones, because a
PDF embeds these at a tenth of the time. Licence: SIL Open Font License 1.1, without reserved name.
"""

import sys
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable

FAMILY, FACE = "Noto Sans SC", "Noto Sans CJK SC"
WEIGHTS = ("Regular", "Bold")
# Largest distance between the cubic and the quadratic outline, in thousandths of the body size.
TOLERANCE = 1.0
LIST = Path(__file__).with_name("general_standard_characters.txt")
BLOCKS = (
    (0x0020, 0x017F),  # Latin with its accents
    (0x01CD, 0x01DC),  # Pinyin
    (0x02C7, 0x02DD),
    (0x0391, 0x03C9),
    (0x0401, 0x0451),
    (0x2010, 0x2044),
    (0x20A0, 0x20BF),
    (0x2100, 0x2127),
    (0x2150, 0x218B),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2460, 0x249B),
    (0x2500, 0x259F),
    (0x25A0, 0x25FF),
    (0x2600, 0x26FF),
    (0x2700, 0x27BF),
    (0x3000, 0x303F),
    (0x3041, 0x30FF),
    (0x3105, 0x312F),
    (0x3200, 0x33FF),
    (0xFE30, 0xFE4F),
    (0xFF01, 0xFFEE),
)
# Drawn where the face has none: strokes in units of 1/1000, so that a form's check marks are never empty boxes.
MARKS = {
    0x2714: [[(120, 330), (210, 430), (380, 250), (780, 700), (880, 610), (380, 60)]],
    0x2716: [
        [(150, 620), (240, 710), (500, 450), (760, 710), (850, 620), (590, 360)]
        + [(850, 100), (760, 10), (500, 270), (240, 10), (150, 100), (410, 360)]
    ],
}


def wanted() -> set[int]:
    chars = {ord(char) for char in LIST.read_text("utf-8") if not char.isspace()}
    return chars | {code for first, last in BLOCKS for code in range(first, last + 1)} | gb2312()


def gb2312() -> set[int]:
    rows, cells = range(0xA1, 0xF8), range(0xA1, 0xFF)
    pairs = (bytes((row, cell)).decode("gb2312", "ignore") for row in rows for cell in cells)
    return {ord(char) for char in pairs if char}


def main(source: Path, target: Path) -> None:
    for weight in WEIGHTS:
        font = face(source / f"NotoSansCJK-{weight}.ttc")
        cut(font)
        quadratic(font)
        rename(font, weight)
        path = target / f"NotoSansSC-{weight}.ttf"
        font.save(path)
        print(f"{path}: {len(font.getBestCmap())} characters, {path.stat().st_size:,} bytes")


def face(path: Path) -> TTFont:
    faces = TTCollection(path, lazy=True).fonts
    return next(font for font in faces if font["name"].getDebugName(1).startswith(FACE))


def cut(font: TTFont) -> None:
    """Drop what forms do not need: other characters, vertical setting, alternates, hints."""
    options = Options(layout_features=["ccmp", "kern", "mark", "mkmk"], hinting=False, notdef_outline=True)
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GDEF", "DSIG"]
    options.name_IDs = [0, 5, 13, 14]
    options.desubroutinize = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)


def quadratic(font: TTFont) -> None:
    order, cubic = font.getGlyphOrder(), font.getGlyphSet()
    glyphs = {name: _outline(cubic[name], cubic) for name in order}
    widths = dict(font["hmtx"].metrics)
    del font["CFF "]
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    font["maxp"].tableVersion = 0x00010000
    for field in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"):
        setattr(font["maxp"], field, 0)
    for field in ("maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(font["maxp"], field, 0)
    font["maxp"].maxZones = 1
    _add_marks(font, widths)
    font["hmtx"].metrics = {name: (widths[name][0], _left(glyphs[name])) for name in font.getGlyphOrder()}
    font["post"].formatType = 3.0
    font["head"].glyphDataFormat = 0
    font.sfntVersion = "\000\001\000\000"


def _outline(glyph, cubic):
    pen = TTGlyphPen(cubic)
    glyph.draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
    return pen.glyph()


def _left(glyph) -> int:
    if not glyph.numberOfContours:
        return 0
    return min(x for x, _ in glyph.coordinates)


def _add_marks(font: TTFont, widths: dict[str, tuple[int, int]]) -> None:
    glyf = font["glyf"]
    for code, contours in MARKS.items():
        if code in font.getBestCmap():
            continue
        name = f"uni{code:04X}"
        pen = TTGlyphPen(None)
        for points in contours:
            pen.moveTo(points[0])
            for point in points[1:]:
                pen.lineTo(point)
            pen.closePath()
        glyf.glyphs[name], widths[name] = pen.glyph(), (1000, 0)
        glyf.glyphOrder.append(name)
        font.setGlyphOrder(glyf.glyphOrder)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name


def rename(font: TTFont, weight: str) -> None:
    texts = {1: FAMILY, 2: weight, 3: f"{FAMILY} {weight}", 4: f"{FAMILY} {weight}", 6: f"NotoSansSC-{weight}"}
    for name_id, text in texts.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    bold = weight == "Bold"
    font["OS/2"].usWeightClass = 700 if bold else 400
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = 1 if bold else 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
