"""How published documents are written down: as JSON text in the order given, known by its digest."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def written(document: Mapping[str, Any]) -> str:
    """The text that is stored; numbers as keys become texts, everything else is read back as it was."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
