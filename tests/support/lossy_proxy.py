"""A proxy on loopback that loses answers: what was asked has been done, and nobody hears of it."""

from __future__ import annotations

import socket
import threading
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType

_MOST_BYTES: Final = 65_536


class LossyProxy:
    """Hands everything on to a port of loopback, until a test has it lose an answer.

    Args:
        port: of the server behind it.

    Attributes:
        port: of the proxy.
        lost: how many answers it has lost.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lost = 0
        self._marker: bytes | None = None
        self._threads: list[threading.Thread] = []

    def lose_answer_to(self, marker: bytes) -> None:
        """Lose the answer to the next message of a client that has ``marker``, and its connection too."""
        self._marker = marker

    def __enter__(self) -> LossyProxy:
        self._begin(self._accept)
        return self

    def __exit__(self, _: type | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _begin(self, run: object, *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # the end of the test
                return
            self._begin(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        """Hand on what either side sends, until one of them ends the connection."""
        with client, socket.create_connection(("127.0.0.1", self._server_port)) as server:
            others = {client: server, server: client}
            with DefaultSelector() as ready:
                for one in others:
                    ready.register(one, EVENT_READ)
                while True:
                    for key, _ in ready.select():
                        sender = next(one for one in others if one is key.fileobj)
                        data = _received(sender)
                        if not data or not self._hand_on(data, others[sender], is_asked=sender is client):
                            return

    def _hand_on(self, data: bytes, receiver: socket.socket, *, is_asked: bool) -> bool:
        """Hand something on, and return whether the connection goes on."""
        is_lost = is_asked and self._marker is not None and self._marker in data
        try:
            receiver.sendall(data)
        except OSError:
            return False
        if is_lost:
            self._marker = None
            _received(receiver)  # the server has done it, and says so
            self.lost += 1
        return not is_lost


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(_MOST_BYTES)
    except OSError:
        return b""
