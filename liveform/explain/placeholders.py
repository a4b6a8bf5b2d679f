"""The text of a parameter -> whether a program left a template or a missing value in it."""

from __future__ import annotations

import re
from typing import Final

# What programs write for a value that is not there: JavaScript, Python, Java, SQL, Ruby, printf.
_NO_VALUES: Final = frozenset(
    (
        *("undefined", "null", "NULL", "Null", "None", "nil", "NaN", "nan", "NaT"),
        *("[object Object]", "(null)", "<null>", "<nil>", "<none>", "<NA>", r"\N"),
    )
)
_TEMPLATE: Final = re.compile(
    r"\{\{[^{}]*\}\}|\{%[^{}]*%\}"  # Jinja, Handlebars, Vue
    r"|[$#]\{[^{}]*\}"  # JavaScript, shells, Java; Ruby
    r"|<\?[^<]*\?>|<%[^<]*%>"  # PHP; ERB, JSP
    r"|\{[A-Za-z_][\w.]*\}"  # Python, C#
    r"|\*\|[^|]*\|\*|%%\w+%%"  # programs that send mails
)
_WHOLE: Final = re.compile(
    r"%(?:\(\w+\)|\d+\$)?[sdi@]"  # printf
    r"|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%"  # shells
    r"|<[A-Za-z][\w .-]*>",  # of an example
    re.ASCII,
)


def left_in(text: str) -> str | None:
    """Return in words what a program left in a value; None if that may be a value."""
    if text.strip() in _NO_VALUES:
        return "what a program writes for no value, such as undefined, null or None; leave it out instead"
    if _TEMPLATE.search(text) or _WHOLE.fullmatch(text.strip()):
        return "a template that nothing has filled in, such as {{id}}, ${id} or %s"
    return None
