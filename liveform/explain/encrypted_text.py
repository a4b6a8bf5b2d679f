"""The text of ``encrypted`` -> what can be said of it without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform.errors import MalformedError
from liveform.explain import rules
from liveform.parameters.spelling import compact
from liveform.sample_parts import json_parts
from liveform.wire.encoding import Encoding, decode, join_lines, repaired, undo_percent
from liveform.wire.json_object import read_value

if TYPE_CHECKING:
    from liveform.explain.rules import Rule

_SALTED: Final = "U2FsdGVkX1"  # base64 of Salted__
_KEYS: Final = frozenset(("key", "apikey", "xapikey", "secretkey", "secret", "clientsecret"))


def is_key_name(name: str) -> bool:
    """Whether a parameter of this name would hold a key."""
    return compact(name) in _KEYS


def form_of(text: str) -> tuple[Rule, str] | None:
    """Return the rule that the form of the text breaks, and what it is; None if it may be right."""
    text = join_lines(undo_percent(text)).strip()
    if text.startswith(_SALTED):
        form = "the form of OpenSSL and CryptoJS (U2FsdGVkX1)"
        return rules.FOREIGN_TEXT, f"encrypted is in {form}, which takes the key for a passphrase"
    parts = json_parts(text)
    if parts is not None:
        return rules.FOREIGN_TEXT, f"encrypted is {parts.what()}; the form reads one text"
    if _is_json(text) or _is_json(_from_base64(text)):
        return rules.NOT_ENCRYPTED, "encrypted holds JSON that is not encrypted"
    return None


def _is_json(text: str) -> bool:
    try:
        return text.startswith("{") and isinstance(read_value(text), dict)
    except MalformedError:
        return False


def _from_base64(text: str) -> str:
    try:
        return decode(repaired(text, Encoding.BASE64), Encoding.BASE64).decode("utf-8", "replace").strip()
    except MalformedError:
        return ""
