"""The vendor of a run: reads form URLs, sends customers back, posts webhooks, and answers the API.

It encrypts as the simulator does, with the same functions, and keeps what customers submitted in memory.
"""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit

from liveform import Ecb
from liveform.webhooks import build_event
from tests.load.site import BASE_URL, KEY, PROJECT, project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.load.client import Client

_FORM: Final = "https://form.argosidentity.com"
_TIME: Final = "2026-06-24T01:02:03.456Z"
_MOST_BYTES: Final = 65_536


class Submission(NamedTuple):
    """What a customer submitted, and what the vendor decided: the members of form URL, return and webhook."""

    id: str
    fields: Mapping[str, str]
    claimed: str  # in the return
    decided: str  # in the webhook, and from then on in the API


class Vendor:
    """The vendor's side of a project."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._connections: set[socket.socket] = set()
        self._project = project(self.port)
        self._requests = Ecb(KEY)
        self._decided: dict[str, Submission] = {}

    def listen(self, client: Client) -> None:
        """Answer calls of the API in the thread of ``client``."""
        client.watch(self._socket, lambda: self._accept(client))

    def close(self) -> None:
        """Take no more calls."""
        for one in (self._socket, *self._connections):
            one.close()

    def form_fields(self, url: str) -> dict[str, str] | None:
        """Return what is in a form URL; None if it is not one of this project's."""
        address, _, query = url.partition("?")
        members = dict(parse_qsl(query))
        if address.rstrip("/") != _FORM or members.get("pid") != self._project.pid:
            return None
        return {name: str(value) for name, value in self._project.decrypt(members["encrypted"]).items()}

    def return_path(self, one: Submission) -> str:
        """Return the path that the vendor leads the customer back to."""
        claims = {**_given(one), "submissionId": one.id, "kycStatus": one.claimed}
        return self._project.build_return(f"{BASE_URL}/return/{PROJECT}", claims).removeprefix(BASE_URL)

    def webhook(self, one: Submission) -> bytes:
        """Decide, and return the encrypted body that tells of it."""
        self._decided[one.id] = one
        members = {
            "submission_id": one.id,
            "kyc_result": {"status": one.decided, "created_at": _TIME, "updated_at": _TIME},
            "userid": one.fields["userid"],
            "cf": {name: value for name, value in one.fields.items() if name.startswith("cf")},
            "full_name": "Jane Doe",
            "date_of_birth": "1990-01-01",
            "nationality": "KOR",
        }
        return build_event(one.decided, members, self._project)

    def _accept(self, client: Client) -> None:
        connection, _ = self._socket.accept()
        self._connections.add(connection)
        client.watch(connection, lambda: self._serve(client, connection))

    def _serve(self, client: Client, connection: socket.socket) -> None:
        """Answer the call on a connection; one is a single packet on loopback."""
        data = connection.recv(_MOST_BYTES)
        if not data:
            client.forget(connection)
            self._connections.remove(connection)
            connection.close()
            return
        target = data.split(b" ", 2)[1].decode()
        sealed = parse_qs(urlsplit(target).query)["data"][0]
        answer = json.dumps(self._answer(json.loads(self._requests.decrypt_text(sealed)))).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        connection.sendall(head.encode() + answer)

    def _answer(self, query: dict[str, str]) -> Mapping[str, Any]:
        transfer = self._project.transfer
        if transfer is None:
            raise LookupError
        return transfer.encrypt_answer({"Items": self._items(query["submission_id"])})

    def _items(self, submission_id: str) -> list[Any]:
        one = self._decided.get(submission_id)
        if one is None:
            return []
        item = {
            "submission_id": one.id,
            "userid": one.fields["userid"],
            "created_at": _TIME,
            "updated_at": _TIME,
            "kyc_result_at": _TIME,
            "reviewer": "system",
            "kyc": {"result": one.decided, "comment": [], "commentCode": [], "attempts": []},
            "data": {"full_name": "Jane Doe", **{name: one.fields[name] for name in ("cf1", "cf3")}},
        }
        return [item]


def _given(one: Submission) -> dict[str, str | None]:
    return {name: one.fields[name] for name in ("userid", "cf1", "cf3")}
