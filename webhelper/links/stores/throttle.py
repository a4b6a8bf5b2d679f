"""The contract of the throttle: how much somebody may do now, counted for all processes of a site.

It is the generic cell rate algorithm (ITU-T I.371, virtual scheduling): for each key one moment is kept, at
which all that was taken will have been earned back.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Rate(NamedTuple):
    """How much is allowed.

    Attributes:
        burst: how often at one instant, by somebody who took nothing for long.
        interval_us: microseconds after which one more is allowed.
    """

    burst: int
    interval_us: int

    @property
    def span_us(self) -> int:
        """Microseconds after which the whole burst is allowed again."""
        return self.burst * self.interval_us


class ThrottleStore(Protocol):
    """Counts by keys. Every method may raise ``StoreError``.

    A power cut or an unclean end may forget what was taken.
    """

    def take(self, key: bytes, rate: Rate, *, now: float) -> float:
        """Take one and return 0; or take nothing, and return in how many seconds there is one again.

        One atomic conditional write: of many that come at one instant, exactly ``rate.burst`` get one. A
        moment that no earlier ``take`` can have left, as after a clock was set back or a rate became lower,
        counts as all taken just now.

        Args:
            key: a digest of what is done, and by whom; 16 to 32 bytes.
            rate: how much is allowed; always the same for a key, unless the settings change.
            now: Unix time.
        """

    def give_back(self, key: bytes, rate: Rate) -> None:
        """Give back one that was taken."""
