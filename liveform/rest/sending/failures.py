"""A failed answer -> what of it may be shown.

The vendor has no single shape of an error (vendor-api row 1.8). All of rows 1.9a to 1.9g are read, and so are
the texts of its gateway (rows 1.4, 1.5). A code is shown if it looks like one, and a sentence if the vendor
documents it: any other text could hold the data of a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.rest.sending.known_failures import (
    CODE_ADVICE,
    NAMING_SENTENCES,
    REDIRECT_ADVICE,
    SENTENCES,
    STATUS_ADVICE,
    KnownFailure,
)
from liveform.vendor_codes import CodeKind, explain_code

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from liveform.wire.json_object import JsonValue

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_CODE_MEMBERS: Final = ("errorcode", "code", "error_code", "errortype", "type", "error")
_TEXT_MEMBERS: Final = ("errormessage", "message", "error_message", "errorcode", "error")
# An object that has only these, one of them a documented failure, is one whatever its HTTP status is.
_BARE: Final = frozenset(("message", "errormessage", "statuscode", "traceid"))
_MAX_DETAILS: Final = 10
_MAX_TEXT_CHARS: Final = 200
_PART_CHARS: Final = 4  # a shorter value is in many codes by chance


class Sent(NamedTuple):
    """What a request held, since an answer may repeat it.

    Attributes:
        names: the names of its members, which may be shown.
        values: its texts and the key, which may not.
    """

    names: Collection[str] = ()
    values: Collection[str] = ()


class Explained(NamedTuple):
    """What a failed answer says, without anything of a person.

    Attributes:
        text: what the vendor said, as far as it may be shown, and what to do.
        code: the vendor's code, or None.
        status: the status inside the body, or None.
    """

    text: str
    code: str | None
    status: int | None


def is_failure(value: JsonValue) -> bool:
    """Return whether an answer with HTTP 200 is a failure all the same."""
    if not isinstance(value, dict):
        return False
    members = _lowered(value)
    if isinstance(members.get("errorcode"), str) and members["errorcode"]:
        return True
    if _inner_status(members) is not None:
        return True
    return members.keys() <= _BARE and any(_known(text) for text in _texts(members))


def explain(status: int, value: JsonValue, sent: Sent) -> Explained:
    """Return what a failed answer says.

    Args:
        status: the HTTP status.
        value: the JSON value of the body, or its text if it is no JSON.
        sent: what the request held.
    """
    members = _members(value)
    code = next(_codes(members, sent), None)
    known = next((one for one in map(_known, _texts(members)) if one is not None), None)
    words = [known.text.rstrip(".")] if known is not None else list(_named(members, sent))[:1]
    advice = _advice(status, code, known)
    if not words and not advice and any(_is_hidden(text, code) for text in _texts(members)):
        words = ["its text is unknown to liveform and not shown, since it could hold personal data"]
    details = list(_details(members, sent))
    if details:
        words.append(f"details: {', '.join(details)}")
    return Explained("; ".join([*words, *advice]), code, _inner_status(members))


def _advice(status: int, code: str | None, known: KnownFailure | None) -> list[str]:
    if known is not None and known.advice:
        return [known.advice]
    if code in CODE_ADVICE:
        return [CODE_ADVICE[code]]
    if code is not None and (about := explain_code(code, CodeKind.API)).is_known:
        return [about.about.rstrip(".")]
    if 300 <= status < 400:
        return [REDIRECT_ADVICE]
    return [STATUS_ADVICE[status]] if status in STATUS_ADVICE else []


def _members(value: JsonValue) -> dict[str, JsonValue]:
    """The members by lower-case names; those of an object ``error`` count as its own (rows 1.9b, 1.9g)."""
    if isinstance(value, str):
        return {"message": value}
    members = _lowered(value) if isinstance(value, dict) else {}
    inner = members.get("error")
    return {**members, **_lowered(inner)} if isinstance(inner, dict) else members


def _lowered(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name.lower(): member for name, member in value.items()}


def _texts(members: Mapping[str, JsonValue]) -> Iterator[str]:
    for name in _TEXT_MEMBERS:
        text = members.get(name)
        if isinstance(text, str) and text:
            yield text


def _codes(members: Mapping[str, JsonValue], sent: Sent) -> Iterator[str]:
    for name in _CODE_MEMBERS:
        code = members.get(name)
        if isinstance(code, str) and _CODE.fullmatch(code) and not _repeats(code, sent):
            yield code


def _repeats(code: str, sent: Sent) -> bool:
    """Whether a word is, or holds, what we sent: a name of one word looks like a code."""
    word = code.casefold()
    values = [value.casefold() for value in sent.values]
    return any(value == word or (len(value) >= _PART_CHARS and value in word) for value in values)


def _known(text: str) -> KnownFailure | None:
    if len(text) > _MAX_TEXT_CHARS:
        return None
    words = _words(text)
    for one in SENTENCES:
        if _words(one.text) == words:
            return one
    return None


def _words(text: str) -> str:
    return " ".join(text.casefold().rstrip(". ").split())


def _named(members: Mapping[str, JsonValue], sent: Sent) -> Iterator[str]:
    for text in _texts(members):
        sentence, _, name = text.partition(":")
        if sentence.strip().casefold() in NAMING_SENTENCES and name.strip() in sent.names:
            yield f"{sentence.strip().lower()}: {name.strip()}"


def _is_hidden(text: str, code: str | None) -> bool:
    return text != code and _known(text) is None


def _details(members: Mapping[str, JsonValue], sent: Sent) -> Iterator[str]:
    """What ``details`` says: a status and a code for each (row 1.9b)."""
    details = members.get("details")
    for one in (details if isinstance(details, list) else [])[:_MAX_DETAILS]:
        inner = _members(one)
        status, code = _inner_status(inner), next(_codes(inner, sent), None)
        words = [str(word) for word in (status, code) if word is not None]
        if words:
            yield " ".join(words)


def _inner_status(members: Mapping[str, JsonValue]) -> int | None:
    status = members.get("statuscode")
    return status if type(status) is int and 400 <= status < 600 else None
