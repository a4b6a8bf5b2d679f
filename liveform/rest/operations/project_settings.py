"""The operation that reads how a project is set up in the vendor's dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveform.rest.operation import Operation
from liveform.rest.operations.answers import Reader
from liveform.rest.values.project_settings import ProjectSettings

if TYPE_CHECKING:
    from liveform.rest.operation import Answer


def settings() -> Operation[ProjectSettings]:
    """Read the settings of the project: ``GET /projects/settings`` (vendor page SET).

    The vendor warns that the shape may change without notice. Members that liveform does not know are in
    ``raw``.

    Raises:
        VendorError: the call failed.
    """
    reader = Reader("project.settings")

    def read(answer: Answer) -> ProjectSettings:
        item = reader.members(reader.members(answer.value).get("item"))
        return ProjectSettings.read(reader.members(item.get("management")))

    return Operation(
        name=reader.call,
        method="GET",
        path="/projects/settings",
        query={"category": "management"},
        read=read,
        repeatable=True,
    )
