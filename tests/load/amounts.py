"""How much of everything a chain asks for, and in how many seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from fractions import Fraction

# Seconds from the creation of a link to what its customer does, as far as the run is long enough.
_LONG_RUN_S: Final = 60.0
_PAGE_S, _BUTTON_S, _RETURN_S, _WEBHOOK_S = 3.0, 6.0, 20.0, 21.0
_POLL_S: Final = 2.0  # POLL_MS in static/kiosk.js
_CODE_S: Final = 20.0  # a customer at each tablet every two minutes, six times as fast


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """The traffic of one run; each kind is spread evenly over it.

    Attributes:
        seconds: how long the run is.
        creates: links that the API creates; one in fifty is of unlimited use, a poster.
        openings: visits: of links of one use, with page and button, and three times as many of posters.
        returns: customers who come back from the form.
        webhooks: how many of those the vendor tells about.
        tablets: kiosks, which ask for their codes' states all the time.
    """

    seconds: float = 600.0
    creates: int = 100_000
    openings: int = 300_000
    returns: int = 45_000
    webhooks: int = 45_000
    tablets: int = 200

    def scaled(self, scale: Fraction) -> Self:
        """Return this part of it all, at the same rate; of the tablets, which cost by time, all are kept."""
        return replace(
            self,
            seconds=float(self.seconds * scale),
            creates=round(self.creates * scale),
            openings=round(self.openings * scale),
            returns=round(self.returns * scale),
            webhooks=round(self.webhooks * scale),
        )

    @property
    def visits(self) -> int:
        """How many links of one use are opened."""
        return self.openings // 4

    @property
    def redirects(self) -> int:
        """How often a poster's code is scanned."""
        return self.openings - self.visits

    @property
    def pace(self) -> Pace:
        """When what happens to one link, and on one tablet."""
        part = min(1.0, self.seconds / _LONG_RUN_S)
        code = min(_CODE_S, self.seconds / 2)
        return Pace(
            page=_PAGE_S * part,
            button=_BUTTON_S * part,
            back=_RETURN_S * part,
            webhook=_WEBHOOK_S * part,
            poll=min(_POLL_S, code / 5),
            code=code,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When what happens, in seconds.

    Attributes:
        page, button, back, webhook: after the creation of a link, its customer opens it, starts, and is back;
            and the vendor tells of it.
        poll: between two requests of a tablet for the states of its codes.
        code: between two new codes of a tablet; each is opened by somebody.
    """

    page: float
    button: float
    back: float
    webhook: float
    poll: float
    code: float
