"""The shapes in which the vendor reports errors: they differ by endpoint (rows 1.9a to 1.9g)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

NOT_DECRYPTED: Final = "Decryption is Failed. Please check the api-key."  # row 3.9
NOT_PARSED: Final = "data parsing error. please check input data."  # row 3.9
FORBIDDEN: Final = "Forbidden"  # row 1.4: the key is missing or wrong
DENIED: Final = "User is not authorized to access this resource with an explicit deny"  # row 1.4: address
WRONG_QUERY: Final = "Invalid Query String parameters"  # row 1.4


class Refused(Exception):  # noqa: N818 - an answer, which a handler raises
    """An error that is the answer to a request.

    Attributes:
        status: HTTP status.
        body: JSON of the answer.
        headers: besides its type.
    """

    def __init__(self, body: dict[str, Any], status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(status)
        self.status = int(status)
        self.body = body
        self.headers: dict[str, str] = {}


def with_message(code: str, message: str) -> Refused:
    """Return ``{errorCode, message}`` (row 1.9a)."""
    return Refused({"errorCode": code, "message": message})


def with_error_message(
    code: str,
    message: str,
    *,
    status: int = HTTPStatus.BAD_REQUEST,
    details: object = None,
) -> Refused:
    """Return ``{errorCode, errorMessage, details?}`` (row 1.9b)."""
    body = {"errorCode": code, "errorMessage": message}
    return Refused(body if details is None else body | {"details": details}, status)


def with_sentence(_code: str, message: str) -> Refused:
    """Return ``{errorCode: "<sentence>"}`` (row 1.9c)."""
    return Refused({"errorCode": message})


def with_status(_code: str, message: str) -> Refused:
    """Return ``{message, statusCode}`` (row 1.9d)."""
    return Refused({"message": message, "statusCode": 400})


def with_trace(code: str, message: str, *, trace_id: str) -> Refused:
    """Return ``{traceId, errorCode, message}`` (row 1.9e)."""
    return Refused({"traceId": trace_id, "errorCode": code, "message": message})


def plain(_code: str, message: str, *, status: int = HTTPStatus.BAD_REQUEST) -> Refused:
    """Return ``{message}`` (rows 1.5 and 1.9f)."""
    return Refused({"message": message}, status)


def with_type(kind: str, message: str) -> Refused:
    """Return ``{errorType, message}`` for a review; the names are a guess (row 1.9g)."""
    return Refused({"errorType": kind, "message": message})
