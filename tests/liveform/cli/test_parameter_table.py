"""Tests of the command ``parameters``, which prints the table as text, Markdown and JSON."""

import json
import re
from pathlib import Path

import pytest
from commands import Command

from liveform import PARAMETERS, Pipeline
from liveform.cli.parameter_table import as_data, as_markdown, as_text


def test_text_has_one_aligned_line_for_each_parameter(liveform: Command) -> None:
    """The text has a line of names and one aligned line for each parameter."""
    lines = liveform("parameters").out.splitlines()
    assert len(lines) == len(PARAMETERS) + 1
    starts = [lines[0].index(name) for name in re.split(r"  +", lines[0])]
    for row, line in zip(PARAMETERS, lines[1:], strict=True):
        cells = [
            line[start:end].rstrip() for start, end in zip(starts, [*starts[1:], len(line)], strict=True)
        ]
        assert (cells[0], cells[-2], cells[-1]) == (row.name, row.certainty.value, row.value.wants)
        assert cells[2:6] == [str(row.places.get(pipeline, "")) for pipeline in Pipeline]


def test_text_names_both_spellings_of_the_token() -> None:
    """The text shows two spellings for token_id, and for no other parameter."""
    lines = [line for line in as_text(PARAMETERS).splitlines() if " / " in line]
    assert [line.split("  ")[0].strip() for line in lines] == ["token_id"]
    assert "tokenid / token" in lines[0]


@pytest.mark.parametrize("pipeline", Pipeline)
def test_pipeline_shows_only_its_own_parameters(pipeline: Pipeline, liveform: Command) -> None:
    """``--pipeline`` prints only the parameters of that pipeline, in each of the three forms."""
    wanted = [row.name for row in PARAMETERS if pipeline in row.places]
    text = liveform("parameters", "--pipeline", pipeline.value).out.splitlines()
    data = json.loads(liveform("parameters", "--pipeline", pipeline.value, "--json").out)
    page = liveform("parameters", "--pipeline", pipeline.value, "--markdown").out
    assert [line.split()[0] for line in text[1:]] == wanted
    assert [row["name"] for row in data] == wanted
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(wanted)


def test_json_has_every_column_of_every_row(liveform: Command) -> None:
    """``--json`` prints every column of every row of the table."""
    data = json.loads(liveform("parameters", "--json").out)
    assert data == as_data(PARAMETERS)
    for row, members in zip(PARAMETERS, data, strict=True):
        assert members == {
            "name": row.name,
            "plain_name": row.plain_name,
            "encrypted_name": row.encrypted_name,
            "group": row.group,
            "places": {str(pipeline): str(place) for pipeline, place in row.places.items()},
            "wants": row.value.wants,
            "about": row.about,
            "excludes": list(row.excludes),
            "requires": list(row.requires),
            "source": row.source,
            "certainty": str(row.certainty),
            "note": row.note,
        }


def test_markdown_has_one_table_for_each_group_and_each_row_once(liveform: Command) -> None:
    """``--markdown`` prints one table for each group, and each parameter once, in order."""
    page = liveform("parameters", "--markdown").out
    groups = list(dict.fromkeys(row.group for row in PARAMETERS))
    assert page == as_markdown(PARAMETERS) + "\n"
    assert page.startswith("# Parameters\n")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == groups
    rows = [row.name for group in groups for row in PARAMETERS if row.group == group]
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == rows


def test_markdown_tables_have_nine_cells_in_each_line() -> None:
    """Every line of a Markdown table has nine cells, so no text breaks the table."""
    lines = [line for line in as_markdown(PARAMETERS).splitlines() if line.startswith("|")]
    assert len(lines) > len(PARAMETERS)
    assert {line.count("|") for line in lines} == {10}


def test_markdown_says_certainty_source_note_exclusions_and_needs() -> None:
    """A row in Markdown has the certainty, source, purpose, note, exclusions and needs of its parameter."""
    page = as_markdown(PARAMETERS)
    lines = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    for row in PARAMETERS:
        assert f"{row.certainty.value} ({row.source})" in lines[row.name]
        assert row.about in lines[row.name]
        assert row.note in lines[row.name]
        assert all(f"`{name}`" in lines[row.name] for name in (*row.excludes, *row.requires))


def test_no_rows_give_headings_only() -> None:
    """A table without rows gives a heading line, an empty list or a page title."""
    assert as_text([]).count("\n") == 0
    assert as_data([]) == []
    assert as_markdown([]).startswith("# Parameters")


def test_parameters_need_no_settings_and_take_no_input(liveform: Command) -> None:
    """``parameters`` ignores a broken settings file and refuses an extra word."""
    Path("liveform.toml").write_text("broken = [")
    assert liveform("parameters").code == 0
    assert liveform("parameters", "word").code == 2


def test_markdown_and_json_together_are_refused(liveform: Command) -> None:
    """``--markdown`` and ``--json`` must not be given together."""
    answer = liveform("parameters", "--markdown", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "--markdown" in answer.err
