"""Return URL -> what it claims; and, for tests, claims -> Return URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError, MalformedError, UnexpectedValueError, shown
from liveform.wire.encoding import MAX_TEXT_CHARS, form_decode, restore_plus
from liveform.wire.json_object import JsonValue, is_unicode
from liveform.wire.query import MAX_PARAMETERS, browser_text, build_query, query_of, read_query

if TYPE_CHECKING:
    from liveform.crypto.json_cipher import JsonCipher

__all__ = ["is_error_code"]  # what webhelper uses too, beside the names of liveform itself


class KycStatus(StrEnum):
    """What the vendor claims of a submission (vendor pages RET, FAQ)."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, repr=False)
class ReturnClaims:
    """These are claims, not proof: ECB blocks can be swapped between two returns without the key.

    The vendor encrypts a Return URL with AES-256-ECB, which has no integrity. Blocks of 16 bytes
    can be moved between two returns without the key, and a rejected user can look approved. So
    there is no boolean here that says "approved". Be sure of the user with ``verify_state``, and
    of the outcome with the webhook or the vendor's GET submission API.

    Its repr shows status, error code and which other claims are there, but not what they say.

    Attributes:
        kyc_status: approved, pending or rejected; None if it was not sent.
        submission_id: the vendor's id of the submission.
        userid, email, cf1, cf2, cf3: what the form URL carried, come back.
        error_code: such as ``TK-10001``; only after an error page. An open set: expect new ones.
        encrypted: whether the claims came inside ``encrypted``.
        extra: members that liveform does not know, as they came; and, if the return was read with
            ``strict=False``, claims by the vendor's names whose values the vendor does not document.
    """

    kyc_status: KycStatus | None = None
    submission_id: str | None = None
    userid: str | None = None
    email: str | None = None
    cf1: str | None = None
    cf2: str | None = None
    cf3: str | None = None
    error_code: str | None = None
    encrypted: bool = False
    extra: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)

    @property
    def unexpected(self) -> frozenset[str]:
        """The attributes that are None because their values are in ``extra``; only with ``strict=False``."""
        return frozenset(_ATTRIBUTES[name] for name in self.extra if name in _ATTRIBUTES)

    def __repr__(self) -> str:
        present = [name for name in _TEXT_CLAIMS.values() if getattr(self, name) is not None]
        status = self.kyc_status.value if self.kyc_status else None
        code = self.error_code if is_error_code(self.error_code) else self.error_code and "..."
        return (
            f"ReturnClaims(kyc_status={status!r}, error_code={code!r}, "
            f"encrypted={self.encrypted}, present={present}, extra={len(self.extra)})"
        )


# Dynamic fields by the vendor's names (RET, FAQ).
_STATUS: Final = "kycStatus"
_ERROR_CODE: Final = "errorCode"
_TEXT_CLAIMS: Final = {
    "submissionId": "submission_id",
    "userid": "userid",
    "email": "email",
    "cf1": "cf1",
    "cf2": "cf2",
    "cf3": "cf3",
}
_CODE: Final = re.compile(r"[A-Z]{2}-[0-9]{1,5}")
DYNAMIC_FIELDS: Final = (_STATUS, _ERROR_CODE, *_TEXT_CLAIMS)
_ATTRIBUTES: Final = {_STATUS: "kyc_status", _ERROR_CODE: "error_code", **_TEXT_CLAIMS}
_NO_CLAIMS: Final = dict.fromkeys(_ATTRIBUTES.values())
_STATUSES: Final[dict[object, KycStatus]] = {status.value: status for status in KycStatus}
_ENCRYPTED_ONLY: Final = frozenset((_STATUS, *_TEXT_CLAIMS))  # in a project that takes no plain claims
_CLAIMS: Final = frozenset((*DYNAMIC_FIELDS, "encrypted"))
_ADDRESSES: Final = ("email", "userid")  # where a user id is an address
_ADDRESS: Final = re.compile(r"[^\s@]*(?: [^\s@]*)*@[^\s@]+")
# A question mark in front of a claim, behind parameters of the site's own.
_CLAIM: Final = f"(?:{'|'.join(sorted(_CLAIMS))})="
_ESCAPED_CLAIM: Final = re.compile(rf"^(?:amp;)+(?=(?:{'|'.join(sorted(_CLAIMS))})\Z)")
_LATE_QUESTION_MARK: Final = re.compile(rf"^((?:(?!{_CLAIM})[^&?]*&)*(?!{_CLAIM})[^&?]*)\?(?={_CLAIM})")


def read_claims(
    source: str | Mapping[str, object], cipher: JsonCipher | None, *, plain: bool = True, strict: bool = True
) -> ReturnClaims:
    """Return the claims of a URL, a query string or a framework's query mapping.

    Args:
        source: see ``Project.read_return``.
        cipher: decrypts ``encrypted``; None if the project has no key.
        plain: whether plain claims are read; ``errorCode`` always is.
        strict: whether an unexpected value is refused; else it is kept in ``extra``.

    Raises:
        MalformedError: no query, a claim twice, claims both plain and encrypted, or plain claims that
            are not read.
        UnexpectedValueError: a claim is readable, but no value that the vendor documents; only if ``strict``.
        DecryptError: ``encrypted`` does not open.
    """
    given, others = _claims_and_others(_pairs(source))
    encrypted = given.pop("encrypted", None)
    if encrypted is None:
        if not plain and not _ENCRYPTED_ONLY.isdisjoint(given):
            raise MalformedError("plain claims, but this project takes encrypted ones only")
        _restore_addresses(given)
        return _claims({**given, **others} if others else given, encrypted=False, strict=strict)
    if cipher is None:
        raise MalformedError("the return is encrypted, and this project has no key to open it")
    members = cipher.decrypt(encrypted)
    for name in given:
        if name != _ERROR_CODE or name in members:
            raise MalformedError(f"{name} is plain, beside encrypted")
        members[name] = given[name]  # whether errorCode is inside or beside is not documented
    return _claims(members, encrypted=True, strict=strict)


def is_error_code(text: str | None) -> bool:
    """Return whether a claim has the form of the vendor's error codes (vendor page ERR).

    Anything else may be somebody's text: do not log it or show it.
    """
    return text is not None and _CODE.fullmatch(text) is not None


def check_claims(claims: object) -> dict[str, str]:
    """Return dynamic fields by the vendor's names, without those that are None.

    Raises:
        FieldError: not a mapping, an unknown name, or a value that is not Unicode text.
    """
    if not isinstance(claims, Mapping):
        raise FieldError("claims", "must be a mapping of dynamic fields to text")
    unknown = [name for name in claims if name not in DYNAMIC_FIELDS]
    if unknown:
        raise FieldError(shown(unknown[0]), f"is no dynamic field; allowed are {', '.join(DYNAMIC_FIELDS)}")
    for name, value in claims.items():
        if value is not None and (not isinstance(value, str) or not is_unicode(value)):
            raise FieldError(name, "must be Unicode text, or None")
    return {name: value for name, value in claims.items() if value is not None}


def join_return(url: object, pairs: Iterable[tuple[str, str]]) -> str:
    """Return ``url`` with ``pairs`` behind a query of its own, and in front of its fragment.

    Raises:
        FieldError: not an absolute http or https URL of Unicode text.
    """
    if not isinstance(url, str) or not is_unicode(url) or not re.match(r"https?://[^/?#]", url):
        raise FieldError("url", "must be an absolute http or https URL")
    address, hash_sign, fragment = url.partition("#")
    query = build_query(pairs)
    joint = ("&" if "?" in address else "?") if query else ""
    return f"{address}{joint}{query}{hash_sign}{fragment}"


def _pairs(source: object) -> list[tuple[str, str]]:
    if isinstance(source, str):
        return _claims_anywhere(source)
    if not isinstance(source, Mapping):
        raise MalformedError("a return must be a URL, a query string or a mapping")
    get_list = getattr(source, "getlist", None)  # Flask, Django and Starlette keep repeated names so
    pairs = []
    for name in source:
        values = get_list(name) if callable(get_list) else source[name]
        pairs += [(name, value) for value in (values if isinstance(values, list | tuple) else [values])]
    if not all(isinstance(part, str) and is_unicode(part) for pair in pairs for part in pair):
        raise MalformedError("a mapping must hold Unicode text, or lists of it")
    if len(pairs) > MAX_PARAMETERS or sum(len(value) for _, value in pairs) > MAX_TEXT_CHARS:
        raise MalformedError(f"more than {MAX_PARAMETERS} parameters or {MAX_TEXT_CHARS} characters")
    return _restore_ampersands(pairs)


def _claims_anywhere(text: str) -> list[tuple[str, str]]:
    """The pairs of the query; or, if it holds no claim, those of the fragment.

    How the vendor joins its fields to a Return URL that has a query or fragment of its own is not
    documented. Joined carelessly, they follow a second question mark, or land in the fragment.
    """
    text = browser_text(text)
    query = query_of(text)
    pairs = _with_claims(query)
    if pairs is None and "#" in text:
        pairs = _with_claims(query_of(text.partition("#")[2]))
    return read_query(query) if pairs is None else pairs


def _restore_ampersands(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Take ``amp;`` from the names of claims: HTML writes ``&`` as ``&amp;``; twice, as ``&amp;amp;``."""
    if not any(name.startswith("amp;") for name, _ in pairs):
        return pairs
    return [(_ESCAPED_CLAIM.sub("", name), value) for name, value in pairs]


def _with_claims(query: str) -> list[tuple[str, str]] | None:
    """The pairs of a query that holds a claim."""
    repaired = _LATE_QUESTION_MARK.sub(r"\1&", query) if "?" in query else query
    pairs = _restore_ampersands(read_query(repaired))
    claims = [name for name, _ in pairs if name in _CLAIMS]
    if repaired != query and len(set(claims)) < len(claims):
        pairs = _restore_ampersands(read_query(query))
    return pairs if claims else None


def _claims_and_others(pairs: list[tuple[str, str]]) -> tuple[dict[str, str], dict[str, JsonValue]]:
    """The claims of a return, each given once, and the parameters of the site's own; several as a list."""
    claims: dict[str, str] = {}
    others: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in claims:
            raise MalformedError(f"{name} is given twice")
        if name in _CLAIMS:
            claims[name] = value
        elif name in others:
            before = others[name]
            others[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            others[name] = value
    return claims, others


def _restore_addresses(claims: dict[str, str]) -> None:
    """Undo what happens to e-mail addresses: a ``+`` became a space, or it was escaped twice."""
    email = claims.get("email")
    if email is not None and "@" not in email and "%40" in email:
        claims["email"] = _unescaped_address(email)  # only here: a user id may hold %40 of its own
    for name in _ADDRESSES:
        value = claims.get(name)
        if value is not None and " " in value and _ADDRESS.fullmatch(value):
            claims[name] = restore_plus(value)


def _unescaped_address(email: str) -> str:
    """An e-mail address that was escaped twice; other text as it is."""
    try:
        once = form_decode(email)
    except UnicodeDecodeError:
        return email
    return once if _ADDRESS.fullmatch(once) else email


def _claims(members: Mapping[str, JsonValue], *, encrypted: bool, strict: bool) -> ReturnClaims:
    extra: dict[str, JsonValue] = {}
    values: dict[str, object] = {**_NO_CLAIMS, "encrypted": encrypted, "extra": extra}
    for name, value in members.items():
        attribute = _ATTRIBUTES.get(name)
        if attribute is None:
            extra[name] = value
        elif isinstance(value, str) or value is None:
            values[attribute] = value
        elif strict:
            raise UnexpectedValueError(name, "is not text")
        else:
            extra[name] = value
    status = values["kyc_status"]
    if status:
        values["kyc_status"] = known = _STATUSES.get(status)
        if known is None:
            if strict:
                raise UnexpectedValueError(_STATUS, f"is not one of {', '.join(KycStatus)}")
            extra[_STATUS] = members[_STATUS]
    else:
        values["kyc_status"] = None  # an error page comes back with no status, or an empty one
    values["error_code"] = values["error_code"] or None
    claims = object.__new__(ReturnClaims)
    claims.__dict__.update(values)  # the __init__ of a frozen dataclass takes three times as long
    return claims
