"""Small files of every kind that is taken, and of kinds that are not."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(10) + b"\xff\xd9"
EXE = b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def package(*names: str, **contents: str) -> bytes:
    """A zip with these members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, contents.get(name.strip("[").partition("]")[0], "<x/>"))
    return written.getvalue()


OFD = package("OFD.xml", "Doc_0/Document.xml")
XLSX = package("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")
DOCX = package("[Content_Types].xml", "_rels/.rels", "word/document.xml")
ZIP = package("readme.txt")
JAR = package("META-INF/MANIFEST.MF", "Main.class")
DOCM = package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
# Macros in parts with harmless names: only the content types tell.
HIDDEN_MACROS = package(
    "[Content_Types].xml",
    "word/document.xml",
    "word/theme.bin",
    Content_Types='<Override PartName="/word/theme.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
)
MACRO_SHEET = package(
    "[Content_Types].xml",
    "xl/workbook.xml",
    Content_Types='<Override ContentType="application/vnd.ms-excel.macrosheet+xml"/>',
)
