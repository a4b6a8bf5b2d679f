"""The texts for the findings, translated when they are shown."""

from __future__ import annotations

import json
from typing import Final

from flask_babel import lazy_gettext as _

from liveform import Pipeline
from webhelper.simulator.findings import Doubt, Why
from webhelper.simulator.return_url import Damage

TITLES: Final = {
    Pipeline.ID_DOCUMENT: _("Identity check"),
    Pipeline.KNOWLEDGE: _("Identity check by questions"),
    Pipeline.INJECTION: _("More data for a submission"),
}

STEPS: Final = {
    Pipeline.ID_DOCUMENT: (_("Your document"), _("Your face"), _("Result")),
    Pipeline.KNOWLEDGE: (_("Your details"), _("Questions"), _("Result")),
    Pipeline.INJECTION: (_("Submission"), _("New data"), _("Result")),
}

WHY: Final = {
    Why.ENCRYPTION_ONLY: _("In Encryption-only mode, only pid, encrypted and lang are read in plain."),
    Why.PLAIN_INJECTION: _("A plain sid and action are given too, so this is a plain injection."),
    Why.MUST_ENCRYPT: _("It has an effect only inside encrypted."),
    Why.MUST_BE_PLAIN: _("It has an effect only in plain."),
    Why.OTHER_NAME: _("In this place it has another name:"),
    Why.OTHER_FORM: _("This form does not use it; it belongs to:"),
    Why.UNKNOWN: _("It is not in the vendor's documents."),
}

# Mostly undocumented cases; each text says what the simulator does.
NOTES: Final = {
    Doubt.GIVEN_TWICE: _("It is given more than once. Here, the first counts."),
    Doubt.BOTH_PLACES: _("It is given both plain and encrypted. Here, the encrypted one counts."),
    Doubt.SPLIT_INJECTION: _("Of sid and action one is plain, one encrypted. Here, they work together."),
    Doubt.KNOWLEDGE_INJECTION: _("This is an injection at the Knowledge address. Here, it works."),
    Doubt.OTHER_OFFSET: _("The vendor always reads the instant as UTC. Here, the offset has no effect."),
}

DAMAGES: Final = {
    Damage.PLUS: _("A + is not escaped, and arrives as a space"),
    Damage.PADDING: _("The = at the end is lost"),
}


def shown(value: object) -> str:
    """Return a value for display: text unchanged, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
