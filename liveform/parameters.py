"""The table of Liveform parameters: each one once, and everything that is known of it.

The typed arguments, the checks, the command's options and docs/parameters.md all come from here.
A new vendor parameter is one row. ``source`` is a page under developers.argosidentity.com (QS =
query string and token guide, ENC = encryption, DP = data protection, INJ = data injection, PROJ =
projections); ``certainty`` says how far the row follows that page.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.values import Country, Flag, Instant, Names, OnlyFalse, Structure, Text, ValueRule

if TYPE_CHECKING:
    from collections.abc import Mapping


class TokenNames(NamedTuple):
    """What the token id is called: the safest reading of documents that disagree (GUIDE, ENC, QS)."""

    plain: str = "tokenid"
    encrypted: str = "token"


class Pipeline(StrEnum):
    """Which form the URL opens."""

    ID_DOCUMENT = "id_document"
    KNOWLEDGE = "knowledge"
    INJECTION = "injection"


class Place(StrEnum):
    """Where in the URL a parameter may stand."""

    PLAIN = "plain"  # never inside `encrypted`
    EITHER = "either"
    ENCRYPTED = "encrypted"  # only inside `encrypted`


class Certainty(StrEnum):
    """How sure we are of a row."""

    DOCUMENTED = "documented"  # the vendor says so
    INFERRED = "inferred"  # we conclude it; `note` says what
    UNKNOWN = "unknown"  # the vendor does not say; `note` says what is missing


class Parameter(NamedTuple):
    """One Liveform parameter.

    Attributes:
        name: the Python argument, in snake_case.
        vendor_name: the vendor's name.
        group: which parameters it stands with in help texts and documents.
        places: for each pipeline that knows the parameter, where it may stand.
        value: what it may be.
        about: what it does, in one sentence.
        plain_as, encrypted_as: its name in the URL and inside ``encrypted``, where that is another.
        aliases: other spellings in the vendor's documents.
        excludes: names of parameters that must not be given together with it.
        source, certainty, note: where the row comes from, and what of it is open.
    """

    name: str
    vendor_name: str
    group: str
    places: Mapping[Pipeline, Place]
    value: ValueRule
    about: str
    source: str
    plain_as: str | None = None
    encrypted_as: str | None = None
    aliases: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    certainty: Certainty = Certainty.DOCUMENTED
    note: str = ""

    @property
    def plain_name(self) -> str:
        """The name in a plain URL."""
        return self.vendor_name if self.plain_as is None else self.plain_as

    @property
    def encrypted_name(self) -> str:
        """The name of the member inside ``encrypted``."""
        return self.vendor_name if self.encrypted_as is None else self.encrypted_as

    @property
    def vendor_names(self) -> frozenset[str]:
        """Every spelling that a mapping may use."""
        return frozenset((self.vendor_name, self.plain_name, self.encrypted_name, *self.aliases))


# What a URL carries beside the parameters of the table; the project itself sets them.
RESERVED: Final = ("pid", "encrypted")

_ID: Final = Pipeline.ID_DOCUMENT
_KNOWLEDGE: Final = Pipeline.KNOWLEDGE
_INJECTION: Final = Pipeline.INJECTION

_EVERYWHERE: Final = {_ID: Place.EITHER, _KNOWLEDGE: Place.EITHER, _INJECTION: Place.EITHER}
_FORMS: Final = {_ID: Place.EITHER, _KNOWLEDGE: Place.EITHER}
_FORMS_ENCRYPTED: Final = {_ID: Place.ENCRYPTED, _KNOWLEDGE: Place.ENCRYPTED}
_ID_ENCRYPTED: Final = {_ID: Place.ENCRYPTED}
_KNOWLEDGE_ENCRYPTED: Final = {_KNOWLEDGE: Place.ENCRYPTED}

_NO_LENGTH: Final = "The longest allowed text is not documented."
_NO_NAMES: Final = "The list of names is not documented, so names are not checked."

PARAMETERS: Final[tuple[Parameter, ...]] = (
    Parameter(
        name="email",
        vendor_name="email",
        group="The user",
        places=_FORMS,
        value=Text("an e-mail address", "EMAIL", r"[^@\s]+@[^@\s]+"),
        about="The user's e-mail address.",
        source="QS",
    ),
    Parameter(
        name="userid",
        vendor_name="userid",
        group="The user",
        places={**_FORMS, _INJECTION: Place.ENCRYPTED},
        value=Text(),
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
        places=_FORMS,
        value=Text(
            "8 to 64 of A-Z a-z 0-9 - _ . with a letter or digit at both ends",
            "TOKEN",
            r"[A-Za-z0-9][A-Za-z0-9._-]{6,62}[A-Za-z0-9]",
        ),
        about="The token id of a project in private mode.",
        source="GUIDE, ENC, TOK",
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
        value=Text(),
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
        note="Place, form and names are not documented; comma-joined is inferred from allowedCountries.",
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
        note="Place and names are not documented; passport or drivers_license are names in the API.",
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
        note=_NO_NAMES,
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
        note="Its shape is not documented.",
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
    Parameter(
        name="sid",
        vendor_name="sid",
        group="Injection",
        places={_INJECTION: Place.EITHER},
        value=Text(),
        about="The id of the submission that gets more data.",
        source="INJ",
    ),
    Parameter(
        name="action",
        vendor_name="action",
        group="Injection",
        places={_INJECTION: Place.EITHER},
        value=Text("addveri", "addveri", "addveri"),
        about="What injection does; set by injection_url itself.",
        source="INJ",
    ),
    Parameter(
        name="ip_risk_category",
        vendor_name="ipRiskCategory",
        group="Injection",
        places={_INJECTION: Place.ENCRYPTED},
        value=Names(
            "vpn, proxy and tor, as a list or joined by commas", "vpn,tor", choices=("vpn", "proxy", "tor")
        ),
        about="Which risks of the user's IP address are added.",
        source="INJ",
        certainty=Certainty.INFERRED,
        note="The comma as separator is inferred.",
    ),
)


class ParameterTable:
    """The rows, found by argument name or by any vendor name. Immutable."""

    __slots__ = ("_by_encrypted_name", "_by_name", "_by_plain_name", "_by_vendor_name", "rows")

    def __init__(self, rows: tuple[Parameter, ...] = PARAMETERS) -> None:
        self.rows = rows
        self._by_name = {row.name: row for row in rows}
        self._by_plain_name = {row.plain_name: row for row in rows}
        self._by_encrypted_name = {row.encrypted_name: row for row in rows}
        self._by_vendor_name = {name: row for row in rows for name in row.vendor_names}

    @classmethod
    def with_token_names(cls, plain: str, encrypted: str) -> ParameterTable:
        """Return the table in which the token id has these vendor names."""
        return cls(
            tuple(
                row._replace(plain_as=plain, encrypted_as=encrypted) if row.name == "token_id" else row
                for row in PARAMETERS
            )
        )

    def by_name(self, name: str) -> Parameter | None:
        """The row of a Python argument."""
        return self._by_name.get(name)

    def by_plain_name(self, name: str) -> Parameter | None:
        """The row of a parameter that stands plain in a URL."""
        return self._by_plain_name.get(name)

    def by_encrypted_name(self, name: str) -> Parameter | None:
        """The row of a member inside ``encrypted``."""
        return self._by_encrypted_name.get(name)

    def by_vendor_name(self, name: str) -> Parameter | None:
        """The row of any vendor spelling."""
        return self._by_vendor_name.get(name)

    def meant_by(self, name: str, *, vendor: bool) -> str | None:
        """The known name that ``name`` was probably meant to be: a vendor name or an argument."""
        same = self._by_name.get(name) if vendor else self._by_vendor_name.get(name)
        if same is not None:
            return same.vendor_name if vendor else same.name
        from difflib import get_close_matches  # noqa: PLC0415 - only needed on the way to an error

        known = [row.vendor_name if vendor else row.name for row in self.rows]
        lower = {candidate.lower(): candidate for candidate in known}
        near = get_close_matches(name.lower(), lower, n=1)
        return lower[near[0]] if near else None


@cache
def vendor_table() -> ParameterTable:
    """Return the table as the vendor documents it, which projects share."""
    return ParameterTable()
