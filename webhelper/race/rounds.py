"""The rounds of a race, and what came out of each, counted twice: as racers were told, and as it is kept."""

from __future__ import annotations

import os
import random
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import Pipeline
from webhelper.links.models import LinkSpec
from webhelper.race.hosts import run
from webhelper.race.racers import Race

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from webhelper.links.models import Link
    from webhelper.links.stores.base import Store

_LIFETIME_S: Final = 86_400
_BROWSER_BYTES: Final = 32
USES: Final = 3


class Round(NamedTuple):
    """Links to race for: how many, how often each may be used, and whether one browser races itself."""

    links: int
    uses: int
    one_browser: bool

    @property
    def expected(self) -> int:
        """How many visits there must be: a browser that comes back soon gets its first one again."""
        return self.links * (1 if self.one_browser else self.uses)

    @property
    def name(self) -> str:
        """The round in words."""
        return f"{self.links:,} x {self.uses}{', one browser' if self.one_browser else ''}"


class Result(NamedTuple):
    """What came out of a round.

    Attributes:
        round: what was raced for.
        told: different visits that racers were told of.
        counted: uses that the store has counted.
        kept: visits that the store has kept.
        lost: visits that racers were told of, and the store has not.
        kills: how often a process or a host was killed.
    """

    round: Round
    told: int
    counted: int
    kept: int
    lost: int
    kills: int

    @property
    def is_exact(self) -> bool:
        """Whether each use was given exactly once; a racer that was killed may not have told of its use."""
        all_told = self.told <= self.kept if self.kills else self.told == self.kept
        return self.counted == self.kept == self.round.expected and not self.lost and all_told


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Who races: racers for each link, in so many processes on so many hosts, and how many are killed."""

    racers: int = 64
    processes: int = 4
    hosts: int = 2
    kills: int = 0


def rounds(links: int) -> list[Round]:
    """Return the three rounds, the first with so many links and the others with two fifths of them."""
    fewer = max(1, links * 2 // 5)
    return [Round(links, 1, False), Round(fewer, USES, False), Round(fewer, USES, True)]


def race(
    open_store: Callable[[], Store], wanted: Sequence[Round], field: Field, *, now: float
) -> Iterator[Result]:
    """Race, and yield the result of each round.

    Args:
        open_store: opens a store that is used for this alone, in other processes too, so that it can be
            pickled.
        wanted: the rounds.
        field: who races.
        now: Unix time.

    Raises:
        StoreError: the store cannot be used.
    """
    with closing(open_store()) as store:
        for one in wanted:
            made = [_link(store, one, now=now) for _ in range(one.links)]
            with TemporaryDirectory() as directory:
                yield _result(
                    store, one, made, field, _race(open_store, one, made, field, Path(directory), now)
                )


def _link(store: Store, one: Round, *, now: float) -> Link:
    spec = LinkSpec(
        project="race",
        pipeline=Pipeline.ID_DOCUMENT,
        fields={},
        expires_at=int(now) + _LIFETIME_S,
        max_uses=one.uses,
        label="liveform store race",
        created_by="race",
    )
    return store.create(spec, now=now)[0]


def _race(
    open_store: Callable[[], Store],
    one: Round,
    links: Sequence[Link],
    field: Field,
    directory: Path,
    now: float,
) -> set[str]:
    race = Race(
        open_store=open_store,
        payloads=[link.payload for link in links],
        browser=os.urandom(_BROWSER_BYTES) if one.one_browser else None,
        now=now,
        racers=field.racers,
        processes=field.processes,
        hosts=field.hosts,
        directory=directory,
    )
    kill_at = sorted(random.randrange(one.expected) for _ in range(field.kills))  # noqa: S311 - no secret
    return set(run(race, kill_at))


def _result(store: Store, one: Round, links: Sequence[Link], field: Field, told: set[str]) -> Result:
    counted = sum(store.get(link.id).uses for link in links)
    kept = {visit.id for link in links for visit in store.visits(link.id, limit=field.racers + 1)}
    return Result(one, len(told), counted, len(kept), len(told - kept), field.kills)
