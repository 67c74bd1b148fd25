"""One child process: started in its own group, its output prefixed, never outliving us."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_print_lock = threading.Lock()


class StartError(Exception):
    """Something that a person must put right; its text is one line that says what and how."""


def say(text: str, name: str = "weibao") -> None:
    """Print one prefixed line. Silent when nobody reads our output any more."""
    with _print_lock:
        try:
            print(f"{name:<8} | {text}", flush=True)
        except OSError:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (stays open to the end)


def dying_with_parent(argv: Sequence[str], signal_name: str) -> list[str]:
    """The command line, wrapped so that the kernel signals the process when we die. Linux only, elsewhere unchanged."""
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", signal_name, *argv] if setpriv else list(argv)


class Child:
    """A command that can be started, started again and stopped with all its descendants.

    `argv` is a callable where the command line can change between starts. `stop_signal` asks for an orderly end.
    `wrap` is put before everything, e.g. the command that makes a user namespace.
    Start children in the main thread only: the kernel ties them to the thread that forked them.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        env: dict[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        wrap: Sequence[str] = (),
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        self.stop_signal = stop_signal
        self.argv = [*wrap, *dying_with_parent(argv, stop_signal.name.removeprefix("SIG"))]
        self.env = env
        self.on_line = on_line or (lambda line: say(line, name))
        self.process: subprocess.Popen[str] | None = None
        self.started_at = 0.0
        self._pump: threading.Thread | None = None

    def start(self) -> None:
        """Start the command; what an earlier start left of its group is killed first."""
        self.kill()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.argv,
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        self._pump = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._pump.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.on_line(line.rstrip("\n"))

    @property
    def exit_code(self) -> int | None:
        """None while it runs or before the first start."""
        return self.process.poll() if self.process else None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.running and self.process:
            self.process.send_signal(self.stop_signal)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within that time."""
        if self.process is None:
            return True
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End the whole group at once, the ones that outlived the first process included."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # nobody is left (macOS: "not permitted" of zombies)
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def drain(self) -> None:
        """Wait until the last line of an ended command has been passed on."""
        if self._pump:
            self._pump.join(timeout=2)


def stop_all(children: Sequence[Child], seconds: float) -> None:
    """Ask all to stop at once; kill what has not ended after so many seconds together."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + seconds
    for child in children:
        child.wait(max(0.0, end - time.monotonic()))
        child.kill()
