"""Tests of liveform.parameters.email_address: an address alone, without what people copy beside it."""

import pytest

from liveform import FieldError, Project
from liveform.parameters.email_address import EmailAddress

RULE = EmailAddress()


@pytest.mark.parametrize(
    "address",
    [
        "jane@example.com",
        "jane.doe+kyc@mail.example.co.kr",
        "o'neil@example.com",
        "jane@localhost",
        "제인@예시.한국",
        '"jane.doe"@example.com',
        "jane/x=y@example.com",
        "o’neil@example.com",
        "jane?`x`@example.com",
        "jane_doe@my_host.example.com",
        "jane@[192.0.2.1]",
    ],
)
def test_address_goes_out_as_it_is(address: str) -> None:
    """An address is sent as it was given."""
    assert RULE.check("email", address) == address


@pytest.mark.parametrize(
    "text",
    [
        "mailto:jane@example.com",
        "MAILTO:jane@example.com",
        "mailto:jane@example.com?subject=Hello",
        "<jane@example.com>",
        "Jane Doe <jane@example.com>",
        "jane@example.com (work)",
        "jane@example.com, john@example.com",
        "jane@example.com;john@example.com",
        "jane@example.com;",
        "jane@example.com,",
        "jane@example.com.",
        " jane@example.com",
        "jane@example.com\n",
        '"jane@example.com"',
        "https://jane@example.com/",
        "“jane@example.com”",
        "„jane@example.com“",
        "«jane@example.com»",
        "「jane@example.com」",
        "‘jane@example.com’",
        "`jane@example.com`",
        "'jane@example.com'",
        'jane@example.com"',
        '"jane@example.com',
        "jane@example.com'",
        "jane@example.com/",
        "jane@example.com?subject=x",
        "jane@example.com#x",
        "\u202ajane@example.com\u202c",
        "jane@example.com\0",
        "\x7fjane@example.com",
    ],
)
def test_address_with_something_beside_it_is_refused_with_what_to_leave_out(text: str) -> None:
    """What mailers and pages put around an address is never sent, and the error says what to leave out."""
    with pytest.raises(FieldError) as caught:
        Project("abc123de45").form_url(email=text)
    assert caught.value.problem == (
        "must be an e-mail address alone, such as jane@example.com: "
        "no name, no <>, no mailto:, nothing else beside it"
    )


@pytest.mark.parametrize("value", ["nobody", "@", "jane@", "@example.com", "jane@.", "a b", ":@:"])
def test_text_without_an_address_is_refused(value: str) -> None:
    """Of a text without any address, the error says only what must be there."""
    with pytest.raises(FieldError) as caught:
        RULE.check("email", value)
    assert caught.value.problem == "must be an e-mail address"


@pytest.mark.parametrize("value", [None, 5, b"jane@example.com", ["jane@example.com"]])
def test_value_that_is_not_text_is_refused(value: object) -> None:
    """Another type is refused as for every text."""
    with pytest.raises(FieldError, match="email: must be text"):
        RULE.check("email", value)
