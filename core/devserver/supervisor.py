"""Starts everything in order, keeps it running, and stops it without a trace."""

import base64
import fcntl
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from .postgres import Postgres
from .process import ROOT, Child, StartError, say, stop_all
from .valkey import Valkey

SOCKET_PATH_LIMIT = 103  # bytes, the least of Linux (107) and macOS (103)
PRODUCT_STOP_SECONDS = 2.5
SERVER_STOP_SECONDS = 2.0
LONGEST_BACKOFF = 30.0
CALM_SECONDS = 60.0  # a child that ran so long starts again without delay
SLOW_START_SECONDS = 60.0


CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


class Stopped(Exception):
    """Somebody asked us to stop while we were waiting for something."""


@dataclass
class Kept:
    """A child that is started again whenever it ends."""

    child: Child
    failures: int = 0
    restart_at: float | None = None

    def look(self, now: float) -> None:
        """Plan a restart of an ended child, or carry out one that is due. `now` is monotonic seconds."""
        if self.child.running:
            return
        if self.restart_at is None:
            if now - self.child.started_at > CALM_SECONDS:
                self.failures = 0
            delay = min(LONGEST_BACKOFF, 2.0**self.failures - 1)
            self.failures += 1
            self.restart_at = now + delay
            say(f"ended with {self.child.exit_code}, starts again in {delay:.0f} s", self.child.name)
        if now >= self.restart_at:
            self.restart_at = None
            self.child.start()


@dataclass
class Supervisor:
    """Runs the product on `host`:`port`, with all its data in `var`. `environ` decides about the embedded servers."""

    host: str
    port: int
    var: Path
    environ: Mapping[str, str]
    kept: list[Kept] = field(default_factory=list)
    servers: list[Child] = field(default_factory=list)
    commands: list[Child] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    stopping: bool = False
    lock: IO[str] | None = None
    temporary: Path | None = None

    def run(self) -> None:
        """Start, announce, watch until a signal. Raises StartError when it cannot start; leaves no process behind."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.request_stop)
        try:
            refuse_busy_port(self.host, self.port)
            self.lock = take_lock(self.var)
            env = self.start_servers()
            self.prepare(env)
            self.start_product(env)
            self.watch()
        except Stopped:
            say("stopping")
        finally:
            self.stop()

    def request_stop(self, *_: object) -> None:
        self.stopping = True

    def pause(self, seconds: float) -> None:
        if self.stopping:
            raise Stopped
        time.sleep(seconds)

    # --- Servers -----------------------------------------------------------------------------------------------------

    def start_servers(self) -> dict[str, str]:
        """Start the embedded servers that the environment does not replace; return the environment of the product."""
        env = dict(self.environ) | {"VAR_DIR": str(self.var), "PYTHONUNBUFFERED": "1"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process compiles Django anew
        env.setdefault("PYTHONWARNINGS", "ignore:You're running the worker")  # as root; said at each start otherwise
        sockets = self.socket_folder()
        if "REDIS_URL" not in env:
            valkey = Valkey(sockets)
            self.launch(valkey.child)
            env["REDIS_URL"] = valkey.url
            valkey.wait_until_ready()
        embedded = "DATABASE_URL" not in env
        if embedded:
            env["DATABASE_URL"] = self.start_postgres(sockets)
        env.setdefault("DEMO", "1")
        env.setdefault("SECRET_KEY", secret_key(self.var))
        env.setdefault("CRYPTO_KEYS", crypto_key(self.var))
        env.setdefault("BASE_URL", f"http://{shown(self.host)}:{self.port}")
        env.setdefault("ALLOWED_HOSTS", "*" if self.host in ("", "0.0.0.0", "::") else self.host)
        if embedded:
            write_addresses(self.var, env)
        return env

    def start_postgres(self, sockets: Path) -> str:
        postgres = Postgres(self.var / "postgres", sockets)
        postgres.prepare()
        self.launch(postgres.child)
        postgres.wait_until_ready()
        postgres.create_role_and_database()
        return postgres.url

    def socket_folder(self) -> Path:
        """var/run, or a temporary folder where that path is too long for a socket."""
        folder = self.var / "run"
        if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) > SOCKET_PATH_LIMIT:
            folder = self.temporary = Path(tempfile.mkdtemp(prefix="weibao-"))
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def launch(self, child: Child) -> None:
        child.start()
        self.servers.append(child)

    # --- Preparation -------------------------------------------------------------------------------------------------

    def prepare(self, env: dict[str, str]) -> None:
        """Bring database, catalogues and static files up to date, and the demo data unless they are not wanted."""
        together = [self.command(env, "migrate", "--no-input", "-v", "0")]
        if not is_fresh(
            Path(env["VAR_DIR"]) / "static" / "staticfiles.json", Path("static"), Path("requirements.lock")
        ):
            together.append(self.command(env, "collectstatic", "--no-input", "-v", "0"))
        if has_command("messages") and not is_fresh(CATALOGUE.with_suffix(".mo"), CATALOGUE):
            together.append(self.command(env, "messages", "compile"))
        for child in together:
            self.finish(child)
        if has_command("presets"):
            self.finish(self.command(env, "presets"))
        if has_command("demo") and env["DEMO"] == "1":
            child = self.command(env, "demo", "--first", "60")
            child.on_line = self.logins.append
            self.finish(child)

    def command(self, env: dict[str, str], *arguments: str) -> Child:
        """Start a management command."""
        child = Child(arguments[0], [sys.executable, "manage.py", *arguments], env)
        self.commands.append(child)
        child.start()
        return child

    def finish(self, child: Child) -> None:
        """Wait for a command. Raises StartError if it fails."""
        while child.running:
            self.pause(0.05)
        child.drain()
        if child.exit_code:
            for line in self.logins:
                say(line, child.name)
            raise StartError(f"`manage.py {child.name}` failed; its own lines above say why.")

    # --- Product -----------------------------------------------------------------------------------------------------

    def start_product(self, env: dict[str, str]) -> None:
        """Start the processes that serve people, each kept from now on, the servers too."""
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
        worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        web = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{bracketed(self.host)}:{self.port}"]
        web += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "2"]
        web += ["--no-control-socket", "--log-level", "warning"]
        product = {
            "web": web,
            "worker": [*worker, "-Q", "default", "--concurrency", "2", "-n", "default@%h"],
            "clock": [*worker, "-Q", "clock", "--concurrency", "1", "-n", "clock@%h"],
            "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
        }
        self.kept = [Kept(child) for child in self.servers]
        for name, argv in product.items():
            child = Child(name, argv, env)
            child.start()
            self.kept.append(Kept(child))

    def watch(self) -> None:
        """Restart what ends and announce the address once it answers; returns never, a signal raises Stopped."""
        announced, started = False, time.monotonic()
        patience = SLOW_START_SECONDS
        while True:
            self.pause(0.2)
            now = time.monotonic()
            for kept in self.kept:
                kept.look(now)
            if announced:
                continue
            trouble = health(self.host, self.port)
            if trouble is None:
                self.announce()
                announced = True
            elif now - started > patience:
                say(f"not healthy after {now - started:.0f} s: {trouble}")
                patience *= 2

    def announce(self) -> None:
        say(f"ready: http://{shown(self.host)}:{self.port}   (Ctrl-C stops everything)")
        for line in self.logins:
            say(line)

    # --- End ---------------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop the product, then the servers below it, all within five seconds."""
        product = [kept.child for kept in self.kept if kept.child not in self.servers]
        stop_all([*self.commands, *product], PRODUCT_STOP_SECONDS)
        stop_all(self.servers, SERVER_STOP_SECONDS)
        if self.temporary:
            shutil.rmtree(self.temporary, ignore_errors=True)
        if self.lock:
            self.lock.close()


def has_command(name: str) -> bool:
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def is_fresh(made: Path, *sources: Path) -> bool:
    """Whether a file was made after everything that it is made from."""
    if not made.exists():
        return False
    files = (file for source in sources for file in (source.rglob("*") if source.is_dir() else [source]))
    return all(file.stat().st_mtime <= made.stat().st_mtime for file in files)


def refuse_busy_port(host: str, port: int) -> None:
    """Raise StartError with a hint if the web server could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            hint = f"Choose another port: make run PORT={port + 1 if port < 65535 else 8000}"
            raise StartError(f"Cannot listen on {host}:{port} ({error.strerror}). {hint}") from None


def take_lock(var: Path) -> IO[str]:
    """Hold var for ourselves until we end. Raises StartError if another supervisor holds it."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (var / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise StartError(f"Weibao already runs with {var} (process {lock.read().strip()}).") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def secret_key(var: Path) -> str:
    """The key of this installation's demonstration, made on the first start."""
    path = var / "secret_key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def crypto_key(var: Path) -> str:
    """The key for access data of customers' systems, beside the database and not in it, made on the first start."""
    path = var / "crypto_key"
    if not path.exists():
        write_private(path, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return path.read_text().strip()


def write_addresses(var: Path, env: Mapping[str, str]) -> None:
    """Tell commands that somebody types beside the running product where its servers are."""
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CRYPTO_KEYS", "BASE_URL", "DEMO")
    write_private(var / "servers.env", "".join(f"{name}={env[name]}\n" for name in names if name in env))


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by us only."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.rename(path)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def shown(host: str) -> str:
    """A host that a person on this machine can type."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else bracketed(host)


def health(host: str, port: int) -> str | None:
    """None when /healthz answers 200, else what is wrong in a few words."""
    try:
        with urllib.request.urlopen(f"http://{shown(host)}:{port}/healthz", timeout=2):
            return None
    except urllib.error.HTTPError as error:
        body = error.read(500).decode(errors="replace")
        return f"/healthz answers {error.code} {' '.join(body.split())}"
    except OSError as error:
        return f"/healthz does not answer ({error})"
