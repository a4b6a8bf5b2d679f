"""Secure Data Transfer: how the bodies of the vendor's REST API and webhooks are encrypted.

The vendor documents that requests are AES-256-ECB, that answers and webhooks are AES-256-CBC, and that the
key is the API key (FAQ, ENC). It documents neither where the IV is nor how a request is wrapped, so these
are settings. ``liveform doctor`` finds them from one captured body.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping  # noqa: TC003 - for hints at run time
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias, cast

from liveform.crypto.cbc import CbcLayout, CbcMode
from liveform.crypto.engines import choose
from liveform.crypto.keys import KeyHolder, SecretKey, as_secret_key
from liveform.crypto.layout_text import write_text
from liveform.crypto.layouts import EcbLayout, as_layout
from liveform.crypto.modes import EcbMode, decrypt_text
from liveform.errors import ConfigError, DecryptError, MalformedError
from liveform.immutable import Immutable
from liveform.tracebacks import strips_traceback
from liveform.wire.json_object import JsonValue, read_value, write_object, write_value

if TYPE_CHECKING:
    from liveform.crypto.engines import Aes
    from liveform.crypto.modes import Mode


Wrapper: TypeAlias = Literal["bare", "body", "data"]
AnswerCipher: TypeAlias = Literal["cbc", "ecb"]
WRAPPERS: Final[tuple[Wrapper, ...]] = ("bare", "body", "data")
ANSWER_CIPHERS: Final[tuple[AnswerCipher, ...]] = ("cbc", "ecb")
MAX_ANSWER_CHARS: Final = 64 * 2**20  # an answer lists up to 2,000 submissions (vendor page GB)
_ENVELOPE: Final = frozenset(("data", "isEncrypted"))
_NAME: Final = "secure_data_transfer"


class SecureDataTransfer(Immutable):
    """How requests, answers and webhooks are encrypted. The defaults are unconfirmed guesses.

    Args:
        wrapper: how an encrypted request body is sent: ``"bare"`` (the text alone, as the vendor's gitbook
            writes it), ``"body"`` (``{"body": "..."}``) or ``"data"`` (``{"data": "..."}``).
        request_layout: how the ECB text of a request is written; base64 by default.
        answer_cipher: ``"cbc"`` (FAQ) or ``"ecb"`` (GB-ENC says that all moved to ECB on 2024-08-01).
        answer_layout: a ``CbcLayout``, for ECB an ``EcbLayout``, or its text. By default a random IV of 16
            bytes in front of the ciphertext, in base64.

    Raises:
        ConfigError: another value than these.

    >>> str(SecureDataTransfer())
    'bare base64 / cbc iv16+ciphertext, base64'
    """

    __slots__ = ("answer_cipher", "answer_layout", "request_layout", "wrapper")
    wrapper: Wrapper
    request_layout: EcbLayout
    answer_cipher: AnswerCipher
    answer_layout: CbcLayout | EcbLayout

    @strips_traceback
    def __init__(
        self,
        *,
        wrapper: Wrapper | str = "bare",
        request_layout: EcbLayout | str = EcbLayout(),
        answer_cipher: AnswerCipher | str = "cbc",
        answer_layout: CbcLayout | EcbLayout | str | None = None,
    ) -> None:
        if wrapper not in WRAPPERS:
            raise ConfigError((_NAME, f"the wrapper must be one of {', '.join(WRAPPERS)}"))
        if answer_cipher not in ANSWER_CIPHERS:
            raise ConfigError((_NAME, f"the answer's cipher must be one of {', '.join(ANSWER_CIPHERS)}"))
        kind: type[CbcLayout | EcbLayout] = CbcLayout if answer_cipher == "cbc" else EcbLayout
        self._fill(
            wrapper=wrapper,
            request_layout=as_layout(EcbLayout, request_layout),
            answer_cipher=answer_cipher,
            answer_layout=kind() if answer_layout is None else as_layout(kind, answer_layout),
        )

    def __str__(self) -> str:
        return f"{self.wrapper} {self.request_layout} / {self.answer_cipher} {self.answer_layout}"

    def __repr__(self) -> str:
        return f"SecureDataTransfer.from_text({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecureDataTransfer) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    @strips_traceback
    def from_text(cls, text: object) -> Self:
        """Return what ``str()`` of it gives, such as ``"body base64 / cbc iv16:ciphertext, hex"``.

        Raises:
            ConfigError: the text names none.
        """
        request, slash, answer = text.partition(" / ") if isinstance(text, str) else ("", "", "")
        if not slash:
            raise ConfigError((_NAME, f"must be true, false, or a text such as {str(cls())!r}"))
        wrapper, _, request_layout = request.partition(" ")
        cipher, _, answer_layout = answer.partition(" ")
        return cls(
            wrapper=wrapper,
            request_layout=request_layout,
            answer_cipher=cipher,
            answer_layout=answer_layout,
        )


def checked_transfer(value: object) -> SecureDataTransfer | None:
    """Return what the option ``secure_data_transfer`` means; None if it is off.

    Args:
        value: True, False, None, a ``SecureDataTransfer``, or its text.

    Raises:
        ConfigError: another value.
    """
    if value is None or value is False:
        return None
    if value is True:
        return SecureDataTransfer()
    return value if isinstance(value, SecureDataTransfer) else SecureDataTransfer.from_text(value)


class TransferCipher(KeyHolder):
    """Encrypts requests, and decrypts answers and webhooks, with keys in rotation.

    Args:
        transfer: the layouts and the wrapper.
        key: the API key.
        previous_keys: API keys that were in use before; they only decrypt.
        engine: as in ``Project``.
    """

    __slots__ = ("_answers", "_requests", "transfer")
    transfer: SecureDataTransfer
    _requests: Mode
    _answers: tuple[Mode, ...]

    def __init__(
        self,
        transfer: SecureDataTransfer,
        key: str | SecretKey,
        *,
        previous_keys: Iterable[str | SecretKey] = (),
        engine: str | None = None,
    ) -> None:
        make_aes = choose(engine)[1]
        keys = [as_secret_key(one).expose_bytes() for one in (key, *previous_keys)]
        self._fill(
            transfer=transfer,
            _requests=EcbMode(make_aes(keys[0]), transfer.request_layout),
            _answers=tuple(_answer_mode(transfer, make_aes(one), one) for one in keys),
        )

    def encrypt_request(self, members: Mapping[str, object]) -> tuple[bytes, str]:
        """Return the body of a request, and its media type.

        A bare text is sent as text/plain, as the vendor's token samples are (TOKP).

        Raises:
            FieldError: a member is not JSON.
        """
        text = self.encrypt_query(members)["data"]
        if self.transfer.wrapper == "bare":
            return text.encode("ascii"), "text/plain"
        return json.dumps({self.transfer.wrapper: text}).encode("ascii"), "application/json"

    def encrypt_query(self, members: Mapping[str, object]) -> dict[str, str]:
        """Return the query of a GET request: one parameter ``data`` with all the others (vendor page GET)."""
        return {"data": write_text(self._requests.layout, self._requests.encrypt(write_object(members)))}

    def encrypt_answer(self, value: JsonValue) -> dict[str, str]:
        """Return the envelope of an answer or a webhook, as the vendor would send it: test input."""
        mode = self._answers[0]
        return {"data": write_text(mode.layout, mode.encrypt(write_value(value)))}

    def decrypt_answer(
        self, envelope: Mapping[str, object], read: Callable[[str], JsonValue] = read_value
    ) -> JsonValue:
        """Return the JSON value inside an envelope for which ``is_envelope`` is true.

        Args:
            envelope: ``{"data": "..."}``.
            read: reads the JSON text, or raises ``MalformedError``.

        Raises:
            MalformedError: empty, too long, or not in the layout's alphabet.
            DecryptError: another key, cipher or layout, or damaged; one text for all.
        """
        text = cast("str", envelope["data"])
        if "%" in text:  # no URL has damaged it, and to undo that takes long
            raise MalformedError("an encrypted text holds no percent sign")
        for mode in self._answers:
            try:
                plaintext = decrypt_text(mode, text, max_chars=MAX_ANSWER_CHARS)
            except DecryptError:
                continue
            try:
                return read(plaintext)
            except MalformedError:
                continue  # another key's text may unpad by chance
        raise DecryptError


def is_envelope(value: object) -> bool:
    """Return whether a JSON value is ``{"data": "..."}``, with at most ``isEncrypted`` beside it.

    A clear faceAuth event has a member ``data`` too, but that is an object (vendor page WFA).
    """
    return isinstance(value, dict) and isinstance(value.get("data"), str) and value.keys() <= _ENVELOPE


def _answer_mode(transfer: SecureDataTransfer, aes: Aes, key_bytes: bytes) -> Mode:
    if isinstance(transfer.answer_layout, CbcLayout):
        return CbcMode(aes, transfer.answer_layout, key_bytes)
    return EcbMode(aes, transfer.answer_layout)
