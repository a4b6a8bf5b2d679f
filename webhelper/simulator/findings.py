"""How the vendor reads a form URL, as values: which parameters it understands or ignores, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from liveform import Parameter, Pipeline, Project
    from webhelper.simulator.error_pages import Kind


class Why(StrEnum):
    """Why a parameter has no effect."""

    ENCRYPTION_ONLY = "encryption only"  # DP
    PLAIN_INJECTION = "plain injection"  # INJ: there are a plain sid and action too
    MUST_ENCRYPT = "must be encrypted"
    MUST_BE_PLAIN = "must be plain"
    OTHER_NAME = "another name"
    OTHER_FORM = "another form"
    UNKNOWN = "unknown"


class Doubt(StrEnum):
    """A case that the vendor does not document; its text in ``labels`` says what the simulator does."""

    GIVEN_TWICE = "given twice"
    BOTH_PLACES = "both plain and encrypted"
    SPLIT_INJECTION = "sid and action in two places"
    KNOWLEDGE_INJECTION = "injection on the knowledge form"
    OTHER_OFFSET = "an instant with an offset"


@dataclass(frozen=True, slots=True, repr=False)
class Understood:
    """A parameter that has an effect."""

    row: Parameter
    name: str
    value: object
    encrypted: bool


class NotAccepted(NamedTuple):
    """A parameter in the right place, with a value that the vendor does not document."""

    row: Parameter
    name: str
    encrypted: bool


@dataclass(frozen=True, slots=True, repr=False)
class Ignored:
    """A parameter without effect; ``detail`` is the right name or form, if there is one."""

    name: str
    encrypted: bool
    why: Why
    detail: str = ""


class Note(NamedTuple):
    """A doubt about one parameter."""

    doubt: Doubt
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFindings:
    """How the vendor reads one form URL.

    Attributes:
        pipeline: the form that opens.
        project_name, project: the project; None without a known pid.
        understood, not_accepted, ignored: the parameters without pid and encrypted, each in one of the three.
        notes: the undocumented cases, in which the simulator chooses.
        unread: the error page if the query cannot be read; None if it can.
        fault: the error page for parameters in conflict, which startValidUntil precedes; None without one.
    """

    pipeline: Pipeline
    project_name: str | None = None
    project: Project | None = field(default=None, repr=False)
    understood: tuple[Understood, ...] = field(default=(), repr=False)
    not_accepted: tuple[NotAccepted, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    notes: tuple[Note, ...] = ()
    unread: Kind | None = None
    fault: Kind | None = None

    @property
    def values(self) -> dict[str, object]:
        """The understood values by the table's names; the encrypted one if a parameter is in both places."""
        return {one.row.name: one.value for one in self.understood}
