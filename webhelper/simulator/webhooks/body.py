"""The body of a webhook: JSON, or encrypted under Secure Data Transfer (rows 9.2 and 9.9)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.simulator.sandbox.transfer import Transfer


def body_of(members: Mapping[str, object], transfer: Transfer | None) -> bytes:
    """Return what the vendor sends: the event, or ``{"data": "..."}`` with its ciphertext."""
    sent = members if transfer is None else {"data": transfer.seal(members)["data"]}
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()
