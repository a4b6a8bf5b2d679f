"""Which project an API key belongs to."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from liveform import SecretKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from webhelper.simulator.sandbox.dashboard import Dashboard


class Holder(NamedTuple):
    """Whose key it is.

    Attributes:
        project: pid of the main project.
        pid: of the key itself: the same, or that of the FaceAuth add-on.
    """

    project: str
    pid: str


class Keys:
    """The API keys of all projects, as digests: a look-up takes the same time for wrong ones."""

    def __init__(self, dashboards: Iterable[Dashboard]) -> None:
        self._holders: dict[bytes, Holder] = {}
        for one in dashboards:
            self._holders[_digest(one.api_key)] = Holder(one.pid, one.pid)
            if one.face_auth_key is not None and one.face_auth_pid is not None:
                self._holders[_digest(one.face_auth_key)] = Holder(one.pid, one.face_auth_pid)

    def find(self, key: str) -> Holder | None:
        """Return whose key it is, or None."""
        return self._holders.get(_digest(key))


def _digest(key: str | SecretKey) -> bytes:
    """Return the SHA-256 digest of a key's text; a ``SecretKey`` keeps it as its bytes (GB-ENC)."""
    if isinstance(key, SecretKey):
        return key.expose_bytes()
    return sha256(key.encode("utf-8", "surrogateescape")).digest()
