"""These tests make token ids."""

import re

from webhelper.token_pool.token_ids import new_token_id


def test_token_id_has_the_form_of_the_vendor() -> None:
    """A token id is 32 letters and digits: within the vendor's 8 to 64 characters, whatever is drawn."""
    made = {new_token_id() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9]{32}", one) for one in made)


def test_every_letter_and_digit_is_drawn_from() -> None:
    """Each character is one of 62, so that a token id has 190 bits."""
    offered: list[str] = []

    def choice(chars: str) -> str:
        offered.append(chars)
        return chars[0]

    assert new_token_id(choice) == "a" * 32
    assert {len(set(chars)) for chars in offered} == {62}
