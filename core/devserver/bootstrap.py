"""Makes .venv and installs what is missing on this machine. Standard library only: runs before anything is installed.

    python3 -m core.devserver.bootstrap run       what the product needs
    python3 -m core.devserver.bootstrap develop   the same and the development tools
    python3 -m core.devserver.bootstrap test      the same, a browser and a Chinese font
    python3 -m core.devserver.bootstrap lock      compile the lock files anew from pyproject.toml

A second call with nothing to do takes a few hundredths of a second. As root on Debian or Ubuntu system packages are
installed with apt-get; otherwise one line says which command does it.
"""

import ctypes
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
RUN_LOCK, DEVELOP_LOCK = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
LOCK_OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes"]
LOCK_OPTIONS += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"]


class SetupError(Exception):
    """What a person must do, in one line."""


def main(arguments: Sequence[str]) -> int:
    goal = arguments[0] if arguments else "develop"
    try:
        if goal == "lock":
            compile_locks(arguments[1:])
            return 0
        make_venv()
        install_packages(develop=goal != "run")
        if goal in ("run", "test"):
            offer("PDF files", ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"], has_pango)
        if goal == "test":
            offer("browser tests", ["chromium"], has_browser)
            offer("browser tests", ["fonts-noto-cjk"], has_chinese_font)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


# --- Python packages ---------------------------------------------------------------------------------------------


def make_venv() -> None:
    """Make .venv unless a working one is there."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this file is what finds out)
        raise SetupError(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; try make PYTHON=python3.12"
        )
    if VENV_PYTHON.exists() and subprocess.run([VENV_PYTHON, "-c", "import pip"], capture_output=True).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install_system_packages("Python environments", [package])
    say("making .venv")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "cannot make .venv")


def install_packages(develop: bool) -> None:
    """Bring .venv to the state of the lock file, every file checked against its hash."""
    lock, stamp = (DEVELOP_LOCK, VENV / ".locked-develop") if develop else (RUN_LOCK, VENV / ".locked-run")
    wanted = fingerprint(RUN_LOCK, lock)
    if any(read(VENV / name) == fingerprint(RUN_LOCK, path) for name, path in candidates(develop)):
        return
    say("installing Python packages (a minute on the first time)")
    install_uv()
    verb = ["sync"] if develop else ["install", "-r"]
    command = [*uv(), "pip", *verb, str(lock), "--quiet", "--require-hashes", "--python", str(VENV_PYTHON)]
    run(command, "cannot install the Python packages")
    stamp.write_text(wanted)


def candidates(develop: bool) -> list[tuple[str, Path]]:
    """The stamps that are good enough: a development environment also runs the product."""
    good = [(".locked-develop", DEVELOP_LOCK)]
    return good if develop else [*good, (".locked-run", RUN_LOCK)]


def fingerprint(*locks: Path) -> str:
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def install_uv() -> None:
    """Install the uv of the development lock, by pip, checked against its hashes."""
    block = re.search(r"^uv==.*?(?=^\S)", DEVELOP_LOCK.read_text() + "\n.", re.MULTILINE | re.DOTALL)
    if block is None:
        raise SetupError(f"{DEVELOP_LOCK.name} names no uv")
    requirement = VENV / "uv.txt"
    requirement.write_text(block[0])
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    run([*pip, "-r", str(requirement)], "cannot install uv")


def uv() -> list[str]:
    """The uv command, which reads no configuration of the machine and needs no home."""
    options = ["--no-config"] if os.environ.get("HOME") else ["--no-config", "--cache-dir", str(VENV / "cache")]
    return [str(VENV_PYTHON), "-m", "uv", *options]


def compile_locks(options: Sequence[str]) -> None:
    """Write both lock files: versions and hashes, no address of any machine."""
    for lock, group in ((RUN_LOCK, []), (DEVELOP_LOCK, ["--group", "dev"])):
        command = [*uv(), "pip", "compile", "pyproject.toml", *group, *LOCK_OPTIONS, *options]
        run([*command, "-o", lock.name], f"cannot compile {lock.name}")
        if "://" in lock.read_text():
            raise SetupError(f"{lock.name} names an address")


# --- System packages ---------------------------------------------------------------------------------------------


def offer(purpose: str, packages: list[str], present: Callable[[], bool]) -> None:
    """Install system packages that only a part of the product needs; without them the rest still works."""
    if present():
        return
    try:
        install_system_packages(purpose, packages)
    except SetupError as error:
        say(str(error))


def install_system_packages(purpose: str, packages: list[str]) -> None:
    """Install Debian packages as root. Raises SetupError that names the command when that is not possible."""
    command = f"apt-get install -y {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise SetupError(f"{purpose}: install {' '.join(packages)} (the names are Debian's) with your system's tool")
    if os.geteuid() != 0:
        raise SetupError(f"{purpose}: please run `sudo {command}`")
    say(f"{purpose}: {command}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], env=env, stdin=subprocess.DEVNULL, capture_output=True)
    argv = [*command.split(), "--no-install-recommends"]
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        raise SetupError(f"{purpose}: `{command}` failed")


def has_pango() -> bool:
    return all(loads(name) for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")) or sys.platform != "linux"


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_browser() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def has_chinese_font() -> bool:
    patterns = ("**/*CJK*.tt*", "**/*CJK*.otf", "**/wqy*.tt*")
    return any(any(Path("/usr/share/fonts").glob(pattern)) for pattern in patterns)


# --- Small things ------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def run(command: Sequence[str], failure: str) -> None:
    """Run to the end with its output shown. Raises SetupError(failure) if it fails."""
    if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode:
        raise SetupError(f"{failure}; the lines above say why")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
