"""An .xlsx file as a package of parts: its list is checked before anything is unpacked, parts come out in chunks."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from workflows.sheets import limits
from workflows.sheets.errors import SheetRefused, damaged, too_large_inside

CHUNK = 64 * 1024
_CONTENT_TYPES = "[content_types].xml"
# What the list of types says when a workbook carries programs, whatever its parts are called.
_ACTIVE = (b"vbaproject", b"macroenabled", b"macrosheet")
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"


class Package:
    """The parts of an .xlsx file by their lower-case names. Raises SheetRefused for what no office program writes."""

    def __init__(self, content: bytes) -> None:
        _check_end(content)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
            raise damaged() from None
        self._parts = _check_list(self._zip.infolist())
        self._left = limits.MOST_UNPACKED
        self._refuse_programs()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def chunks(self, name: str, most: int = limits.MOST_UNPACKED_OF_A_SMALL_PART) -> Iterator[bytes]:
        """The bytes of a part, counted as they come: what the list says of their number is not relied on."""
        part = self._parts.get(name.lower())
        if part is None:
            raise damaged()
        try:
            with self._zip.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    most -= len(chunk)
                    self._left -= len(chunk)
                    if most < 0 or self._left < 0:
                        raise too_large_inside()
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError, RuntimeError):
            raise damaged() from None  # RuntimeError: encrypted, or packed in a way of its own

    def _refuse_programs(self) -> None:
        if _CONTENT_TYPES not in self._parts:
            raise SheetRefused("不是Excel工作簿。只接受.xlsx和.csv文件。")
        # UTF-16 has NUL bytes between the letters.
        types = b"".join(self.chunks(_CONTENT_TYPES)).replace(b"\x00", b"").lower()
        if any(word in types for word in _ACTIVE) or any(name.endswith("vbaproject.bin") for name in self._parts):
            raise SheetRefused("文件含有宏，不予读取。请另存为不含宏的.xlsx后重新上传。")


def _check_end(content: bytes) -> None:
    """The record at the end of a zip: its list must be short enough to be read; zip64 is not taken."""
    tail = content[-65_557:]  # the record has 22 bytes and a comment of up to 65,535
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22 or tail[max(0, at - 20) : at].startswith(_END_64):
        raise damaged()
    (length,) = struct.unpack_from("<I", tail, at + 12)
    if length > limits.MOST_BYTES_OF_LIST:
        raise too_large_inside()


def _check_list(listed: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    parts: dict[str, zipfile.ZipInfo] = {}
    if len(listed) > limits.MOST_PARTS or sum(each.file_size for each in listed) > limits.MOST_UNPACKED:
        raise too_large_inside()
    for each in listed:
        name = each.filename.lower()
        if each.flag_bits & 0x1:
            raise SheetRefused("文件已加密，无法读取。请取消密码保护后重新上传。")
        if _is_elsewhere(name) or name in parts or each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged()
        if each.file_size > max(limits.RATIO_COUNTS_FROM, limits.HIGHEST_RATIO * each.compress_size):
            raise too_large_inside()
        parts[name] = each
    return parts


def _is_elsewhere(name: str) -> bool:
    """Whether a name points out of the package, or is none."""
    return not name or name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
