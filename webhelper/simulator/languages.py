"""The language of the simulator's pages: English or Korean."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from flask_babel import force_locale

LANGUAGES: Final = {"en": "English", "ko": "한국어"}


def language_of(wanted: object) -> AbstractContextManager[None]:
    """Return a context in the wanted language, such as ``ko-KR``; in that of the browser if it is unknown."""
    language = re.split("[-_]", str(wanted or "").lower())[0]
    return force_locale(language) if language in LANGUAGES else nullcontext()
