"""These tests check the errors that webhelper adds to liveform's tree."""

import inspect
import pickle
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

import webhelper
from liveform import LiveformError, SetupError, UntrustedInputError
from webhelper import errors
from webhelper.error_reports import names_extra
from webhelper.errors import (
    ApiTokenError,
    CrossSiteError,
    EmptyPoolError,
    KeyReusedError,
    NotKeptError,
    RevokedError,
    ScopeError,
    SenderError,
    StoreError,
    TokenIdExpiredError,
    TooManyRequestsError,
    UnknownEventError,
    UnknownLinkError,
    UnknownProjectError,
    UnknownVisitError,
    UsedUpError,
)
from webhelper.links.stores import errors as store_errors
from webhelper.links.stores.errors import (
    DamagedStoreError,
    MovedStoreError,
    MovePendingError,
    NewerStoreError,
    RefusedError,
    StoreInUseError,
    StoreNotEmptyError,
    UpgradePendingError,
    WrongStoreError,
)

ERRORS_PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
PARENTS: dict[type[LiveformError], type[LiveformError]] = {
    NotKeptError: SetupError,
    ApiTokenError: UntrustedInputError,
    CrossSiteError: UntrustedInputError,
    ScopeError: UntrustedInputError,
    TooManyRequestsError: UntrustedInputError,
    UnknownLinkError: UntrustedInputError,
    KeyReusedError: UntrustedInputError,
    UsedUpError: UntrustedInputError,
    RevokedError: UntrustedInputError,
    TokenIdExpiredError: UntrustedInputError,
    SenderError: UntrustedInputError,
    UnknownProjectError: UntrustedInputError,
    UnknownEventError: UntrustedInputError,
    UnknownVisitError: UntrustedInputError,
    EmptyPoolError: LiveformError,
    StoreError: LiveformError,
    StoreInUseError: StoreError,
    StoreNotEmptyError: StoreError,
    MovedStoreError: StoreError,
    MovePendingError: StoreError,
    UpgradePendingError: StoreError,
    WrongStoreError: StoreError,
    DamagedStoreError: WrongStoreError,
    NewerStoreError: WrongStoreError,
    RefusedError: StoreError,
}
TEXTS: list[tuple[LiveformError, str, str]] = [
    (NotKeptError("a text"), "not_kept", "a text"),
    (
        ApiTokenError(),
        "unauthorized",
        "the API token is missing or unknown; send Authorization: Bearer <API token>",
    ),
    (
        ScopeError(scope="create"),
        "insufficient_scope",
        "this API token does not have the scope create; see API_SCOPES",
    ),
    (
        ScopeError(),
        "insufficient_scope",
        "this API token is not for this project; see API_SCOPES",
    ),
    (
        TooManyRequestsError(59.01),
        "too_many_requests",
        "too many requests; wait for as many seconds as Retry-After says",
    ),
    (
        CrossSiteError(),
        "cross_site",
        "requests from pages of other sites are refused; send this from a page of this site",
    ),
    (UnknownLinkError(), "unknown", "there is no such link"),
    (
        KeyReusedError(),
        "idempotency_key_reused",
        "this Idempotency-Key was used for another request; use a new key",
    ),
    (UnknownVisitError(), "unknown_visit", "there is no such visit"),
    (UsedUpError(), "used_up", "genuine, but used up"),
    (RevokedError(), "revoked", "genuine, but revoked"),
    (
        TokenIdExpiredError(),
        "token_id_expired",
        "genuine and unused, but its token id has expired at the vendor; make another link",
    ),
    (
        SenderError(),
        "wrong_sender",
        "webhooks are taken from the vendor's address alone; see WEBHOOK_SENDERS and PROXIES",
    ),
    (
        UnknownEventError(),
        "unknown_webhook",
        "there is no such webhook; `liveform webhooks list` shows those that are kept",
    ),
    (
        UnknownProjectError(),
        "unknown_project",
        "there is no such project; a webhook URL ends with a name of PROJECTS",
    ),
    (
        EmptyPoolError(),
        "no_token_id",
        "no token id is ready for this project in private mode; more are being registered, try again soon",
    ),
    (StoreError(), "store_unavailable", "the store cannot be read or written now; try again later"),
    (
        UpgradePendingError(),
        "upgrade_pending",
        "the store is of an earlier version; stop the web helper, and run `liveform store upgrade`",
    ),
    (
        StoreInUseError(),
        "store_in_use",
        "another process has the store open; stop the web helper first",
    ),
    (
        MovedStoreError(),
        "moved_store",
        "the file was used since its move began; empty the database, and move it again",
    ),
    (
        MovePendingError(),
        "move_pending",
        "a file is being moved to the database; run `liveform store move` again until all counts agree",
    ),
    (StoreNotEmptyError(), "store_not_empty", "the store has something in it; name an empty one"),
    (
        WrongStoreError(),
        "wrong_store",
        "not a store of this version, nor one of an earlier version that can be upgraded",
    ),
    (
        DamagedStoreError(),
        "damaged_store",
        "damaged, or not an SQLite file; `liveform store restore` puts a copy in the place of a store",
    ),
    (
        NewerStoreError(version=12, newest=10),
        "newer_store",
        "the store is of version 12, and this liveform reads 10; install a later one",
    ),
    (RefusedError(reason="a reason"), "store_refused", "a reason"),
]


def public_classes() -> set[type[LiveformError]]:
    """Return every error class that a module of errors defines under a public name."""
    return {
        member
        for module in (errors, store_errors)
        for name, member in vars(module).items()
        if inspect.isclass(member)
        and issubclass(member, LiveformError)
        and member.__module__ == module.__name__
        and not name.startswith("_")
    }


def test_tables_above_name_every_error_of_the_module() -> None:
    """Each error class of the module has a parent, a code and a text in this file."""
    assert public_classes() == set(PARENTS) == {type(error) for error, _, _ in TEXTS}


def test_page_says_where_each_error_is_imported_from() -> None:
    """docs/errors.md names both modules that the web helper's errors are in, and which ones are where."""
    rest = ERRORS_PAGE.partition("## Of the web helper")[2]
    intro, _, table = rest.partition("| class |")
    modules = re.findall(r"`(webhelper\.[\w.]+)`", intro)
    assert modules == [errors.__name__, store_errors.__name__]
    assert "those below `StoreError` are in\n`webhelper.links.stores.errors`" in intro
    for name, parent in re.findall(r"^\| `(\w+)` \(`(\w+)`\)", table, re.MULTILINE):
        assert hasattr(import_module(modules[parent.endswith("StoreError")]), name)


@pytest.mark.parametrize("error", PARENTS, ids=lambda error: error.__name__)
def test_error_stands_below_the_parent_that_the_drawing_shows(error: type[LiveformError]) -> None:
    """An error class has the parent that the drawing in the module's docstring shows."""
    assert issubclass(error, PARENTS[error])
    lines = [
        line
        for line in (sys.modules[error.__module__].__doc__ or "").splitlines()
        if re.match(r"[├└│ ─]*\w+Error\b", line)
    ]
    names = [re.sub(r"[├└│ ─]*(\w+).*", r"\1", line) for line in lines]
    depths = [len(line) - len(line.lstrip("├└│ ─")) for line in lines]
    at = names.index(error.__name__)
    above = [name for name, depth in zip(names[:at], depths[:at], strict=True) if depth < depths[at]]
    assert above[-1] == PARENTS[error].__name__


@pytest.mark.parametrize(("error", "code", "text"), TEXTS, ids=lambda value: type(value).__name__)
def test_error_has_a_fixed_code_and_text(error: LiveformError, code: str, text: str) -> None:
    """An error has a fixed code and text, which other people's programs and logs rely on."""
    assert (error.code, str(error)) == (code, text)


@pytest.mark.parametrize("error", [error for error, _, _ in TEXTS], ids=lambda error: type(error).__name__)
def test_error_pickled_comes_back_the_same(error: LiveformError) -> None:
    """An error keeps its class, text and code when it is pickled."""
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.code) == (type(error), str(error), error.code)


@pytest.mark.parametrize("error", [error for error in PARENTS if error is not NotKeptError])
def test_error_of_one_text_takes_no_other(error: type[LiveformError]) -> None:
    """An error with a fixed text cannot be made with another text."""
    with pytest.raises(TypeError):
        error("the user is jane")


@pytest.mark.parametrize("name", ["flask", "flask_babel", "httpx2"])
def test_missing_package_is_named_with_its_extra(name: str) -> None:  # T6
    """Where a package is not installed, the error of an import says with which extra it comes."""
    with pytest.raises(ModuleNotFoundError) as caught, names_extra():
        raise ModuleNotFoundError("raw", name=name)
    assert str(caught.value) == f"{name} is not installed; it comes with the extra liveform[web]"
    assert caught.value.name == name


@pytest.mark.parametrize("name", ["webhelper.nothing", "liveform.nothing", None])
def test_missing_module_of_our_own_is_a_mistake_as_it_is(name: str | None) -> None:  # T6
    """A module of ours that is missing is not blamed on an extra."""
    with pytest.raises(ModuleNotFoundError, match=r"^raw$"), names_extra():
        raise ModuleNotFoundError("raw", name=name)


def test_web_helper_without_flask_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:  # T6
    """``from webhelper import create_app`` without Flask says what to install."""
    monkeypatch.delitem(sys.modules, "webhelper.app")
    monkeypatch.setitem(sys.modules, "flask", None)
    with pytest.raises(ModuleNotFoundError, match=r"comes with the extra liveform\[web\]"):
        webhelper.create_app  # noqa: B018
