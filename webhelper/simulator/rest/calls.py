"""What a handler gets and gives, and the row that describes an endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from webhelper.simulator.sandbox.doubts import DOUBTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webhelper.simulator.rest.refusals import Refused
    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.sandbox import Sandbox


@dataclass(slots=True, repr=False)
class Notes:
    """What the log of requests tells besides the request: collected while it is answered."""

    ignored: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    opened: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Call:
    """One request that the gateway has let through.

    Attributes:
        sandbox: the state.
        dashboard: the project of the key.
        pid: of the key: the project's, or that of its FaceAuth add-on.
        query: the query parameters, decrypted.
        body: the JSON of the body, decrypted; None without a body.
        fields, files: of a multipart body: the texts, and the files' bytes.
        path: the names in the path.
        notes: for the log.
    """

    sandbox: Sandbox
    dashboard: Dashboard
    pid: str
    query: Mapping[str, str]
    body: Any = None
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)

    def ignore(self, *names: str) -> None:
        """Note parameters or members that the vendor ignores."""
        self.notes.ignored += names

    def doubt(self, *names: str) -> None:
        """Note which doubts decide the answer."""
        self.notes.doubts += [name for name in names if DOUBTS[name]]

    def is_admin(self, email: object) -> bool:
        """Return whether this is the e-mail of an administrator of the project."""
        return email in self.dashboard.admins


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """A successful answer: JSON, or bytes with their media type."""

    body: Any
    media_type: str = "application/json"
    file_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row of the API.

    Attributes:
        method, path: such as ``GET`` and ``/projection/{id}``.
        handle: answers a call, or raises ``Refused``.
        refuse: the shape of its errors, from a code and a message.
        names: the query parameters that it knows.
        required: those that the gateway demands.
        body: what the body is.
        covered: whether Secure Data Transfer covers it; None if no page of the vendor says.
        keys: which key opens it.
    """

    method: str
    path: str
    handle: Callable[[Call], Reply]
    refuse: Callable[[str, str], Refused]
    names: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    body: Literal["none", "json", "form"] = "none"
    covered: bool | None = None
    keys: Literal["project", "face_auth", "both"] = "project"
