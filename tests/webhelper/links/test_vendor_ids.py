"""These tests say which ids and codes that others send are kept."""

import pytest

from webhelper.links.vendor_ids import id_or_none


@pytest.mark.parametrize("text", ["a", "00pm1k2_3x", "TK-10001", "a.b~c", "x" * 128])
def test_text_of_the_form_of_an_id_is_kept(text: str) -> None:
    """Letters, digits and four signs, up to 128 of them, are an id."""
    assert id_or_none(text) == text


@pytest.mark.parametrize("text", [None, "", "jane@example.com", "Jane Doe", "김철수", "x" * 129, "a\n"])
def test_text_that_could_be_somebodys_name_is_not_kept(text: str | None) -> None:
    """Text that cannot be an id could be a name or an address, and is left out."""
    assert id_or_none(text) is None
