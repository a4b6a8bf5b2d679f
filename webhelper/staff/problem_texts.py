"""What is wrong with a field of a form, in the reader's language.

The checks of links and parameters say it in English. Each of their texts has its form here, by which it is
found and translated. A text without one is shown as it is to readers of English, and said in the words of the
parameter table to all others.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from flask_babel import get_locale, gettext

from liveform import PARAMETERS


def _(text: str) -> str:
    """Mark a text for translation, and return it."""
    return text


# What a check says, and where that is for programs, what staff read instead. The first that fits counts.
_FORMS: Final[tuple[str | tuple[str, str], ...]] = (
    _("is missing"),
    ("is missing; it must be %(wants)s", _("is missing")),
    _("must be text"),
    _("is empty; leave it out instead"),
    _("must be Unicode, without lone surrogates"),
    ("must be True or False", _("must be true or false")),
    _("must be a finite number"),
    _("must be one JSON object with each member once, or text"),
    _("must be JSON: text, number, true, false, null, list or dict"),
    _("must be one of %(names)s"),
    _("must be %(wants)s in capitals, such as KOR; did you mean %(meant)s?"),
    _("must be %(wants)s in capitals, such as KOR"),
    _("must be %(wants)s, and at most %(most)s"),
    _("must be %(wants)s; a name has no spaces and is not empty"),
    (
        "must be 1, because the project is in private mode: %(why)s",
        _("must be 1, because the project is in private mode: its token ids are for one person each"),
    ),
    _("must be given: the id of the submission that gets more data"),
    (
        "must be encrypted: %(why)s (give the project a key, and let it encrypt)",
        _("can only be sent encrypted, and this project has no key; leave it out"),
    ),
    _("must not be combined with %(other)s"),
    (
        'must be names with commas between, or a JSON list such as ["USA", "KOR"]',
        _("must be names with commas between"),
    ),
    _("must be an https URL; allowed hosts are %(hosts)s"),
    (
        "must be a whole URL, such as https://app.example.com/done, or one of an app whose scheme is in "
        "RETURN_SCHEMES; allowed are %(schemes)s",
        _("must be a whole URL, such as https://app.example.com/done; allowed schemes of apps: %(schemes)s"),
    ),
    _("must be a whole URL, such as https://app.example.com/done"),
    _("must begin with https:// (http:// is for loopback hosts only)"),
    _("must have no user name or password in front of its host"),
    _(
        "must be an e-mail address alone, such as jane@example.com: no name, no <>, no mailto:, "
        "nothing else beside it"
    ),
    _("must be %(wants)s"),
    (
        "takes only False%(why)s",
        _("can only be false; to have the check on, leave it out: the dashboard decides"),
    ),
    ("takes only False", _("can only be false; to have the check on, leave it out: the dashboard decides")),
    (
        "has a character that is not ASCII; %(how)s",
        _("has characters that a URL cannot have; percent-encode them"),
    ),
    (
        "has a space, a line break or one of %(how)s",
        _("has characters that a URL cannot have; percent-encode them"),
    ),
    _("has a host that cannot be read"),
    (
        "has a port that is not in RETURN_HOSTS; allowed are %(hosts)s",
        _("has a port that is not allowed; allowed are %(hosts)s"),
    ),
    (
        "has a host that is not in RETURN_HOSTS; allowed are %(hosts)s",
        _("has a host that is not allowed; allowed are %(hosts)s"),
    ),
    _("has white space around it; leave that out"),
    _("has invisible characters around it; type it instead of pasting it"),
    ("is in quotes; leave them out, or a space that is in front of them", _("is in quotes; leave them out")),
    (
        "is a number that a program has rounded; make the column text, and fill it again",
        _("is a number that a program has rounded; write it out"),
    ),
    _("allowed are %(names)s"),
    _("the names inside must be text"),
    _("is nested more than %(number)s deep"),
    _("is too long a number"),
    _("has no plain form; it can only be encrypted"),
    ("needs %(wanted)s beside it; add %(wanted)s", _("needs %(wanted)s beside it")),
    (
        "does not belong to %(form)s; it belongs to %(forms)s",
        _("is not part of the chosen form; leave it out"),
    ),
    _("carries the state of the link; leave it out"),
    (
        "is made for each opening (unique_userid); leave it out",
        _("is made for each visit, because you gave a prefix; leave one of the two out"),
    ),
    _("is drawn from the pool of the project; leave it out"),
    _("together they make a URL of more than %(number)s characters"),
    _("together they make more than %(number)s characters"),
    _("are too long to be sealed into a link"),
    _("this site keeps no links, so it cannot take: %(names)s"),
)
# Of the members of a request; they are checked by their types, whose words are for programs.
_MEMBERS: Final = {
    "expires_in": _("must be one of the list"),
    "max_uses": _("must be a whole number from 1 to 1,000,000"),
    "label": _("must be one line of at most 100 characters"),
    "unique_userid": _("must be at most 40 letters, digits, dots, dashes and underscores, without spaces"),
    "next": _("must be a URL of at most 2,000 characters"),
    "note": _("must be at most 500 characters"),
    "store": _("must be one line of 1 to 60 characters"),
}
_OF_A_TYPE: Final = ("must be text", "must be a whole number")
_WANTS: Final = {name: row.value.wants for row in PARAMETERS for name in row.vendor_names}
_PLACE: Final = re.compile(r"%\\\((\w+)\\\)s")  # as re.escape writes it


def problem_text(name: str, problem: str) -> str:
    """Return what is wrong with a field, in the language of the page.

    Args:
        name: of the field; empty for the form as a whole.
        problem: as an error of the checks says it.
    """
    if name in _MEMBERS and problem.startswith(_OF_A_TYPE):
        return str(gettext(_MEMBERS[name]))
    for form in _FORMS:
        said, told = (form, form) if isinstance(form, str) else form
        found = _pattern(said).fullmatch(problem)
        if found is not None:
            return str(gettext(told, **{key: gettext(text) for key, text in found.groupdict().items()}))
    if name not in _WANTS or str(get_locale()) == "en":
        return problem
    return str(gettext(_("must be %(wants)s"), wants=gettext(_WANTS[name])))


@cache
def _pattern(form: str) -> re.Pattern[str]:
    seen: set[str] = set()

    def group(place: re.Match[str]) -> str:
        name = place[1]
        again = name in seen
        seen.add(name)
        return f"(?P={name})" if again else f"(?P<{name}>.+?)"

    return re.compile(_PLACE.sub(group, re.escape(form)), re.DOTALL)
