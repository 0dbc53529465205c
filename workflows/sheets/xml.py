"""XML from outside, read as a stream of events: no document types, no entities, nothing without end."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from workflows.sheets import limits
from workflows.sheets.errors import SheetRefused, damaged, too_large_inside

# The names that are heard, in the two editions of the standard; an element of any other namespace is FOREIGN.
_HEARD = frozenset(
    (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/package/2006/relationships",
    )
)
FOREIGN = "?"
_LONGEST_NAME = 40


class Listener(Protocol):
    """What hears the events. An element comes with its whole place in the part ("/worksheet/sheetData/row/c/v").

    So what an extension of the format or another part of the tree calls by the same name is never taken for it.
    Attributes come by their names, with "namespace name" for those that have a prefix.
    """

    def start(self, place: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, place: str) -> None: ...

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
    """Between expat and the listener: counts, and knows where in the tree each element stands."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._elements = 0
        self._places = [""]
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = listener.text
        self.parser.StartDoctypeDeclHandler = _refuse_document_type

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > limits.MOST_ELEMENTS or len(self._places) > limits.MOST_DEPTH:
            raise too_large_inside()
        namespace, _, local = name.rpartition(" ")
        heard = namespace in _HEARD and len(local) <= _LONGEST_NAME
        place = f"{self._places[-1]}/{local if heard else FOREIGN}"
        self._places.append(place)
        self._listener.start(place, attributes)

    def _end(self, _: str) -> None:
        self._listener.end(self._places.pop())


def _refuse_document_type(*_: object) -> None:
    raise SheetRefused("文件含有不允许的文档类型声明（DTD），不予读取。")
