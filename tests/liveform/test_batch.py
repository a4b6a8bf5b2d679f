"""Tests of liveform.batch, which turns the rows of a table into URLs one at a time."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count, islice
from typing import Any

import pytest

from liveform import ConfigError, FieldError, Project
from liveform.batch import BuiltRow, RowBuilder, build_urls
from liveform.cells import UnreadableCell
from liveform.columns import Matcher

PROJECT = Project("abc123de45")
REST = UnreadableCell("is part of merged cells", "")  # of merged cells, all but the first
KEYED = Project("abc123de45", key="an example of a key", cipher="ecb")
START = "https://form.argosidentity.com/?pid=abc123de45"


def outcomes(rows: Any, **options: Any) -> list[BuiltRow]:
    """Return the outcome of every row, as a list."""
    return [*build_urls(PROJECT, rows, **options)]


def refused(row: Any, **options: Any) -> str:
    """Return the text of the error that refuses a single row."""
    (outcome,) = outcomes([row], **options)
    assert outcome.url is None
    return str(outcome.error)


def test_url_is_the_one_that_form_url_builds() -> None:
    """A row under Python's, the vendor's or matched names gives the URL that ``form_url`` builds."""
    rows = [{"userid": "u", "allowedCountries": "USA,KOR", "shop": "s", "age_limit": "false"}]
    (outcome,) = build_urls(KEYED, rows, columns={"shop": "cf1"}, fields={"lang": "ko"})
    assert outcome == (
        1,
        KEYED.form_url(userid="u", allowed_countries="USA,KOR", cf1="s", age_limit=False, lang="ko"),
        None,
    )


def test_rows_are_read_one_at_a_time() -> None:
    """Rows are read only as URLs are asked for, so an endless iterator works."""
    read = []

    def endless() -> Iterator[dict[str, object]]:
        for number in count(1):
            read.append(number)
            yield {"userid": f"u{number}"}

    first = [*islice(build_urls(PROJECT, endless()), 3)]
    assert [outcome.row for outcome in first] == [1, 2, 3] == read


def test_wrong_row_does_not_stop_the_others() -> None:
    """A wrong row gives an error with its number and column, and the next row its URL."""
    found = outcomes([{"mail": "wrong"}, {"mail": "a@b"}], columns={"mail": "email"})
    assert found[0].url is None
    assert found[0].error is not None
    assert (found[0].row, found[0].error.field) == (1, "mail")
    assert found[1] == (2, f"{START}&email=a%40b", None)


def test_what_the_rows_raise_passes() -> None:
    """An error raised by the caller's iterator reaches the caller unchanged."""

    def broken() -> Iterator[dict[str, object]]:
        yield {"userid": "u"}
        raise OSError("the database is gone")

    urls = build_urls(PROJECT, broken())
    assert next(urls).url is not None
    with pytest.raises(OSError, match="gone"):
        next(urls)


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_cell_leaves_the_field_out(empty: str | None) -> None:
    """A cell of None or of empty text leaves its field out of the URL."""
    assert outcomes([{"userid": "u", "email": empty}]) == [(1, f"{START}&userid=u", None)]


@pytest.mark.parametrize("value", [False, 0])
def test_cell_that_is_false_is_not_empty(value: object) -> None:
    """A cell of False is written as ``ageLimit=false``; 0 is refused, for it may be an age."""  # B1
    assert ("ageLimit=false" in str(outcomes([{"ageLimit": value}])[0].url)) == (value is False)


def test_text_is_spelled_where_text_alone_would_not_do() -> None:
    """A cell's text may give a duration such as ``15m`` or a JSON object, as in the command."""
    row = {"startValidUntil": "15m", "auxidField": '{"phoneNumber": true}', "userid": "u"}
    (outcome,) = build_urls(KEYED, [row])
    seen = {one.name: one.value for one in KEYED.explain(str(outcome.url)).seen}
    assert seen["auxidField"] == {"phoneNumber": True}
    assert str(seen["startValidUntil"]).endswith("Z")
    typed = row | {"startValidUntil": timedelta(days=1), "auxidField": {"phoneNumber": True}}
    assert next(build_urls(KEYED, [typed])).error is None
    (outcome,) = build_urls(KEYED, [row | {"auxidField": "{"}])
    assert str(outcome.error).startswith("auxidField: must be one JSON object")


def test_columns_beyond_the_header_are_a_wrong_row() -> None:
    """A row of csv.DictReader with too many cells is refused, and one with too few is not."""
    rows = csv.DictReader(io.StringIO("userid,email\nu,a@b,x\nv\n"))
    first, second = outcomes(rows)
    assert "more cells than the header" in str(first.error)
    assert second.url == f"{START}&userid=v"


@pytest.mark.parametrize(
    ("row", "options", "problem"),
    [
        ({"phone": "1"}, {}, "phone: it is not a parameter. Name the parameter of the column, or ignore it"),
        ({"usrid": "1"}, {}, "usrid: it is not a parameter; did you mean userid?"),
        ({"userid": "u", "id": "v"}, {"columns": {"id": "userid"}}, "id: means userid, as does userid"),
        ({"cf1": "u"}, {"fields": {"cf1": "x"}}, "cf1: means cf1, as does a field of every row"),
        (["userid"], {}, "row: must be a mapping"),
        (None, {}, "row: must be a mapping"),
        ({"knowledgeField": "skip"}, {}, "knowledgeField: does not belong to form_url"),
        ({"allowedCountries": "USA"}, {}, "allowedCountries: must be encrypted"),
    ],
)
def test_wrong_row_is_told_by_its_column(row: Any, options: dict[str, Any], problem: str) -> None:
    """The error of a wrong row names the column and says what is allowed or meant."""
    assert problem in refused(row, **options)


def test_columns_are_ignored_one_by_one_or_all_that_are_not_known() -> None:
    """A column is ignored if it is matched with None, or unknown while ``ignore_others`` is on."""
    row = {"userid": "u", "phone": "1", "cf1": "x"}
    assert outcomes([row], columns={"phone": None, "cf1": None})[0].url == f"{START}&userid=u"
    assert outcomes([row], ignore_others=True)[0].url == f"{START}&userid=u&cf1=x"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"pipeline": "passport"}, "pipeline"),
        ({"columns": {"a": "userd"}}, "a"),
        ({"columns": {"a": 5}}, "a"),
        ({"columns": ["a"]}, "columns"),
        ({"columns": {1: "userid"}}, "columns"),
        ({"fields": {"usrid": "x"}}, "usrid"),
        ({"fields": 5}, "fields"),
    ],
)
def test_wrong_settings_are_refused_before_the_first_row(options: dict[str, Any], field: str) -> None:
    """Wrong arguments are refused by name before the first row is read."""
    with pytest.raises(FieldError) as caught:
        build_urls(PROJECT, iter([]), **options)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("pipeline", "row", "url"),
    [
        ("knowledge", {"userid": "u"}, "https://form.argosidentity.com/knowledge?pid=abc123de45&userid=u"),
        ("injection", {"sid": "s"}, f"{START}&sid=s&action=addveri"),
    ],
)
def test_other_pipelines_build_their_own_urls(pipeline: str, row: dict[str, str], url: str) -> None:
    """Rows of the knowledge and injection pipelines give the URLs of those forms."""
    assert outcomes([row], pipeline=pipeline) == [(1, url, None)]


def test_injection_without_its_submission_is_a_wrong_row() -> None:
    """A row of the injection pipeline without a ``sid`` is refused."""
    assert refused({"cf1": "x"}, pipeline="injection").startswith("sid: must be given")


def test_rows_of_changing_shape_are_matched_anew() -> None:
    """Each row may have columns of its own, as objects of JSON Lines do."""
    rows = [{"userid": "u"}, {"cf1": "x", "userid": "v"}, {"userid": "w"}]
    assert [outcome.url for outcome in outcomes(rows)] == [
        f"{START}&userid=u",
        f"{START}&cf1=x&userid=v",
        f"{START}&userid=w",
    ]


def test_rows_of_two_shapes_in_turn_are_matched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows whose columns take turns are matched once for each shape, and not for each row."""
    matched: list[object] = []
    real = Matcher.header_of

    def counted(self: Matcher, columns: Any) -> Any:
        matched.append(columns)
        return real(self, columns)

    monkeypatch.setattr(Matcher, "header_of", counted)
    outcomes([{"userid": "u"}, {"cf1": "x"}] * 5)
    assert matched == [(), ("userid",), ("cf1",)]


def test_plain_urls_of_a_project_with_a_key_are_built_on_demand() -> None:
    """With ``encrypt=False`` a project that has a key builds plain URLs."""
    (outcome,) = build_urls(KEYED, [{"userid": "u"}], encrypt=False)
    assert outcome.url == f"{START}&userid=u"


def test_face_auth_rows_are_encrypted_with_the_keys_of_the_add_on() -> None:
    """Rows of the face_auth pipeline give the URLs of that form, and a row without a ``sid`` is refused."""
    project = Project("abc123de45", face_auth_pid="face000001", face_auth_key="an example of a key")
    rows = [{"sid": "s1", "auth_cf1": "a"}, {"auth_cf1": "a"}]
    good, bad = build_urls(project, rows, pipeline="face_auth")
    assert good.url == project.face_auth_url(sid="s1", auth_cf1="a")
    assert str(bad.error).startswith("sid: must be given")
    (plain,) = build_urls(project, rows[:1], pipeline="face_auth", encrypt=False)
    assert "must be encrypted" in str(plain.error)


def test_face_auth_rows_without_its_settings_are_refused_at_once() -> None:
    """A project without id and key of FaceAuth is refused before the first row is read."""
    with pytest.raises(ConfigError, match="face_auth_pid"):
        build_urls(KEYED, iter([{"sid": "s1"}]), pipeline="face_auth")


@pytest.mark.parametrize(
    "row", [{}, {"userid": None}, {"userid": "", "email": " "}, {"userid": float("nan")}]
)
def test_row_without_any_value_is_blank(row: dict[str, object]) -> None:
    """A row without any value has neither a URL nor an error, and keeps its number."""  # B2
    assert outcomes([{"userid": "u"}, row, {"userid": "v"}], fields={"lang": "ko"}) == [
        (1, f"{START}&userid=u&lang=ko", None),
        (2, None, None),
        (3, f"{START}&userid=v&lang=ko", None),
    ]


def test_row_whose_values_are_all_ignored_is_refused() -> None:
    """A row whose values would all stay outside of the URL is refused, and not a bare URL."""  # B2 B3
    assert refused({"phone": "1", "userid": ""}, ignore_others=True) == (
        "row: has no value in a column that goes into the URL"
    )


@pytest.mark.parametrize(
    ("row", "query"),
    [
        ({"userid": "u", "age_limit": "FALSE"}, "&userid=u&ageLimit=false"),
        ({"userid": "u", "rejectDuplicateUser": "True"}, "&userid=u&rejectDuplicateUser=true"),
        ({"userid": 12345, "cf1": 7}, "&userid=12345&cf1=7"),
        ({"User ID": " u ", "E-Mail": "a@b"}, "&userid=u&email=a%40b"),
        ({"userid": "u", "": "", None: [""]}, "&userid=u"),
    ],
)
def test_rows_follow_the_rules_of_the_command(row: Any, query: str) -> None:
    """Names, booleans, whole numbers and white space are read as the command reads them."""  # B1 B3 B4 B9
    assert outcomes([row]) == [(1, f"{START}{query}", None)]


class Array:
    """What an array of numpy or pandas is: it has no truth, and no single comparison."""

    def __bool__(self) -> bool:
        """Refuse, as numpy does."""
        raise ValueError("the truth value of an array is ambiguous")

    def __eq__(self, _: object) -> Any:
        """Return an array, as numpy does."""
        return self

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("cell", [Array(), [Array()], {"a": Array()}, 1.5, b"x", object()])
@pytest.mark.parametrize("column", ["userid", "ageLimit", "rejectDuplicateUser", "cf1"])
def test_wrong_cell_is_the_error_of_its_row(column: str, cell: object) -> None:
    """A cell of any other type is the error of its row, and the next row is built."""  # B11
    first, second = outcomes([{column: cell}, {"userid": "v"}])
    assert first.error is not None
    assert first.error.field == column
    assert second.url == f"{START}&userid=v"


@pytest.mark.parametrize(
    "cell", [10**5000, Decimal("sNaN"), Decimal("1E+999999999")], ids=["int", "snan", "huge"]
)
@pytest.mark.parametrize("column", ["userid", "ip_risk_duration_hours", "ageLimit", "startValidUntil"])
def test_number_that_cannot_be_written_out_does_not_stop_the_others(column: str, cell: object) -> None:
    """A number of too many digits, or a signaling NaN, is the error of its row, and the next one is built."""
    first, second = outcomes([{column: cell}, {"userid": "v"}])
    assert first.error is not None
    assert (first.error.field, first.error.__context__) == (column, None)
    assert second.url == f"{START}&userid=v"


@pytest.mark.parametrize(
    ("project", "rows", "problem"),
    [
        (None, [], "project: must be a Project"),
        ("abc123de45", [], "project: must be a Project"),
        (PROJECT, None, "rows: must be an iterable of mappings"),
        (PROJECT, 5, "rows: must be an iterable of mappings"),
    ],
)
def test_arguments_of_another_kind_are_refused_at_once(project: Any, rows: Any, problem: str) -> None:
    """What is not a project, or not rows, is refused before the first row."""
    with pytest.raises(FieldError, match=problem):
        build_urls(project, rows)


@pytest.mark.parametrize(
    "row", [{"email": "wrong"}, {"userid": 1.5}, {"phone": 1}, {"userid": "", "phone": "x"}, {7: "x"}, None]
)
def test_error_of_a_row_holds_nothing_of_it(row: Any) -> None:
    """The error of a row has no frames, no cause and no context, for those would hold the row."""  # B12
    (outcome,) = outcomes([row], ignore_others=row == {"userid": "", "phone": "x"})
    assert outcome.error is not None
    assert outcome.error.__traceback__ is None
    assert outcome.error.__context__ is None
    assert outcome.error.__cause__ is None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"age_limit": "maybe"}, "age_limit: takes only False"),
        ({"email": "nobody"}, "email: must be an e-mail address"),
        ({"cf1": "x", "CF1": "y"}, "CF1: is given twice"),
        ({"start_valid_until": "2030-01-01"}, "start_valid_until: has no time zone"),
        ({"sid": "s1"}, "sid: does not belong to form_url; it belongs to"),
        ({"projection_id": "p1"}, "projection_id: must be encrypted: the vendor ignores it in plain"),
        ({"nix": "foo"}, "^nix: it is not a parameter$"),
        ({"usrid": "foo"}, r"^usrid: it is not a parameter; did you mean userid\?$"),
        ({" ": "foo"}, "^the column without a name: it is not a parameter$"),
        (
            {"userid": "NULL"},
            "^userid: is what a program writes for no value; give a value, or leave the field",
        ),
        (
            {"cf1": "#REF!"},
            "^cf1: is an error of Excel or another spreadsheet; give a value, or leave the field",
        ),
        ({"userid": "{{id}}"}, "^userid: has a template"),
    ],
)
def test_wrong_field_of_every_row_is_refused_before_the_first(
    fields: dict[str, object], problem: str
) -> None:
    """A field of every row with a wrong value is refused at once, and not in each row."""  # B15
    with pytest.raises(FieldError, match=problem):
        build_urls(PROJECT, iter([]), fields=fields)


@pytest.mark.parametrize("name", ["", " ", "\xa0", "\u200e"], ids=ascii)
def test_column_without_a_visible_name_has_none(name: str) -> None:
    """A column whose name shows nothing is one without a name, as in a file: empty, or ignored on purpose."""
    assert outcomes([{name: "", "userid": "u1"}])[0].url == f"{START}&userid=u1"
    problem = "row: has a value in column 1, which has no name; name it, or ignore '' or all others"
    assert refused({name: "x", "userid": "u1"}) == problem
    for options in ({"columns": {"": None}}, {"columns": {name: None}}, {"ignore_others": True}):
        assert outcomes([{name: "x", "userid": "u1"}], **options)[0].url == f"{START}&userid=u1"


def test_field_of_every_row_is_read_like_a_cell() -> None:
    """A field of every row may be given as text, as in a cell, or be missing."""  # B1
    fields = {"Age Limit": "FALSE", "cf1": 7, "cf2": None}
    assert outcomes([{"userid": "u"}], fields=fields)[0].url == f"{START}&userid=u&ageLimit=false&cf1=7"


def test_field_of_every_row_may_count_seconds() -> None:
    """A field of every row may count seconds from now, as in ``form_url``; a cell of a table may not."""
    (outcome,) = build_urls(KEYED, [{"userid": "u"}], fields={"start_valid_until": 90})
    assert outcome.url is not None
    (outcome,) = build_urls(KEYED, [{"userid": "u", "startValidUntil": 90}])
    assert str(outcome.error).startswith("startValidUntil: must be ISO 8601 text with a time zone")


def test_table_without_a_column_for_the_urls_is_refused() -> None:
    """A header of which nothing goes into the URLs is refused, and only near names are shown."""  # B3
    for columns in (("u1", "jane@example.com"), ("phone",)):
        builder = RowBuilder(PROJECT, ignore_others=True, columns={"phone": None})
        with pytest.raises(FieldError, match=r"^IN: none of its columns goes into the URLs") as caught:
            builder.use_header(columns)
        assert "jane" not in str(caught.value)
    with pytest.raises(FieldError, match="matched with a parameter; usrid: did you mean userid"):
        RowBuilder(PROJECT).use_header(("usrid",))


def test_rows_under_one_header_are_built_at_once() -> None:
    """Rows under one header have the URLs, blanks and errors that each has alone."""
    builder = RowBuilder(PROJECT, columns={"note": None})
    columns = ("userid", "email", "note")
    good: list[list[object]] = [["u", "", ""], ["", " ", ""], ["v", "a@b", "x"], ["", "", "x"]]
    wrong: list[list[object]] = [["w", "nobody", ""], [5, None, ""], ["x", "", "", ""], ["y"], [], [" "]]
    for rows in (good, [*good, *wrong]):
        made = builder.urls(columns, rows)
        assert [str(one) for one in made] == [str(builder.url(columns, row)) for row in rows]
    assert [made[0], made[1], made[2]] == [f"{START}&userid=u", None, f"{START}&userid=v&email=a%40b"]
    assert [str(one) for one in made[3:]] == [
        "row: has no value in a column that goes into the URL",
        "email: must be an e-mail address",
        f"{START}&userid=5",
        f"{START}&userid=x",
        "row: must have 3 cells, as the header has",
        "None",
        "None",
    ]


@pytest.mark.parametrize("cells", [("u1", "x", REST, REST), ("u1", REST), ("u1", REST, REST)])
def test_rest_of_merged_cells_counts_only_where_a_value_is_wanted(cells: tuple[object, ...]) -> None:
    """The rest of merged cells is empty in a column that is ignored, nameless or behind the header."""
    for columns in (("userid", "note"), ("userid", "note", ""), ("userid", "note", "", "")):
        if len(columns) <= len(cells):
            assert RowBuilder(PROJECT, columns={"note": None}).url(columns, cells) == f"{START}&userid=u1"


def test_row_of_the_rest_of_merged_cells_is_blank_unless_a_value_is_wanted() -> None:
    """A row is blank whose cells are the rest of merged cells outside of the URL, and else refused."""
    builder = RowBuilder(PROJECT, columns={"store": None})
    assert builder.url(("userid", "store"), (None, REST)) is None
    assert builder.url(("userid", "store"), ("", REST, REST)) is None
    for cells in ((REST, None), (REST, REST, REST)):
        assert str(builder.url(("userid", "store"), cells)) == "userid: is part of merged cells"


def test_column_without_a_name_goes_into_the_url_as_told() -> None:
    """The value of the column without a name is in the URL as the parameter that it is matched with."""
    rows = [{"": "u1", "email": "a@example.com"}]
    (built,) = outcomes(rows, columns={"": "userid"})
    assert built.url == f"{START}&userid=u1&email=a%40example.com"
    assert refused({"": "NULL"}, columns={"": "userid"}).startswith("the column without a name: is what a")
    with pytest.raises(FieldError, match="columns: must be a mapping of names to values"):
        outcomes(rows, columns={None: "userid"})
