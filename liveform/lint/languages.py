"""The ending of a file's name -> how its language writes texts and joins them."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final, NamedTuple

_TEXT: Final = (
    "txt log md rst adoc har json jsonl ndjson csv tsv yml yaml toml ini cfg conf env properties ipynb"
)
_MARKUP: Final = (
    "html htm xhtml xml svg vue svelte jinja jinja2 j2 twig erb ejs hbs mustache njk liquid jsp jspx ftl tpl "
    "phtml php aspx cshtml razor thymeleaf"
)
_CONCATENATIONS: Final = {
    "+": "py pyi pyx js mjs cjs jsx ts mts cts tsx java kt kts scala groovy gradle cs go rb rs swift dart c "
    "cc cpp h hpp m mm coffee ps1 vue svelte html htm jsp ejs erb gs",
    ".": "php phtml pl pm",
    "..": "lua",
    "&": "vb vbs bas cls",
    "<>": "ex exs",
    "~": "twig jinja jinja2 j2 njk",
    "||": "sql",
}
_WITH_DOLLAR: Final = "php phtml sh bash zsh pl pm kt kts groovy gradle dart ps1"
_ADJACENT: Final = "py pyi pyx c cc cpp h hpp m mm"


class Language(NamedTuple):
    """How a file is read.

    Attributes:
        is_text: not a program: a URL ends where the text around it goes on.
        has_entities: ``&amp;`` is ``&``.
        joins: the signs that join two texts.
        has_dollar: ``$name`` in a text is a variable.
        joins_adjacent: two texts side by side are one.
    """

    is_text: bool = False
    has_entities: bool = False
    joins: tuple[str, ...] = ()
    has_dollar: bool = False
    joins_adjacent: bool = False


def language_of(name: str) -> Language:
    """Return how a file of this name is read; ``.env`` and files without an ending are text."""
    path = PurePath(name)
    ending = path.suffix.lower().removeprefix(".") or path.name.lower().removeprefix(".")
    joins = tuple(sign for sign, endings in _CONCATENATIONS.items() if ending in endings.split())
    return Language(
        is_text=ending in _TEXT.split()
        or not (joins or ending in _MARKUP.split() or ending in _WITH_DOLLAR.split()),
        has_entities=ending in _MARKUP.split(),
        joins=joins,
        has_dollar=ending in _WITH_DOLLAR.split(),
        joins_adjacent=ending in _ADJACENT.split(),
    )
