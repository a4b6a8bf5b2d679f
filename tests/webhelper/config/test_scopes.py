"""These tests read what each API token may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from outcomes import faults_of
from sites import HOLDER, TOKEN, settings

from webhelper.config.scopes import ALL, Permissions, Scope, api_scopes
from webhelper.config.settings import read_settings
from webhelper.config.texts import value_of

if TYPE_CHECKING:
    from pathlib import Path

EVERY = frozenset(Scope)
EXPECTED = "read, create, revoke, results, console and project:NAME"


@pytest.mark.parametrize(
    ("words", "permissions"),
    [
        (["read"], Permissions(frozenset({Scope.READ}))),
        (["create", "revoke", "create"], Permissions(frozenset({Scope.CREATE, Scope.REVOKE}))),
        (["project:shop"], Permissions(EVERY, frozenset({"shop"}))),
        (
            ["project:shop", "results", "project:b"],
            Permissions(frozenset({Scope.RESULTS}), frozenset("b") | {"shop"}),
        ),
        (("console", "read"), Permissions(frozenset({Scope.CONSOLE, Scope.READ}))),
        ([*Scope], ALL),
    ],
)
def test_scopes_and_projects_are_read(words: Any, permissions: Permissions) -> None:  # A7
    """Scopes alone are for all projects, projects alone for everything, and both for both."""
    assert api_scopes("API_SCOPES", {"till": words}) == {"till": permissions}


@pytest.mark.parametrize(
    "words",
    [
        [],
        "read",
        ["reed"],
        ["READ"],
        ["read "],
        [""],
        ["all"],
        ["*"],
        [None],
        None,
        {"read": True},
        ["project"],
    ],
)
def test_anything_else_is_refused(words: Any) -> None:  # A7
    """A list that is empty, or has another word, is refused with the name of its holder and no value."""
    (setting,) = faults_of(lambda: api_scopes("API_SCOPES", {"till": words}))
    assert setting == "API_SCOPES.till"


def test_word_that_is_nearly_one_is_guessed() -> None:
    """The message has every word that is allowed, and the one that was probably meant."""
    faults = faults_of(lambda: api_scopes("API_SCOPES", {"till": ["creat"], "x" * 50: ["z"]}))
    assert (
        faults["API_SCOPES.till"]
        == f"must be a list of {EXPECTED.replace(' and', ' and')}; did you mean create?"
    )
    assert faults[f"API_SCOPES.{'x' * 31}"] == f"must be a list of {EXPECTED}"


@pytest.mark.parametrize("value", [None, [], "till=read", 7])
def test_setting_is_a_mapping(value: object) -> None:
    """Anything but a mapping is refused."""
    assert set(faults_of(lambda: api_scopes("API_SCOPES", value))) == {"API_SCOPES"}


def test_variable_has_words_with_plus_between() -> None:
    """The variable has name=scope+scope words; projects are among them."""
    value = value_of("API_SCOPES", "till=create+project:shop, monitor=read")
    assert value == {"till": ["create", "project:shop"], "monitor": ["read"]}


def test_permissions_are_for_known_names_and_projects(tmp_path: Path) -> None:
    """Scopes of nobody, and of a project that there is not, are refused: they would protect nothing."""
    scopes = {HOLDER: ["project:shop"], "tll": ["read"], "two": ["read", "project:shpo"]}
    given = settings(tmp_path, API_TOKENS={HOLDER: TOKEN, "two": TOKEN[::-1]}, API_SCOPES=scopes)
    faults = faults_of(lambda: read_settings(given))
    assert faults == {
        "API_SCOPES.tll": "is not one of API_TOKENS",
        "API_SCOPES.two": "names a project that is not in PROJECTS",
    }


def test_holder_without_scopes_may_do_everything(tmp_path: Path) -> None:  # A7
    """An API token of which API_SCOPES says nothing allows everything, in every project."""
    given = settings(tmp_path, API_TOKENS={HOLDER: TOKEN, "two": TOKEN[::-1]}, API_SCOPES={"two": ["read"]})
    checked = read_settings(given)
    assert checked.permissions_of(HOLDER) == ALL == Permissions(EVERY, None)
    assert checked.permissions_of("two").scopes == {Scope.READ}


def test_permissions_include_their_projects_alone() -> None:
    """Permissions for some projects include them, and those for all include every one."""
    some = Permissions(EVERY, frozenset({"shop"}))
    assert (some.include("shop"), some.include("signup"), some.include("")) == (True, False, False)
    assert ALL.include("shop")
