"""Tests of liveform.wire.encoding: strict encodings, and the repair of each kind of damage."""

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import LiveformError, MalformedError
from liveform.wire.encoding import (
    Encoding,
    decode,
    drop_padding,
    encode,
    join_lines,
    lower_case,
    percent_encode,
    repaired,
    restore_padding,
    restore_plus,
    undo_percent,
)

RFC4648 = [  # section 10; base16 there is upper case, and ours is lower case
    (b"", "", "", ""),
    (b"f", "Zg==", "Zg", "66"),
    (b"fo", "Zm8=", "Zm8", "666f"),
    (b"foo", "Zm9v", "Zm9v", "666f6f"),
    (b"foob", "Zm9vYg==", "Zm9vYg", "666f6f62"),
    (b"fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261"),
    (b"foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"),
    (b"\xfb\xef\xbe\xff", "++++/w==", "----_w", "fbefbeff"),
]
ALIKE = {
    Encoding.BASE64: "ABCQRabcqr0189+/=-_ \n%",
    Encoding.BASE64URL: "ABCQRabcqr0189-_=+/ \n%",
    Encoding.HEX: "0123456789abcdefABCDEF gx\n%",
}


@pytest.mark.parametrize(("data", "base64", "base64url", "base16"), RFC4648)
def test_encoding_of_the_rfc_vectors_is_exact_both_ways(
    data: bytes, base64: str, base64url: str, base16: str
) -> None:
    """The vectors of RFC 4648 section 10 are encoded and decoded exactly."""
    for encoding, text in (
        (Encoding.BASE64, base64),
        (Encoding.BASE64URL, base64url),
        (Encoding.HEX, base16),
    ):
        assert encode(data, encoding) == text
        assert decode(text, encoding) == data


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Zg", "padding missing"),
        ("Zg=", "padding short"),
        ("Zg===", "padding long"),
        ("Zm9v====", "padding where none belongs"),
        ("====", "padding alone"),
        ("=Zg=", "padding in front"),
        ("Zg==Zg==", "two texts"),
        ("Z=g=", "padding inside"),
        ("Zh==", "trailing bits of one byte"),
        ("Zm9=", "trailing bits of two bytes"),
        ("Zm9v\n", "line break behind"),
        (" Zm9v", "space in front"),
        ("Zm 9v", "space inside"),
        ("Zm\t9v", "tab inside"),
        ("----", "the alphabet of base64url"),
        ("Zm9*", "no alphabet's"),
        ("Z", "no whole byte"),
        ("Zm9v\x00", "a zero byte"),
        ("Zm9ｖ", "full width"),
        ("\ud800m9v", "lone surrogate"),
    ],
)
def test_base64_other_than_written_is_refused(text: str, why: str) -> None:
    """Base64 with other padding, alphabet, spare bits or white space is refused (RFC 4648)."""
    with pytest.raises(MalformedError, match=r"^the text is not base64$"):
        decode(text, Encoding.BASE64)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Zg==", "padded"),
        ("Zg=", "half padded"),
        ("Zh", "trailing bits of one byte"),
        ("Zm9", "trailing bits of two bytes"),
        ("++++", "the alphabet of base64"),
        ("Z", "no whole byte"),
        ("Zm9v\n", "line break behind"),
        (" Zm9v", "space in front"),
        ("Zm 9v", "space inside"),
        ("Zm9*", "no alphabet's"),
        ("Zm=9v", "padding inside"),
        ("Zm9ｖ", "full width"),
        ("\ud800m9v", "lone surrogate"),
    ],
)
def test_base64url_other_than_written_is_refused(text: str, why: str) -> None:
    """Base64url with padding, another alphabet, spare bits or white space is refused."""
    with pytest.raises(MalformedError, match=r"^the text is not base64url$"):
        decode(text, Encoding.BASE64URL)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("666", "half a byte"),
        ("6F", "upper case"),
        ("66 6f", "space between bytes"),
        (" 66", "space in front"),
        ("66\n", "line break behind"),
        ("0x66", "prefix"),
        ("6g", "no digit"),
        ("٦٦", "digits of another script"),
        ("\ud800\ud800", "lone surrogates"),
    ],
)
def test_hex_other_than_written_is_refused(text: str, why: str) -> None:
    """Hex must be lower case digits, two for each byte, with nothing between."""
    with pytest.raises(MalformedError, match=r"^the text is not hex$"):
        decode(text, Encoding.HEX)


@pytest.mark.parametrize("encoding", Encoding)
@given(data=st.binary(max_size=200))
def test_encode_and_decode_are_inverse(encoding: Encoding, data: bytes) -> None:
    """Any bytes come back from each encoding."""
    assert decode(encode(data, encoding), encoding) == data


@pytest.mark.parametrize("text", ["0000=", "000A==", "0000===", "0000====", "00A=0000", "=", "===="])
def test_more_padding_than_there_must_be_is_refused(text: str) -> None:
    """Python before 3.13 takes ``0000=`` for three bytes, which are written ``0000``."""
    with pytest.raises(MalformedError):
        decode(text, Encoding.BASE64)


@pytest.mark.parametrize("encoding", Encoding)
@given(data=st.data())
def test_decode_takes_only_what_encode_writes(encoding: Encoding, data: st.DataObject) -> None:
    """``decode`` accepts only the exact text that ``encode`` writes."""
    text = data.draw(st.text(max_size=12) | st.text(ALIKE[encoding], max_size=12))
    try:
        decoded = decode(text, encoding)
    except MalformedError as error:
        assert str(error) == f"the text is not {encoding}"  # noqa: PT017 - most texts are refused
        return
    assert encode(decoded, encoding) == text


def test_text_of_the_error_holds_no_input() -> None:
    """The error of an undecodable text does not repeat the text."""
    for encoding in Encoding:
        with pytest.raises(MalformedError) as caught:
            decode("jane.doe@example.com", encoding)
        assert "jane" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("", ""),
        ("AZaz09-._~", "AZaz09-._~"),
        ("+/=", "%2B%2F%3D"),
        (" ", "%20"),
        ("%", "%25"),
        ("한", "%ED%95%9C"),
        ("😀", "%F0%9F%98%80"),
        ("!*'();:@&=$,?#[]", "%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%3F%23%5B%5D"),
    ],
)
def test_percent_encoding_escapes_all_but_the_unreserved(text: str, escaped: str) -> None:
    """Percent-encoding escapes all but the unreserved characters (RFC 3986 section 2.3)."""
    assert percent_encode(text) == escaped


@pytest.mark.parametrize(
    ("text", "undone"),
    [
        ("Zm9v", "Zm9v"),
        ("%2B%2F%3D", "+/="),
        ("%2b%2f%3d", "+/="),
        ("%252B", "%2B"),
        ("100%", "100%"),
        ("%GG", "%GG"),
        ("%ED%95%9C", "\ufffd\ufffd\ufffd"),
        ("", ""),
    ],
)
def test_second_percent_encoding_is_undone_once(text: str, undone: str) -> None:
    """One layer of percent-encoding is removed, and broken escapes are kept."""
    assert undo_percent(text) == undone


@pytest.mark.parametrize(("text", "plus"), [("a b  c", "a+b++c"), ("a+b", "a+b"), (" ", "+"), ("", "")])
def test_space_becomes_plus_again(text: str, plus: str) -> None:
    """Each space in a text is turned back into a plus sign."""
    assert restore_plus(text) == plus


@pytest.mark.parametrize(
    ("text", "padded"),
    [("Zg", "Zg=="), ("Zm8", "Zm8="), ("Zg=", "Zg=="), ("Zm9v", "Zm9v"), ("Zg==", "Zg=="), ("", "")],
)
def test_lost_padding_comes_back(text: str, padded: str) -> None:
    """Padding that is missing in whole or in part is added again."""
    assert restore_padding(text) == padded


@pytest.mark.parametrize(("text", "bare"), [("Zg==", "Zg"), ("Zm8=", "Zm8"), ("Zg", "Zg"), ("", "")])
def test_padding_of_base64url_is_dropped(text: str, bare: str) -> None:
    """Padding at the end of base64url is removed."""
    assert drop_padding(text) == bare


def test_capitals_of_hex_become_small() -> None:
    """Capitals in hex are turned into small letters."""
    assert lower_case("0AbF") == "0abf"


@pytest.mark.parametrize("length", [64, 76])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", " ", "\n  ", "\t"])
def test_text_in_lines_is_one_text_again(length: int, line_break: str) -> None:  # R1
    """Lines of 64 or 76 characters are joined, also where their breaks have become spaces."""
    text = encode(bytes(range(200)), Encoding.BASE64)
    lines = [text[start : start + length] for start in range(0, len(text), length)]
    assert join_lines(line_break.join(lines)) == text
    assert join_lines(line_break.join(lines) + line_break) == text


@given(st.binary(min_size=48, max_size=90).map(lambda data: data[:48] + b"\xfb" + data[49:]))
def test_lone_space_behind_64_characters_stays_a_plus(data: bytes) -> None:  # R1
    """One plus sign just where a line would end is not lost, with or without padding."""
    text = encode(data, Encoding.BASE64)
    spaced = text[:64] + text[64:].replace("+", " ", 1)
    for damaged in (spaced, spaced.rstrip("=")):
        assert repaired(damaged, Encoding.BASE64) == text


@pytest.mark.parametrize(
    "text",
    ["a b", "+" * 63 + " " + "b" * 64, "a" * 64 + " " + "b" * 65, "a" * 76 + " b " + "c" * 76, " ", ""],
)
def test_space_that_ends_no_line_of_such_a_length_stays(text: str) -> None:  # R1
    """A space that may be a plus sign is not taken for a line break."""
    assert join_lines(text) == text


@pytest.mark.parametrize(
    ("damaged", "encoding", "whole"),
    [
        ("    /w", Encoding.BASE64, "++++/w=="),
        ("%2B%2B++%2Fw%3D%3D", Encoding.BASE64, "++++/w=="),
        ("++++%2Fw", Encoding.BASE64, "++++/w=="),
        ("----_w==", Encoding.BASE64URL, "----_w"),
        ("----_w%3D%3D", Encoding.BASE64URL, "----_w"),
        ("FBEFBEFF", Encoding.HEX, "fbefbeff"),
        ("++++\n/w==\r\n", Encoding.BASE64, "++++/w=="),
        ("++++%0A/w==%0A", Encoding.BASE64, "++++/w=="),
        ("\t++ +\n/w", Encoding.BASE64, "++++/w=="),
        ("----\n _w ", Encoding.BASE64URL, "----_w"),
        ("fb ef\r\nBE FF", Encoding.HEX, "fbefbeff"),
    ],
)
def test_damaged_text_is_mended(damaged: str, encoding: Encoding, whole: str) -> None:
    """A text with one or several kinds of damage is repaired."""
    assert repaired(damaged, encoding) == whole


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("____", Encoding.BASE64),
        ("----", Encoding.BASE64),
        ("Zm9v\xa0", Encoding.BASE64),
        ("Zm9\0v", Encoding.BASE64),
        ("%252B%252B%252B%252B", Encoding.BASE64),
        ("++++", Encoding.BASE64URL),
        ("6 6 6", Encoding.HEX),
        ("%ff", Encoding.HEX),
    ],
)
def test_damage_without_a_name_is_not_mended(text: str, encoding: Encoding) -> None:
    """Damage of an unknown kind is refused, and one encoding is never read as another."""
    with pytest.raises(MalformedError):
        decode(repaired(text, encoding), encoding)


@pytest.mark.parametrize("text", ["%\ud800", "\ud800", "%2B\udfff"])
@pytest.mark.parametrize("encoding", Encoding)
def test_lone_surrogate_is_refused_inside_the_tree(text: str, encoding: Encoding) -> None:
    """Text with a lone surrogate, as a broken URL gives it (PEP 383), raises a LiveformError."""
    with pytest.raises(LiveformError):
        decode(repaired(text, encoding), encoding)


@pytest.mark.parametrize("encoding", Encoding)
@given(data=st.binary(max_size=100))
def test_unharmed_text_is_mended_to_itself(encoding: Encoding, data: bytes) -> None:
    """The repair does not change a text that is not damaged."""
    text = encode(data, encoding)
    assert repaired(text, encoding) == text


@pytest.mark.parametrize("encoding", Encoding)
@given(data=st.binary(max_size=100), spaces=st.booleans(), bare=st.booleans(), escaped=st.booleans())
def test_any_damage_together_is_mended(
    encoding: Encoding, data: bytes, *, spaces: bool, bare: bool, escaped: bool
) -> None:
    """A text that lost its padding, got spaces for plus signs and was escaped is repaired."""
    text = encode(data, encoding)
    damaged = text.rstrip("=") if bare else text
    damaged = damaged.replace("+", " ") if spaces else damaged
    damaged = percent_encode(damaged) if escaped else damaged
    assert decode(repaired(damaged, encoding), encoding) == data


@given(st.binary(max_size=100))
def test_base64_is_what_others_read(data: bytes) -> None:
    """The strict base64 reader of the standard library reads what ``encode`` writes."""
    assert b64decode(encode(data, Encoding.BASE64), validate=True) == data
