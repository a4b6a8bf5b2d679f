"""Tests of the command ``codes``, which prints the vendor's codes and explains one."""

import json
import re
from pathlib import Path

import pytest
from commands import Command

from liveform.cli.code_table import as_data, as_markdown, as_text
from liveform.vendor_codes import CODE_FAMILIES, VENDOR_CODES, CodeKind, explain_code


def test_text_has_one_aligned_line_for_each_code(liveform: Command) -> None:
    """The text has a line of names and one line for each code, its sentence last."""
    lines = liveform("codes").out.splitlines()
    assert len(lines) == len(VENDOR_CODES) + 1
    start = lines[0].index("MEANING")
    for row, line in zip(VENDOR_CODES, lines[1:], strict=True):
        assert line[start:] == row.about
        assert line.split()[:4] == [row.code, row.kind, row.actor, row.certainty]


@pytest.mark.parametrize("kind", CodeKind)
def test_kind_shows_only_its_own_codes(kind: CodeKind, liveform: Command) -> None:
    """``--kind`` prints only the codes of that kind, in each of the three forms."""
    wanted = [row.code for row in VENDOR_CODES if row.kind is kind]
    assert [line.split()[0] for line in liveform("codes", "--kind", kind).out.splitlines()[1:]] == wanted
    assert [row["code"] for row in json.loads(liveform("codes", "--kind", kind, "--json").out)] == wanted
    page = liveform("codes", "--kind", kind, "--markdown").out
    assert set(re.findall(r"^\| `([^`]+[^-`])` \|", page, re.MULTILINE)) == set(wanted)


def test_json_has_every_column_of_every_row(liveform: Command) -> None:
    """``--json`` prints every column of every row."""
    data = json.loads(liveform("codes", "--json").out)
    assert data == [json.loads(json.dumps(row._asdict())) for row in VENDOR_CODES]


def test_markdown_has_every_code_and_family_once(liveform: Command) -> None:
    """``--markdown`` prints each code of each kind once, then the families, in tables of four cells."""
    page = liveform("codes", "--markdown").out
    assert page == as_markdown(VENDOR_CODES) + "\n"
    lines = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {5}
    named = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    families = [f"{family.prefix}-" for family in CODE_FAMILIES]
    assert sorted(named) == sorted([*(row.code for row in VENDOR_CODES), *families])


def test_no_rows_give_headings_only() -> None:
    """A table without rows gives a heading line, an empty list or a page title."""
    assert as_text([]).count("\n") == 0
    assert as_data([]) == []
    assert as_markdown([]).startswith("# Codes of the vendor")


def test_code_is_explained_in_a_few_lines(liveform: Command) -> None:
    """``codes CODE`` prints what the code means, who can act, what users may read, and how sure that is."""
    assert liveform("codes", "TK-10001").out.splitlines() == [
        "TK-10001 (form): The token id has expired; make a new one.",
        "who        site",
        "to users   Your link has expired. Ask for a new one and start again.",
        "certainty  documented (RET)",
    ]
    assert liveform("codes", "expired_id", "--kind", "retry").out.splitlines() == [
        "expired_id (retry): The document has expired.",
        "who        user",
        "certainty  inferred (W-retry, GB)",
    ]


def test_code_that_is_unknown_is_no_error(liveform: Command) -> None:
    """``codes`` of an unknown code says so and succeeds, without escape sequences."""
    answer = liveform("codes", "\x1b[31m")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.isascii()
    assert answer.out.splitlines()[0].startswith("\\x1b[31m: liveform does not know this code")
    assert answer.out.splitlines()[1:] == ["certainty  unknown"]


def test_code_as_json_is_one_object(liveform: Command) -> None:
    """``codes CODE --json`` prints the explanation as one object."""
    data = json.loads(liveform("codes", "PV-49999", "--json").out)
    assert data == json.loads(json.dumps(explain_code("PV-49999")._asdict()))
    assert data["is_known"] is False


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["--kind", "errors"], "--kind: must be one of form, reject, retry, face_auth, injection, api"),
        (["--kind", ""], "--kind: must be one of"),
        (["--markdown", "--json"], "--markdown: does not go with"),
        (["TK-10001", "--markdown"], "--markdown: does not go with"),
        (["TK-10001", "TK-10002"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_is_refused(words: list[str], option: str, liveform: Command) -> None:
    """An unknown kind, two codes, or two forms of output end with exit code 2."""
    answer = liveform("codes", *words)
    assert (answer.code, answer.out) == (2, "")
    assert option in answer.err


def test_codes_need_no_settings(liveform: Command) -> None:
    """``codes`` ignores a broken settings file."""
    Path("liveform.toml").write_text("broken = [")
    assert liveform("codes").code == 0
