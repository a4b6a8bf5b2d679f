"""This module reads the known answers in ``tests/vectors``; README.md there gives their origins."""

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[1] / "vectors"


def load_vectors(name: str) -> list[dict[str, Any]]:
    """Return the entries of the file ``tests/vectors/<name>.json``."""
    entries: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return entries


def signed_values(kind: str) -> list[dict[str, Any]]:
    """Return the entries of one kind of ``tests/vectors/signed-values.json``, such as ``"link tokens"``."""
    kinds = json.loads((VECTORS / "signed-values.json").read_text(encoding="utf-8"))
    entries: list[dict[str, Any]] = kinds[kind]["entries"]
    return entries


def vector_name(entry: dict[str, Any]) -> str:
    """Return the name of the entry, which pytest shows."""
    return str(entry["name"])
