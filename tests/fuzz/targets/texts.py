"""Targets that read one text: encrypted values, Return URLs, form URLs, samples, source code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from liveform import Cbc, Ecb, Gcm, LiveformError, Project, explain_url, find_layout
from liveform.crypto.layout_text import write_text
from liveform.doctor import diagnose_body
from liveform.lint import lint_text
from liveform.parameters.table import PARAMETERS
from tests.fuzz.target import KEY, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveform.crypto.ciphers import Cipher

ECB: Final = Project("abc123de45", key=KEY, cipher="ecb")
GCM: Final = Project("abc123de45", key=KEY, cipher="gcm", encryption_only=True)
PLAIN: Final = Project("abc123de45")
RETURNING: Final = Project("abc123de45", key=KEY, cipher="ecb", return_encrypted=True)
_FORM: Final = "https://form.argosidentity.com/?pid=abc123de45"
_CIPHERS: Final = (Ecb(KEY), Gcm(KEY), Cbc(KEY))
_CLAIMS: Final = ("kycStatus", "errorCode", "submissionId", "userid", "email", "cf1", "encrypted", "new")
_NAMES: Final = sorted({name for row in PARAMETERS for name in row.vendor_names})

json_values: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def objects_with(names: tuple[str, ...] | list[str], most: int = 8) -> st.SearchStrategy[bytes]:
    """Return a strategy of JSON objects with some members of these names; a few are not quite JSON."""
    members = st.dictionaries(st.sampled_from(names) | st.text(max_size=8), json_values, max_size=most)
    return members.map(lambda value: json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass"))


def queries_with(names: tuple[str, ...] | list[str]) -> st.SearchStrategy[bytes]:
    """Return a strategy of query strings with some parameters of these names."""
    pairs = st.lists(
        st.tuples(st.sampled_from(names) | st.text(max_size=8), st.text(max_size=30)), max_size=8
    )
    return pairs.map(lambda given: urlencode(given, errors="surrogatepass").encode())


def text_of(data: bytes) -> str:
    """Return an input as text, in which every byte has a character, lone surrogates too."""
    return data.decode(errors="surrogateescape")


def sealed(cipher: Cipher, plaintext: bytes) -> str:
    """Return any bytes as an encrypted text, as the layout of the cipher writes it."""
    return write_text(cipher.layout, cipher.encrypt(plaintext))


def chosen(data: bytes, *readers: Callable[[bytes], object]) -> object:
    """Give an input to the reader that its first byte names."""
    return readers[data[0] % len(readers)](data[1:]) if data else None


def with_choice(*strategies: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Return a strategy of inputs whose first byte names one of these strategies."""
    return st.one_of([strategy.map(bytes([place]).__add__) for place, strategy in enumerate(strategies)])


def seeds(place: int, *texts: str) -> tuple[bytes, ...]:
    """Return texts as inputs for the reader of this place."""
    return tuple(bytes([place]) + text.encode() for text in texts)


def _decrypt(data: bytes) -> None:
    for project in (ECB, GCM):
        try:
            project.decrypt(text_of(data))
        except LiveformError:
            continue
    ECB.decrypt(text_of(data))


def _decrypt_plaintext(data: bytes) -> None:
    """What is inside is read as strictly: all that was read is written and read again the same."""
    members = ECB.decrypt(sealed(_CIPHERS[0], data))
    if ECB.decrypt(ECB.encrypt(members)) != members:
        raise AssertionError("another object, once it was written and read again")


def _read_return(data: bytes) -> None:
    text = text_of(data)
    for project in (PLAIN, RETURNING):
        try:
            repr(project.read_return(text, strict=False).unexpected)
        except LiveformError:
            continue
    PLAIN.read_return(text)


def _read_encrypted_return(data: bytes) -> None:
    repr(RETURNING.read_return({"encrypted": sealed(_CIPHERS[0], data)}))


def _explain(data: bytes) -> None:
    text = text_of(data)
    for project in (ECB, GCM):
        try:
            str(project.explain(text).findings)
        except LiveformError:
            continue
    str(explain_url(text).findings)


def _explain_query(data: bytes) -> None:
    _explain(_FORM.encode() + b"&" + data)


def _explain_plaintext(data: bytes) -> None:
    str(ECB.explain(f"{_FORM}&encrypted={quote(sealed(_CIPHERS[0], data), safe='')}").findings)


def _find_layout(data: bytes) -> None:
    found = find_layout(text_of(data), KEY)
    _ = str(found), found.settings(), found.advice


def _diagnose(data: bytes) -> None:
    diagnose_body(data, [KEY, "an older key"])


def _lint(data: bytes) -> None:
    for name in ("a.py", "a.ts", "a.html", "a.log"):
        lint_text(text_of(data), name)


_OBJECT: Final = (
    '{"userid":"user_1","email":"jane@example.com","cf1":[1,-2.5e3,{"a":null}],"lang":"ko\\u00e9"}'
)
_RETURN: Final = {"kycStatus": "approved", "userid": "user_1", "cf1": "a&b", "submissionId": "kz3m1x9q2w8ab"}
_PLAIN_URL: Final = PLAIN.form_url(lang="ko", userid="user_1", email="jane@example.com")
_SOURCE: Final = (
    "import os\nPID = 'abc123de45'\nurl = f'https://form.argosidentity.com/?pid={PID}&email=' + "
    'quote(user.email) + "&userid=%s" % user.id  # liveform: ignore[LF201]\n'
    "const u = `https://form.argosidentity.com?pid=${pid}&lang=${lang}`;\n"
    '<a href="https://form.argosidentity.com/?pid={{ pid }}&amp;encrypted={{ e|urlencode }}">go</a>\n'
)

TARGETS: Final = (
    Target(
        "decrypt",
        lambda data: chosen(data, _decrypt, _decrypt_plaintext),
        (
            *seeds(0, ECB.encrypt({"userid": "user_1"}), GCM.encrypt({"userid": "user_1"})),
            *seeds(1, _OBJECT, '{"a":"\\ud83d\\ude00"}', '{"a":1,"a":2}'),
        ),
        with_choice(
            st.binary(max_size=64).map(lambda data: sealed(_CIPHERS[0], data).encode()),
            objects_with(_NAMES),
        ),
    ),
    Target(
        "read_return",
        lambda data: chosen(data, _read_return, _read_encrypted_return),
        (
            *seeds(0, PLAIN.build_return("https://app.example.com/done?x=1", _RETURN)),
            *seeds(0, RETURNING.build_return("https://app.example.com/done", _RETURN), "?errorCode=TK-10001"),
            *seeds(1, json.dumps(_RETURN), '{"kycStatus":"new","errorCode":7}'),
        ),
        with_choice(queries_with(_CLAIMS), objects_with(_CLAIMS)),
    ),
    Target(
        "explain",
        lambda data: chosen(data, _explain, _explain_query, _explain_plaintext),
        (
            *seeds(
                0, _PLAIN_URL, ECB.form_url(userid="user_1", lang="ko"), GCM.form_url(email="a@b.example")
            ),
            *seeds(1, "email=jane%40example.com&Userid=1&lang=kr", "encrypted=A+/=&encrypted=B"),
            *seeds(2, _OBJECT),
        ),
        with_choice(
            queries_with(_NAMES).map(lambda query: _FORM.encode() + b"&" + query),
            queries_with([*_NAMES, "encrypted", "pid"]),
            objects_with(_NAMES),
        ),
    ),
    Target(
        "doctor",
        lambda data: chosen(data, _find_layout, _diagnose),
        (
            *seeds(0, *(sealed(cipher, _OBJECT.encode()) for cipher in _CIPHERS)),
            *seeds(0, json.dumps({"data": sealed(_CIPHERS[2], b"{}"), "isEncrypted": True})),
            *seeds(0, json.dumps({"iv": "00" * 16, "content": "11" * 16, "tag": "22" * 16})),
            *seeds(1, json.dumps({"data": sealed(_CIPHERS[2], b"{}")})),
        ),
        with_choice(
            st.tuples(st.sampled_from(_CIPHERS), st.binary(max_size=64)).map(
                lambda drawn: sealed(*drawn).encode()
            )
            | objects_with(("iv", "data", "body", "content", "ciphertext", "tag", "authTag", "isEncrypted")),
            objects_with(("data", "body", "isEncrypted")),
        ),
    ),
    Target(
        "lint", _lint, (_SOURCE.encode(),), queries_with(_NAMES).map(lambda q: _SOURCE.encode() + q), 16_384
    ),
)
