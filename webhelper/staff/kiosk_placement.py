"""The placement of a kiosk: its store, and the links that it creates."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from liveform import Pipeline
from webhelper.links.link_request import ONE_LINE, LinkPipeline, LinkRequest
from webhelper.links.short_repr import short_repr

STORE_FIELD: Final = "cf1"  # the custom field that carries the store to the vendor's records


class Placement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The placement of a kiosk. Its links can be used once, and carry the store in cf1."""

    store: Annotated[str, Meta(min_length=1, max_length=60, pattern=ONE_LINE)]
    project: str
    pipeline: LinkPipeline = Pipeline.ID_DOCUMENT
    expires_in: Annotated[int, Meta(ge=60, le=3600)] = 180

    @property
    def name(self) -> str:
        """Value of ``created_by`` in the kiosk's links."""
        return f"kiosk {self.store}"

    def link_request(self) -> LinkRequest:
        """Return the request for each link of the kiosk."""
        return LinkRequest(
            project=self.project,
            pipeline=self.pipeline,
            fields={STORE_FIELD: self.store},
            expires_in=self.expires_in,
            label=self.name,
        )


class Kiosk(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tablet that is a kiosk, as its cookie describes it.

    Attributes:
        placement: its store, and the links that it creates.
        holder: who set it up; the kiosk works as long as the holder's API token.
        mark: a digest of that API token.
        session: the code of the tablet's session; empty in a ticket, and in cookies of earlier versions.
    """

    __repr__ = short_repr

    placement: Placement
    holder: str
    mark: str
    session: str = ""
