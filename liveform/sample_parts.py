"""A JSON object of IV, ciphertext and tag, as snippets for Node, PHP and CryptoJS write it -> what opens it.

The vendor documents no such form: the ``encrypted`` parameter is one text. The doctor opens it to say what a
program does, and what it should do instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.crypto.engines import BLOCK_BYTES, NONCE_BYTES, TAG_BYTES, choose
from liveform.crypto.modes import unpad, whole_blocks
from liveform.crypto.salted import MAGIC, SALT_BYTES, decrypt_salted
from liveform.errors import MalformedError, UntrustedInputError, shown
from liveform.layout_search import Match, PartsLayout
from liveform.wire.encoding import Encoding, decode, repaired
from liveform.wire.json_object import JsonValue, read_object, read_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from liveform.crypto.engines import Aes
    from liveform.crypto.keys import SecretKey
    from liveform.layout_search import CipherName

# Names of members, in small letters without - and _.
_IV: Final = ("iv", "nonce", "initializationvector", "initvector")
_CONTENT: Final = (
    "content",
    "ciphertext",
    "encrypteddata",
    "encryptedtext",
    "encrypted",
    "ct",
    "data",
    "value",
    "payload",
    "text",
)
_TAG: Final = ("tag", "authtag")
_SALT: Final = ("s", "salt")


class Part(NamedTuple):
    """One member of the object, read in one of the possible ways."""

    name: str
    encoding: str
    data: bytes


class JsonParts:
    """An object of IV, ciphertext and perhaps a tag or a salt, and every way to read it.

    Args:
        members: those of the object.
    """

    def __init__(self, members: Mapping[str, JsonValue]) -> None:
        self._iv, self._content, self._tag, self._salt = (
            _readings(members, names) for names in (_IV, _CONTENT, _TAG, _SALT)
        )

    def what(self) -> str:
        """Return what the sample is, for the error of one that does not open."""
        names = [shown(each[0].name) for each in (self._iv, self._content, self._tag, self._salt) if each]
        return f"a JSON object of {', '.join(names)}, as programs for Node and CryptoJS write it"

    def matches(self, key: SecretKey) -> Iterator[Match]:
        """Yield each cipher that opens the parts under a key, and how they are written."""
        aes = choose()[1](key.expose_bytes())
        for iv in self._iv:
            for content in self._content:
                for tag in self._tag or (None,):
                    yield from _opened(aes, iv, content, tag)

    def salted_matches(self, passphrase: str) -> Iterator[Match]:
        """Yield what opens CryptoJS's own JSON form, with the text of the key as a passphrase."""
        for salt in self._salt:
            for content in self._content:
                data = MAGIC + salt.data + content.data
                if len(salt.data) == SALT_BYTES and _is_json(_plaintext_of_salted(passphrase, data)):
                    yield _match("salted", content, salt)


def json_parts(text: str) -> JsonParts | None:
    """Return the parts of a JSON object, or of one in base64; None if the text is something else."""
    members = _members(text if text.startswith("{") else _from_base64(text))
    names = {_plain(name) for name in members}
    is_sealed = not names.isdisjoint(_CONTENT) and not names.isdisjoint((*_IV, *_SALT))
    return JsonParts(members) if is_sealed else None


def _members(text: str) -> Mapping[str, JsonValue]:
    try:
        return read_object(text) if text.startswith("{") else {}
    except MalformedError:
        return {}


def _from_base64(text: str) -> str:
    for encoding in (Encoding.BASE64, Encoding.BASE64URL):
        try:
            return decode(repaired(text, encoding), encoding).decode("utf-8", "replace").strip()
        except MalformedError:
            continue
    return ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _readings(members: Mapping[str, JsonValue], names: tuple[str, ...]) -> list[Part]:
    """Every way to read the first member of one of these names, which are in order."""
    found = {_plain(name): name for name in reversed(list(members))}
    for name in names:
        if name in found:
            parts = [Part(found[name], *reading) for reading in _bytes_of(members[found[name]])]
            if parts:
                return parts
    return []


def _bytes_of(value: JsonValue) -> Iterator[tuple[str, bytes]]:
    if (
        isinstance(value, dict) and value.get("type") == "Buffer"
    ):  # what JSON.stringify makes of Node's Buffer
        value = value.get("data")
    if isinstance(value, list) and all(type(one) is int and 0 <= one < 256 for one in value):
        yield "a list of bytes", bytes(one for one in value if isinstance(one, int))
    for encoding in (
        (Encoding.HEX, Encoding.BASE64, Encoding.BASE64URL) if isinstance(value, str) and value else ()
    ):
        try:
            yield encoding.value, decode(repaired(str(value), encoding), encoding)
        except MalformedError:
            continue


def _opened(aes: Aes, iv: Part, content: Part, tag: Part | None) -> Iterator[Match]:
    if len(iv.data) in NONCE_BYTES and (tag is None or len(tag.data) == TAG_BYTES):
        sealed = content.data + (b"" if tag is None else tag.data)
        if _is_text(aes, iv.data, sealed):
            yield _match("gcm", iv, content, *(() if tag is None else (tag,)))
    if tag is None and len(iv.data) == BLOCK_BYTES:
        if _is_json(_cbc(aes, iv.data, content.data)):
            yield _match("cbc", iv, content)
        if _is_json(_ctr(aes, iv.data, content.data)):
            yield _match("ctr", iv, content)


def _match(cipher: CipherName, *parts: Part) -> Match:
    return Match(cipher, PartsLayout(tuple((part.name, part.encoding) for part in parts)), is_exact=True)


def _is_text(aes: Aes, nonce: bytes, sealed: bytes) -> bool:
    """Whether the tag holds, and what it vouches for is text."""
    try:
        aes.decrypt_gcm(nonce, sealed).decode()
    except (UntrustedInputError, UnicodeDecodeError):
        return False
    return True


def _is_json(plaintext: bytes | None) -> bool:
    """Whether bytes that nothing vouches for are a JSON object or list, which chance does not make."""
    try:
        return isinstance(read_value((plaintext or b"").decode()), dict | list)
    except (UntrustedInputError, UnicodeDecodeError):
        return False


def _cbc(aes: Aes, iv: bytes, data: bytes) -> bytes | None:
    try:
        return unpad(aes.decrypt_cbc(iv, whole_blocks(data)))
    except UntrustedInputError:
        return None


def _ctr(aes: Aes, iv: bytes, data: bytes) -> bytes:
    """The plaintext in counter mode (SP 800-38A section 6.5), with the IV as the first counter."""
    first, blocks = int.from_bytes(iv), -(-len(data) // BLOCK_BYTES)
    counters = ((first + number) % 2 ** (8 * BLOCK_BYTES) for number in range(blocks))
    stream = aes.encrypt_ecb(b"".join(counter.to_bytes(BLOCK_BYTES) for counter in counters))
    return (int.from_bytes(data) ^ int.from_bytes(stream[: len(data)])).to_bytes(len(data))


def _plaintext_of_salted(passphrase: str, data: bytes) -> bytes | None:
    try:
        return decrypt_salted(passphrase.encode(errors="surrogatepass"), choose()[1], data)
    except UntrustedInputError:
        return None
