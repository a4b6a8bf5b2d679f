"""The query and the body of a request, as the endpoint reads them: checked, decrypted, parsed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from webhelper.simulator.rest.refusals import NOT_DECRYPTED, NOT_PARSED, WRONG_QUERY, plain
from webhelper.simulator.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.simulator.rest.calls import Endpoint, Notes
    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.transfer import Transfer


@dataclass(frozen=True, slots=True, repr=False)
class Input:
    """What an endpoint reads, and whether it came encrypted, so that the answer is too."""

    query: Mapping[str, str]
    body: Any
    encrypted: bool


def read_input(
    endpoint: Endpoint,
    query: str,
    body: bytes,
    *,
    transfer: Transfer | None,
    dashboard: Dashboard,
    notes: Notes,
) -> Input:
    """Return the input of an endpoint.

    Args:
        endpoint: says what it may be.
        query: the query string as it came.
        body: the body as it came.
        transfer: decrypts; None if Secure Data Transfer is off.
        dashboard: says what endpoints do that no page names as covered.
        notes: for the log.

    Raises:
        Refused: a parameter is unknown or missing, or something cannot be decrypted or parsed.
    """
    given = _parameters(query)
    if transfer is None or not _is_encrypted(endpoint, given, body, transfer=transfer, dashboard=dashboard):
        if transfer is not None and endpoint.covered is None:
            notes.doubts.append("transfer_unnamed")
        return Input(
            _checked(endpoint, given), _json(endpoint, body.decode(errors="replace")), encrypted=False
        )
    try:
        if given:
            given = _opened_query(given, transfer, notes)
        text = body.decode(errors="replace")
        if endpoint.body == "json":
            text = notes.opened = transfer.open_body(body)
    except SandboxError:
        raise endpoint.refuse("invalid_payload", NOT_DECRYPTED) from None
    return Input(_checked(endpoint, given), _json(endpoint, text), encrypted=True)


def _is_encrypted(
    endpoint: Endpoint, given: dict[str, str], body: bytes, *, transfer: Transfer, dashboard: Dashboard
) -> bool:
    """Return whether the input has to be encrypted; what is unknown follows the dashboard's choice."""
    if endpoint.covered is not None:
        return endpoint.covered
    unnamed = dashboard.transfer_layout.unnamed
    if unnamed != "follow":
        return unnamed == "encrypted"
    if endpoint.body != "json":
        return set(given) == {"data"}
    try:
        transfer.open_body(body)
    except SandboxError:
        return False
    return True


def _parameters(query: str) -> dict[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    if len(dict(pairs)) != len(pairs):
        raise plain("", WRONG_QUERY)
    return dict(pairs)


def _opened_query(given: dict[str, str], transfer: Transfer, notes: Notes) -> dict[str, str]:
    """Return the parameters inside ``data`` (row 2.13)."""
    if set(given) != {"data"}:
        raise SandboxError("the query has plain parameters")
    notes.opened = transfer.open_text(given["data"])
    try:
        members = _loaded(notes.opened)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise SandboxError("the query is no object")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in members.items()}


def _checked(endpoint: Endpoint, given: dict[str, str]) -> dict[str, str]:
    if not endpoint.required <= given.keys() <= endpoint.names:
        raise plain("", WRONG_QUERY)
    return given


def _json(endpoint: Endpoint, text: str) -> object:
    """Return the JSON of a body, whatever its content type is (row 5.1)."""
    if endpoint.body != "json":
        return None
    try:
        return _loaded(text)
    except (ValueError, RecursionError):
        raise endpoint.refuse("invalid_payload", NOT_PARSED) from None


def _loaded(text: str) -> object:
    value: object = json.loads(text, parse_constant=_refuse_constant)
    json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is no Unicode, and no text of SQLite
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259 section 6)
