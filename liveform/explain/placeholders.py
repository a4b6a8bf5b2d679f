"""The text of a parameter -> whether a program left a template or a missing value in it."""

from __future__ import annotations

import re
from typing import Final

from liveform.parameters.unfilled import NO_VALUES, TEMPLATE, WHOLE_TEMPLATE

_TEMPLATE: Final = re.compile(rf"{TEMPLATE}|\{{[A-Za-z_][\w.]*\}}")  # the last of Python and C#
_WHOLE: Final = re.compile(rf"{WHOLE_TEMPLATE}|\$[A-Za-z_]\w*", re.ASCII)  # the last of shells


def left_in(text: str) -> str | None:
    """Return in words what a program left in a value; None if that may be a value."""
    if text.strip() in NO_VALUES:
        return "what a program writes for no value, such as undefined, null or None; leave it out instead"
    if _TEMPLATE.search(text) or _WHOLE.fullmatch(text.strip()):
        return "a template that nothing has filled in, such as {{id}}, ${id} or %s"
    return None
