"""Where the server's time goes: a thread inside it that looks at the others now and then.

Every few milliseconds it asks the system how much CPU each thread has used since last time, and
puts that down to the functions on the thread's stack: so a thread that waits weighs nothing.
Meanwhile the interpreter is told to change threads much sooner than usual, or the samples would be
taken where a thread lets go by itself, which is where it waits. Time in a long C call is put down
to whoever made the call, and the split between close neighbours is rough.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = "BIWU_BENCH_PROFILE"
EVERY_SECONDS, SWITCH_SECONDS, GO, TOP = 0.003, 0.00005, "go", 60
WRITTEN_WITHIN = 10.0


def start_if_asked() -> None:
    """In the server: samples while the file `go` stands in the folder, and then writes what was
    seen beside it."""
    if folder := os.environ.get(FOLDER):
        threading.Thread(target=_watch, args=(Path(folder),), name="profile", daemon=True).start()


def _watch(folder: Path) -> None:
    while True:
        if (folder / GO).exists():
            usual = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH_SECONDS)
            seen = _sample(folder / GO)
            sys.setswitchinterval(usual)
            half = folder / f"{os.getpid()}.half"
            half.write_text(json.dumps(seen))
            half.rename(folder / f"{os.getpid()}.json")
        time.sleep(0.05)


def _sample(go: Path) -> dict[str, Any]:
    itself: Counter[str] = Counter()
    below: Counter[str] = Counter()
    threads: Counter[str] = Counter()
    mine, before, rounds = threading.get_ident(), _used(), 0
    while rounds % 25 or go.exists():
        rounds += 1
        time.sleep(EVERY_SECONDS)
        now, frames = _used(), sys._current_frames()
        for ident, (name, used) in now.items():
            spent = used - before.get(ident, (name, used))[1]
            frame = frames.get(ident)
            if ident == mine or spent <= 0 or frame is None:
                continue
            threads[name.rstrip("0123456789-_ ()")] += spent
            here, met = _address(frame), set()
            itself[here] += spent
            while frame is not None:
                met.add(_address(frame))
                frame = frame.f_back
            for each in met:
                below[each] += spent
        before = now
    return {"self": itself, "cumulative": below, "threads": threads, "rounds": rounds}


def _used() -> dict[int, tuple[str, int]]:
    """Nanoseconds on a core of each thread of Python's, by its ident."""
    out = {}
    for thread in threading.enumerate():
        if thread.ident is not None and thread.native_id is not None:
            try:
                text = Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text()
            except OSError:
                continue
            out[thread.ident] = thread.name, int(text.split()[0])
    return out


def _address(frame: Any) -> str:
    code = frame.f_code
    parts = code.co_filename.split("/")
    for root in ("site-packages", "app"):
        if root in parts:
            parts = parts[parts.index(root) + (root == "site-packages") :]
            break
    else:
        parts = parts[-2:]
    return f"{'/'.join(parts)}:{code.co_qualname}"


# ---- in the load generator


@contextmanager
def sampled(folder: Path | None, workers: int) -> Iterator[None]:
    """Samples for as long as the block lasts, if there is a folder for them."""
    if folder is None:
        yield
        return
    wanted = len(list(folder.glob("*.json"))) + workers
    (folder / GO).touch()
    yield
    (folder / GO).unlink()
    until = time.monotonic() + WRITTEN_WITHIN
    while len(list(folder.glob("*.json"))) < wanted and time.monotonic() < until:
        time.sleep(0.05)


def summary(folder: Path) -> dict[str, Any]:
    """All that was seen: shares of the CPU that was seen, by thread and by function."""
    return _summed([json.loads(file.read_text()) for file in folder.glob("*.json")])


def _summed(seen: list[dict[str, Any]]) -> dict[str, Any]:
    def shares(what: str) -> dict[str, float]:
        counted: Counter[str] = Counter()
        for each in seen:
            counted.update(each[what])
        total = sum(sum(each["threads"].values()) for each in seen) or 1
        return {name: round(used / total, 4) for name, used in counted.most_common(TOP)}

    return {
        "cpu_s_seen": round(sum(sum(each["threads"].values()) for each in seen) / 1e9, 2),
        "threads": shares("threads"),
        "self": shares("self"),
        "cumulative": shares("cumulative"),
    }
