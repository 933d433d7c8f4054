"""The whole server as its own process group, which a harness may kill, cut off or deceive.

Two ways to start it. `python -m app serve` is what an office runs; it needs two and a half seconds
of importing. The nursery (serve.py) has imported already and forks the same command: that is for
the short forms.
"""

import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).parent.parent.parent

HOST = "127.0.0.1"
KEY = "key of the fault harnesses, which no installation has"
OPENS_WITHIN, ENDS_WITHIN = 120.0, 60.0  # seconds; long, for a machine that is busy
PR_SET_PDEATHSIG = 1


# Becomes the program it is told to be, after it has asked to die with its parent.
LAUNCH = """
import os, sys
from tests.faults.house import die_with_parent
die_with_parent()
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def die_with_parent() -> None:
    """Linux ends this process when the thread that started it is gone, however it went: a killed
    harness leaves no server behind. Elsewhere it does nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Nursery:
    """A process that has imported the house and forks one server at a time."""

    _idle: ClassVar[dict[tuple[tuple[str, str], ...], list["Nursery"]]] = {}

    def __init__(self, around: Mapping[str, str]) -> None:
        self._kind = tuple(sorted(around.items()))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.serve"],
            cwd=ROOT,
            env=os.environ | around,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._close)

    @classmethod
    def lent(cls, around: Mapping[str, str]) -> "Nursery":
        """One that nobody uses, with this environment; returns at once."""
        idle = cls._idle.get(tuple(sorted(around.items())), [])
        return idle.pop() if idle else cls(around)

    def give_back(self) -> None:
        """After its server has ended: the next harness of this process may have it."""
        self._idle.setdefault(self._kind, []).append(self)

    def bear(self, asked: dict[str, object]) -> int:
        """Forks a server; its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self.heard()

    def heard(self) -> int:
        """The next number it says."""
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError("the nursery of servers has ended")
        return int(said)

    def _close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(ENDS_WITHIN)


class House:
    """A server on one port: start, kill, start again, on whatever database it is told.

    `around` is put into the environment before anything is loaded (LD_PRELOAD works only there);
    `start(…)` may add more each time. `quick` uses a nursery; `weaken` needs one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        quick: bool,
        around: Mapping[str, str] | None = None,
        workers: int = 1,
        weaken: bool = False,
    ) -> None:
        self.port = free_port()
        self.log = folder / "server.log"
        self._around = dict(around or {})
        self._weaken = weaken
        self._workers = workers
        self._quick = (quick and workers == 1) or weaken
        self._nursery: Nursery | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pid: int | None = None

    def start(self, database_url: str, **more: str) -> None:
        """Starts the server; returns at once, see `wait_until_open`."""
        assert self._pid is None, "the last one has not ended"
        own = {"BIWU_DATABASE_URL": database_url, "BIWU_MODE": "production"}
        own |= {"BIWU_SECRET_KEY": KEY} | more
        if self._nursery is not None:
            asked = {"port": self.port, "environ": own, "log": str(self.log)}
            self._pid = self._nursery.bear(asked | {"weaken": self._weaken})
            return
        command = ["-c", LAUNCH, "-m", "app", "serve", "--host", HOST, "--port", str(self.port)]
        command += ["--workers", str(self._workers)] if self._workers > 1 else []
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=os.environ | self._around | own,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid = self._process.pid

    def wait_until_open(self) -> None:
        """Returns when somebody answers at the door; raises with the log if nobody will."""
        until = time.monotonic() + OPENS_WITHIN
        while True:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
                return
            except OSError as error:
                ended = self._process is not None and self._process.poll() is not None
                if ended or time.monotonic() > until:
                    raise RuntimeError(f"no server: {self.last_words()}") from error
                time.sleep(0.02)

    def last_words(self) -> str:
        """The end of the server's log."""
        return self.log.read_text()[-4000:] if self.log.exists() else ""

    def end(self, how: signal.Signals) -> int:
        """Sends a signal to the whole process tree and waits for its end; the exit status, negative
        for a signal."""
        assert self._pid is not None
        os.killpg(self._pid, how)
        return self.wait()

    def tell(self, how: signal.Signals) -> None:
        """Sends a signal to the server alone, as a service manager does, and does not wait."""
        assert self._pid is not None
        os.kill(self._pid, how)

    def wait(self) -> int:
        """Waits for the end of the server; its exit status."""
        if self._nursery is not None:
            status = self._nursery.heard()
        else:
            assert self._process is not None
            status = self._process.wait(ENDS_WITHIN)
        self._pid = None
        return status

    def __enter__(self) -> "House":
        if self._quick:
            self._nursery = Nursery.lent(self._around)
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid is not None:
            self.end(signal.SIGKILL)
        if self._nursery is not None:
            self._nursery.give_back()
