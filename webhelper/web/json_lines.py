"""Log lines as JSON objects, one a line, for programs that collect logs."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from webhelper.web import access_log
from webhelper.web.request_ids import current_request_id


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON (RFC 8259), in ASCII.

    Every line has ``time`` (RFC 3339, UTC, milliseconds), ``level`` and ``logger``, and ``request_id`` if it
    was written while a request was answered. The line of a request has ``method``, ``route``, ``status``,
    ``ms``, and ``holder`` if an API token was used; every other line has ``message``.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record; tracebacks are left out, for they hold values."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        request_id = current_request_id()
        if request_id is not None:
            line["request_id"] = request_id
        return json.dumps(line | _content(record))


def _content(record: logging.LogRecord) -> dict[str, object]:
    if record.name != access_log.log.name or not isinstance(record.args, tuple):
        return {"message": record.getMessage()}
    method, route, status, milliseconds, by = record.args
    content = {
        "method": method,
        "route": route,
        "status": int(str(status)),
        "ms": round(float(str(milliseconds)), 1),
    }
    holder = str(by).removeprefix(access_log.BY)
    return content | ({"holder": holder} if holder else {})
