"""Tests of liveform.vendor_codes.lookup, which explains any code of the vendor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import Certainty
from liveform.vendor_codes import (
    CODE_FAMILIES,
    VENDOR_CODES,
    Actor,
    CodeExplanation,
    CodeFamily,
    CodeKind,
    VendorCode,
    explain_code,
)

FAMILIES = {family.prefix: family for family in CODE_FAMILIES}


@pytest.mark.parametrize("row", VENDOR_CODES, ids=lambda row: f"{row.kind} {row.code}")
def test_code_of_the_table_is_explained_by_its_row(row: VendorCode) -> None:
    """A code of the table has the text, actor, source and certainty of its row."""
    found = explain_code(row.code, row.kind)
    assert found.is_known
    assert (found.code, found.kind, found.about) == (row.code, row.kind, row.about)
    assert (found.actor, found.source, found.certainty) == (row.actor, row.source, row.certainty)
    assert found.to_user.startswith(row.to_user)
    assert explain_code(row.code).about in {one.about for one in VENDOR_CODES if one.code == row.code}


@pytest.mark.parametrize("family", CODE_FAMILIES, ids=lambda family: family.prefix)
@pytest.mark.parametrize("number", ["1", "001", "99998"])
def test_code_that_is_new_is_explained_by_its_family(family: CodeFamily, number: str) -> None:
    """A numbered code that is not in the table has the text of its family, and says that it is inferred."""
    code = f"{family.prefix}-{number}"
    wanted = (
        code,
        CodeKind.FORM,
        family.about,
        family.actor,
        "ERR",
        Certainty.INFERRED,
        family.to_user,
        False,
    )
    assert explain_code(code) == explain_code(code, CodeKind.FORM) == CodeExplanation(*wanted)


def test_code_without_a_sentence_for_users_has_that_of_its_family() -> None:
    """A known code that has no sentence for users of its own has the one of its family."""
    assert explain_code("SE-50030").to_user == FAMILIES["SE"].to_user
    assert explain_code("SE-50020").to_user != FAMILIES["SE"].to_user
    assert explain_code("page-not-found").to_user == ""


@pytest.mark.parametrize(
    "code",
    [
        *(
            "",
            "TK",
            "TK-",
            "TK-100011",
            "tk-10001",
            " TK-10001",
            "TK-10001\n",
            "TK-1000१",
            "XX-10001",
            "TKX-1",
        ),
        *("nothing_like_it", "EXPIRED_ID", "한국", "\ud800", "x" * 10_000),
    ],
    ids=ascii,
)
def test_code_of_no_family_is_unknown(code: str) -> None:
    """A code of no family, or of another spelling, is unknown, has no actor and is shown short."""
    found = explain_code(code)
    assert (found.kind, found.actor, found.certainty) == (None, None, Certainty.UNKNOWN)
    assert (found.is_known, found.source, found.to_user) == (False, "", "")
    assert len(found.code) <= 40
    assert found.code.isprintable()


@pytest.mark.parametrize("kind", [CodeKind.REJECT, CodeKind.RETRY, CodeKind.API])
def test_code_of_another_kind_is_not_taken_for_it(kind: CodeKind) -> None:
    """A code is looked for among those of the kind that is given, and families are of the form."""
    assert explain_code("TK-10001", kind)[:2] == ("TK-10001", kind)
    assert not explain_code("TK-10001", kind).is_known
    assert explain_code("TK-10099", kind).certainty is Certainty.UNKNOWN


def test_code_of_two_kinds_is_explained_by_the_kind() -> None:
    """``expired_id`` is a reject code first, and a retry code if one asks for that."""
    assert explain_code("expired_id").kind is CodeKind.REJECT
    assert explain_code("expired_id", CodeKind.RETRY).kind is CodeKind.RETRY
    face = explain_code("face_compare_underscore", CodeKind.FACE_AUTH)
    assert face.about != explain_code("face_compare_underscore").about


@given(st.text() | st.sampled_from(["TK-", "SE-50"]).flatmap(lambda start: st.text().map(start.__add__)))
def test_every_text_has_an_explanation(code: str) -> None:
    """Any text is explained with a sentence, printable and without a line break."""
    found = explain_code(code)
    assert found.about.endswith(".")
    assert found.code.isprintable()


@pytest.mark.parametrize("code", [None, 5, b"TK-10001", ["TK-10001"]])
def test_what_is_no_text_is_unknown(code: object) -> None:
    """A code that is not text is unknown, and is not shown."""
    found = explain_code(code)  # type: ignore[arg-type]
    assert (found.code, found.is_known) == ("(not text)", False)


def test_actors_of_a_rejection_are_named() -> None:
    """Whoever reads a code learns who can do something about it."""
    assert explain_code("glare_detected").actor is Actor.USER
    assert explain_code("token_limit_exceeded").actor is Actor.SITE
    assert explain_code("internal_server_error").actor is Actor.ARGOS
