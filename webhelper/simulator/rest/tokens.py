"""Token ids of private mode (vendor pages TOKP, TOKG, TOKD)."""

from __future__ import annotations

import re
from typing import Any, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.checks import members
from webhelper.simulator.rest.refusals import with_error_message
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.form import token_expires_at
from webhelper.simulator.sandbox.token_ids import PAGE, TokenId

PATH: Final = "/submission/tokens"
MAX_A_REQUEST: Final = 500  # rows 5.2 and 5.9
_MIN_BYTES, _MAX_BYTES = 8, 64  # vendor page TOKP
_FORMAT: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_PAGING: Final = ("nextPageKeyId", "nextPageKeyTime")


def register(call: Call) -> Reply:
    """Register token ids; those that are registered already begin anew, without an error (row 5.9)."""
    token_ids, failed = _token_ids(call)
    now, expiration = call.sandbox.clock.now(), call.dashboard.token_expiration
    count = call.sandbox.token_ids.register(
        call.pid, token_ids, at=iso(now), expires_at=token_expires_at(expiration, now)
    )
    if count is None:
        raise with_error_message("token_limit_exceeded", "A project may have 100,000 token ids.")
    total, processed = len(token_ids) + len(failed), len(token_ids)
    summary = {"totalSubmitted": total, "currentCount": count, "processed": processed, "failed": len(failed)}
    return _done("Token ids registered.", summary, {"failed": failed} if failed else {})


def read(call: Call) -> Reply:
    """Answer one token id, their number, or a page of them (rows 5.6 to 5.8)."""
    token_id, kind = call.query.get("tokenId"), call.query.get("type")
    if token_id is not None:
        call.ignore(*(name for name in ("type", *_PAGING) if name in call.query))
        found = call.sandbox.token_ids.get(call.pid, token_id)
        if found is None or found.registered_at is None:
            raise with_error_message("token_not_found", "The token id is not registered.")
        return Reply({"success": True, "tokenId": token_id, "data": _shown(found)})
    if kind == "count":
        call.doubt("token_count")
        return Reply(call.sandbox.token_ids.count(call.pid))
    if kind is not None:
        raise with_error_message("invalid_path", "type may only be count.")
    return _page(call)


def delete(call: Call) -> Reply:
    """Delete token ids by name (rows 5.2 to 5.5)."""
    token_ids, failed = _token_ids(call)
    missing = call.sandbox.token_ids.delete(call.pid, token_ids)
    if len(missing) == len(token_ids):
        raise with_error_message("token_id_not_found", "No token id is registered.")
    summary = {
        "totalSubmitted": len(token_ids) + len(failed),
        "deleted": len(token_ids) - len(missing),
        "notFound": len(missing),
        "failed": len(failed),
    }
    details = {"notFound": missing, "failed": failed}
    return _done("Token ids deleted.", summary, {name: value for name, value in details.items() if value})


def _page(call: Call) -> Reply:
    call.doubt("token_list")
    after = tuple(call.query.get(name, "") for name in reversed(_PAGING))
    if any(after):
        call.doubt("token_paging")
    found = call.sandbox.token_ids.page(call.pid, after=(after[0], after[1]), limit=PAGE + 1)
    count = call.sandbox.token_ids.count(call.pid)
    page: dict[str, Any] = {"success": True, "count": count, "data": [_shown(one) for one in found[:PAGE]]}
    if len(found) > PAGE:
        last = found[PAGE - 1]
        page |= {"nextPageKeyId": last.token_id, "nextPageKeyTime": last.registered_at}
    return Reply(page)


def _token_ids(call: Call) -> tuple[list[str], list[dict[str, str]]]:
    """Return the well-formed token ids of the body, and the others with their error codes."""
    given = members(call.body).get("tokenId")
    call.ignore(*(name for name in members(call.body) if name != "tokenId"))
    if not isinstance(given, list):
        raise with_error_message("invalid_payload", "tokenId must be a list.")
    if not given:
        raise with_error_message("invalid_token_id", "tokenId is empty.")
    if len(given) > MAX_A_REQUEST:
        raise with_error_message("request_token_limit_exceeded", "A request may have 500 token ids.")
    faults = [(one, _fault(one)) for one in given]
    good = [one for one, fault in faults if fault is None]
    failed = [{"tokenId": str(one), "errorCode": fault} for one, fault in faults if fault is not None]
    if failed:
        call.doubt("token_failures")
    if not good:
        raise with_error_message(failed[0]["errorCode"], "No token id is valid.", details={"failed": failed})
    return good, failed


def _fault(token_id: object) -> str | None:
    if not isinstance(token_id, str):
        return "invalid_token_id"
    if not _MIN_BYTES <= len(token_id.encode("utf-8", "surrogatepass")) <= _MAX_BYTES:
        return "invalid_token_id_length"
    return None if _FORMAT.fullmatch(token_id) else "invalid_token_id_format"


def _shown(token_id: TokenId) -> dict[str, Any]:
    return {
        "tokenId": token_id.token_id,
        "updateTime": token_id.registered_at,
        "expired": token_id.expired_at is not None,
    }


def _done(message: str, summary: dict[str, int], details: dict[str, Any]) -> Reply:
    body = {"success": True, "message": message, "summary": summary}
    return Reply(body | {"details": details} if details else body)


ENDPOINTS: Final = tuple(
    Endpoint(
        method=method,
        path=PATH,
        handle=handle,
        refuse=with_error_message,
        names=frozenset({"tokenId", "type", *_PAGING} if method == "GET" else ()),
        body="none" if method == "GET" else "json",
        covered=True,
        keys="both",
    )
    for method, handle in (("POST", register), ("GET", read), ("DELETE", delete))
)
