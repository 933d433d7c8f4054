"""Files that leave the house, with a name that every browser understands."""

from urllib.parse import quote

from fastapi import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json; charset=utf-8"


def download(content: bytes, *, name: str, media_type: str) -> Response:
    """An attachment; a Chinese file name goes in the RFC 5987 form beside a plain one."""
    plain = name.encode("ascii", "ignore").decode().strip(" .-_()") or "file"
    extension = name.rpartition(".")[2]
    if not plain.endswith(f".{extension}") or plain == extension:
        plain = f"biwu.{extension}"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
