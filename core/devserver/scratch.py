"""Servers that live as long as one test run or one measurement.

python -m core.devserver.scratch manage.py bench    runs the command on an empty, migrated database
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .postgres import Postgres
from .process import ROOT, stop_all
from .valkey import Valkey


class ScratchServers:
    """Both embedded servers in a temporary folder, which is removed at the end. `durable` as Postgres has it."""

    def __init__(self, durable: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="weibao-"))
        self.log = (self.folder / "servers.log").open("w")
        self.postgres = Postgres(self.folder / "pg", self.folder, durable, on_line=self._write)
        self.valkey = Valkey(self.folder, on_line=self._write)

    def _write(self, line: str) -> None:
        print(line, file=self.log, flush=True)

    def start(self) -> None:
        self.valkey.child.start()
        self.postgres.prepare()
        self.postgres.child.start()
        self.postgres.wait_until_ready()
        self.postgres.create_role_and_database()
        self.valkey.wait_until_ready()

    def stop(self) -> None:
        stop_all([self.postgres.child, self.valkey.child], seconds=5)
        for child in (self.postgres.child, self.valkey.child):
            child.drain()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """What points the product at these servers and at nothing else on this machine."""
        return {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "VAR_DIR": str(self.folder / "var"),
            "DEMO": "1",
            "STATIC_HASHED": "0",
            "EMAIL_URL": "memorymail://",
        }


def main(command: list[str]) -> int:
    servers = ScratchServers(durable=True)
    try:
        servers.start()
        env = os.environ | servers.environment()
        for arguments in (["manage.py", "migrate", "--no-input", "-v", "0"], command):
            done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env)
            if done.returncode:
                return done.returncode
    finally:
        servers.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
