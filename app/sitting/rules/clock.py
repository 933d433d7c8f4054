"""The clock of the house (时钟): when it can be believed."""

from datetime import datetime, timedelta

BEAT_EVERY = timedelta(seconds=10)
LARGEST_GAP = timedelta(seconds=30)


def doubtful(last_beat: datetime, now: datetime) -> bool:
    """Whether the clock has jumped, or the house has stood still: more than 30 seconds from where
    it must be by now (跳变). The next beat is due ten seconds after the last; another process may
    have written it a moment ago.

    A step of the clock and a halt of the house look the same from here, and the answer is the
    same: what was left at the last beat is left when a person lets the exam go on.
    """
    return not -LARGEST_GAP <= now - last_beat <= BEAT_EVERY + LARGEST_GAP


def in_words(last_beat: datetime, now: datetime) -> str:
    """What the hall is told."""
    seconds = int((now - last_beat).total_seconds())
    if seconds < 0:
        return f"服务器时钟比上次记录倒退了 {-seconds} 秒，考试时钟已自动暂停"
    return f"服务器时钟跳变或系统中断 {seconds} 秒，考试时钟已自动暂停"
