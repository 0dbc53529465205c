"""What a file really is, by its content: PDF, OFD, PNG, JPEG, XLSX or DOCX; nothing else is taken."""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from workflows.errors import UnsupportedType

TAKEN = "PDF、OFD、PNG、JPEG、XLSX、DOCX"
# The list of a package's members and of their types: many times what any office program writes for 50 MiB.
MOST_BYTES_OF_LIST = 1024 * 1024
# What the types of a package say when it carries macros, whatever its parts are called.
ACTIVE = (b"vbaproject", b"macroenabled", b"macrosheet")


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
    if not _has_short_list(stream):
        return None
    try:
        with zipfile.ZipFile(stream) as package:
            names = set(package.namelist())
            types = _types(package) if "[Content_Types].xml" in names else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OverflowError):
        return None  # RuntimeError: encrypted, or packed in a way that office programs do not use
    if types is None or any(word in types for word in ACTIVE):
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


def _has_short_list(stream: BinaryIO) -> bool:
    """Whether a zip's list of members is short enough to be read, by the record at its end; zip64 is not taken."""
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(max(0, size - 65_557))  # the record has 22 bytes and a comment of up to 65,535
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return False
    (length,) = struct.unpack_from("<I", tail, at + 12)
    return bool(length <= MOST_BYTES_OF_LIST)


def _types(package: zipfile.ZipFile) -> bytes | None:
    """The content types of an office package in lower case; None where they are longer than any program writes."""
    with package.open("[Content_Types].xml") as member:
        types = member.read(MOST_BYTES_OF_LIST + 1)
    return None if len(types) > MOST_BYTES_OF_LIST else types.replace(b"\x00", b"").lower()  # UTF-16 has NUL bytes


def check(filename: str, stream: BinaryIO) -> FileType:
    """The file's type if it is taken and its name claims the same; UnsupportedType otherwise."""
    found = sniff(stream)
    if found is None:
        raise UnsupportedType(f"只接受{TAKEN}格式的文件；该文件的内容不是其中任何一种。")
    ending = filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    if ending not in found.endings:
        raise UnsupportedType(f"文件名的扩展名与内容不符：内容是{found.endings[0].upper()}，请更正文件名后重新上传。")
    return found
