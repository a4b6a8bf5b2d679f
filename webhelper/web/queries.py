"""Queries of any bytes, read as if they were percent-encoded, as browsers write them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote_from_bytes

from flask import Request

_AS_IT_IS: Final = "".join(map(chr, range(0x21, 0x7F)))


class AsciiQueryRequest(Request):
    """A request whose ``args`` can be read; Werkzeug raises UnicodeDecodeError where bytes are no UTF-8."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - Werkzeug's own
        super().__init__(*args, **options)
        self.query_string = quote_from_bytes(self.query_string, safe=_AS_IT_IS).encode()
