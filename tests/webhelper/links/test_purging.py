"""These tests delete what is old slice by slice, in a store of their own making."""

from collections.abc import Iterator

from sites import NOW

from webhelper.links.purging import purge, reseal


class Slices:
    """An upkeep that has so many slices to delete, and so much space to give back."""

    def __init__(self, slices: list[int], shrinks: int) -> None:
        self.seen: list[str] = []
        self._slices = iter(slices)
        self._shrinks = shrinks

    def purge(self, *, now: float) -> int:
        """Delete the next slice."""
        assert now == NOW
        self.seen.append("slice")
        return next(self._slices, 0)

    def shrink(self) -> bool:
        """Give some space back."""
        self.seen.append("shrink")
        self._shrinks -= 1
        return self._shrinks >= 0

    def reseal(self) -> Iterator[int]:
        """Seal the slices anew."""
        for some in self._slices:
            self.seen.append("slice")
            yield some

    def pauses(self) -> Iterator[None]:
        """Note a pause."""
        while True:
            self.seen.append("pause")
            yield


def test_all_slices_are_deleted_with_pauses_for_others() -> None:  # F4
    """Slices are deleted until none is left, then space is given back; others get their turn in between."""
    upkeep = Slices([1000, 1000, 17], shrinks=1)
    pauses = upkeep.pauses()
    deleted = purge(upkeep, now=NOW, pause=lambda: next(pauses))  # type: ignore[arg-type]  # all that it needs
    assert deleted == 2017
    assert upkeep.seen == [*["slice", "pause"] * 3, "slice", "shrink", "pause", "shrink"]


def test_nothing_old_takes_one_look() -> None:
    """Where nothing is old, nothing waits."""
    upkeep = Slices([], shrinks=0)
    assert purge(upkeep, now=NOW) == 0  # type: ignore[arg-type]
    assert upkeep.seen == ["slice", "shrink"]


def test_everything_is_sealed_anew_with_pauses_for_others() -> None:  # O6
    """After each slice that changed something, others get their turn."""
    upkeep = Slices([1000, 0, 17, 0], shrinks=0)
    pauses = upkeep.pauses()
    assert reseal(upkeep, pause=lambda: next(pauses)) == 1017  # type: ignore[arg-type]
    assert upkeep.seen == ["slice", "pause", "slice", "slice", "pause", "slice"]
