"""Tests of liveform.crypto.layouts: the places of nonce, tag and IV, and the text of a layout."""

import copy
import pickle
from itertools import permutations, product
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import CbcLayout, ConfigError, EcbLayout, Encoding, FieldError, GcmLayout, MalformedError
from liveform.crypto import layout_text
from liveform.crypto.cbc import IV_PLACES
from liveform.crypto.layout_text import write_query_text
from liveform.crypto.layouts import PARTS, Part, arranged, as_layout
from liveform.wire.encoding import percent_encode

ECB_LAYOUTS = [EcbLayout(encoding) for encoding in Encoding]
GCM_LAYOUTS = [
    GcmLayout(order, nonce_bytes, encoding, separator)
    for order, nonce_bytes, encoding, separator in product(
        permutations(PARTS), (12, 16), Encoding, (None, ":", ".")
    )
]
CBC_LAYOUTS = [
    CbcLayout(iv, encoding, separator)
    for iv, encoding, separator in product(IV_PLACES, Encoding, (None, ":", "."))
    if separator is None or iv == "front"
]
AnyLayout: TypeAlias = EcbLayout | GcmLayout | CbcLayout
LAYOUTS: list[AnyLayout] = [*ECB_LAYOUTS, *GCM_LAYOUTS, *CBC_LAYOUTS]
PIECES: dict[Part, bytes] = {"nonce": b"n" * 12, "ciphertext": b"some ciphertext", "tag": b"t" * 16}


def sample(layout: AnyLayout, ciphertext: bytes) -> bytes:
    """Return bytes such as a cipher hands to this layout."""
    if isinstance(layout, GcmLayout):
        nonce = b"\xfbn\xff" * 4 + bytes(layout.nonce_bytes - 12)
        return arranged(layout, nonce, ciphertext + b"\xff\xfetag+/=" * 2)
    return bytes(range(240, 256)) + ciphertext


def test_defaults_are_the_documented_ones() -> None:
    """The default layouts are those of docs/encryption.md."""
    assert str(EcbLayout()) == "base64"
    assert str(GcmLayout()) == "nonce12+ciphertext+tag16, base64"
    assert str(CbcLayout()) == "iv16+ciphertext, base64"


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        (EcbLayout("hex"), "hex"),
        (
            GcmLayout(("nonce", "tag", "ciphertext"), 16, "hex", ":"),
            "nonce16:tag16:ciphertext, hex",
        ),
        (
            GcmLayout(("tag", "ciphertext", "nonce"), 12, "base64url", "."),
            "tag16.ciphertext.nonce12, base64url",
        ),
        (CbcLayout("front", "hex", ":"), "iv16:ciphertext, hex"),
        (CbcLayout("zero", "hex"), "zero-iv, hex"),
        (CbcLayout("key-head", "base64url"), "key-head-iv, base64url"),
    ],
)
def test_text_form_is_stable(layout: AnyLayout, text: str) -> None:
    """The text of a layout is fixed, since settings files hold it."""
    assert str(layout) == text


def test_text_forms_are_unique_among_each_kind() -> None:
    """Each of the 3 ECB, 108 GCM and 15 CBC layouts has a text of its own."""
    for layouts in (ECB_LAYOUTS, GCM_LAYOUTS, CBC_LAYOUTS):
        assert len({str(layout) for layout in layouts}) == len(layouts)
    assert (len(ECB_LAYOUTS), len(GCM_LAYOUTS), len(CBC_LAYOUTS)) == (3, 108, 15)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_text_form_names_the_layout_again(layout: AnyLayout) -> None:
    """``from_text`` makes an equal layout from the text of each layout."""
    again = type(layout).from_text(str(layout))
    assert again == layout
    assert type(again) is type(layout)
    assert as_layout(type(layout), str(layout)) == layout
    assert as_layout(type(layout), layout) is layout


NO_TEXTS: list[Any] = [
    "",
    " ",
    "nothing",
    "BASE64",
    "base64 ",
    "Base64",
    "base32",
    None,
    7,
    b"base64",
    ["base64"],
]
NO_GCM_TEXTS = [
    "base64",
    "nonce12+ciphertext+tag16",
    "nonce12+ciphertext+tag16,base64",
    "nonce12+ciphertext+tag16,  base64",
    " nonce12+ciphertext+tag16, base64",
    "nonce12+ciphertext+tag16, base64\n",
    "nonce12+ciphertext+tag16, base32",
    "nonce12+ciphertext+tag16, ",
    "nonce12+ciphertext, base64",
    "nonce12+ciphertext+tag16+tag16, base64",
    "nonce12+nonce12+tag16, base64",
    "nonce12+ciphertext+tag12, base64",
    "nonce12+ciphertext+tag, base64",
    "nonce8+ciphertext+tag16, base64",
    "nonce+ciphertext+tag16, base64",
    "nonce12+ciphertext16+tag16, base64",
    "nonce12:ciphertext.tag16, base64",
    "nonce12+ciphertext:tag16, base64",
    "nonce12-ciphertext-tag16, base64",
    "nonce12ciphertexttag16, base64",
    "Nonce12+Ciphertext+Tag16, base64",
    "iv12+ciphertext+tag16, base64",
    "nonce12+ciphertext+tag16, base64, hex",
]
NO_CBC_TEXTS = [
    "base64",
    "iv16+ciphertext",
    "iv12+ciphertext, base64",
    "ciphertext+iv16, base64",
    "iv16-ciphertext, base64",
    "iv16+ciphertext, base32",
    "zero-iv",
    "zero-iv:, hex",
    "zero, hex",
    "front-iv, hex",
    "key-tail-iv, hex",
    "zero-iv, hex ",
    "iv16+:ciphertext, hex",
]


@pytest.mark.parametrize("text", [*NO_TEXTS, "base64, hex", "+base64"])
def test_text_that_names_no_ecb_layout_is_refused(text: Any) -> None:
    """A text that is not an ECB layout is refused with a list of the encodings."""
    with pytest.raises(ConfigError, match=r"ecb_layout: .*base64, base64url, hex"):
        EcbLayout.from_text(text)


@pytest.mark.parametrize("text", NO_TEXTS + NO_GCM_TEXTS)
def test_text_that_names_no_gcm_layout_is_refused(text: Any) -> None:
    """A text that is not a GCM layout is refused with an example of one."""
    with pytest.raises(ConfigError, match=r"gcm_layout: .*such as 'nonce12"):
        GcmLayout.from_text(text)


@pytest.mark.parametrize("text", NO_TEXTS + NO_CBC_TEXTS)
def test_text_that_names_no_cbc_layout_is_refused(text: Any) -> None:
    """A text that is not a CBC layout is refused with an example of one."""
    with pytest.raises(ConfigError, match=r"cbc_layout: .*such as 'iv16"):
        CbcLayout.from_text(text)


@pytest.mark.parametrize(
    ("kind", "layout"),
    [(EcbLayout, GcmLayout()), (GcmLayout, EcbLayout()), (GcmLayout, CbcLayout()), (CbcLayout, EcbLayout())],
)
def test_layout_of_another_cipher_is_refused(kind: Any, layout: AnyLayout) -> None:
    """Though all of them are layouts."""
    with pytest.raises(ConfigError):
        as_layout(kind, layout)


@given(st.text(max_size=40) | st.text("nonce126tagciphrx+:., base4url", max_size=40))
def test_from_text_takes_only_what_str_gives(text: str) -> None:
    """``from_text`` accepts only the exact text that ``str`` gives for a layout."""
    for kind in (EcbLayout, GcmLayout, CbcLayout):
        try:
            layout = kind.from_text(text)
        except ConfigError:
            continue
        assert str(layout) == text


@pytest.mark.parametrize("encoding", ["", "base32", "BASE64", "Hex", None, 7, [], b"hex"])
def test_unknown_encoding_is_refused(encoding: Any) -> None:
    """Each kind of layout refuses an unknown encoding under its own setting's name."""
    for kind, setting in ((EcbLayout, "ecb_layout"), (GcmLayout, "gcm_layout"), (CbcLayout, "cbc_layout")):
        with pytest.raises(ConfigError, match=f"{setting}: the encoding must be one of"):
            kind(encoding=encoding)


@pytest.mark.parametrize(
    "order",
    [
        (),
        ("nonce", "ciphertext"),
        ("nonce", "nonce", "tag"),
        ("nonce", "ciphertext", "tag", "tag"),
        ("iv", "ciphertext", "tag"),
        ["nonce", "ciphertext", "tag"],
        "nonce",
        None,
        (1, 2, 3),
        ({}, [], None),
    ],
)
def test_order_without_each_part_once_is_refused(order: Any) -> None:
    """The order must be a tuple of nonce, ciphertext and tag, each once."""
    with pytest.raises(ConfigError, match="each once"):
        GcmLayout(order)


@pytest.mark.parametrize("nonce_bytes", [0, 8, 11, 13, 15, 17, 32, -12, "12", 12.0, True, None])
def test_nonce_length_other_than_12_or_16_is_refused(nonce_bytes: Any) -> None:
    """The nonce must have 12 bytes (SP 800-38D) or 16 (samples in Node)."""
    with pytest.raises(ConfigError, match="12 or 16"):
        GcmLayout(nonce_bytes=nonce_bytes)


@pytest.mark.parametrize("separator", ["", ",", "::", "+", "-", " ", ":.", 7, b":", []])
def test_unknown_separator_is_refused(separator: Any) -> None:
    """The separator must be a colon, a full stop or None."""
    with pytest.raises(ConfigError, match="gcm_layout: the separator"):
        GcmLayout(separator=separator)
    with pytest.raises(ConfigError, match="cbc_layout: the separator"):
        CbcLayout(separator=separator)


@pytest.mark.parametrize("iv", ["zero", "key-head"])
def test_separator_without_an_iv_in_front_is_refused(iv: Any) -> None:
    """A CBC layout may have a separator only if the IV is in front."""
    with pytest.raises(ConfigError, match="only with the IV in front"):
        CbcLayout(iv, separator=":")


@pytest.mark.parametrize("iv", ["", "back", "Front", None, 0, []])
def test_unknown_place_of_the_iv_is_refused(iv: Any) -> None:
    """The IV's place must be front, zero or key-head."""
    with pytest.raises(ConfigError, match="front, zero, key-head"):
        CbcLayout(iv)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_written_bytes_are_read_again(layout: AnyLayout) -> None:
    """Every layout reads the bytes that it wrote, for ciphertexts of 0 to 256 bytes."""
    for ciphertext in (b"", b"\xff", b"\x00" * 16, bytes(range(256))):
        data = sample(layout, ciphertext)
        assert layout.read(layout.write(data)) == data


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_text_damaged_by_a_url_is_read(layout: AnyLayout) -> None:
    """Every layout reads a text whose plus signs became spaces, or that lost its padding."""
    data = sample(layout, bytes(range(230, 256)))
    text = layout.write(data)
    assert layout.read(text.replace("+", " ")) == data
    if getattr(layout, "separator", None) is None:
        assert layout.read(text.rstrip("=")) == data


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_text_escaped_twice_is_read(layout: AnyLayout) -> None:
    """Every layout reads a text that was percent-encoded once too often."""
    data = sample(layout, bytes(range(230, 256)))
    assert layout.read(percent_encode(layout.write(data))) == data


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_text_escaped_three_times_is_read_by_none(layout: AnyLayout) -> None:
    """Every layout refuses a text that was percent-encoded twice too often."""
    text = layout.write(sample(layout, bytes(range(230, 256))))
    if percent_encode(text) != text:
        with pytest.raises(MalformedError):
            layout.read(percent_encode(percent_encode(text)))


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_pickled_or_copied_layout_is_the_same(layout: AnyLayout) -> None:
    """A layout can be pickled and copied, and comes back equal."""
    for again in (pickle.loads(pickle.dumps(layout)), copy.deepcopy(layout)):
        assert again == layout
        assert type(again) is type(layout)


@pytest.mark.parametrize("order", list(permutations(PARTS)), ids="+".join)
def test_arranged_puts_the_parts_in_order_and_split_finds_them(order: tuple[Part, ...]) -> None:
    """Both ways, for each order."""
    layout = GcmLayout(order)
    joined = arranged(layout, PIECES["nonce"], PIECES["ciphertext"] + PIECES["tag"])
    assert joined == b"".join(PIECES[part] for part in order)
    assert layout.split(joined) == PIECES
    assert list(layout.split(joined)) == list(order)


@pytest.mark.parametrize("nonce_bytes", [12, 16])
def test_split_needs_nonce_and_tag(nonce_bytes: int) -> None:
    """``split`` accepts an empty ciphertext and refuses one byte less than nonce and tag."""
    layout = GcmLayout(nonce_bytes=nonce_bytes)
    assert layout.split(bytes(nonce_bytes + 16))["ciphertext"] == b""
    for length in (0, 1, nonce_bytes, 16, nonce_bytes + 15):
        with pytest.raises(MalformedError, match="shorter than its parts"):
            layout.split(bytes(length))


@given(st.sampled_from(GCM_LAYOUTS), st.binary(max_size=80), st.binary(min_size=16, max_size=16))
def test_arranged_and_split_are_inverse(layout: GcmLayout, ciphertext: bytes, filler: bytes) -> None:
    """Any parts."""
    nonce = filler[: layout.nonce_bytes]
    parts = layout.split(arranged(layout, nonce, ciphertext + filler))
    assert parts == {"nonce": nonce, "ciphertext": ciphertext, "tag": filler}


@pytest.mark.parametrize(
    ("layout", "text", "why"),
    [
        ("nonce12:ciphertext:tag16, hex", "00" * 12 + ":00", "a part missing"),
        ("nonce12:ciphertext:tag16, hex", "00" * 12 + ":00:" + "00" * 16 + ":00", "a part too many"),
        ("nonce12:ciphertext:tag16, hex", "00" * 12 + ".00." + "00" * 16, "the other separator"),
        ("nonce12:ciphertext:tag16, hex", "00" * 11 + ":00:" + "00" * 16, "short nonce"),
        ("nonce12:ciphertext:tag16, hex", "00" * 16 + ":00:" + "00" * 16, "long nonce"),
        ("nonce12:ciphertext:tag16, hex", "00" * 12 + ":00:" + "00" * 15, "short tag"),
        ("nonce12:ciphertext:tag16, hex", "00" * 12 + ":00:" + "00" * 17, "long tag"),
        ("tag16:ciphertext:nonce12, hex", "00" * 12 + ":00:" + "00" * 16, "another order"),
        ("nonce12:ciphertext:tag16, hex", "00" * 29, "joined"),
        ("nonce12:ciphertext:tag16, hex", "::", "empty parts"),
        ("nonce12:ciphertext:tag16, hex", "0g" + "00" * 11 + ":00:" + "00" * 16, "no digit"),
        ("nonce12+ciphertext+tag16, hex", "00" * 12 + ":00:" + "00" * 16, "separated"),
    ],
)
def test_gcm_text_in_other_parts_is_refused(layout: str, text: str, why: str) -> None:
    """A GCM text with another number, order or length of parts is refused."""
    with pytest.raises(MalformedError):
        GcmLayout.from_text(layout).read(text)


@pytest.mark.parametrize(
    ("layout", "text", "why"),
    [
        ("iv16:ciphertext, hex", "00" * 32, "joined"),
        ("iv16:ciphertext, hex", "00" * 15 + ":" + "00" * 16, "short IV"),
        ("iv16:ciphertext, hex", "00" * 17 + ":" + "00" * 16, "long IV"),
        ("iv16:ciphertext, hex", "00" * 16 + ":00:00", "a part too many"),
        ("iv16.ciphertext, hex", "00" * 16 + ":00", "the other separator"),
        ("iv16+ciphertext, hex", "00" * 16 + ":00", "separated"),
        ("zero-iv, hex", "00:00", "separated"),
    ],
)
def test_cbc_text_in_other_parts_is_refused(layout: str, text: str, why: str) -> None:
    """A CBC text with other parts, or an IV of other than 16 bytes, is refused."""
    with pytest.raises(MalformedError):
        CbcLayout.from_text(layout).read(text)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_layout_does_not_change(layout: AnyLayout) -> None:
    """A field of a layout cannot be set, and no attribute can be added."""
    for name in (*type(layout).__slots__, "anything"):
        with pytest.raises(AttributeError):
            setattr(layout, name, None)
    assert not hasattr(layout, "__dict__")


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("length", range(4))
def test_text_for_a_query_is_the_text_percent_encoded(layout: AnyLayout, length: int) -> None:
    """The text for a query is the layout's text, percent-encoded."""
    data = bytes(range(200, 256)) + b"x" * length
    assert write_query_text(layout, data) == percent_encode(layout.write(data))


@pytest.mark.parametrize(("size", "taken"), [(3, True), (4, True), (5, False)])
def test_bytes_up_to_the_limit_are_taken(size: int, taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes are taken up to and including the limit; here it is four of them instead of 2**30."""
    monkeypatch.setattr(layout_text, "MAX_BYTES", 4)
    if taken:
        assert layout_text.checked_bytes("data", b"x" * size) == b"x" * size
    else:
        with pytest.raises(FieldError, match="must not be more than 4 bytes"):
            layout_text.checked_bytes("data", b"x" * size)
