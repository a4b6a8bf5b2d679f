"""These tests tell the time of the database, whatever the clock of this host says."""

from __future__ import annotations

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.clock import MEASURE_EVERY_S, DatabaseClock


class Host:
    """A host with clocks that a test turns, and a database that may be down."""

    def __init__(self) -> None:
        self.now, self.steady, self.database = 1000.0, 50.0, 2000.0
        self.answer_s = 0.0
        self.is_down = False
        self.asked = 0
        self.clock = DatabaseClock(self.read, clock=lambda: self.now, steady=lambda: self.steady)

    def read(self) -> float:
        """Return the time of the database, which it takes in the middle of the question's way."""
        self.asked += 1
        if self.is_down:
            raise StoreError
        now = self.database + self.answer_s / 2
        self.pass_by(self.answer_s)
        return now

    def pass_by(self, seconds: float) -> None:
        """Let time pass, for everyone."""
        self.now += seconds
        self.steady += seconds
        self.database += seconds


def test_time_is_that_of_the_database() -> None:
    """The time is the database's, and goes on by steady seconds without another question."""
    host = Host()
    assert host.clock() == 2000.0
    host.pass_by(30)
    assert (host.clock(), host.asked) == (2030.0, 1)


def test_clock_of_this_host_that_is_set_back_changes_nothing() -> None:
    """Whoever sets the clock of a host does not change the time of the site."""
    host = Host()
    host.clock()
    host.now -= 86_400
    assert host.clock() == 2000.0


def test_way_of_the_answer_is_taken_into_account() -> None:
    """An answer that takes a while is the time of half of that ago."""
    host = Host()
    host.answer_s = 0.00390625
    assert host.clock() == host.database == 2000.00390625
    assert host.asked == 1


def test_answer_that_was_slow_is_asked_for_again() -> None:
    """A first answer that has waited for a connection does not set the clock for a minute."""
    host = Host()
    read = host.read

    def read_after_connecting() -> float:
        if host.asked == 0:
            host.pass_by(1.0)
        return read()

    host.clock = DatabaseClock(read_after_connecting, clock=lambda: host.now, steady=lambda: host.steady)
    assert host.clock() == host.database == 2001.0
    assert host.asked == 2


def test_time_is_measured_again_every_minute() -> None:
    """A database whose clock was set is followed within a minute."""
    host = Host()
    host.clock()
    host.database += 7
    host.pass_by(MEASURE_EVERY_S - 0.001)
    assert (host.clock(), host.asked) == (host.database - 7, 1)
    host.pass_by(0.001)
    assert (round(host.clock(), 6), host.asked) == (round(host.database, 6), 2)


def test_time_goes_on_while_the_database_is_down() -> None:
    """Before the first answer it is the host's time; after it, time goes on. It is asked for every 5 s."""
    host = Host()
    host.is_down = True
    assert host.clock() == 1000.0
    host.pass_by(4.999)
    assert (host.clock(), host.asked) == (1004.999, 1)
    host.pass_by(0.001)
    host.is_down = False
    assert (host.clock(), host.asked) == (2005.0, 2)
    host.is_down = True
    host.pass_by(60)
    assert (host.clock(), host.asked) == (2065.0, 3)


def test_time_is_asked_for_by_one_at_a_time() -> None:
    """Who comes while somebody asks gets the time as it is known, and does not wait."""
    host = Host()
    seen: list[float] = []
    read = host.read

    def read_slowly() -> float:
        seen.append(host.clock())
        return read()

    host.clock = DatabaseClock(read_slowly, clock=lambda: host.now, steady=lambda: host.steady)
    assert host.clock() == 2000.0
    assert (seen, host.asked) == ([1000.0], 1)
