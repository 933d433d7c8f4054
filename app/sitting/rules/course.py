"""The course of a sitting (作答过程): what is recorded, and how it reads."""

from enum import StrEnum

LEAVING_IS_FREE_FOR = 3  # seconds


class Happened(StrEnum):
    """What the course of a sitting records. Facts only: it decides nothing."""

    CONFIRMED = "confirmed"
    HERE = "here"  # signs of life of before the pulse; no longer written
    LEFT = "left"
    TAKEN = "taken"
    EXTENDED = "extended"
    SHIFTED = "shifted"
    PAUSED = "paused"
    RESUMED = "resumed"
    MESSAGE = "message"
    FORCED = "forced"
    CLOSED = "closed"
    REOPENED = "reopened"
    FILE = "file"
    TICKET = "ticket"


NEWS = tuple(
    kind.value
    for kind in (
        Happened.TAKEN,
        Happened.EXTENDED,
        Happened.SHIFTED,
        Happened.PAUSED,
        Happened.RESUMED,
        Happened.MESSAGE,
        Happened.FORCED,
        Happened.CLOSED,
        Happened.REOPENED,
    )
)
"""What an open page must hear of at once; see the pulse."""


def counts_as_leaving(seconds: int) -> bool:
    """离开页面: who is back within 3 seconds has not left; a call or a pop-up is no leaving."""
    return seconds > LEAVING_IS_FREE_FOR


def happened(kind: str, detail: str) -> str:
    """One line in the course of a sitting, as the hall and the candidate read it."""
    words = {
        Happened.CONFIRMED: "核对身份，进入候考",
        Happened.LEFT: f"离开页面 {detail} 秒",
        Happened.TAKEN: "在另一个页面或设备上继续作答",
        Happened.PAUSED: f"考试暂停：{detail}",
        Happened.RESUMED: f"继续考试：{detail}",
        Happened.MESSAGE: f"考场通知：{detail}",
        Happened.FORCED: f"监考员代为交卷：{detail}",
        Happened.CLOSED: "到时由服务器收卷",
        Happened.REOPENED: f"撤回交卷，继续作答：{detail}",
        Happened.FILE: f"上传应急答案文件：{detail}",
        Happened.TICKET: f"补发准考证：{detail}",
    }
    return words.get(Happened(kind), detail)
