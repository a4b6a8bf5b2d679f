"""Tests of liveform.pasted_text: what editors, mailers and programs put around a text that was copied."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import Project, find_layout
from liveform.pasted_text import copied_text, copied_url

TEXT = "qL8Rs/cXa+Q1Zz=="


@pytest.mark.parametrize(
    "pasted",
    [
        TEXT,
        f'"{TEXT}"',
        f"'{TEXT}'",
        f"`{TEXT}`",
        f"b'{TEXT}'",
        f'"{TEXT}",',
        f"{TEXT};",
        f"{TEXT}.",
        f"\ufeff{TEXT}",
        f"{TEXT}\u200b",
        "qL8Rs/\u00adcXa+Q1Zz==",
        r"qL8Rs\/cXa+Q1Zz==",
        r"qL8Rs/cXa\u002BQ1Zz\u003d\u003d",
        "qL8Rs&#x2F;cXa&#43;Q1Zz&#61;&#61;",
        f"{TEXT}\\r\\n",
        f"“{TEXT}”",
        f"„{TEXT}“",
        f"‘{TEXT}’.",
        f"«{TEXT}»",
        f"「{TEXT}」",
        f"<{TEXT}>",
        f"<URL:{TEXT}>",
        f"&lt;{TEXT}&gt;",
        f"&amp;lt;{TEXT}&amp;gt;",
        f"\u202a{TEXT}",
        f"\u2066{TEXT}\u2069",
        f"\u00a0{TEXT}\u00a0",
        f'<a href="{TEXT}">here</a>',
        f"<a class='x' HREF = '{TEXT}'>",
        f'"\\"{TEXT}\\""',
        "qL8Rs&sol;cXa&plus;Q1Zz&equals;&equals;",
        f"-----BEGIN SAMPLE-----\n{TEXT}\n-----END SAMPLE-----\n",
        f"({TEXT})",
        f"('{TEXT}',)",
    ],
)
def test_text_is_found_in_what_was_put_around_it(pasted: str) -> None:
    """Quotes, byte order marks, invisible characters, escapes, frames and the end of a statement go."""
    assert copied_text(pasted) == TEXT


@pytest.mark.parametrize(
    "line",
    [
        '"encrypted": "{}",',
        '"encrypted":"{}"}}',
        '"encrypted": "{}", "pid": "abc123de45"',
        r"\"encrypted\": \"{}\",",
        "&quot;encrypted&quot;: &quot;{}&quot;",
        "encrypted: {}",
        "encrypted:\n  {}",
        "  - Encrypted: '{}'\n",
        "“encrypted: {}”",
        "'encrypted' => '{}',",
        ':encrypted => "{}"',
        'encrypted = "{}"',
        'encrypted="{}"',
        "encrypted = {}",
        "$encrypted = '{}';",
        "const encrypted = `{}`;",
        'encryptedData: "{}"',
        '"encrypted_text": "{}"',
    ],
)
def test_text_is_found_behind_its_name(line: str) -> None:
    """A line of JSON, YAML or a program is read as the value in it; that of a query has rules of its own."""
    assert copied_text(line.format(TEXT)) == TEXT
    assert copied_text("encrypted=a%2Bb&lang=en") == "encrypted=a%2Bb&lang=en"


@pytest.mark.parametrize(("pasted", "copied"), [("0xAB01", "AB01"), ("0XAB01", "AB01"), ("0xAB0", "0xAB0")])
def test_prefix_of_hex_goes_where_the_rest_is_hex(pasted: str, copied: str) -> None:
    """``0x`` in front of whole bytes of hex is what programs write."""
    assert copied_text(pasted) == copied


@pytest.mark.parametrize(
    "text",
    ['{"data": "a\\/b;"}', "a\\x", "'a", "a'b'", "&copy=1", "\\u0141", "&ltd;x", "<", "a>", "“", "a b"],
)
def test_other_text_stays(text: str) -> None:
    """JSON has rules of its own, and what is not known is left as it is."""
    assert copied_text(text) == text


@pytest.mark.parametrize(
    "pasted",
    [
        '{"data": "a\\/b"}',
        '{"data": "a\\/b"};',
        r'"{\"data\": \"a\\/b\"}"',
        r"{\"data\": \"a\\/b\"}",
        "{&quot;data&quot;: &quot;a\\/b&quot;}",
    ],
)
def test_json_in_a_text_is_the_json(pasted: str) -> None:
    """JSON that a program has written as a text of JSON, HTML or a log is that JSON."""
    assert json.loads(copied_text(pasted)) == {"data": "a/b"}


@pytest.mark.parametrize(
    ("pasted", "copied"),
    [
        ('"https://h/?a=1",', "https://h/?a=1"),
        (r'"https:\/\/h\/?a=1\u0026b=\\n"', r"https://h/?a=1&b=\n"),
        (r"https://h/?a\u003d1", "https://h/?a=1"),
        ('<a href="https://h/?a=1&amp;b=2">', "https://h/?a=1&b=2"),
        ("\u200b https://h/\u200b?a=1; \ufeff", "https://h/\u200b?a=1;"),
        (r"https://h/?a=\n", r"https://h/?a=\n"),
        (r"https://h/?a=https:\/\/h", r"https://h/?a=https:\/\/h"),
        (r'"https://h/?a=\q\n"', r"https://h/?a=\q\n"),
        ("https://h/?a=1&amp;b=2", "https://h/?a=1&amp;b=2"),
        ("", ""),
        ('""', ""),
    ],
)
def test_url_is_found_in_what_was_put_around_it(pasted: str, copied: str) -> None:
    """Of a URL, only what is around it goes, and the escapes of JSON or HTML where it was in one of them."""
    assert copied_url(pasted) == copied


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Nothing is raised, whatever somebody has pasted."""
    assert len(copied_text(text)) <= len(text)
    assert len(copied_url(text)) <= len(text)


@pytest.mark.parametrize(
    "pasted",
    [
        *('"encrypted": "{}",', "encrypted: {}", "'encrypted' => '{}',", "({})", "encrypted={}"),
        *('"{}";', "b'{}'", "\ufeff{}", '{{"encrypted": "{}"}}', "{}.", "“{}”", "\u2066{}\u2069"),
        "https://form.argosidentity.com/?pid=abc123de45&amp;encrypted={}",
        '<a href="https://form.argosidentity.com/?pid=abc123de45&amp;encrypted={}">link</a>',
        "<https://form.argosidentity.com/?pid=abc123de45&encrypted={}>",
    ],
)
def test_doctor_finds_the_layout_of_a_pasted_sample(pasted: str) -> None:
    """The doctor does not blame the key for quotes and marks around the right text."""
    sample = Project("abc123de45", key="an example key", cipher="gcm").encrypt({"userid": "user_12345"})
    found = find_layout(pasted.format(sample), "an example key")
    assert (found.cipher, found.shape) == ("gcm", "text")
