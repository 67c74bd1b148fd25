"""The supervisor and its parts: children, embedded servers, and (slow) the whole product started and stopped."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from core.devserver import bootstrap
from core.devserver import postgres as postgres_module
from core.devserver.postgres import NAMESPACE, NOBODY, Postgres, end_orphan
from core.devserver.process import ROOT, Child, StartError, dying_with_parent, stop_all
from core.devserver.supervisor import (
    Kept,
    Supervisor,
    is_fresh,
    refuse_busy_port,
    secret_key,
    take_lock,
    write_addresses,
)
from core.devserver.valkey import Valkey

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def python(lines: list[str]) -> Iterator[Callable[[str], Child]]:
    """Makes a child that runs Python code and whose output lands in `lines`."""
    children: list[Child] = []

    def make(code: str) -> Child:
        child = Child("child", [sys.executable, "-u", "-c", code], on_line=lines.append)
        children.append(child)
        return child

    yield make
    for child in children:
        child.kill()


# --- Children ----------------------------------------------------------------------------------------------------


def test_child_passes_on_its_lines_and_its_exit_code(python: Callable[[str], Child], lines: list[str]) -> None:
    child = python("import sys; print('一'); print('two', file=sys.stderr); sys.exit(3)")
    child.start()
    assert child.wait(20)
    child.drain()
    assert (lines, child.exit_code, child.running) == (["一", "two"], 3, False)


def test_stop_all_kills_what_does_not_stop_and_its_descendants(
    python: Callable[[str], Child], lines: list[str]
) -> None:
    stubborn = python(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)\n"
        "time.sleep(600)"
    )
    stubborn.start()
    until(lambda: lines)
    stop_all([stubborn], seconds=0.2)
    assert stubborn.exit_code == -signal.SIGKILL
    until(lambda: not alive(int(lines[0])))


@on_linux
def test_child_dies_with_its_parent(python: Callable[[str], Child], lines: list[str]) -> None:
    argv = dying_with_parent([sys.executable, "-c", "import time; time.sleep(600)"], "KILL")
    parent = python(f"import subprocess, time\nprint(subprocess.Popen({argv!r}).pid)\ntime.sleep(600)")
    parent.start()
    until(lambda: lines)
    pid = int(lines[0])
    until(lambda: b"time.sleep" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[2])
    assert alive(pid)
    assert parent.process is not None
    parent.process.kill()
    until(lambda: not alive(pid))


def test_dead_child_starts_again_with_growing_delays(python: Callable[[str], Child]) -> None:
    kept = Kept(python("pass"))
    delays = []
    now = 1000.0
    for _ in range(7):
        kept.child.start()
        kept.child.started_at = now
        assert kept.child.wait(20)
        kept.restart_at = None
        kept.look(now)
        delays.append((kept.restart_at or now) - now)
    assert delays == [0, 1, 3, 7, 15, 30, 30]


def test_child_that_ran_long_starts_again_at_once(python: Callable[[str], Child]) -> None:
    kept = Kept(python("pass"), failures=5)
    kept.child.start()
    assert kept.child.wait(20)
    first = kept.child.process
    kept.look(kept.child.started_at + 61)
    assert kept.failures == 1
    assert kept.child.process is not first


# --- Before the start --------------------------------------------------------------------------------------------


def test_busy_port_is_said_with_a_hint() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=rf"127\.0\.0\.1:{port} .*make run PORT={port + 1}"):
            refuse_busy_port("127.0.0.1", port)


def test_second_supervisor_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with take_lock(tmp_path), pytest.raises(StartError, match=f"already runs .*process {os.getpid()}"):
        take_lock(tmp_path)
    take_lock(tmp_path).close()


def test_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = secret_key(tmp_path)
    assert len(key) >= 60
    assert secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_addresses_are_read_by_commands_beside_the_product(tmp_path: Path) -> None:
    values = {"DATABASE_URL": "postgres://weibao@/weibao?host=%2Fa%20b", "REDIS_URL": "unix:///a/valkey.sock"}
    values |= {"SECRET_KEY": "k" * 40, "BASE_URL": "http://127.0.0.1:8011", "DEMO": "1"}
    write_addresses(tmp_path, values)
    code = (
        "import json; from config import settings as s; d = s.DATABASES['default'];"
        "print(json.dumps([d['OPTIONS']['host'], s.CELERY_BROKER_URL, s.SECRET_KEY, s.BASE_URL, s.DEMO]))"
    )
    env = {name: value for name, value in os.environ.items() if name not in values} | {"VAR_DIR": str(tmp_path)}
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == ["/a b", "redis+socket:///a/valkey.sock", "k" * 40, values["BASE_URL"], True]


def test_servers_of_the_environment_are_used_instead_of_our_own(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgres://u@db/x", "REDIS_URL": "redis://cache/0", "SECRET_KEY": "x" * 40}
    supervisor = Supervisor("0.0.0.0", 8000, tmp_path, given)
    env = supervisor.start_servers()
    assert supervisor.servers == []
    assert {name: env[name] for name in given} == given
    assert (env["BASE_URL"], env["ALLOWED_HOSTS"]) == ("http://127.0.0.1:8000", "*")
    assert not (tmp_path / "servers.env").exists()


def test_long_folder_names_get_a_short_socket_folder(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 60) / ("y" * 60)
    long.mkdir(parents=True)
    supervisor = Supervisor("127.0.0.1", 8000, long, {})
    folder = supervisor.socket_folder()
    assert len(str(folder)) < 60
    assert folder.stat().st_mode & 0o777 == 0o700
    supervisor.stop()
    assert not folder.exists()


# --- Embedded servers --------------------------------------------------------------------------------------------


@pytest.fixture
def postgres(tmp_path: Path, lines: list[str]) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "data", tmp_path, durable=False, on_line=lines.append)
    server.prepare()
    yield server
    stop_all([server.child], seconds=5)


def test_postgres_keeps_its_data_over_a_kill(postgres: Postgres, tmp_path: Path) -> None:
    postgres.child.start()
    postgres.wait_until_ready()
    postgres.create_role_and_database()
    postgres.create_role_and_database()
    postgres.child.kill()
    assert (tmp_path / "data" / "postmaster.pid").exists()
    postgres.prepare()
    postgres.child.start()
    postgres.wait_until_ready()
    connection = postgres.connect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'weibao'")
        assert cursor.fetchall() == [(False, True)]
    connection.close()


@on_linux
def test_orphaned_postgres_is_stopped_before_the_next_start(postgres: Postgres, tmp_path: Path) -> None:
    postgres.child.start()
    postgres.wait_until_ready()
    assert postgres.child.process is not None
    end_orphan(tmp_path / "data")
    assert postgres.child.wait(10)
    assert not (tmp_path / "data" / "postmaster.pid").exists()


def test_pid_file_that_names_a_stranger_is_removed_and_the_stranger_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    end_orphan(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
@pytest.mark.parametrize("ways", [(NAMESPACE, NOBODY), (NOBODY, NAMESPACE)], ids=["namespace first", "nobody first"])
def test_root_may_change_how_postgres_is_run(
    tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch, ways: tuple[list[str], list[str]]
) -> None:
    """A folder that was first used in a container starts outside of it, and the other way round."""
    tmp_path.chmod(0o700)
    for way in ways:
        if subprocess.run([*way, "true"], capture_output=True).returncode:
            pytest.skip(f"this machine forbids {way[0]}")
        monkeypatch.setattr(postgres_module, "as_ordinary_user", lambda way=way: way)
        server = Postgres(tmp_path / "data", tmp_path, durable=False, on_line=lines.append)
        server.prepare()
        server.child.start()
        try:
            server.wait_until_ready()
        finally:
            stop_all([server.child], seconds=5)


def test_cluster_of_another_version_is_refused(postgres: Postgres, tmp_path: Path) -> None:
    (tmp_path / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(StartError, match="PostgreSQL 17"):
        postgres.prepare()


def test_valkey_evicts_nothing_and_listens_on_no_port(tmp_path: Path, lines: list[str]) -> None:
    server = Valkey(tmp_path, on_line=lines.append)
    server.child.start()
    try:
        server.wait_until_ready()
        with redis.Redis.from_url(server.url) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("port") == {"port": "0"}
    finally:
        stop_all([server.child], seconds=5)


def test_server_that_cannot_start_is_said(tmp_path: Path, lines: list[str]) -> None:
    server = Valkey(tmp_path / "missing", on_line=lines.append)
    server.child.start()
    with pytest.raises(StartError, match="did not start"):
        server.wait_until_ready()


# --- Setting up a machine ----------------------------------------------------------------------------------------


def test_lock_files_have_hashes_and_no_address() -> None:
    for lock in (bootstrap.RUN_LOCK, bootstrap.DEVELOP_LOCK):
        text = lock.read_text()
        assert "://" not in text
        assert not re.search(r"^--", text, re.MULTILINE)
        pinned = re.findall(r"^\S+==.*\\$", text, re.MULTILINE)
        assert len(pinned) > 30
        assert len(pinned) == len(re.findall(r"^\S", text, re.MULTILINE))


def test_development_lock_contains_the_run_lock() -> None:
    def pins(path: Path) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", path.read_text(), re.MULTILINE))

    assert pins(bootstrap.RUN_LOCK) < pins(bootstrap.DEVELOP_LOCK)


def test_bootstrap_needs_the_standard_library_only() -> None:
    code = "import sys; import core.devserver.bootstrap as b; print(*{m.partition('.')[0] for m in sys.modules})"
    answer = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(answer.stdout.split()) - set(sys.stdlib_module_names) <= {"core", "__main__"}


def test_missing_system_packages_are_said_with_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    bootstrap.offer("PDF files", ["libpango-1.0-0"], lambda: False)
    assert capsys.readouterr().out == "setup: PDF files: please run `sudo apt-get install -y libpango-1.0-0`\n"


# --- The whole product -------------------------------------------------------------------------------------------


class Product:
    """`make run` on a folder and a port of its own, with the environment of a person's shell."""

    def __init__(self, var: Path, **more: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        ours = ("DATABASE_URL", "REDIS_URL", "DEMO", "STATIC_HASHED", "EMAIL_URL", "WEIBAO_TEST_SERVERS")
        env = {name: value for name, value in os.environ.items() if name not in ours}
        env |= {"PORT": str(self.port), "VAR_DIR": str(var), "PYTHONUNBUFFERED": "1"} | more
        self.output: list[str] = []
        self.child = Child("product", ["make", "--no-print-directory", "run"], env, on_line=self.output.append)
        self.child.start()

    def wait_until_ready(self, seconds: float) -> None:
        until(lambda: self.says("ready: ") or not self.child.running, seconds)
        assert self.says("ready: "), "\n".join(self.output)

    def says(self, text: str) -> bool:
        return any(text in line for line in self.output)

    def status(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return int(answer.status)


def processes_of(var: Path) -> list[int]:
    """Every process whose environment or command line names that folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except (OSError, PermissionError):
            continue
        if str(var).encode() in text and int(folder.name) != os.getpid() and alive(int(folder.name)):
            found.append(int(folder.name))
    return found


@pytest.mark.slow
@pytest.mark.timeout(400)
@on_linux
def test_product_starts_stops_without_a_trace_and_starts_again(tmp_path: Path) -> None:
    var = tmp_path / "var"
    for patience in (180, 60):
        product = Product(var)
        try:
            product.wait_until_ready(patience)
            assert product.status("/healthz") == 200
            assert len(processes_of(var)) >= 8
            second = subprocess.run(
                [sys.executable, "-m", "core.devserver"],
                cwd=ROOT,
                env=os.environ | {"PORT": str(product.port), "VAR_DIR": str(var)},
                capture_output=True,
                text=True,
            )
            assert second.returncode == 1
            assert f"make run PORT={product.port + 1}" in second.stdout
            assert second.stdout.count("\n") == 1
            product.child.ask_to_stop()
            until(lambda: not processes_of(var), seconds=20)
            assert product.child.wait(5)
        finally:
            product.child.kill()


@pytest.mark.slow
@pytest.mark.timeout(400)
@on_linux
def test_product_survives_the_death_of_each_part_and_dies_with_its_supervisor(tmp_path: Path) -> None:
    var = tmp_path / "var"
    product = Product(var, DEMO="0")
    try:
        product.wait_until_ready(180)
        assert not product.says("@demo")
        supervisor = int((var / "lock").read_text())
        parts = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
        assert len(parts) == 6
        for pid in parts:
            os.kill(int(pid), signal.SIGKILL)
        until(lambda: sum("starts again" in line for line in product.output) == 6, seconds=30)
        until(lambda: answers_again(product), seconds=60)
        os.kill(supervisor, signal.SIGKILL)
        until(lambda: not processes_of(var), seconds=30)
    finally:
        product.child.kill()


def answers_again(product: Product) -> bool:
    try:
        return product.status("/healthz") == 200
    except OSError:
        return False


def test_what_is_made_again_only_when_its_sources_are_newer(tmp_path: Path) -> None:
    made, folder, source = tmp_path / "made", tmp_path / "sources", tmp_path / "sources" / "deep" / "one"
    source.parent.mkdir(parents=True)
    source.write_text("a")
    assert not is_fresh(made, folder)
    made.write_text("b")
    for path in (folder, source.parent, source):
        os.utime(path, (1, 1))
    assert is_fresh(made, folder)
    os.utime(source, (made.stat().st_mtime + 5,) * 2)
    assert not is_fresh(made, folder)
