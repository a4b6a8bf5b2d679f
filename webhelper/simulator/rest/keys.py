"""Which project an API key belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from webhelper.simulator.sandbox.dashboard import key_digest

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
            self._holders[key_digest(one.api_key)] = Holder(one.pid, one.pid)
            if one.face_auth_key is not None and one.face_auth_pid is not None:
                self._holders[key_digest(one.face_auth_key)] = Holder(one.pid, one.face_auth_pid)

    def find(self, key: str) -> Holder | None:
        """Return whose key it is, or None."""
        return self._holders.get(key_digest(key))
