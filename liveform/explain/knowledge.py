"""What is known of the project whose URL is explained."""

from __future__ import annotations

from typing import Final, NamedTuple

from liveform.form_urls import VENDOR_BASE_URL, FormAccess
from liveform.parameters.lookup import ParameterTable, vendor_table


class Knowledge(NamedTuple):
    """The settings of a project, as far as they are known.

    Attributes:
        project: id and cipher of the project; an id of None is not compared.
        face_auth: those of its FaceAuth add-on.
        base_url: where the forms are.
        table: the parameters, with the names of the token id.
        encryption_only: the dashboard's mode; None if it is not known.
        is_project: whether there is a project at all.
    """

    project: FormAccess
    face_auth: FormAccess
    base_url: str
    table: ParameterTable
    encryption_only: bool | None
    is_project: bool = True


NOTHING_KNOWN: Final = Knowledge(
    FormAccess(None, None), FormAccess(None, None), VENDOR_BASE_URL, vendor_table(), None, is_project=False
)
