"""Tests of ``liveform batch`` with tables as people save them; each is a kind of trouble that was met."""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from commands import Answer, Command
from openpyxl.styles import Border, Side
from pyarrow import parquet
from tables import share_texts, write_workbook

from liveform.cli.batch.writing.output import StreamOutput

PROJECT = {"PID": "abc123de45", "KEY": "an example of a key", "CIPHER": "ecb"}
START = "https://form.argosidentity.com/?pid=abc123de45"


@pytest.fixture
def batch(liveform: Command) -> Command:
    """Return a caller of the command, with a project in the environment."""

    def call(*argv: str, stdin: bytes = b"") -> Answer:
        return liveform("batch", *argv, stdin=stdin, **PROJECT)

    return call


@pytest.fixture
def plain(liveform: Command) -> Command:
    """Return a caller of the command, for URLs that can be read."""

    def call(*argv: str, stdin: bytes = b"") -> Answer:
        return liveform("batch", *argv, "--plain", stdin=stdin, **PROJECT)

    return call


def lines(path: Path, encoding: str = "utf-8") -> list[str]:
    """Return the lines of a file."""
    return path.read_bytes().decode(encoding).splitlines()


@pytest.mark.parametrize("word", ["FALSE", "False", "false", "FALSCH"])
def test_false_of_a_spreadsheet_is_read(plain: Command, tmp_path: Path, word: str) -> None:
    """A cell that is false in any spelling of a spreadsheet is read."""  # B1
    (tmp_path / "in.csv").write_text(f"userid,age_limit\nu1,{word}\n")
    assert plain("in.csv", "o.csv").code == 0
    assert lines(tmp_path / "o.csv")[1] == f"u1,{word},{START}&userid=u1&ageLimit=false"
    assert plain("in.csv", "o2.csv", "--field", f"reject_duplicate_user={word}").code == 0
    assert lines(tmp_path / "o2.csv")[1].endswith("&rejectDuplicateUser=false")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.csv", "userid,email\nu1,jane@example.com\n,\n,\n"),
        ("in.csv", "userid,email\n\nu1,jane@example.com\n   \n"),
        ("in.jsonl", '{}\n{"userid":null,"email":""}\n{"userid":"u1"}\n'),
    ],
)
def test_blank_rows_are_skipped_and_counted(plain: Command, tmp_path: Path, name: str, content: str) -> None:
    """A row without any value has no URL, is no error, and is counted."""  # B2
    (tmp_path / name).write_text(content)
    answer = plain(name, "o.jsonl")
    assert (answer.code, answer.out) == (0, "1 URL: o.jsonl\n2 blank rows skipped\n")
    assert len(lines(tmp_path / "o.jsonl")) == 1
    again = plain(name, "o.jsonl", "--overwrite", "--json")
    assert json.loads(again.out)["blank"] == 2


@pytest.mark.parametrize("options", [[], ["--ignore-others"]])
@pytest.mark.parametrize(
    "text", ["userid;email\nu1;a@b\n", "User ID\tE-Mail\nu1\ta@b\n", "sep=|\nUSERID|EMAIL\nu1|a@b\n"]
)
def test_separator_and_names_are_recognised(
    plain: Command, tmp_path: Path, text: str, options: list[str]
) -> None:
    """Semicolons, tabs and pipes are recognised, and names without their case and spaces."""  # B3
    (tmp_path / "in.csv").write_text(text)
    assert plain("in.csv", "o.csv", *options).code == 0
    assert lines(tmp_path / "o.csv")[-1].endswith(f"{START}&userid=u1&email=a%40b")


@pytest.mark.parametrize("text", ["u1,jane@example.com\nu2,b@c\n", "phone,name\n1,Jane\n", "a\n1\n"])
def test_table_of_which_nothing_is_used_is_refused(batch: Command, tmp_path: Path, text: str) -> None:
    """A table of which nothing goes into the URLs is refused at once, without its cells."""  # B3
    (tmp_path / "in.csv").write_text(text)
    answer = batch("in.csv", "o.csv", "--ignore-others")
    assert answer.code == 2
    assert answer.err.startswith(
        "liveform: IN: none of its columns goes into the URLs; its first line must be a header"
    )
    assert "jane" not in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_separator_is_named_by_its_option(plain: Command, tmp_path: Path) -> None:
    """``--separator`` decides where the header does not."""  # B3
    (tmp_path / "in.csv").write_text("userid,email;cf1\nu1,a@b\n")
    assert "--separator says by which" in plain("in.csv", "o.csv").err
    answer = plain("in.csv", "o.csv", "--separator", "comma", "--ignore-others")
    assert answer.out.splitlines()[-1] == "not in the URLs: email;cf1 (not a parameter; did you mean email?)"


@pytest.mark.parametrize(
    "text", ["userid,email,,\nu1,a@b,,\n", "userid,email,\nu1,a@b,\n", "userid,email\nu1,a@b,,\n"]
)
def test_columns_without_name_and_value_are_ignored(plain: Command, tmp_path: Path, text: str) -> None:
    """Columns without a name and a value are ignored, and not in OUT."""  # B4
    (tmp_path / "in.csv").write_text(text)
    assert plain("in.csv", "o.csv").code == 0
    assert lines(tmp_path / "o.csv") == ["userid,email,url", f"u1,a@b,{START}&userid=u1&email=a%40b"]


def test_value_in_a_column_without_a_name_is_told(plain: Command, tmp_path: Path) -> None:
    """A value in a column without a name refuses its row, and no other."""  # B4
    (tmp_path / "in.csv").write_text("userid,\nu1,\nu2,x\n")
    assert plain("in.csv", "o.csv").code == 1
    assert '2,3,row,"has a value in column 2, which has no name' in lines(tmp_path / "o.csv.errors.csv")[1]


@pytest.mark.parametrize("option", ["cp949", "auto", "euc-kr"])
def test_table_of_korean_excel_is_read(plain: Command, tmp_path: Path, option: str) -> None:
    """A table in the encoding of Korean Windows is read, and written in it."""  # B5 B6
    (tmp_path / "in.csv").write_bytes("userid,이름\nu1,홍길동\n".encode("cp949"))
    answer = plain("in.csv", "o.csv", "--ignore", "이름")
    assert (answer.code, "--encoding cp949 reads it" in answer.err) == (1, True)
    assert plain("in.csv", "o.csv", "--ignore", "이름", "--encoding", option).code == 0
    assert lines(tmp_path / "o.csv", "cp949") == ["userid,이름,url", f"u1,홍길동,{START}&userid=u1"]


def test_byte_that_is_wrong_is_named_by_its_line(plain: Command, tmp_path: Path) -> None:
    """A wrong byte is named by its true line, and what is before it is kept for the next run."""  # B5
    (tmp_path / "in.csv").write_bytes(b"userid\n" + b"user\n" * 60_000 + b"\xff\n")
    answer = plain("in.csv", "o.csv")
    assert answer.code == 1
    assert answer.err.startswith("liveform: IN: line 60002 is not UTF-8; say what wrote the file")


def test_workbook_is_read(plain: Command, tmp_path: Path) -> None:
    """A workbook is read with its numbers, booleans, blank rows and the lines of its sheet."""  # B5 B9 B19
    write_workbook(
        tmp_path / "in.xlsx",
        ["User ID", "Age limit", "비고"],
        [12345, False, "가"],
        [None, None, " "],
        ["=1+1", None, None],
    )
    share_texts(tmp_path / "in.xlsx")
    answer = plain("in.xlsx", "o.csv", "--ignore-others")
    assert answer.out.splitlines() == [
        "1 URL: o.csv",
        "1 row without a URL: o.csv.errors.csv",
        "1 blank row skipped",
        "not in the URLs: 비고 (not a parameter)",
    ]
    assert lines(tmp_path / "o.csv") == [
        "\ufeffUser ID,Age limit,비고,url",
        f"12345,false,가,{START}&userid=12345&ageLimit=false",
    ]
    assert lines(tmp_path / "o.csv.errors.csv")[1].startswith("3,4,User ID,holds a formula without a result")


@pytest.mark.parametrize(("name", "problem"), [("in.csv", "end in .xlsx"), ("in.jsonl", "end in .xlsx")])
def test_workbook_with_another_ending_is_named(
    plain: Command, tmp_path: Path, name: str, problem: str
) -> None:
    """A workbook or a gzip file that was renamed is named by what it is."""  # B5
    write_workbook(tmp_path / name, ["userid"])
    assert problem in plain(name, "o.csv").err
    (tmp_path / name).write_bytes(gzip.compress(b"userid\nu1\n"))
    assert "is compressed by gzip; let its name end in .gz" in plain(name, "o.csv").err


def test_column_is_named_as_it_is(plain: Command, tmp_path: Path) -> None:
    """A column in Korean is named in Korean, on the terminal and in the file of errors."""  # B8
    (tmp_path / "in.csv").write_text("이메일,userid\nnobody,u1\n")
    assert plain("in.csv", "o.csv").err.startswith("liveform: 이메일: it is not a parameter")
    assert plain("in.csv", "o.csv", "--column", "이메일=email").code == 1
    assert lines(tmp_path / "o.csv.errors.csv")[1] == "1,2,이메일,must be an e-mail address"


def test_number_in_json_becomes_its_digits(plain: Command, tmp_path: Path) -> None:
    """A whole number of an id becomes its digits, and a float says what to do."""  # B9
    (tmp_path / "in.jsonl").write_text('{"userid": 12345}\n{"userid": 12345.0}\n')
    assert plain("in.jsonl", "o.jsonl").code == 1
    assert lines(tmp_path / "o.jsonl") == [f'{{"userid": 12345,"url":"{START}&userid=12345"}}']
    assert "is a number with a decimal point" in lines(tmp_path / "o.jsonl.errors.csv")[1]


@pytest.mark.parametrize("keep", [[], ["--keep", "userid"]])
def test_parquet_with_a_cell_that_cannot_be_shown_is_read(
    plain: Command, tmp_path: Path, keep: list[str]
) -> None:
    """A cell of Parquet that has no text refuses its row if it is kept, and else nothing."""  # B10
    far = pa.array([10**18, None, 1], pa.timestamp("ms"))
    exactly = pa.array([1, 2, 3], pa.timestamp("ns"))
    parquet.write_table(
        pa.table({"userid": [1, 2, 3], "far": far, "exactly": exactly}), tmp_path / "in.parquet"
    )
    answer = plain("in.parquet", "o.csv", "--ignore-others", *keep)
    assert answer.out.startswith("3 URLs" if keep else "2 URLs")
    if keep:
        assert lines(tmp_path / "o.csv")[1] == f"1,{START}&userid=1"
    else:
        assert (
            "has a cell that is a timestamp[ms] that cannot be shown"
            in lines(tmp_path / "o.csv.errors.csv")[1]
        )
        assert lines(tmp_path / "o.csv")[1] == f"2,,1970-01-01 00:00:00.000000002,{START}&userid=2"


@pytest.mark.parametrize("used", ["note", "cf1"])
def test_long_cell_ends_no_run(plain: Command, tmp_path: Path, used: str) -> None:
    """A cell of 200,000 characters is copied if nobody reads it, and else refuses its row."""  # B13
    (tmp_path / "in.csv").write_text(f"userid,{used}\nu1,{'x' * 200_000}\nu2,y\n")
    answer = plain("in.csv", "o.csv", "--ignore-others")
    assert answer.out.startswith("2 URLs" if used == "note" else "1 URL:")


@pytest.mark.parametrize(
    ("missing", "argv", "extra"),
    [
        (["qrcode", "zxingcpp"], ["--sheet", "s.html", "--sheet-label", "userid"], "qr"),
        (["qrcode", "zxingcpp"], ["--qr-dir", "codes", "--qr-name", "userid"], "qr"),
        (["fpdf"], ["--sheet", "s.pdf", "--sheet-label", "userid"], "pdf"),
    ],
)
def test_library_that_is_missing_is_told_first(
    batch: Command,
    tmp_path: Path,
    missing: list[str],
    argv: list[str],
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A library that is missing is told before the first row, with the name of its extra."""  # B14
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    answer = batch("in.csv", "o.csv", *argv)
    assert (answer.code, f"liveform[{extra}]" in answer.err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_library_of_the_output_is_told_first(
    batch: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pyarrow, an output in Parquet is refused before the first row."""  # B14
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = batch("in.csv", "o.parquet")
    assert (answer.code, "liveform[parquet]" in answer.err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["--qr-dir", "codes", "--qr-name", "zzz"], "--qr-name: IN has no column zzz"),
        (
            ["--qr-dir", "codes", "--qr-name", "usrid"],
            "--qr-name: IN has no column usrid; did you mean userid?",
        ),
        (["--sheet", "s.html", "--sheet-label", "zzz"], "--sheet-label: OUT has no column zzz"),
        (
            ["--sheet", "s.html", "--sheet-label", "note", "--keep", "userid"],
            "--sheet-label: OUT has no column note",
        ),
        (["--ignore", "nte"], "--ignore: IN has no column nte; did you mean note?"),
        (["--field", "age_limit=maybe"], "--field: age_limit: takes only False"),
        (
            ["--field", "email=mailto:jane@example.com"],
            "--field: email: must be an e-mail address alone, such as jane@example.com: "
            "no name, no <>, no mailto:, nothing else beside it",
        ),
        (["--field", "cf1=a", "--field", "cf1=b"], "--field: cf1 is given twice"),
        (["--keep", "zzz"], "--keep: IN has no column zzz"),
    ],
)
def test_option_that_fits_no_row_is_told_first(
    batch: Command, tmp_path: Path, argv: list[str], problem: str
) -> None:
    """What is wrong for every row is told before the first, and nothing is written."""  # B15
    (tmp_path / "in.csv").write_text("userid,note\nu1,x\n")
    answer = batch("in.csv", "o.csv", *([] if "--ignore" in argv else ["--ignore", "note"]), *argv)
    assert (answer.code, answer.err) == (2, f"liveform: {problem}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("output", ["o.jsonl", "o.parquet", "o.txt"])
def test_sheet_is_made_from_any_output(batch: Command, tmp_path: Path, output: str) -> None:
    """A sheet is made from an output in any format."""
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    argv = ("--sheet", "s.html", "--sheet-label", "userid", "--format", "jsonl")
    assert batch("in.csv", output, *argv).out.splitlines()[-1] == "1 code to print: s.html"


def test_label_may_be_the_url_itself(batch: Command, tmp_path: Path) -> None:
    """The labels of a sheet may be the URLs, and the sheet reads an output in any encoding."""  # B15
    (tmp_path / "in.csv").write_bytes("userid;이름\nu1;홍길동\n".encode("cp949"))
    argv = (
        "in.csv",
        "o.csv",
        "--encoding",
        "cp949",
        "--ignore",
        "이름",
        "--sheet",
        "s.html",
        "--sheet-label",
    )
    assert batch(*argv, "url").code == 0
    assert batch(*argv, "이름", "--overwrite").code == 0
    assert "<p>홍길동</p>" in (tmp_path / "s.html").read_text()


def test_names_of_codes_in_two_cases_are_refused_wherever_they_are(plain: Command, tmp_path: Path) -> None:
    """Names that differ in case alone are one file on some systems: the second is refused."""  # B16
    rows = ["a", *(f"매장{number}" for number in range(300)), "A"]
    (tmp_path / "in.csv").write_text("userid\n" + "".join(f"{row}\n" for row in rows))
    answer = plain("in.csv", "o.csv", "--qr-dir", "codes", "--qr-name", "userid")
    assert answer.out.startswith("301 URLs")
    assert (tmp_path / "codes" / "매장7.svg").exists()
    assert '302,303,userid,"names a file that another row has' in lines(tmp_path / "o.csv.errors.csv")[1]


# A program that runs in the background, such as a CI run, lets its children ignore Ctrl-C.
INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from liveform.cli import run
run()
"""


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", ["in.csv", "-"])
def test_interruption_says_how_to_go_on(tmp_path: Path, jobs: int, name: str) -> None:
    """Ctrl-C in a batch ends with exit code 130 and one line that says what to do."""  # B17
    (tmp_path / "in.csv").write_text("userid\n" + "".join(f"u{number}\n" for number in range(400_000)))
    environment = {**os.environ, **{f"LIVEFORM_{key}": value for key, value in PROJECT.items()}}
    command = [sys.executable, "-c", INTERRUPTIBLE, "batch", name, "o.csv", "--jobs", str(jobs)]
    with (
        (tmp_path / "in.csv").open("rb") as stdin,
        subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment,
            stdin=stdin,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process,
    ):
        while not (tmp_path / "o.csv.part").exists():
            assert process.poll() is None
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate()
    advice = "the same command goes on from here" if name == "in.csv" else "OUT is not complete"
    assert (process.returncode, err.decode()) == (130, f"liveform: interrupted; {advice}\n")


@pytest.mark.parametrize(
    ("output", "advice"), [("o.csv", "the same command goes on"), ("-", "OUT is not complete")]
)
def test_interruption_of_a_stream_says_that_it_is_not_complete(
    batch: Command, tmp_path: Path, output: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C passes on, behind a line that says whether the same command goes on."""  # B17 B18
    (tmp_path / "in.csv").write_text("userid\nu1\n")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("liveform.cli.batch.run.build_in_order", interrupt)
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    with pytest.raises(KeyboardInterrupt):
        batch("in.csv", output, "--overwrite")
    assert advice in stderr.getvalue()
    assert (", without --overwrite" in stderr.getvalue()) == (output == "o.csv")


def test_reader_that_has_gone_is_left_to_the_command(
    batch: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe whose reader has gone is no error of OUT."""  # B18
    (tmp_path / "in.csv").write_text("userid\nu1\n")

    def broken(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("liveform.cli.batch.run.build_in_order", broken)
    with pytest.raises(BrokenPipeError):
        batch("in.csv", "-")


def test_streams_are_read_and_written(plain: Command, tmp_path: Path) -> None:
    """``batch - -`` reads CSV from stdin, writes it to stdout, and says the rest elsewhere."""  # B18
    answer = plain("-", "-", "--field", "lang=ko", stdin=b"userid;email\nu1;\nu2;nobody\n;\n")
    assert answer.code == 1
    assert answer.out == f"userid;email;url\r\nu1;;{START}&userid=u1&lang=ko\r\n"
    assert answer.err.splitlines() == [
        "1 URL: -",
        "1 row without a URL: batch.errors.csv",
        "1 blank row skipped",
    ]
    assert lines(tmp_path / "batch.errors.csv") == [
        "\ufeffrow;line;field;problem",
        "2;3;email;must be an e-mail address",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["batch.errors.csv"]


def test_streams_have_a_format(plain: Command, tmp_path: Path) -> None:
    """``--format`` says what streams are, and errors go to the file that is named."""  # B18
    stdin = b'{"userid": "u1"}\n{"email": "nobody"}\n'
    answer = plain("-", "-", "--format", "ndjson", "--errors", "wrong.csv", "--json", stdin=stdin)
    assert answer.out == f'{{"userid": "u1","url":"{START}&userid=u1"}}\n'
    assert json.loads(answer.err)["errors"] == "wrong.csv"
    assert plain("-", "o.csv", "--format", "tsv", stdin=b"userid\temail\nu1\ta@b\n").code == 0
    assert lines(tmp_path / "o.csv") == [
        "userid\temail\turl".replace("\t", ","),
        f"u1,a@b,{START}&userid=u1&email=a%40b",
    ]
    assert plain("o.csv", "-", "--format", "jsonl", "--ignore", "url", "--url-column", "x").out.startswith(
        '{"userid":"u1"'
    )


def test_stdin_of_a_run_is_read_once(plain: Command, tmp_path: Path) -> None:
    """A run over stdin leaves no journal, since nobody could go on."""  # B18
    assert plain("-", "o.csv", stdin=b'userid\nu1\n"u2\n').code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["o.csv.errors.csv", "o.csv.part"]
    assert plain("-", "o.csv", "--overwrite", stdin=b"userid\nu3\n").code == 0
    assert lines(tmp_path / "o.csv")[1].startswith("u3,")


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["-", "-", "--sheet", "s.html", "--sheet-label", "userid"], "--sheet: is made from OUT"),
        (["in.csv"], "OUT: is needed"),
        (["-", "-", "--errors", "there.csv"], "--errors: is there already; --overwrite begins again"),
        (["in.csv", "-", "--errors", "in.csv"], "--errors: is IN"),
    ],
)
def test_streams_that_make_no_sense_are_refused(
    plain: Command, tmp_path: Path, argv: list[str], problem: str
) -> None:
    """An output that is missing or not a file where it must be is refused, and no file is lost."""  # B18
    for name in ("in.csv", "there.csv"):
        (tmp_path / name).write_text("userid\nu1\n")
    answer = plain(*argv, stdin=b"userid\nu1\n")
    assert (answer.code, answer.err.startswith(f"liveform: {problem}")) == (2, True)
    assert lines(tmp_path / "in.csv") == lines(tmp_path / "there.csv") == ["userid", "u1"]


def test_stream_whose_reader_has_gone_is_no_error(tmp_path: Path) -> None:
    """A reader that takes only the first lines ends the run without a word."""  # B18
    (tmp_path / "in.csv").write_text("userid\n" + "".join(f"u{number}\n" for number in range(50_000)))
    environment = {**os.environ, **{f"LIVEFORM_{key}": value for key, value in PROJECT.items()}}
    command = f"{sys.executable} -m liveform.cli batch in.csv - | head -n 2"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, check=True, text=True
    )
    assert (done.stdout.count("\n"), done.stderr) == (2, "")


def test_refused_row_is_found_in_the_spreadsheet(plain: Command, tmp_path: Path) -> None:
    """A refused row is told by its number, in which blank rows count, and by its line."""  # B19
    (tmp_path / "in.csv").write_text('userid,email\n\n"two\nlines",\n,\nu3,nobody\n')
    plain("in.csv", "o.csv")
    assert lines(tmp_path / "o.csv.errors.csv")[1] == "4,6,email,must be an e-mail address"


def test_errors_that_are_a_circle_of_links_are_refused(plain: Command, tmp_path: Path) -> None:
    """A file of errors that is a link to itself is refused, and nothing is left behind."""  # B20
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    (tmp_path / "loop").symlink_to("loop")
    answer = plain("in.csv", "o.csv", "--errors", "loop")
    assert (answer.code, answer.err) == (2, "liveform: --errors: is not the name of a file\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "loop"]


def test_preview_shows_columns_and_urls_and_writes_nothing(plain: Command, tmp_path: Path) -> None:
    """``--preview`` shows where each column goes, and the first three URLs with what is between."""  # B3
    rows = ["u1,,x", "u2,nobody,", ",,", *(f"u{number},," for number in range(3, 9))]
    (tmp_path / "in.csv").write_text("User ID,mail,store\n" + "\n".join(rows) + "\n")
    answer = plain("in.csv", "--preview", "--column", "mail=email", "--ignore", "store")
    assert answer.out.splitlines() == [
        "IN is CSV in UTF-8, with commas",
        "  User ID  userid",
        "  mail     email",
        "  store    not in the URLs: ignored",
        f"row 1 (line 2): {START}&userid=u1",
        "row 2 (line 3): no URL: mail: must be an e-mail address",
        "row 3 (line 4): blank",
        f"row 4 (line 5): {START}&userid=u3",
        f"row 5 (line 6): {START}&userid=u4",
        "nothing is written",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_preview_of_json_lines_shows_what_the_first_rows_have(plain: Command, tmp_path: Path) -> None:
    """``--preview`` of JSON Lines shows the members of the first rows, and ``--json`` all for programs."""
    (tmp_path / "in.jsonl").write_text('{"userid": "u1", "shop": 1}\n{"email": "a@b"}\n{"usrid": 1}\n[]\n')
    answer = plain("in.jsonl", "o.jsonl", "--preview", "--ignore", "shop", "--json")
    shown = json.loads(answer.out)
    assert shown["input"] == "JSON Lines in UTF-8"
    assert shown["columns"] == [
        {"column": "userid", "parameter": "userid", "note": None},
        {"column": "shop", "parameter": None, "note": "ignored"},
        {"column": "email", "parameter": "email", "note": None},
    ]
    assert [row["url"] is None for row in shown["rows"]] == [False, False, True, True]
    assert shown["rows"][3]["error"].startswith("row: not one JSON object")


def test_preview_of_a_table_without_rows_shows_its_header(plain: Command, tmp_path: Path) -> None:
    """``--preview`` of a Parquet file without rows shows its columns; its rows have no lines."""
    parquet.write_table(pa.table({"userid": pa.array([], pa.string())}), tmp_path / "in.parquet")
    assert plain("in.parquet", "--preview").out == "IN is Parquet\n  userid  userid\nnothing is written\n"
    parquet.write_table(pa.table({"userid": ["u1"]}), tmp_path / "in.parquet")
    assert f"\nrow 1: {START}&userid=u1\n" in plain("in.parquet", "--preview").out


@pytest.mark.parametrize("output", ["o.csv", "o.parquet", "o.jsonl"])
def test_column_that_is_kept_twice_is_refused(plain: Command, tmp_path: Path, output: str) -> None:
    """A column that ``--keep`` names twice is refused before the first row, whatever is written."""
    (tmp_path / "in.jsonl").write_text('{"userid":"u1"}\n')
    answer = plain("in.jsonl", output, "--keep", "userid,userid")
    assert (answer.code, answer.err) == (2, "liveform: --keep: names userid twice; once is enough\n")
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize("option", ["--keep", "--qr-name", "--sheet-label"])
@pytest.mark.parametrize("name", ["store id", "Store ID", "STORE_ID", "ＳＴＯＲＥ ID"])
def test_column_that_an_option_names_matches_in_any_spelling(
    plain: Command, tmp_path: Path, option: str, name: str
) -> None:
    """A column that an option names is found without case, spaces and width, and OUT has it as IN does."""
    (tmp_path / "in.csv").write_text("userid,Store ID\nu1,s1\n")
    more = {"--keep": [], "--qr-name": ["--qr-dir", "codes"], "--sheet-label": ["--sheet", "s.html"]}
    answer = plain("in.csv", "o.csv", "--ignore", "store id", option, name, *more[option])
    assert (answer.code, answer.err) == (0, "")
    kept = ["Store ID", "url"] if option == "--keep" else ["userid", "Store ID", "url"]
    assert lines(tmp_path / "o.csv")[0].split(",") == kept


def test_column_that_is_kept_is_found_however_it_is_typed(plain: Command, tmp_path: Path) -> None:
    """Korean in the parts of macOS is the same name, and a name with a comma is said in quotes."""
    (tmp_path / "in.csv").write_text('userid,이름,"Last, First"\nu1,가,b\n')
    keep = unicodedata.normalize("NFD", "이름") + ', "Last, First"'
    assert plain("in.csv", "o.csv", "--ignore-others", "--keep", keep).code == 0
    assert lines(tmp_path / "o.csv")[0] == '이름,"Last, First",url'


@pytest.mark.parametrize(
    ("keep", "problem"),
    [
        ("stroe", "IN has no column stroe; did you mean store?"),
        ("STORE", "STORE could be Store or store; write one of them"),
        ("store,userid,store", "names store twice; once is enough"),
        ('"store', "must be columns with commas between; put one that has a comma in quotes"),
    ],
)
def test_column_that_cannot_be_kept_is_told(plain: Command, tmp_path: Path, keep: str, problem: str) -> None:
    """A column to keep that is not there, is there twice or cannot be read is named with what to write."""
    (tmp_path / "in.csv").write_text("userid,Store,store\nu1,a,b\n")
    answer = plain("in.csv", "o.csv", "--ignore-others", "--keep", keep)
    assert (answer.code, problem in answer.err) == (2, True)


def test_error_of_a_header_names_the_option_for_other_sheets(plain: Command, tmp_path: Path) -> None:
    """Where the first sheet is not the table, the error says how to read another."""
    write_workbook(tmp_path / "in.xlsx", ["About this file"], sheets={"Data": "visible"})
    answer = plain("in.xlsx", "o.csv")
    assert answer.err.endswith("; this is sheet Sheet, --worksheet reads another\n")


@pytest.mark.parametrize("first", [1, 2])
def test_merged_cells_that_nobody_uses_refuse_nothing(plain: Command, tmp_path: Path, first: int) -> None:
    """Merged cells refuse no row if their columns are not used, whether they run sideways or downwards."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["userid", "note"], ["u1", "x"], ["u2", "y"], [None, "z"], []):
        sheet.append(row)
    for number in range(1, 6):
        for letter in "BCD":
            sheet[f"{letter}{number}"].border = Border(bottom=Side("thin"))
    for number in range(first, 4):
        sheet.merge_cells(f"B{number}:D{number}")
    sheet.merge_cells("B4:B5")
    book.save(tmp_path / "in.xlsx")
    answer = plain("in.xlsx", "o.csv", "--ignore", "note")
    assert answer.out.splitlines() == [
        "2 URLs: o.csv",
        "1 row without a URL: o.csv.errors.csv",
        "1 blank row skipped",
        "not in the URLs: note (ignored)",
    ]
    assert lines(tmp_path / "o.csv.errors.csv")[1:] == [
        "3,4,row,has no value in a column that goes into the URL"
    ]


@pytest.mark.parametrize(
    "options",
    [["--qr-dir", "codes", "--qr-name", "phone"], ["--sheet", "s.html", "--sheet-label", "phone"]],
    ids=["qr", "sheet"],
)
@pytest.mark.parametrize("kind", ["format", "merged"])
def test_cell_that_names_or_labels_a_code_is_read_as_in_urls(
    plain: Command, tmp_path: Path, kind: str, options: list[str]
) -> None:
    """A number that Excel shows with other text, or a part of merged cells, is neither a name nor a label."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["userid", "phone"], ["u1", "store-1"], ["u2", 1012345678]):
        sheet.append(row)
    if kind == "format":
        sheet["B3"].number_format = "000-0000-0000"
    else:
        sheet.merge_cells("B2:B3")
    book.save(tmp_path / "in.xlsx")
    assert plain("in.xlsx", "o.csv", "--ignore-others", *options).code == 1
    (refused,) = lines(tmp_path / "o.csv.errors.csv")[1:]
    assert refused.startswith("2,3,phone,")
    wanted = "a number that Excel shows" if kind == "format" else "is part of merged cells"
    assert wanted in refused
    assert "1012345678" not in (tmp_path / "o.csv").read_text()


def test_number_with_a_unit_is_a_count(liveform: Command, tmp_path: Path) -> None:
    """A number that Excel shows as ``25 km`` is 25 where a number is wanted; one shown as ``25%`` is not."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["sid", "distance_max_distance_km"], ["s1", 25], ["s2", 25], ["s3", 25000]):
        sheet.append(row)
    for cell, shown_as in (("B2", '0 "km"'), ("B3", "0%"), ("B4", '0,"k"')):
        sheet[cell].number_format = shown_as
    book.save(tmp_path / "in.xlsx")
    options = ["--pipeline", "injection", "--field", "distance_check_source=ipGeo"]
    answer = liveform("batch", "in.xlsx", "o.csv", *options, **(PROJECT | {"CIPHER": "gcm"}))
    assert answer.out.splitlines()[0] == "1 URL: o.csv"
    assert [line.split(",")[0] for line in lines(tmp_path / "o.csv.errors.csv")[1:]] == ["2", "3"]


def test_summary_says_what_was_hidden(plain: Command, tmp_path: Path) -> None:
    """Rows that a filter hides get URLs too, and the summary says so."""
    book = openpyxl.Workbook()
    for row in (["userid"], ["u1"], ["u2"]):
        book.worksheets[0].append(row)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(tmp_path / "in.xlsx")
    answer = plain("in.xlsx", "o.csv")
    assert answer.out == "2 URLs: o.csv\nread as well: hidden rows: 1\n"
    again = plain("in.xlsx", "o.csv", "--overwrite", "--json")
    assert json.loads(again.out)["read_as_well"] == "hidden rows: 1"


@pytest.mark.parametrize("ending", ["bz2", "xz", "zst", "zip", "7z"])
def test_ending_of_a_compressed_file_is_named(plain: Command, tmp_path: Path, ending: str) -> None:
    """A file compressed by another program than gzip is refused by its ending, with what to do."""
    (tmp_path / f"in.csv.{ending}").write_bytes(b"")
    answer = plain(f"in.csv.{ending}", "o.csv")
    assert answer.err.startswith("liveform: IN: must end in .csv, ")
    assert answer.err.endswith(f", and of text with .gz behind that; unpack a .{ending} first\n")


@pytest.mark.parametrize("kind", ["pipe", "link", "broken link", "folder"])
@pytest.mark.parametrize("option", ["OUT", "--errors", "--sheet"])
def test_what_is_not_a_file_is_not_replaced(plain: Command, tmp_path: Path, option: str, kind: str) -> None:
    """A pipe, a link or a folder in the place of an output is refused, with ``--overwrite`` too."""
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    (tmp_path / "target").write_text("kept")
    there = tmp_path / "there.html"
    if kind == "pipe":
        os.mkfifo(there)
    elif kind == "folder":
        there.mkdir()
    else:
        there.symlink_to("target" if kind == "link" else "none")
    output = "there.html" if option == "OUT" else "o.csv"
    more = [] if option == "OUT" else [option, "there.html"]
    more += ["--sheet-label", "userid"] if option == "--sheet" else []
    answer = plain("in.csv", output, "--format", "csv", "--overwrite", *more)
    wanted = "cannot be written" if (option, kind) == ("OUT", "folder") else "must be a file, not a device"
    assert (answer.code, answer.err.startswith(f"liveform: {option}: {wanted}")) == (2, True)
    assert ("- writes to stdout" in answer.err) == (option == "OUT" and kind != "folder")
    assert there.is_symlink() == ("link" in kind)
    assert (tmp_path / "target").read_text() == "kept"


@pytest.mark.parametrize("error", [BrokenPipeError, KeyboardInterrupt])
@pytest.mark.parametrize("refused", [False, True])
def test_stream_that_breaks_off_leaves_no_empty_file_of_errors(
    plain: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    refused: bool,
    error: type[BaseException],
) -> None:
    """A stream that breaks off leaves a file of errors only if that has a row; the next run names it."""
    (tmp_path / "in.csv").write_text("userid,email\nu1,nobody\n" if refused else "userid\nu1\n")

    def gone(_: object) -> int:
        raise error

    monkeypatch.setattr("liveform.cli.batch.writing.output.StreamOutput.commit", gone)
    with pytest.raises(error):
        plain("in.csv", "-")
    assert (tmp_path / "batch.errors.csv").exists() == refused
    if refused:
        answer = plain("in.csv", "-")
        problem = "--errors: is there already; --overwrite begins again, and replaces batch.errors.csv"
        assert answer.err.endswith(f"liveform: {problem}\n")


@pytest.mark.parametrize("wrong", [False, True])
def test_stream_leaves_the_list_of_another_one(
    plain: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, wrong: bool
) -> None:
    """A stream makes its list with its first refused row, and neither deletes nor replaces one made since."""
    (tmp_path / "in.csv").write_text("userid,email\nu1,nobody\n" if wrong else "userid\nu1\n")
    errors = tmp_path / "batch.errors.csv"
    begin = StreamOutput.__init__

    def meanwhile(output: StreamOutput, header: bytes) -> None:
        errors.write_text("of another stream")
        begin(output, header)

    monkeypatch.setattr(StreamOutput, "__init__", meanwhile)
    answer = plain("in.csv", "-")
    assert errors.read_text() == "of another stream"
    if wrong:
        problem = "--errors: batch.errors.csv is there by now, from another run; name another file"
        assert (answer.code, answer.err) == (2, f"liveform: {problem}\n")
    else:
        assert (answer.code, answer.out.splitlines()[0]) == (0, "userid,url")


def test_stream_does_not_write_into_the_list_of_another_one(plain: Command, tmp_path: Path) -> None:
    """A stream that replaces the list of another one leaves the file that the other has open."""
    (tmp_path / "in.csv").write_text("userid,email\nu1,nobody\n")
    errors = tmp_path / "batch.errors.csv"
    errors.write_text("of another stream")
    with errors.open() as other:
        assert plain("in.csv", "-", "--overwrite").code == 1
        assert other.read() == "of another stream"
    assert "must be an e-mail address" in errors.read_text()


def test_list_of_a_stream_that_cannot_be_made_is_refused_at_once(
    plain: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream whose list of refused rows has no folder, or one that is closed, writes no row."""
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    answer = plain("in.csv", "-", "--errors", "missing/e.csv")
    assert (answer.code, answer.out, answer.err) == (2, "", "liveform: --errors: e.csv cannot be written\n")
    (tmp_path / "e.csv").touch()

    def closed(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", closed)
    answer = plain("in.csv", "-", "--errors", "e.csv", "--overwrite")
    assert (answer.code, answer.out, answer.err) == (2, "", "liveform: --errors: e.csv cannot be written\n")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--column", "Foo=nix"],
        ["--keep", "zz"],
        ["--field", "email=x"],
        ["--encoding", "nix"],
        ["--url-column", "userid"],
        ["--qr-dir", "codes", "--qr-name", "userid"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("output", ["-", "o.csv"])
def test_run_of_an_earlier_time_outlives_wrong_options(
    plain: Command, tmp_path: Path, output: str, wrong: list[str]
) -> None:
    """``--overwrite`` beside a wrong option loses neither the list of a stream nor a run to continue."""
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    (tmp_path / "codes").mkdir()
    for name in ("codes/u1.svg", "codes/.000000000002-u2.svg"):
        (tmp_path / name).write_text("of an earlier run")
    there = [tmp_path / "codes/.000000000002-u2.svg"]
    errors = ["batch.errors.csv"] if output == "-" else ["o.csv.errors.csv", "o.csv.part", "o.csv.progress"]
    there += [tmp_path / name for name in errors]
    for path in there:
        path.write_text("of an earlier run")
    answer = plain("in.csv", output, "--overwrite", *wrong)
    assert (answer.code, answer.out) == (2, "")
    assert [path.read_text() for path in there] == ["of an earlier run"] * len(there)


@pytest.mark.parametrize("output", ["-", "o.csv"])
def test_run_of_an_earlier_time_outlives_an_empty_stream(plain: Command, tmp_path: Path, output: str) -> None:
    """``--overwrite`` loses nothing of an earlier run if what was to fill the stream has failed."""
    there = tmp_path / ("batch.errors.csv" if output == "-" else "o.csv.progress")
    there.write_text("of an earlier run")
    assert plain("-", output, "--overwrite").code == 2
    assert there.read_text() == "of an earlier run"


def test_stream_into_a_file_forgets_the_run_that_it_replaces(plain: Command, tmp_path: Path) -> None:
    """``--overwrite`` with rows of stdin, which cannot continue, leaves no journal of an earlier run."""
    (tmp_path / "o.csv.progress").write_text("of an earlier run")
    assert plain("-", "o.csv", "--overwrite", stdin=b"userid\nu1\n").code == 0
    assert not (tmp_path / "o.csv.progress").exists()


@pytest.mark.parametrize("output", ["o.csv", "o.jsonl", "o.parquet"])
def test_index_without_a_name_is_ignored_on_demand_and_kept(
    plain: Command, tmp_path: Path, output: str
) -> None:
    """The nameless row numbers of R and pandas are ignored by ``--ignore ''``, and OUT keeps them."""
    (tmp_path / "in.csv").write_text('"","userid"\n"1","u1"\n')
    assert plain("in.csv", output).code == 1
    assert "name it, or ignore '' or all others" in lines(tmp_path / f"{output}.errors.csv")[1]
    assert plain("in.csv", output, "--ignore", "", "--overwrite").code == 0
    url = f"{START}&userid=u1"
    if output == "o.csv":
        assert lines(tmp_path / output) == [",userid,url", f'"1","u1",{url}']
    elif output == "o.jsonl":
        assert json.loads((tmp_path / output).read_text()) == {"": "1", "userid": "u1", "url": url}
    else:
        assert parquet.read_table(tmp_path / output).to_pylist() == [{"": "1", "userid": "u1", "url": url}]


def test_several_columns_without_a_name_are_not_kept(plain: Command, tmp_path: Path) -> None:
    """Several columns without a name could not be told apart in OUT, so none of them is kept."""
    (tmp_path / "in.csv").write_text(",,userid\n1,2,u1\n")
    assert plain("in.csv", "o.csv", "--ignore", "").code == 0
    assert lines(tmp_path / "o.csv") == ["userid,url", f"u1,{START}&userid=u1"]


def test_marks_of_other_programs_refuse_their_rows_alone(plain: Command, tmp_path: Path) -> None:
    """Marks for no value refuse their rows, text formulas are read, and all other rows have their URLs."""
    ids = ["u1", '="00123"', "#N/A", "NULL", r"\N", "'00123", "--------", "(2 rows)", "u\ufffd", "u2"]
    (tmp_path / "in.csv").write_text("userid\n" + "".join(f"{one}\n" for one in ids))
    assert plain("in.csv", "o.csv").code == 1
    assert [line.rpartition("=")[2] for line in lines(tmp_path / "o.csv")[1:]] == ["u1", "00123", "u2"]
    refused = lines(tmp_path / "o.csv.errors.csv")[1:]
    assert [line.split(",")[0] for line in refused] == ["3", "4", "5", "6", "7", "8", "9"]
    assert all(",userid," in line for line in refused)


def test_column_without_a_name_is_called_so(plain: Command, tmp_path: Path) -> None:
    """A name that shows nothing is said in words, whether no row has it or no header."""
    (tmp_path / "in.jsonl").write_text('{"userid":"u1"}\n')
    answer = plain("in.jsonl", "o.jsonl", "--ignore", "")
    assert answer.out.splitlines()[-1] == "named by an option, but in no row: the column without a name"
    (tmp_path / "in.jsonl").write_text('{"userid":"u1"," ":"x"}\n')
    answer = plain("in.jsonl", "o.jsonl", "--ignore", "", "--overwrite")
    assert (answer.code, answer.out) == (0, "1 URL: o.jsonl\n")
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    for option in ("--ignore", "--keep"):
        answer = plain("in.csv", "o.csv", option, "")
        assert answer.err == f"liveform: {option}: IN has no column without a name\n"


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("nix=foo", "--field: nix: it is not a parameter"),
        ("userid=NULL", "--field: userid: is what a program writes for no value"),
        ("sid=s1", "--field: sid: does not belong to form_url"),
        ("projection_id=p1", "--field: projection_id: must be encrypted"),
        ("userid=u1", "userid: means userid, as does a field of every row"),
    ],
)
def test_wrong_field_is_said_before_the_first_row(
    plain: Command, tmp_path: Path, field: str, problem: str
) -> None:
    """A field that no row could have ends the command at once, in words of fields alone."""
    (tmp_path / "in.csv").write_text("userid\nu1\n")
    answer = plain("in.csv", "o.csv", "--field", field)
    assert (answer.code, answer.err.startswith(f"liveform: {problem}")) == (2, True)
    assert not {"cell", "column"} & set(answer.err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("output", ["o.jsonl", "o.csv"])
def test_name_that_no_row_of_json_lines_has_is_in_the_summary(
    plain: Command, tmp_path: Path, output: str
) -> None:
    """A mistyped name of ``--keep``, ``--column`` or ``--ignore`` is in the summary: no header tells."""
    (tmp_path / "in.jsonl").write_text('{"User ID":"u1","store":"a"}\n{"User ID":"u2","Note":"b"}\nnone\n')
    options = ["--ignore-others", "--keep", "stor,store", "--column", "Custmer=cf1", "--ignore", "note"]
    answer = plain("in.jsonl", output, *options)
    assert (answer.code, answer.out.splitlines()[-1]) == (
        1,
        "named by an option, but in no row: Custmer, stor",
    )
    again = plain("in.jsonl", output, *options, "--overwrite", "--json")
    assert json.loads(again.out)["unused"] == ["Custmer", "stor"]


def test_name_that_no_row_has_is_told_beside_a_stream(plain: Command, tmp_path: Path) -> None:
    """With stdout as OUT, the name that no row has is named on stderr."""
    rows = b"".join(b'{"userid":"u%d","a":"%s"}\n' % (number, b"x" * 1_000) for number in range(200))
    answer = plain("-", "-", "--format", "jsonl", "--keep", "a,b", "--ignore", "a", stdin=rows)
    assert answer.out.count("\n") == 200
    assert answer.err.splitlines()[-1] == "named by an option, but in no row: b"
    assert "in no row" not in plain("-", "-", "--format", "jsonl", "--keep", "b", stdin=b"").err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_name_that_a_late_row_has_is_not_told(plain: Command, tmp_path: Path, jobs: str) -> None:
    """A name is in some row if it is in the last one of many chunks."""
    rows = [json.dumps({"userid": f"u{number}", "cf1": "x" * 1_000}) for number in range(200)]
    (tmp_path / "in.jsonl").write_text("\n".join([*rows, '{"userid":"u","late":1}\n']))
    answer = plain("in.jsonl", "o.jsonl", "--ignore-others", "--keep", "late", "--jobs", jobs)
    assert (answer.code, answer.out) == (0, "201 URLs: o.jsonl\n")


def test_index_without_a_name_is_kept_if_all_others_are_ignored(plain: Command, tmp_path: Path) -> None:
    """``--ignore-others`` ignores the values of a column without a name, and OUT keeps it."""
    (tmp_path / "in.csv").write_text(",userid,phone\n1,u1,2\n")
    assert plain("in.csv", "o.csv", "--ignore-others").code == 0
    assert lines(tmp_path / "o.csv") == [",userid,phone,url", f"1,u1,2,{START}&userid=u1"]
