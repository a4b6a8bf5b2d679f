"""The table of Liveform parameters: each one once, and everything that is known of it.

The typed arguments, the checks, the command's options and docs/parameters.md all come from here.
A new vendor parameter is one row, here or in ``other_forms.py``. ``source`` is a page under
developers.argosidentity.com (QS = query string and token guide, ENC = encryption, DP = data protection,
INJ = data injection, PROJ = projections, FA = FaceAuth); ``certainty`` says how far the row follows that
page.
"""

from __future__ import annotations

from typing import Final

from liveform.parameters.email_address import EmailAddress
from liveform.parameters.lists import Country, Names
from liveform.parameters.model import Certainty, Parameter, Pipeline, Place, TokenNames
from liveform.parameters.other_forms import FACE_AUTH_ROWS, INJECTION_ROWS
from liveform.parameters.values import Flag, Identifier, Instant, OnlyFalse, Structure, Text

_ID: Final = Pipeline.ID_DOCUMENT
_KNOWLEDGE: Final = Pipeline.KNOWLEDGE
_INJECTION: Final = Pipeline.INJECTION
_FACE_AUTH: Final = Pipeline.FACE_AUTH

_EVERYWHERE: Final = {_ID: Place.EITHER, _KNOWLEDGE: Place.EITHER, _INJECTION: Place.EITHER}
_FORMS: Final = {_ID: Place.EITHER, _KNOWLEDGE: Place.EITHER}
_FORMS_ENCRYPTED: Final = {_ID: Place.ENCRYPTED, _KNOWLEDGE: Place.ENCRYPTED}
_ID_ENCRYPTED: Final = {_ID: Place.ENCRYPTED}
_KNOWLEDGE_ENCRYPTED: Final = {_KNOWLEDGE: Place.ENCRYPTED}

_NO_LENGTH: Final = "The longest allowed text is not documented."
_NO_NAMES: Final = "The list of names is not documented, so names are not checked."
_LIKELY_NAMES: Final = (
    "Likely names, from projections and webhooks: full_name, first_name, last_name, gender, nationality, "
    "date_of_birth, ssnNumber, phoneNumber."
)

PARAMETERS: Final[tuple[Parameter, ...]] = (
    Parameter(
        name="email",
        vendor_name="email",
        group="The user",
        places=_FORMS,
        value=EmailAddress(),
        about="The user's e-mail address.",
        source="QS",
    ),
    Parameter(
        name="userid",
        vendor_name="userid",
        group="The user",
        places={**_FORMS, _INJECTION: Place.ENCRYPTED},
        value=Identifier(),
        about="Your own id of the user; comes back in the Return URL, in webhooks and in the API.",
        source="QS, INJ",
    ),
    Parameter(
        name="cf1",
        vendor_name="cf1",
        group="The user",
        places=_EVERYWHERE,
        value=Text(),
        about="First custom field; comes back as it was given.",
        source="QS, INJ",
        note=_NO_LENGTH,
    ),
    Parameter(
        name="cf2",
        vendor_name="cf2",
        group="The user",
        places=_EVERYWHERE,
        value=Text(),
        about="Second custom field; comes back as it was given.",
        source="QS, INJ",
        note=_NO_LENGTH,
    ),
    Parameter(
        name="cf3",
        vendor_name="cf3",
        group="The user",
        places=_EVERYWHERE,
        value=Text(),
        about="Third custom field; comes back as it was given.",
        source="QS, INJ",
        note=_NO_LENGTH,
    ),
    Parameter(
        name="lang",
        vendor_name="lang",
        group="The form",
        places={_ID: Place.PLAIN, _KNOWLEDGE: Place.PLAIN, _INJECTION: Place.PLAIN},
        value=Text("a language tag such as ko", "TAG", r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*"),
        about="The language of the form.",
        source="DP, QS",
        note="The list of languages is not documented; for injection its place is inferred.",
    ),
    Parameter(
        name="token_id",
        vendor_name="tokenId",
        group="The session",
        places={**_FORMS, _FACE_AUTH: Place.ENCRYPTED},
        value=Identifier(
            "8 to 64 of A-Z a-z 0-9 - _ . with a letter or digit at both ends",
            "TOKEN",
            r"[A-Za-z0-9][A-Za-z0-9._-]{6,62}[A-Za-z0-9]",
        ),
        about="The token id of a project in private mode.",
        source="GUIDE, ENC, TOK, FA",
        plain_as=TokenNames().plain,
        encrypted_as=TokenNames().encrypted,
        aliases=TokenNames(),
        certainty=Certainty.INFERRED,
        note="Spelt tokenid (plain URL), token (encrypted) and tokenId (prose); both names can be changed.",
    ),
    Parameter(
        name="start_valid_until",
        vendor_name="startValidUntil",
        group="The session",
        places=_FORMS_ENCRYPTED,
        value=Instant(),
        about="The form cannot be started after this instant (error page PV-40018).",
        source="QS 2026-04",
    ),
    Parameter(
        name="reject_duplicate_user",
        vendor_name="rejectDuplicateUser",
        group="Checks for this submission",
        places=_FORMS,
        value=Flag(),
        about="Whether a user who was seen before is rejected.",
        source="QS",
    ),
    Parameter(
        name="blacklist_countries",
        vendor_name="blacklistCountries",
        group="Checks for this submission",
        places=_FORMS,
        value=OnlyFalse(),
        about="Switches the country blacklist off.",
        source="QS",
    ),
    Parameter(
        name="age_limit",
        vendor_name="ageLimit",
        group="Checks for this submission",
        places=_FORMS,
        value=OnlyFalse(),
        about="Switches the age limit off.",
        source="QS",
    ),
    Parameter(
        name="approve_period",
        vendor_name="approvePeriod",
        group="Checks for this submission",
        places={_ID: Place.EITHER},
        value=OnlyFalse(),
        about="Switches off the period in which an approved user cannot submit again.",
        source="QS",
    ),
    Parameter(
        name="reject_period",
        vendor_name="rejectPeriod",
        group="Checks for this submission",
        places={_ID: Place.EITHER},
        value=OnlyFalse(),
        about="Switches off the period in which a rejected user cannot submit again.",
        source="QS",
    ),
    Parameter(
        name="projection_id",
        vendor_name="projectionId",
        group="Checks for this submission",
        places=_FORMS_ENCRYPTED,
        value=Identifier(),
        about="A stored projection (a set of policies to leave out), by id.",
        source="PROJ",
        certainty=Certainty.INFERRED,
        note="That it must be encrypted is inferred from the wording.",
    ),
    Parameter(
        name="projection_name",
        vendor_name="projectionName",
        group="Checks for this submission",
        places=_FORMS_ENCRYPTED,
        value=Text("lower-case letters, digits and underscores", "NAME", r"[a-z0-9_]+"),
        about="A stored projection, by name.",
        source="PROJ",
        certainty=Certainty.INFERRED,
        note="That it must be encrypted is inferred from the wording.",
    ),
    Parameter(
        name="allowed_countries",
        vendor_name="allowedCountries",
        group="Documents",
        places=_FORMS_ENCRYPTED,
        value=Names("ISO 3166-1 alpha-3 codes, as a list or joined by commas", "USA,KOR", each=Country()),
        about="Only these countries; a single one skips the country step.",
        source="QS, ENC",
    ),
    Parameter(
        name="allowed_id_types",
        vendor_name="allowedIdTypes",
        group="Documents",
        places=_ID_ENCRYPTED,
        value=Names(),
        about="Only these types of document.",
        source="QS",
        certainty=Certainty.UNKNOWN,
        note="Place, form and names are not documented; comma-joined is inferred from allowedCountries. "
        "Names are not checked: the API has passport and drivers_license, but also drvlic.",
    ),
    Parameter(
        name="allowed_document_fields",
        vendor_name="allowedDocumentFields",
        group="Documents",
        places=_ID_ENCRYPTED,
        value=Names(),
        about="Only these fields are shown for confirmation.",
        source="QS",
        certainty=Certainty.UNKNOWN,
        note="Place, form and names are not documented; comma-joined is inferred from allowedCountries.",
    ),
    Parameter(
        name="selected_issuing_country",
        vendor_name="selectedIssuingCountry",
        group="Documents",
        places=_ID_ENCRYPTED,
        value=Country(),
        about="Skips the choice of the country.",
        source="QS",
        certainty=Certainty.INFERRED,
        note="Place, pipeline and alpha-3 are inferred.",
    ),
    Parameter(
        name="selected_id_type",
        vendor_name="selectedIdType",
        group="Documents",
        places=_ID_ENCRYPTED,
        value=Text(),
        about="Skips the choice of the document.",
        source="QS",
        certainty=Certainty.UNKNOWN,
        note="Place and names are not documented, so names are not checked: the API has passport and "
        "drivers_license, but also drvlic.",
    ),
    Parameter(
        name="auxid_field",
        vendor_name="auxidField",
        group="Documents",
        places=_ID_ENCRYPTED,
        value=Structure(),
        about="An extra identity check; today only phoneNumber exists.",
        source="QS",
        excludes=("selected_issuing_country", "selected_id_type"),
        certainty=Certainty.UNKNOWN,
        note="Its JSON form is not documented.",
    ),
    Parameter(
        name="knowledge_field",
        vendor_name="knowledgeField",
        group="Knowledge",
        places=_KNOWLEDGE_ENCRYPTED,
        value=Names("skip, or names as a list or joined by commas", "skip"),
        about="What the Knowledge step asks; skip leaves the user-info input out.",
        source="QS",
        certainty=Certainty.UNKNOWN,
        note=f"{_NO_NAMES} {_LIKELY_NAMES}",
    ),
    Parameter(
        name="knowledge_prefill",
        vendor_name="knowledgePrefill",
        group="Knowledge",
        places=_KNOWLEDGE_ENCRYPTED,
        value=Structure(),
        about="Values that the Knowledge input starts with.",
        source="QS",
        certainty=Certainty.UNKNOWN,
        note=f"Its shape is not documented. {_LIKELY_NAMES}",
    ),
    Parameter(
        name="main_color",
        vendor_name="mainColor",
        group="The form",
        places=_FORMS,
        value=Text(),
        about="A colour of the form.",
        source="QS",
        certainty=Certainty.UNKNOWN,
        note="Form, pipelines and place are not documented.",
    ),
    Parameter(
        name="inner_color",
        vendor_name="innerColor",
        group="The form",
        places=_FORMS,
        value=Text(),
        about="Another colour of the form.",
        source="QS",
        certainty=Certainty.UNKNOWN,
        note="Form, pipelines and place are not documented.",
    ),
    *INJECTION_ROWS,
    *FACE_AUTH_ROWS,
)
