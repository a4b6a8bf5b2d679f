"""Which project an API key belongs to."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from webhelper.simulator.sandbox.dashboard import Dashboard


class Keys:
    """The API keys of all projects, as digests: a look-up takes the same time for wrong ones."""

    def __init__(self, dashboards: Iterable[Dashboard]) -> None:
        self._known: dict[bytes, tuple[Dashboard, str]] = {}
        for one in dashboards:
            self._known[_digest(one.api_key)] = (one, one.pid)
            if one.face_auth_key is not None and one.face_auth_pid is not None:
                self._known[_digest(one.face_auth_key)] = (one, one.face_auth_pid)

    def find(self, key: str) -> tuple[Dashboard, str] | None:
        """Return the project of a key, and the pid that it belongs to: the project's or FaceAuth's."""
        return self._known.get(_digest(key))


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogateescape")).digest()
