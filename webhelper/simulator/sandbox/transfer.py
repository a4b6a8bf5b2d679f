"""Secure Data Transfer as the sandbox speaks it: ECB towards the vendor, CBC from it (vendor page FAQ)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from liveform import Cbc, Ecb, LiveformError
from webhelper.simulator.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.dashboard import Dashboard


class Transfer:
    """Opens what a client sends to one project, and encrypts what the project sends.

    Args:
        dashboard: has the API key and the layouts.
    """

    def __init__(self, dashboard: Dashboard) -> None:
        self._layout = dashboard.transfer_layout
        self._ecb = Ecb(dashboard.api_key, self._layout.request)
        self._cbc = Cbc(dashboard.api_key, self._layout.answer)

    def open_body(self, body: bytes) -> str:
        """Return the JSON text of a request body.

        Raises:
            SandboxError: it is not in the wrapper that the project has, or does not decrypt.
        """
        try:
            text = body.decode("ascii").strip()
            if self._layout.wrapper == "bare":
                return self.open_text(json.loads(text) if text.startswith('"') else text)
            wrapped = json.loads(text)
        except (ValueError, RecursionError):
            raise SandboxError("the body is not ciphertext") from None
        if not isinstance(wrapped, dict) or set(wrapped) != {self._layout.wrapper}:
            raise SandboxError("the body is not in its wrapper")
        return self.open_text(wrapped[self._layout.wrapper])

    def open_text(self, text: object) -> str:
        """Return the JSON text of a ciphertext, such as the query parameter ``data`` (row 2.13).

        Raises:
            SandboxError: it does not decrypt.
        """
        try:
            opened = self._ecb.decrypt_text(text if isinstance(text, str) else "")
        except LiveformError:
            raise SandboxError("the text does not decrypt") from None
        if self._ecb.encrypt_text(opened) != text:  # liveform repairs damage of URLs, the vendor need not
            raise SandboxError("the text is damaged, such as by a URL without percent-encoding")
        return opened

    def seal(self, value: object) -> dict[str, Any]:
        """Return an answer or an event as it is sent: an object with the ciphertext in ``data``."""
        sealed: dict[str, Any] = {"data": self._cbc.encrypt_text(json.dumps(value, ensure_ascii=False))}
        return {"isEncrypted": True} | sealed if self._layout.is_encrypted else sealed
