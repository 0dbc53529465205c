"""XML from outside, read as a stream of events: no document types, no entities, nothing without end."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from workflows.sheets import limits
from workflows.sheets.errors import SheetRefused, damaged, too_large_inside


class Listener(Protocol):
    """What hears the events. Names come without their prefix, attributes as well."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def parse(chunks: Iterable[bytes], listener: Listener) -> None:
    """Feed a part to the listener. Raises SheetRefused.

    Bounded are the elements, their depth, how many different names there are and how long one tag may be: expat keeps
    the names and every tag that is not finished.
    """
    parser = _Guard(listener).parser
    fed = 0
    for chunk in chunks:
        fed += len(chunk)
        _feed(parser, chunk, last=False)
        if fed - parser.CurrentByteIndex > limits.LONGEST_TAG or len(parser.intern) > limits.MOST_NAMES:
            raise too_large_inside()
    _feed(parser, b"", last=True)


def _feed(parser: expat.XMLParserType, chunk: bytes, *, last: bool) -> None:
    try:
        parser.Parse(chunk, last)
    except (expat.ExpatError, LookupError, ValueError):
        raise damaged() from None  # LookupError, ValueError: an encoding that nobody knows


class _Guard:
    """Between expat and the listener: counts, and takes the prefixes off."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._elements = 0
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = listener.text
        self.parser.StartDoctypeDeclHandler = _refuse_document_type

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > limits.MOST_ELEMENTS or self._depth > limits.MOST_DEPTH:
            raise too_large_inside()
        if ":" in name:
            name = name.rpartition(":")[2]
        self._listener.start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._listener.end(name.rpartition(":")[2] if ":" in name else name)


def _refuse_document_type(*_: object) -> None:
    raise SheetRefused("文件含有不允许的文档类型声明（DTD），不予读取。")
