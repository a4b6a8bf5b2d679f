"""What the vendor makes of a form URL, as values: what it understands, what it ignores, and why."""

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
    PLAIN_INJECTION = "plain injection"  # INJ: sid and action stand plain beside it
    MUST_ENCRYPT = "must be encrypted"
    MUST_STAND_PLAIN = "must stand plain"
    OTHER_NAME = "another name"
    OTHER_FORM = "another form"
    UNKNOWN = "unknown"


class Doubt(StrEnum):
    """What the vendor does not document; the text that goes with it says what the simulator does."""

    GIVEN_TWICE = "given twice"
    BOTH_PLACES = "both plain and encrypted"
    SPLIT_INJECTION = "sid and action in two places"
    KNOWLEDGE_INJECTION = "injection on the knowledge form"
    OTHER_OFFSET = "an instant with an offset"


class Understood(NamedTuple):
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


class Ignored(NamedTuple):
    """A parameter without effect; ``detail`` is the right name or form, where there is one."""

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
    """What the vendor makes of one form URL.

    Attributes:
        pipeline: which form opens.
        project_name, project: whose form; None without a known pid.
        understood, not_accepted, ignored: every parameter but pid and encrypted, each in one of them.
        notes: where the simulator had to choose.
        unread: why the query as a whole cannot be read.
        fault: what is wrong between parameters; startValidUntil is looked at before.
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
        """What was understood, by the table's names; of a value in both places, the encrypted one."""
        return {one.row.name: one.value for one in self.understood}
