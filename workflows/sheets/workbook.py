"""The parts of a workbook that reading needs: which sheet, its shared strings, which styles are dates."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.sheets import limits
from workflows.sheets.cells import Grid, unescape
from workflows.sheets.errors import SheetRefused, damaged, too_large_inside
from workflows.sheets.number_formats import PLAIN, NumberFormat, read_format
from workflows.sheets.package import Package
from workflows.sheets.worksheet import Worksheet
from workflows.sheets.xml import parse

_USUAL_PLACE = "xl/workbook.xml"
_RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_HIDDEN = ("hidden", "veryHidden")


def read_workbook(content: bytes) -> Grid:
    """The rows of the first visible sheet that are not empty. Raises SheetRefused."""
    package = Package(content)
    workbook = _open_workbook(package)
    strings = _Strings()
    if workbook.strings in package:
        parse(package.chunks(workbook.strings, limits.MOST_UNPACKED_STRINGS), strings)
    styles = _Styles()
    if workbook.styles in package:
        parse(package.chunks(workbook.styles), styles)
    worksheet = Worksheet(strings.found, styles.formats(), workbook.from_1904)
    parse(package.chunks(workbook.sheet, limits.MOST_UNPACKED), worksheet)
    grid = worksheet.grid()
    grid.name = workbook.name
    return grid


@dataclass(frozen=True, slots=True)
class _Workbook:
    name: str
    sheet: str
    strings: str
    styles: str
    from_1904: bool


def _open_workbook(package: Package) -> _Workbook:
    roots = _Relations.of(package, "")
    place = next((each.target for each in roots.values() if each.kind == "officeDocument"), _USUAL_PLACE)
    listed = _Sheets()
    parse(package.chunks(place), listed)
    relations = _Relations.of(package, place)
    name, relation = listed.first_visible()
    sheet = relations.get(relation)
    if sheet is None or sheet.kind != "worksheet":
        raise SheetRefused("工作簿的第一张可见工作表不是数据表，请将需要导入的工作表移到最前。")
    by_kind = {each.kind: each.target for each in relations.values()}
    return _Workbook(
        name,
        sheet.target,
        by_kind.get("sharedStrings", ""),
        by_kind.get("styles", ""),
        from_1904=listed.from_1904,
    )


class _Quiet:
    """Hears nothing; the others hear what they need."""

    def start(self, place: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, place: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text of the element begun last."""


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str


class _Relations(_Quiet):
    """What a part relates to inside the package, by id. What lies outside it is left out: no link is followed."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, _Relation] = {}

    @classmethod
    def of(cls, package: Package, place: str) -> dict[str, _Relation]:
        folder, name = posixpath.split(place)
        listener = cls(folder)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        if source in package:
            parse(package.chunks(source), listener)
        return listener.found

    def start(self, place: str, attributes: Mapping[str, str]) -> None:
        if place != "/Relationships/Relationship" or attributes.get("TargetMode", "").lower() == "external":
            return
        if len(self.found) > limits.MOST_PARTS:
            raise too_large_inside()
        namespace, _, kind = attributes.get("Type", "").rpartition("/")
        if namespace not in _RELATIONS:
            return
        target = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", ""))).lstrip("/")
        self.found[attributes.get("Id", "")] = _Relation(kind, target)


class _Sheets(_Quiet):
    """The sheets of a workbook in the order of their tabs."""

    def __init__(self) -> None:
        self._visible: list[tuple[str, str]] = []
        self.from_1904 = False

    def start(self, place: str, attributes: Mapping[str, str]) -> None:
        if place == "/workbook/workbookPr":
            self.from_1904 = attributes.get("date1904", "").lower() in ("1", "true")
        elif place == "/workbook/sheets/sheet" and attributes.get("state") not in _HIDDEN:
            relation = next((attributes[key] for each in _RELATIONS if (key := f"{each} id") in attributes), "")
            self._visible.append((attributes.get("name", ""), relation))

    def first_visible(self) -> tuple[str, str]:
        """Its name, and the relation by which it is found."""
        if not self._visible:
            raise damaged()
        return self._visible[0]


@dataclass(slots=True)
class _Strings(_Quiet):
    """Shared strings in order, without the readings that Japanese and Chinese cells may carry beside their text."""

    found: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _in_text: bool = False

    def start(self, place: str, attributes: Mapping[str, str]) -> None:
        if place in ("/sst/si/t", "/sst/si/r/t"):
            self._in_text = True
        elif place == "/sst/si":
            self._pieces, self._length = [], 0

    def end(self, place: str) -> None:
        self._in_text = False
        if place == "/sst/si":
            if len(self.found) == limits.MOST_STRINGS:
                raise too_large_inside()
            self.found.append(unescape("".join(self._pieces)))

    def text(self, text: str) -> None:
        if self._in_text and self._length <= limits.MOST_CHARACTERS * 8:
            self._pieces.append(text)
            self._length += len(text)


class _Styles(_Quiet):
    """How a workbook's cell formats show numbers."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._formats: list[str] = []

    def start(self, place: str, attributes: Mapping[str, str]) -> None:
        if place == "/styleSheet/cellXfs/xf":
            self._formats.append(attributes.get("numFmtId", "0"))
        elif place == "/styleSheet/numFmts/numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:255]
        if len(self._formats) > limits.MOST_STYLES or len(self._codes) > limits.MOST_STYLES:
            raise too_large_inside()

    def formats(self) -> Mapping[str, NumberFormat]:
        """The formats by their numbers as cells name them; the plain ones are left out."""
        read = {number: read_format(number, self._codes.get(number)) for number in set(self._formats)}
        return {str(index): read[number] for index, number in enumerate(self._formats) if read[number] != PLAIN}
