"""These tests say why a database cannot be used."""

from __future__ import annotations

import logging

import psycopg
import pytest
from psycopg import errors

from webhelper.errors import StoreError
from webhelper.links.stores.errors import RefusedError
from webhelper.links.stores.postgresql.errors import NoAnswerError
from webhelper.links.stores.postgresql.reasons import refusal, silence_driver, why_not_connected

AT = 'connection failed: connection to server at "10.0.0.1", port 5432 failed: '


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (f'{AT}FATAL:  password authentication failed for user "planted"', "does not let this user in"),
        (f"{AT}fe_sendauth: no password supplied", "does not let this user in"),
        (f'{AT}FATAL:  role "planted" does not exist', "does not let this user in"),
        (f'{AT}FATAL:  no pg_hba.conf entry for host "planted"', "does not let this user in"),
        (f'{AT}FATAL:  database "planted" does not exist', "no such database"),
        (f"{AT}FATAL:  sorry, too many clients already", "no connection left"),
        (f'{AT}FATAL:  too many connections for role "planted"', "no connection left"),
        (f"{AT}FATAL:  remaining connection slots are reserved", "no connection left"),
        (f"{AT}FATAL:  the database system is starting up", "starting or stopping"),
        (f"{AT}FATAL:  the database system is shutting down", "starting or stopping"),
        (f"{AT}session is read-only", "read-only"),
        ('connection is bad: invalid sslmode value: "planted"', "sslmode"),
        (f"{AT}server does not support SSL, but SSL was required", "sslmode"),
        (f"{AT}Connection refused", "no server answers"),
        ("connection timeout expired", "no server answers"),
        ('definition of service "sslmode" not found', "no server answers"),
        ("failed to resolve host 'too many clients': planted", "no server answers"),
        (f'{AT}치명적오류:  사용자 "planted"의 password 인증을 실패했습니다', "lets this user in"),
    ],
)
def test_connection_that_fails_is_explained_in_fixed_words(said: str, reason: str) -> None:
    """What the server or libpq says is put into words of ours, whatever names are in it."""
    found = why_not_connected(psycopg.OperationalError(said))
    assert reason in found
    assert "planted" not in found


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.LockNotAvailable("planted"), "another session holds its tables"),
        (errors.QueryCanceled("planted"), "see its log"),
        (NoAnswerError("planted"), "no server answers"),
    ],
)
def test_database_that_hangs_at_the_start_is_explained(error: psycopg.Error, reason: str) -> None:
    """What becomes of the first statements of a start has its reason too."""
    assert reason in why_not_connected(error)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.InsufficientPrivilege("planted"), "this user may not make or use its tables there"),
        (errors.InvalidSchemaName("planted"), "this user may not make or use its tables there"),
        (errors.ReadOnlySqlTransaction("planted"), "the database is read-only"),
        (errors.TooManyConnections("planted"), "no connection left"),
    ],
)
def test_statement_that_is_refused_is_explained(error: psycopg.Error, reason: str) -> None:
    """A missing right and a database that cannot be written are told in words of ours."""
    found = refusal(error)
    assert isinstance(found, RefusedError)
    assert reason in str(found)


@pytest.mark.parametrize("error", [errors.UndefinedColumn("planted"), psycopg.OperationalError("planted")])
def test_other_errors_are_told_without_a_reason(error: psycopg.Error) -> None:
    """Whatever else a server says is the one error of every store."""
    assert type(refusal(error)) is StoreError


def test_driver_is_silent_unless_its_level_is_set() -> None:
    """Lines of the driver, which name hosts and users, are in a log that asks for them alone."""
    driver = logging.getLogger("psycopg")
    known = driver.level
    try:
        for level, after in ((logging.NOTSET, logging.CRITICAL), (logging.DEBUG, logging.DEBUG)):
            driver.setLevel(level)
            silence_driver()
            assert driver.level == after
    finally:
        driver.setLevel(known)
