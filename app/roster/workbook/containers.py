"""What kind of file was uploaded, told from its bytes: a name proves nothing."""

import io
import zipfile

from app.roster.rules.refusals import (
    DamagedWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    NoWorkbookInside,
    OldExcelFile,
    OtherFileNotWorkbook,
    TextNotWorkbook,
    WebPageNotWorkbook,
    WorkbookTooLarge,
    XmlNotWorkbook,
)

XML_LIMIT = 24 * 1024 * 1024
UNPACKED_LIMIT = 120 * 1024 * 1024
PARTS_LIMIT = 2000
_OLE2 = bytes.fromhex("D0CF11E0A1B11AE1")
_ZIP = b"PK\x03\x04"
_MAGICS = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"{\\rtf", "RTF 文档"),
)
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_OTHER_PACKAGES = (
    ("word/document.xml", "Word 文档（.docx）"),
    ("ppt/presentation.xml", "PowerPoint 演示文稿（.pptx）"),
    ("xl/workbook.bin", "Excel 二进制工作簿（.xlsb）"),
    ("content.xml", "OpenDocument 文件（.ods）"),
)


def opened(data: bytes) -> zipfile.ZipFile:
    """The package, when its directory promises a workbook of sensible size; nothing is unpacked.

    Raises the refusal that fits what the file really is.
    """
    if not data:
        raise EmptyFile
    if data.startswith(_OLE2):
        _refuse_ole2(data)
    if not data.startswith(_ZIP):
        _refuse_plain(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DamagedWorkbook from error
    _refuse_bombs(archive)
    names = set(archive.namelist())
    if not any(name.endswith("workbook.xml") for name in names):
        for part, what in _OTHER_PACKAGES:
            if part in names:
                raise OtherFileNotWorkbook(what=what)
        raise NoWorkbookInside
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        raise EncryptedWorkbook
    return archive


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    # The directory's sizes bind: zipfile stops reading a part at the size stated there.
    parts = archive.infolist()
    if len(parts) > PARTS_LIMIT:
        raise WorkbookTooLarge(what=f"{len(parts)} 个部件")
    xml = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    whole = sum(part.file_size for part in parts)
    if xml > XML_LIMIT or whole > UNPACKED_LIMIT:
        raise WorkbookTooLarge(what=f"{max(xml, whole) // 1024 // 1024} MB")


def _refuse_ole2(data: bytes) -> None:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise EncryptedWorkbook
    if holds("WordDocument"):
        raise OtherFileNotWorkbook(what="旧版 Word 文档（.doc）")
    if holds("PowerPoint Document"):
        raise OtherFileNotWorkbook(what="旧版 PowerPoint 演示文稿（.ppt）")
    raise OldExcelFile


def _refuse_plain(data: bytes) -> None:
    for magic, what in _MAGICS:
        if data.startswith(magic):
            raise OtherFileNotWorkbook(what=what)
    text, encoding = _decoded(data)
    if text is None:
        raise OtherFileNotWorkbook(what="无法识别的文件")
    start = text.lstrip()[:4096].lower()
    if start.startswith("<"):
        if any(tag in start for tag in ("<html", "<!doctype html", "<table", "<meta")):
            raise WebPageNotWorkbook
        raise XmlNotWorkbook
    if not start:
        raise EmptyFile
    kind = "制表符分隔" if text.count("\t") > text.count(",") else "CSV 逗号分隔"
    raise TextNotWorkbook(format=kind, encoding=encoding)


def _decoded(data: bytes) -> tuple[str | None, str]:
    for mark, codec, name in (*_BOMS, (b"", "utf-8", "UTF-8"), (b"", "gb18030", "GBK")):
        if not data.startswith(mark):
            continue
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if not any(ord(char) < 32 and char not in "\t\r\n\f" for char in text):
            return text, name
    return None, ""
