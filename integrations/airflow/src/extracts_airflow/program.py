"""Run `extracts` as a child process."""

from __future__ import annotations

import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Ended:
    """How the program has ended, with what it has written to its standard output."""

    code: int
    output: str


class Program:
    """The program while it runs; `stop` may be called from another thread or a signal handler."""

    def __init__(self, arguments: Sequence[str], *, folder: str, environment: Mapping[str, str]) -> None:
        """Start it in a folder. It leads a process group of its own: a signal for the worker is not meant for it."""
        self._process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def wait(self, log: Callable[[str], None]) -> Ended:
        """Hand each line of its standard error to `log` as it comes, and return when the program has ended."""
        process = self._process
        lines = threading.Thread(target=hand_on, args=(process.stderr, log))
        lines.start()
        output = process.stdout.read()
        code = process.wait()
        lines.join()
        process.stdout.close()
        process.stderr.close()
        return Ended(code, output)

    def stop(self) -> None:
        """Ask it to end: it cleans up, leaves nothing half-written, and ends within two seconds."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)


def hand_on(stream: IO[str], log: Callable[[str], None]) -> None:
    """Hand each line that has a word to `log`."""
    for line in stream:
        if line.strip():
            log(line.rstrip())
