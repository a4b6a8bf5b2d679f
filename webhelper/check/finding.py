"""One thing that a check found out."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """Something that is wrong, or that an operator should know.

    Attributes:
        is_fault: whether it is wrong; else it is a note.
        subject: what it is about, such as the name of a setting.
        text: what is the matter, and what to do.
    """

    is_fault: bool
    subject: str
    text: str


def fault(subject: str, text: str) -> Finding:
    """Return a finding that keeps a site from working."""
    return Finding(True, subject, text)


def note(subject: str, text: str) -> Finding:
    """Return a finding that may be right as it is."""
    return Finding(False, subject, text)
