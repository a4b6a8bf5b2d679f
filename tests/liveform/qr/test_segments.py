"""Tests of liveform.qr.segments, which cuts a text into modes that take the fewest bits."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.qr.segments import ALPHANUMERIC, BYTE, NUMERIC, Segment, plan

DENSE = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def holds(mode: int, data: bytes) -> bool:
    """Return whether a mode can write all the characters."""
    allowed = {NUMERIC: DENSE[:10], ALPHANUMERIC: DENSE, BYTE: bytes(range(256))}[mode]
    return all(sign in allowed for sign in data)


def fewest_bits(data: bytes, version: int) -> int:
    """Return the fewest bits of all ways to cut and write a short text."""
    found = []
    for cuts in product([False, True], repeat=len(data) - 1):
        edges = [0, *(at for at, cut in enumerate(cuts, 1) if cut), len(data)]
        bits = 0
        for start, end in pairwise(edges):
            piece = data[start:end]
            bits += min(
                Segment(mode, piece).bits(version)
                for mode in (NUMERIC, ALPHANUMERIC, BYTE)
                if holds(mode, piece)
            )
        found.append(bits)
    return min(found)


@given(st.text("19AZ:a", min_size=1, max_size=8))
def test_no_other_way_takes_fewer_bits(text: str) -> None:
    """The plan of a short text takes as few bits as the best of all ways to cut it."""
    found = plan(text.encode(), "H")
    assert found is not None
    assert sum(segment.bits(found.version) for segment in found.segments) == fewest_bits(text.encode(), 9)


@given(st.text(st.sampled_from("0123456789ABCZ%/:abcz?é"), min_size=1, max_size=400))
def test_segments_are_the_text_each_in_a_mode_that_can_write_it(text: str) -> None:
    """The segments of a plan join to the text, fit their modes and change mode at each cut."""
    found = plan(text.encode(), "M")
    assert found is not None
    assert b"".join(segment.data for segment in found.segments) == text.encode()
    assert all(holds(segment.mode, segment.data) for segment in found.segments)
    assert all(one.mode != other.mode for one, other in pairwise(found.segments))


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        ("7", [NUMERIC]),
        ("HTTPS://ID.EXAMPLE.COM/R/ABCDEFGHJKMNPQRSTVWXYZ2345", [ALPHANUMERIC]),
        ("https://id.example.com/r/", [BYTE]),
        ("https://id.example.com/r/ABCDEFGHJKMN", [BYTE, ALPHANUMERIC]),
        ("userid=123456789012", [BYTE, NUMERIC]),
        ("A" * 10 + "1" * 20 + "B" * 10, [ALPHANUMERIC, NUMERIC, ALPHANUMERIC]),
        ("A" * 10 + "1" * 5 + "B" * 10, [ALPHANUMERIC]),
        ("e" * 200 + "%3D%3D", [BYTE]),  # 48 bits either way
        ("é" + "1" * 30 + "b", [BYTE, NUMERIC, BYTE]),
    ],
)
def test_modes_are_those_that_a_reader_of_the_norm_would_take(text: str, modes: list[int]) -> None:
    """The mode changes only where that saves bits, as in the examples of annex J."""
    found = plan(text.encode(), "M")
    assert found is not None
    assert [segment.mode for segment in found.segments] == modes


# Table 7: level M, the most characters of versions 1, 9, 10, 26, 27 and 40; then one more.
@pytest.mark.parametrize(
    ("sign", "capacities"),
    [
        ("1", {1: 34, 9: 432, 10: 513, 26: 2544, 27: 2701, 40: 5596}),
        ("A", {1: 20, 9: 262, 10: 311, 26: 1542, 27: 1637, 40: 3391}),
        ("a", {1: 14, 9: 180, 10: 213, 26: 1059, 27: 1125, 40: 2331}),
    ],
)
def test_version_is_the_smallest_that_holds_the_text(sign: str, capacities: dict[int, int]) -> None:
    """The version is the smallest that holds the text, by the capacities of table 7."""
    for version, characters in capacities.items():
        fits, over = plan(sign.encode() * characters, "M"), plan(sign.encode() * (characters + 1), "M")
        assert fits is not None
        assert fits.version == version
        assert (over and over.version) == (version + 1 if version < 40 else None)
