"""The body of a webhook: JSON, or encrypted under Secure Data Transfer (rows 9.2 and 9.9)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from liveform import Cbc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.simulator.sandbox.dashboard import Dashboard


def body_of(members: Mapping[str, object], dashboard: Dashboard) -> bytes:
    """Return what the vendor sends: the event, or ``{"data": "..."}`` with its CBC ciphertext."""
    plain = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    if not dashboard.secure_data_transfer:
        return plain.encode()
    cipher = Cbc(dashboard.api_key, dashboard.transfer_layout.answer)
    return json.dumps({"data": cipher.encrypt_text(plain)}, separators=(",", ":")).encode()
