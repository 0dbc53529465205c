"""What a sheet can be refused for; every message is a Chinese sentence for the person who made the file."""

from workflows.sheets.limits import MOST_COLUMNS, MOST_ROWS


class SheetRefused(Exception):
    """The whole file is refused and nothing of it was taken. `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CellInvalid(ValueError):
    """One cell cannot be read as what its column holds."""


def damaged() -> SheetRefused:
    """The file is not what its first bytes claim, or breaks off."""
    return SheetRefused("文件已损坏或不完整，无法读取。请用Excel或WPS打开并另存为.xlsx后重新上传。")


def too_large_inside() -> SheetRefused:
    """Small as uploaded, large or endless when unpacked."""
    return SheetRefused(
        f"文件解压后的内容超出允许范围（每个文件最多{MOST_ROWS:,}行、{MOST_COLUMNS}列），未予读取。"
        "请分成几个文件，或删除多余的格式、图片和空白区域后重新上传。"
    )
