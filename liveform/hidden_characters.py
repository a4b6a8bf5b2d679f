"""The characters that show nothing, which programs put around what people copy and type.

Contacts, chats and phone books put marks of direction around a text, web pages put soft hyphens and joiners
into it, and files a byte order mark in front. White space and control characters are not here, nor is what
changes the sign before it, such as the variation selectors of emoji.
"""

from __future__ import annotations

from typing import Final

HIDDEN: Final = (
    "\u00ad\u034f\u061c\u180e"  # soft hyphen, joiner of graphemes, Arabic mark, Mongolian separator of vowels
    "\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800"  # fillers of Hangul, vowels of Khmer, braille without a dot
    "\u200b\u200c\u200d\u200e\u200f"  # without width: a space, joiners, marks of direction
    "\u202a\u202b\u202c\u202d\u202e"  # direction of what follows
    "\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
    "\ufeff\ufff9\ufffa\ufffb"  # byte order mark, annotations
)
JOINERS: Final = "\u200c\u200d"  # of these, the two that belong to words of Persian and of Indic languages
