"""What has a name in a file: texts with the form's address, and objects that may become a query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.lint.members import Member, members_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# The form's host, also with the slashes that JSON and JavaScript escape.
HOST: Final = r"(?:https?:)?\\?/\\?/(?:[\w.-]{1,64}@)?form\.argosidentity\.com(?![\w-]|\.\w)"
_NAMED_TEXT: Final = re.compile(
    r"(?:(?<![\w$])\$?(?P<name>[A-Za-z_]\w{0,63})['\"]?\s*(?::[\w<>\[\]., ?|]{1,40})?(?:=|:=|=>|:)\s*"
    r"|\bdefine\s*\(\s*['\"](?P<defined>\w{1,64})['\"]\s*,\s*)"
    rf"(?:[A-Za-z]{{1,2}}(?=['\"`]))?(?P<quote>'''|\"\"\"|['\"`])(?={HOST})",
    re.IGNORECASE,
)
_MAKES_OBJECT: Final = r"(?::[\w<>\[\]., ?|]{1,40})?=\s*(?:new\s+)?(?:dict|array|Map\.of|mapOf)?\s*[({\[]"
_NAMED_OBJECT: Final = re.compile(rf"(?<![\w$.?&])\$?([A-Za-z_]\w{{0,63}})\s*{_MAKES_OBJECT}")
_NEW_QUERY: Final = re.compile(r"(?<![\w$.])\$?([A-Za-z_]\w{0,63})\s*=\s*new\s+URLSearchParams\s*\(\s*\)")


class NamedText(NamedTuple):
    """A text with the form's address that has a name: where it begins behind its quote, and the quote."""

    start: int
    quote: str


def named_texts(source: str) -> dict[str, NamedText]:
    """Return the texts with the form's address by name, if the name is given to one text only."""
    found: dict[str, list[NamedText]] = {}
    for match in _NAMED_TEXT.finditer(source):
        name = match["name"] or match["defined"]
        found.setdefault(name, []).append(NamedText(match.end(), match["quote"]))
    return {
        name: texts[0] for name, texts in found.items() if len(texts) == 1 and _is_given_once(source, name)
    }


def _is_given_once(source: str, name: str) -> bool:
    given = re.compile(rf"(?<![\w$])\$?{re.escape(name)}\s*(?::[\w<>\[\]., ?|]{{1,40}})?=(?![=>])")
    return len(given.findall(source)) <= 1


def named_objects(source: str) -> dict[str, list[Member]]:
    """Return the members of objects that have a name, also of those that get their members later."""
    objects: dict[str, list[Member]] = {}
    for match in _NAMED_OBJECT.finditer(source):
        objects.setdefault(match[1], []).extend(members_of(source, match.end() - 1))
    for match in _NEW_QUERY.finditer(source):
        objects.setdefault(match[1], [])
    for name, members in objects.items():
        members.extend(added_members(source, name))
    return {name: members for name, members in objects.items() if members}


def added_members(source: str, name: str) -> Iterator[Member]:
    """Yield what is added to an object of this name: ``x["name"] =``, ``x.append("name", ...)``."""
    owner = rf"(?<![\w$])\$?{re.escape(name)}"
    in_brackets = r"""\[\s*['"]([\w-]{1,64})['"]\s*\]\s*=(?!=)"""
    in_call = r"""\.(?:append|set|put|add)\(\s*['"]([\w-]{1,64})['"]\s*,"""
    adding = f"{owner}(?:{in_brackets}|{in_call})"
    for match in re.finditer(adding, source):
        group = 1 if match[1] is not None else 2
        yield Member(match[group], match.start(group))
