"""A form URL -> what the vendor will see of it, what it will ignore, and what is wrong with it.

``explain_url`` needs no settings; ``Project.explain`` knows the key, the mode and the project id too.
"""

from __future__ import annotations

import time

from liveform.explain.explanation import Explanation, Finding, Ignored, Seen
from liveform.explain.knowledge import NOTHING_KNOWN
from liveform.explain.reader import UrlReader
from liveform.explain.rules import RULES, Rule, Severity
from liveform.explain.written import written_url
from liveform.tracebacks import strips_traceback

__all__ = [
    "RULES",
    "Explanation",
    "Finding",
    "Ignored",
    "Rule",
    "Seen",
    "Severity",
    "explain_url",
]


@strips_traceback
def explain_url(url: str) -> Explanation:
    """Return what the vendor makes of a form URL, as far as the URL alone says it.

    Without the project's settings, ``encrypted`` stays closed, the project id is not compared, and
    Encryption-only mode is not known. ``Project.explain`` knows them.

    Raises:
        MalformedError: not a URL, or too long. All else that is wrong is in ``.problems`` and ``.findings``.
    """
    return UrlReader(written_url(url), NOTHING_KNOWN, now=time.time()).explanation()
