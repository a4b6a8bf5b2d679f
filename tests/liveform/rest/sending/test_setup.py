"""Tests of the arguments of a client."""

import pickle
import time
from typing import Any

import pytest
from rest_clients import KEY

from liveform import ConfigError, LiveformError, SecretKey
from liveform.data_transfer import SecureDataTransfer
from liveform.rest.dialect import Dialect
from liveform.rest.sending.limits import Limits, MemoryDayCount
from liveform.rest.sending.setup import Timing, checked_setup


def setup_of(api_key: object = KEY, **options: Any) -> Any:
    """Return the setup of these arguments."""
    return checked_setup(api_key, options, sleep=time.sleep)


def test_defaults_are_the_documented_ones() -> None:
    """A client with a key alone uses the vendor's address, 30 seconds, 2 retries and the FAQ's limits."""
    setup = setup_of()
    assert setup.base_url == "https://rest-api.argosidentity.com/v3"
    assert (setup.timeout, setup.max_retries) == (30.0, 2)
    assert setup.limits == Limits(per_second=5_000, per_day=100_000)
    assert setup.keys == {"api_key": KEY, "face_auth_key": None}
    assert setup.transfer is None
    assert setup.pace is not None
    assert isinstance(setup.day_count, MemoryDayCount)


def test_options_are_taken_as_given() -> None:
    """Each option reaches the client; a key may be text or a SecretKey."""
    count, timing = MemoryDayCount(), Timing(sleep=print)
    setup = setup_of(
        SecretKey(KEY),
        base_url="http://127.0.0.1:8000/v3/",
        face_auth_key="face",
        secure_data_transfer="data hex / ecb hex",
        previous_keys=["old", SecretKey("older")],
        engine="pycryptodome",
        timeout=3,
        max_retries=0,
        limits=Limits(per_second=None, per_day=5, day_count=count),
        dialect=Dialect(image_id="submissionId"),
        timing=timing,
    )
    assert setup.base_url == "http://127.0.0.1:8000/v3"
    assert setup.keys == {"api_key": KEY, "face_auth_key": "face"}
    assert setup.transfer.transfer == SecureDataTransfer.from_text("data hex / ecb hex")
    assert setup.transfer_keys == (SecretKey(KEY), SecretKey("old"), SecretKey("older"))
    assert setup.pace is None
    assert setup.day_count is count
    assert setup.timing is timing
    assert setup.dialect.image_id == "submissionId"
    assert setup_of(limits=Limits(per_day=None)).day_count is None


BAD = [
    ("api_key", None),
    ("api_key", ""),
    ("api_key", f"{KEY}\n"),
    ("api_key", "a\nb"),
    ("api_key", "a b"),
    ("api_key", "schlüssel"),
    ("api_key", 7),
    ("api_key", KEY.encode()),
    ("api_key", SecretKey.from_bytes(bytes(32))),
    ("face_auth_key", ""),
    ("face_auth_key", "é"),
    ("face_auth_key", 7),
    ("base_url", "http://rest-api.argosidentity.com/v3"),
    ("base_url", "ftp://x"),
    ("base_url", f"https://{KEY}@example.com"),
    ("base_url", None),
    ("secure_data_transfer", "other"),
    ("secure_data_transfer", 7),
    ("previous_keys", "old"),
    ("previous_keys", 7),
    ("previous_keys", [""]),
    ("engine", "openssl"),
    ("timeout", 0),
    ("timeout", -1),
    ("timeout", True),
    ("timeout", None),
    ("timeout", float("nan")),
    ("timeout", float("inf")),
    ("timeout", "30"),
    ("max_retries", -1),
    ("max_retries", 1.0),
    ("max_retries", True),
    ("max_retries", None),
    ("limits", None),
    ("limits", 5),
    ("limits.per_second", Limits(per_second=0)),
    ("limits.per_second", Limits(per_second=True)),
    ("limits.per_day", Limits(per_day=-1)),
    ("limits.per_day", Limits(per_day=1.5)),  # type: ignore[arg-type]
    ("timeout", 86_401),
    ("timeout", 10**400),
    ("limits.day_count", Limits(day_count=7)),  # type: ignore[arg-type]
    ("dialect", "usual"),
    ("timing", 7),
    ("time_out", 7),
    ("x" * 80, 7),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=lambda one: str(one)[:20])
def test_wrong_argument_is_named_and_never_shown(name: str, value: Any) -> None:
    """A wrong argument is a ConfigError with its name, and without a value."""
    option = name.partition(".")[0]
    options = {} if option == "api_key" else {option: value}
    with pytest.raises(ConfigError) as caught:
        setup_of(value if option == "api_key" else KEY, **options)
    assert [fault.setting for fault in caught.value.faults] == [name[:40]]
    assert KEY not in str(caught.value)


def test_all_faults_are_listed_at_once() -> None:
    """One error lists everything that is wrong."""
    with pytest.raises(ConfigError) as caught:
        setup_of("", timeout=-1, max_retries="2", base_url="x", tiemout=3)
    assert {fault.setting for fault in caught.value.faults} == {
        "api_key",
        "timeout",
        "max_retries",
        "base_url",
        "tiemout",
    }
    assert "did you mean timeout?" in str(caught.value)


def test_setup_shows_no_key() -> None:
    """What holds the keys of a client shows none, has no ``__dict__``, and is not pickled."""
    setup = setup_of()
    assert KEY not in repr(setup)
    with pytest.raises(LiveformError):
        pickle.dumps(setup)
    with pytest.raises(TypeError):
        vars(setup)


def test_usual_clock_is_in_utc() -> None:
    """The time that decides which day it is has the zone UTC."""
    assert Timing().now().utcoffset() is not None
    assert Timing().now().utcoffset().total_seconds() == 0  # type: ignore[union-attr]
