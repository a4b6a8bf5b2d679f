"""Facts of the API that the vendor's pages leave open, as settings of a client.

The pages contradict each other here, or stop before the answer. The defaults are what seems most probable.
Nobody has tried them on the real API; change one if the vendor tells you otherwise.

An operation that depends on one of them has the argument ``dialect``. A client fills it in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How the vendor spells what its pages leave open.

    Attributes:
        image_id: what ``GET /image`` calls the submission id: ``submission_id`` as in the page's sample, or
            ``submissionId`` as in its parameter list and the FAQ (vendor-api row 4.1).
        name_separator: what stands between names in ``fields`` and ``data_fields`` of a partial delete. A
            comma is usual in this API; the page is cut (row 3.16).
        tokens_page_id, tokens_page_time: how ``GET /submission/tokens`` wants the page key. The page names
            only the members of the answer, and these are the same names (row 5.8).
    """

    image_id: str = "submission_id"
    name_separator: str = ","
    tokens_page_id: str = "nextPageKeyId"
    tokens_page_time: str = "nextPageKeyTime"


USUAL: Final = Dialect()


def takes_dialect(build: Callable[..., object]) -> bool:
    """Return whether a builder of operations has the argument ``dialect``."""
    return "dialect" in (build.__kwdefaults__ or {})
