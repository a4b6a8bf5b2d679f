"""What the parameter table says of a parameter: names, pipelines, places, value rule, source, certainty."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from liveform.parameters.values import ValueRule


class TokenNames(NamedTuple):
    """What the token id is called: the safest reading of documents that disagree (GUIDE, ENC, QS)."""

    plain: str = "tokenid"
    encrypted: str = "token"


USUAL_TOKEN_NAMES: Final = TokenNames()


class Pipeline(StrEnum):
    """Which form the URL opens."""

    ID_DOCUMENT = "id_document"
    KNOWLEDGE = "knowledge"
    INJECTION = "injection"
    FACE_AUTH = "face_auth"  # the FaceAuth add-on, which has a project id and a key of its own


class Place(StrEnum):
    """Where in the URL a parameter may be."""

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
        group: the heading under which help texts and documents list it.
        places: for each pipeline that knows the parameter, where it may be.
        value: what it may be.
        about: what it does, in one sentence.
        plain_as, encrypted_as: its name in the URL and inside ``encrypted``, where that is another.
        aliases: other spellings in the vendor's documents.
        excludes: names of parameters that must not be given together with it.
        requires: names of parameters that must be given together with it.
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
    requires: tuple[str, ...] = ()
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
