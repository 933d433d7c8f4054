"""Refusals of a file that is no personnel workbook: what it is, and how to make one of it."""

from app.kernel.errors import DomainError, Kind

SAVE_AS = (
    "请用 Excel 或 WPS 打开它，选择“文件 → 另存为”，类型选“Excel 工作簿（*.xlsx）”，再导入新文件。"
)


class EmptyFile(DomainError):
    code, kind = "empty_file", Kind.INVALID
    message = "这个文件是空的（0 字节），可能没有传完。请重新选择文件。"


class OldExcelFile(DomainError):
    code, kind = "old_excel_file", Kind.INVALID
    message = "这是旧版 Excel 97-2003（.xls）文件，只是名字可能叫 .xlsx。" + SAVE_AS


class EncryptedWorkbook(DomainError):
    code, kind = "encrypted_workbook", Kind.INVALID
    message = (
        "这个工作簿设了打开密码，系统读不到内容。请在 Excel 中打开，"
        "选择“文件 → 信息 → 保护工作簿 → 用密码进行加密”，清空密码并保存为 .xlsx，再导入。"
    )


class WebPageNotWorkbook(DomainError):
    code, kind = "web_page_not_workbook", Kind.INVALID
    message = "这是网页（HTML）文件，多半是从别的系统“导出 Excel”得到的。" + SAVE_AS


class XmlNotWorkbook(DomainError):
    code, kind = "xml_not_workbook", Kind.INVALID
    message = "这是 XML 表格（XML 电子表格 2003）或其他 XML 文件。" + SAVE_AS


class TextNotWorkbook(DomainError):
    code, kind = "text_not_workbook", Kind.INVALID
    message = (
        "这是文本文件（{format}，{encoding} 编码），不是 Excel 工作簿。请在 Excel 中新建工作簿，"
        "用“数据 → 从文本/CSV”导入它，把执法证号、身份证号、手机号三列选为“文本”，"
        "再另存为“Excel 工作簿（*.xlsx）”；直接双击打开会丢掉身份证号的后几位。"
    )


class OtherFileNotWorkbook(DomainError):
    code, kind = "other_file_not_workbook", Kind.INVALID
    message = "这是{what}，不是 Excel 工作簿。" + SAVE_AS


class NoWorkbookInside(DomainError):
    code, kind = "no_workbook_inside", Kind.INVALID
    message = (
        "这是压缩包，里面没有 Excel 工作簿的内容。如果花名册装在压缩包里，"
        "请先解压，再导入其中的 .xlsx 文件。"
    )


class DamagedWorkbook(DomainError):
    code, kind = "damaged_workbook", Kind.INVALID
    message = (
        "工作簿内容不完整或已损坏（可能没有下载完、没有传完）。请重新取得文件；"
        "如果 Excel 还能打开它，请另存为一个新的 .xlsx 再导入。"
    )


class WorkbookTooLarge(DomainError):
    code, kind = "workbook_too_large", Kind.INVALID
    message = (
        "工作簿展开后过大（{what}），为安全起见没有打开。"
        "请新建一个工作簿，只把花名册的内容复制进去，再导入。"
    )
