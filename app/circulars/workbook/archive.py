"""The file around the sheets: properties without a person, fixed times, the same bytes."""

import io
import re
import zipfile
from datetime import datetime, time

from openpyxl import Workbook

from app.circulars.rules.document import Circular

EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def set_properties(book: Workbook, circular: Circular) -> None:
    """Document properties: the office, never a person; fixed times."""
    properties = book.properties
    properties.title = circular.title
    properties.subject = circular.number
    properties.creator = circular.signer
    properties.identifier = circular.release
    properties.keywords = circular.hash
    properties.lastModifiedBy = None
    properties.created = datetime.combine(circular.issued, time(0))


def settled(file: bytes, circular: Circular) -> bytes:
    """The same archive with fixed times: openpyxl writes the present moment into it."""
    moment = f"{circular.issued.isoformat()}T00:00:00Z"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + moment.encode() + rb"\g<2>", content)
            part = zipfile.ZipInfo(name, EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            after.writestr(part, content, compresslevel=9)
    return out.getvalue()
