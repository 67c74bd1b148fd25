"""`python -m core.devserver`: run the product until Ctrl-C. HOST, PORT and VAR_DIR come from the environment."""

import os
import sys
from pathlib import Path

from .process import ROOT, StartError, say
from .supervisor import Supervisor


def main() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        say(f"PORT must be a number from 1 to 65535, not {port!r}.")
        return 2
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
    try:
        Supervisor(host, int(port), var, os.environ).run()
    except (StartError, OSError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
