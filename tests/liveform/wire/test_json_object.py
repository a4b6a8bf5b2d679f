"""Tests of liveform.wire.json_object, which writes and reads one JSON object strictly."""

import json
import sys
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vector_files import load_vectors, vector_name

from liveform import FieldError, LiveformError, MalformedError
from liveform.wire.json_object import (
    MAX_DEPTH,
    MAX_NUMBER_CHARS,
    MAX_PARTS,
    check_json,
    is_unicode,
    printable,
    read_json,
    read_message,
    read_object,
    write_checked,
    write_object,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(st.text(), json_values, max_size=6)


@pytest.fixture(params=["json", "orjson"], autouse=True)
def writer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test once without orjson imported, and once with it."""
    if request.param == "json":
        monkeypatch.delitem(sys.modules, "orjson", raising=False)
    else:
        monkeypatch.setitem(sys.modules, "orjson", orjson)


def written(members: Any) -> str:
    """Return the JSON text that is written for these members."""
    return write_object(members).decode()


def nested(depth: int, *, opened: str = "[", closed: str = "]") -> str:
    """Return the text of an object of this depth, counting itself."""
    return '{"a":' + opened * (depth - 1) + closed * (depth - 1) + "}"


def nested_list(depth: int) -> list[Any]:
    """Return a list of this depth, counting itself."""
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize("entry", load_vectors("encrypt-ecb") + load_vectors("encrypt-gcm"), ids=vector_name)
def test_object_is_written_as_node_writes_it(entry: dict[str, Any]) -> None:
    """The fields of each vector are written byte for byte as Node writes them."""
    assert written(entry["fields"]) == entry["plaintext"]
    assert read_object(entry["plaintext"]) == entry["fields"]


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({}, "{}"),
        ({"b": 1, "a": 2}, '{"b":1,"a":2}'),
        ({"a": True, "b": False, "c": None}, '{"a":true,"b":false,"c":null}'),
        ({"a": [1, "x", {"y": []}]}, '{"a":[1,"x",{"y":[]}]}'),
        ({"a": "한국 😀 é"}, '{"a":"한국 😀 é"}'),
        ({"a": '"\\/'}, '{"a":"\\"\\\\/"}'),
        ({"a": "\b\f\n\r\t"}, '{"a":"\\b\\f\\n\\r\\t"}'),
        ({"a": "\x00\x1f\x7f"}, '{"a":"\\u0000\\u001f\x7f"}'),
        ({"a": "\u2028\u2029"}, '{"a":"\u2028\u2029"}'),
        ({"a": 0.1, "b": -1.5, "c": 1e21}, '{"a":0.1,"b":-1.5,"c":1e+21}'),
        ({"a": 9007199254740993}, '{"a":9007199254740993}'),
        ({"": ""}, '{"":""}'),
    ],
)
def test_object_is_written_as_json_stringify_does(members: dict[str, Any], text: str) -> None:
    """An object is written compactly, in order, with only required escapes (ECMA-262 25.5.2)."""
    assert written(members) == text


@pytest.mark.parametrize("number", [1.0, -0.0, 1e16, 0.00001, 1.5e-7, 5e-324, 1.7976931348623157e308])
def test_float_is_written_as_the_same_number(number: float) -> None:
    """A float is written in digits that read back as the same float."""
    assert repr(float(json.loads(written({"a": number}))["a"])) == repr(number)


def test_mapping_of_another_type_is_written() -> None:
    """A mapping that is not a dict is written like one."""
    assert written(MappingProxyType({"a": 1})) == '{"a":1}'


class Language(str, Enum):  # noqa: UP042 - StrEnum is another case
    """An enum of texts, as programs before Python 3.11 have it."""

    KOREAN = "ko"


class Level(IntEnum):
    """An enum of integers, whose name differs from its value."""

    HIGH = 3


def test_named_text_and_numbers_are_written_as_their_values() -> None:
    """Members of an enum are written as their values, not their names."""
    assert written({"a": Language.KOREAN, "b": [Level.HIGH]}) == '{"a":"ko","b":[3]}'


@pytest.mark.parametrize("name", [1, None, True, b"a", ("a",), 1.5])
def test_name_that_is_not_text_is_refused(name: Any) -> None:
    """A name that is not text is refused at the top and inside, not converted."""
    with pytest.raises(FieldError, match="names must be text"):
        written({name: 1})
    with pytest.raises(FieldError, match="names inside must be text"):
        written({"a": {name: 1}})
    with pytest.raises(FieldError, match="names inside must be text"):
        written({"a": [{name: 1}]})


@pytest.mark.parametrize("value", [float("nan"), [1], object()])
def test_name_that_is_not_text_never_is_the_field_of_the_error(value: Any) -> None:
    """The field of the error is "fields" if the member's name is not text."""
    members: dict[Any, object] = {7: value}
    with pytest.raises(FieldError) as caught:
        written(members)
    assert caught.value.field == "fields"


@pytest.mark.parametrize("value", [b"x", {1, 2}, (1, 2), object(), 1j, range(2), MappingProxyType({})])
@pytest.mark.parametrize("inside", [False, True])
def test_value_that_json_has_not_is_refused(value: object, *, inside: bool) -> None:
    """A value that is not JSON is refused by the name of its member."""
    with pytest.raises(FieldError, match="must be JSON") as caught:
        written({"cf1": [{"x": value}] if inside else value})
    assert caught.value.field == "cf1"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_number_that_is_not_finite_is_refused(number: float) -> None:
    """NaN and infinity are refused, at the top and inside."""
    for value in (number, [number], {"x": number}):
        with pytest.raises(FieldError, match="finite"):
            written({"a": value})


@pytest.mark.parametrize(
    "members", [{"a": "\ud800"}, {"\udfff": 1}, {"a": ["x\ud83d"]}, {"a": {"\ud800": 1}}]
)
def test_lone_surrogate_is_not_written(members: dict[str, Any]) -> None:
    """A lone surrogate in a name or a value is refused."""
    with pytest.raises(FieldError, match="surrogate"):
        written(members)


def test_integer_of_too_many_digits_is_not_written() -> None:
    """An integer of 4,300 digits is written, and one of 5,001 is refused."""
    assert written({"a": 10**4299})
    with pytest.raises(FieldError, match="too long"):
        written({"a": 10**5000})


def test_depth_of_what_is_written_has_a_limit() -> None:
    """An object nested 16 deep is written and can be read, and one of 17 is refused."""
    deepest = {"a": nested_list(MAX_DEPTH - 1)}
    assert read_object(written(deepest)) == deepest
    with pytest.raises(FieldError, match="more than 16 deep"):
        written({"a": nested_list(MAX_DEPTH)})


def test_value_that_holds_itself_is_refused() -> None:
    """A list or dict that contains itself is refused as nested too deep."""
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(FieldError, match="deep"):
        written({"a": circle})
    ring: dict[str, Any] = {}
    ring["ring"] = ring
    with pytest.raises(FieldError, match="deep"):
        check_json("a", ring)


@pytest.mark.parametrize("value", [None, True, 0, -1, 1.5, "", "x", [], {}, [None, {"a": [1]}]])
def test_json_values_pass_the_check(value: object) -> None:
    """All seven kinds of JSON value pass the check."""
    check_json("a", value)


@pytest.mark.parametrize(("text", "unicode"), [("", True), ("한 😀", True), ("a\ud800", False)])
def test_unicode_is_what_utf8_can_write(text: str, *, unicode: bool) -> None:
    """Text counts as Unicode if it has no lone surrogate."""
    assert is_unicode(text) is unicode


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ('{"a": "한국 😀"}', '{"a": "한국 😀"}'),
        ("two\nlines", "two\nlines"),
        ("\x1b[31mred\r", "\\u001b[31mred\\r"),
        ("\x00\x7f\x9b", "\\u0000\\u007f\\u009b"),
        ("\u202egnp", "\\u202egnp"),
        ("a\u00a0\u2028b", "a\\u00a0\\u2028b"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("\ud800", "\\ud800"),
    ],
)
def test_printable_text_has_escapes_for_what_a_terminal_must_not_get(text: str, shown: str) -> None:
    """Control characters, format characters and surrogates are escaped; a line break stays."""
    assert printable(text) == shown


@given(objects)
def test_printable_text_of_json_is_the_same_json(members: dict[str, Any]) -> None:
    """JSON made printable still reads as the same object."""
    text = printable(json.dumps(members, ensure_ascii=False, indent=2))
    assert json.loads(text) == members
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("{}", {}),
        (' {\t"a" :\r\n1 } ', {"a": 1}),
        ('{"a":"\\ud83d\\ude00"}', {"a": "😀"}),
        ('{"a":"\\u0041\\/"}', {"a": "A/"}),
        ('{"a":-0,"b":1E2,"c":-1.5e-3}', {"a": 0, "b": 100.0, "c": -0.0015}),
        ('{"a":1e-999}', {"a": 0.0}),
        ('{"a":[],"b":{},"c":null}', {"a": [], "b": {}, "c": None}),
        ('{"a":{"a":1},"b":[{"a":1},{"a":2}]}', {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}),
        ('{"A":1,"a":2}', {"A": 1, "a": 2}),
    ],
)
def test_object_is_read(text: str, members: dict[str, Any]) -> None:
    """Any JSON text of one object is read, however it is spaced or escaped (RFC 8259)."""
    assert read_object(text) == members


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[]",
        '[{"a":1}]',
        '"a"',
        "1",
        "true",
        "null",
        "{",
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        "{a:1}",
        "{'a':1}",
        '{"a":01}',
        '{"a":+1}',
        '{"a":.5}',
        '{"a":1.}',
        '{"a":0x10}',
        '{"a":"\t"}',
        '{"a":"\n"}',
        '{"a":"\x00"}',
        '{"a":"\\x41"}',
        '{"a":"\\u00g0"}',
        '{"a":"',
        '{"a":"\\',
        '{"a":True}',
        '{"a":1}x',
        '{"a":1}{"a":1}',
        '{"a":1}\x00',
        '{"a":1} //',
        '\ufeff{"a":1}',
        '{"a":1\u00a0}',
    ],
)
def test_text_that_is_not_one_object_is_refused(text: str) -> None:
    """Text that is not exactly one JSON object is refused."""
    with pytest.raises(MalformedError, match=r"^not one JSON object with each member once$"):
        read_object(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":2}',
        '{"x":{"a":1,"a":2}}',
        '{"x":[{"a":1,"b":2,"a":3}]}',
        '{"":1,"":2}',
    ],
)
def test_member_given_twice_is_refused(text: str) -> None:
    """A member given twice at any depth, also by an escape, is refused (RFC 7493 section 2.3)."""
    with pytest.raises(MalformedError, match="each member once"):
        read_object(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1.0e400", "9" * 5000])
@pytest.mark.parametrize("shape", ['{{"a":{}}}', '{{"a":[{}]}}', '{{"a":{{"b":{}}}}}'])
def test_number_that_has_no_value_is_refused(number: str, shape: str) -> None:
    """NaN, infinity in any spelling, and integers of 5,000 digits are refused."""
    with pytest.raises(MalformedError, match="not one JSON object"):
        read_object(shape.format(number))


def test_number_of_many_digits_is_read_exactly() -> None:
    """An integer of 26 digits is read without rounding."""
    assert read_object('{"a":90071992547409931234567890}') == {"a": 90071992547409931234567890}


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_depth_of_what_is_read_has_a_limit(opened: str, closed: str) -> None:
    """A text nested 16 deep is read, and one nested 17 deep is refused."""
    inner = "[]" if opened == "[" else "{}"
    fits = '{"a":' + opened * (MAX_DEPTH - 2) + inner + closed * (MAX_DEPTH - 2) + "}"
    assert read_object(fits)
    deeper = '{"a":' + opened * (MAX_DEPTH - 1) + inner + closed * (MAX_DEPTH - 1) + "}"
    with pytest.raises(MalformedError, match="more than 16 deep"):
        read_object(deeper)


def test_depth_is_exact_with_and_without_many_brackets() -> None:
    """Only nesting counts as depth, however many brackets are side by side."""
    assert read_object(nested(16))
    with pytest.raises(MalformedError, match="deep"):
        read_object(nested(17))
    siblings = '{"a":[' + ",".join(["[]"] * 500) + '],"b":' + "[" * 15 + "]" * 15 + "}"
    assert read_object(siblings)
    with pytest.raises(MalformedError, match="deep"):
        read_object(siblings.replace('"b":', '"b":[').replace("]}", "]]}"))


@pytest.mark.parametrize(
    "inside",
    [
        "[" * 50,
        "{" * 50,
        '\\"' + "[" * 50,
        "[" * 50 + '\\"' + "[" * 50,
        "\\\\",
        "\\\\\\" + '"' + "[" * 50,
        "한[" * 50,
        "\\u0022" + "[" * 50,
    ],
)
def test_brackets_in_text_are_not_depth(inside: str) -> None:
    """Brackets inside strings do not count as depth, even behind escaped quotation marks."""
    text = f'{{"{inside}":"{inside}","b":[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}}'
    assert read_object(text) == json.loads(text)


@pytest.mark.parametrize(
    "before",
    ['"', '"\\', '"\\"', '\\"', '{"a":"\\\\"', '{"a":"[\\\\"', '{"a":"\\\\\\"', '{"a":"\n"'],
)
def test_depth_cannot_be_hidden_by_quotation_marks(before: str) -> None:
    """100,000 brackets behind any quotation marks are refused without recursion."""
    with pytest.raises(MalformedError):
        read_object(before + "," + "[" * 100_000)
    with pytest.raises(MalformedError):
        read_object(before + "," + "[" * 100_000 + "]" * 100_000 + "}")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"a":' * 200_000,
        "[" * 500_000 + "]" * 500_000,
        "{" * 1_000_000,
        "}" * 1_000_000,
        "[{" * 500_000,
    ],
    ids=lambda text: text[:6],
)
def test_bomb_of_brackets_is_refused(text: str) -> None:
    """A text of up to a million brackets raises a MalformedError, not a RecursionError."""
    with pytest.raises(MalformedError):
        read_object(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"\\ud800"}',
        '{"a":"x\\udfffy"}',
        '{"\\ud83d":1}',
        '{"a":["\\ude00\\ud83d"]}',
        '{"a":{"b":"\\uD83D"}}',
    ],
)
def test_escaped_lone_surrogate_is_refused(text: str) -> None:
    """An escaped lone surrogate in a name or value is refused (RFC 7493 section 2.1)."""
    with pytest.raises(MalformedError, match="surrogate"):
        read_object(text)


@pytest.mark.parametrize("text", ['{"a":"\ud800"}', '{"\udfff":1}'])
def test_unescaped_lone_surrogate_is_refused(text: str) -> None:
    """An unescaped lone surrogate, as from standard input (PEP 383), is refused."""
    with pytest.raises(MalformedError):
        read_object(text)


def test_text_of_the_errors_holds_no_input() -> None:
    """The error of a refused text neither repeats the text nor has a cause."""
    for text in ('{"jane":', '{"jane":1,"jane":2}', '{"jane":"\\ud800"}', '{"jane":' + "[" * 50):
        with pytest.raises(MalformedError) as caught:
            read_object(text)
        assert "jane" not in str(caught.value)
        assert caught.value.__cause__ is None


@given(objects)
def test_write_and_read_are_inverse(members: dict[str, Any]) -> None:
    """Any JSON object comes back in its order, and json.loads reads the same from its text."""
    text = written(members)
    assert read_object(text) == members
    assert list(read_object(text)) == list(members)
    assert json.loads(text) == members


@given(st.text() | st.text('{}[]",:\\u0 1ea', max_size=60) | json_values.map(json.dumps))
def test_reading_any_text_gives_an_object_or_our_error(text: str) -> None:
    """Any text gives an object that can be written again, or a LiveformError."""
    try:
        members = read_object(text)
    except LiveformError:
        return
    assert read_object(written(members)) == members


@pytest.mark.parametrize("tail", ["", "\\", '\\"' * 30_000, '"' * 30_001, '\\\\"' * 3])
def test_unclosed_strings_behind_brackets_are_refused(tail: str) -> None:
    """An unclosed string behind 17 brackets is refused, however many quotation marks it has."""
    with pytest.raises(MalformedError):
        read_object('{"a":' + "[" * 17 + '"' + tail)


@given(st.dictionaries(st.text(), st.text() | st.booleans(), max_size=8))
def test_orjson_writes_the_same_bytes(members: dict[str, str | bool]) -> None:
    """orjson writes the same bytes as json for members that are text or booleans."""
    expected = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
    assert orjson.dumps(members) == expected == write_checked(members)


def test_orjson_is_not_asked_where_it_differs() -> None:
    """With orjson imported, large integers, floats and surrogates are treated as without it."""
    assert written({"a": 2**70, "b": 1e16}) == '{"a":1180591620717411303424,"b":1e+16}'
    with pytest.raises(FieldError, match="surrogates"):
        written({"a": "\ud800"})


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"null", None),
        (b' [1, {"a": "\xed\x95\x9c"}]\n', [1, {"a": "한"}]),
        (b"[" * 3 + b"]" * 3, [[[]]]),
        (b'"\\ud83d\\ude00"', "😀"),
    ],
    ids=["null", "list", "nested", "pair"],
)
def test_json_of_any_kind_is_read(body: bytes, value: object) -> None:
    """A body may be deeper than the vendor's objects, and need not be an object."""
    assert read_json(body) == value


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "must be JSON in UTF-8"),
        (b"{", "must be JSON in UTF-8"),
        (b'{"a": "\xff"}', "must be JSON in UTF-8"),
        (b"\xef\xbb\xbf{}", "must be JSON in UTF-8"),
        (b"9" * 5000, "a number is too long"),
        (b"[" * 60_000, "must be JSON in UTF-8"),
        (b"[" * 501 + b"]" * 501, "must be JSON in UTF-8"),
        (b'[{"a": 1, "a": 2}]', "a member is given twice"),
        (b"[NaN]", "NaN and Infinity are not JSON"),
        (b"1e999", "a number is too large"),
        (b'["\\ud800"]', "lone surrogate"),
    ],
    ids=lambda part: part[:20],
)
def test_json_that_is_not_strict_is_refused(body: bytes, problem: str) -> None:
    """The rules of an object hold for every JSON text, but for its depth."""
    with pytest.raises(MalformedError, match=problem):
        read_json(body)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        (' {"a": [1, 1.5, "한"]} ', {"a": [1, 1.5, "한"]}),
        ("[" * 16 + "1" + "]" * 16, json.loads("[" * 16 + "1" + "]" * 16)),
        ("[" + ",".join(["{}"] * 4_999) + "]", [{}] * 4_999),
        ("[" + "0," * MAX_PARTS + "0]", [0] * (MAX_PARTS + 1)),
        ('"' + "," * 20_000 + '"', "," * 20_000),
    ],
    ids=["null", "object", "deep", "objects", "numbers", "commas"],
)
def test_message_within_its_limits_is_read(text: str, value: object) -> None:
    """A message may be any JSON of at most 16 levels, 5,000 brackets and 20,000 commas."""
    assert read_message(text) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 17 + "]" * 17, "more than 16 deep"),
        ("[" * 16 + "{}" + "]" * 16, "more than 16 deep"),
        ('{"a":' * 17 + "1" + "}" * 17, "more than 16 deep"),
        ("[" * 2_000 + "]" * 2_000, "must be JSON in UTF-8"),
        ("[" + ",".join(["{}"] * 5_000) + "]", "too many parts"),
        ("[" + "0," * (MAX_PARTS + 1) + "0]", "too many parts"),
        ('{"a":1,"a":2}', "given twice"),
        ("[NaN]", "NaN"),
        ('["\\ud800"]', "surrogate"),
        ("", "must be JSON in UTF-8"),
    ],
)
def test_message_beyond_its_limits_is_refused(text: str, problem: str) -> None:
    """A message that is deeper, has more parts, or is not strict JSON is refused with the reason."""
    with pytest.raises(MalformedError, match=problem):
        read_message(text)


@pytest.mark.parametrize("number", ["{}", "-{}", "0.{}", "1e{}", "{}.5"])
def test_number_has_a_longest_text(number: str) -> None:
    """A number of more than 1,000 characters is refused before it is read, whatever Python's own limit is."""
    with pytest.raises(MalformedError, match="too long"):
        read_message(number.format("1" * MAX_NUMBER_CHARS + "1"))
    longest = "1" * MAX_NUMBER_CHARS
    assert read_message(longest) == int(longest)
    assert read_message("0." + "1" * (MAX_NUMBER_CHARS - 2)) == float("0." + "1" * (MAX_NUMBER_CHARS - 2))


@given(json_values)
def test_message_is_read_as_by_json(value: object) -> None:
    """Any JSON value within the limits comes back as it was written."""
    assert read_message(json.dumps(value)) == value
