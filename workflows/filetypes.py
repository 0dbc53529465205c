"""What a file really is, by its content: PDF, OFD, PNG, JPEG, XLSX or DOCX; nothing else is taken."""

import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from workflows.errors import UnsupportedType

TAKEN = "PDF、OFD、PNG、JPEG、XLSX、DOCX"


@dataclass(frozen=True)
class FileType:
    """A content type and the file name endings that may claim it."""

    content_type: str
    endings: tuple[str, ...]


PDF = FileType("application/pdf", ("pdf",))
PNG = FileType("image/png", ("png",))
JPEG = FileType("image/jpeg", ("jpg", "jpeg"))
OFD = FileType("application/ofd", ("ofd",))
XLSX = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
DOCX = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))


def sniff(stream: BinaryIO) -> FileType | None:
    """The type by the first bytes and, for packages, by the names inside; the stream is left at its start."""
    head = stream.read(16)
    stream.seek(0)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"PK\x03\x04"):
        found = _package(stream)
        stream.seek(0)
        return found
    return None


def _package(stream: BinaryIO) -> FileType | None:
    try:
        with zipfile.ZipFile(stream) as package:
            names = {info.filename for info in package.infolist()[:10_000]}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" in names:
        if "xl/workbook.xml" in names:
            return XLSX
        if "word/document.xml" in names:
            return DOCX
    return None


def check(filename: str, stream: BinaryIO) -> FileType:
    """The file's type if it is taken and its name claims the same; UnsupportedType otherwise."""
    found = sniff(stream)
    if found is None:
        raise UnsupportedType(f"只接受{TAKEN}格式的文件；该文件的内容不是其中任何一种。")
    ending = filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    if ending not in found.endings:
        raise UnsupportedType(f"文件名的扩展名与内容不符：内容是{found.endings[0].upper()}，请更正文件名后重新上传。")
    return found
