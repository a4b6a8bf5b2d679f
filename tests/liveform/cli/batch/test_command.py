"""Tests of ``liveform batch``, which adds a URL to each row of a file."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet
import pytest
from commands import Answer, Command

from liveform.cli.batch import progress_bar as bar_room
from liveform.cli.batch.journal import Progress
from liveform.cli.batch.progress_bar import progress_bar

PROJECT = {"PID": "abc123de45", "KEY": "an example of a key", "CIPHER": "ecb"}
EMAIL = "jane.doe@example.com"


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Return the path of a CSV file with two good rows and a wrong one between them."""
    path = tmp_path / "users.csv"
    path.write_text(f"userid,email,phone\nu1,{EMAIL},1\nu2,nobody-at-all,2\nu3,,3\n")
    return path


@pytest.fixture
def batch(liveform: Command) -> Command:
    """Return a caller of the command, with a project in the environment."""

    def call(*argv: str, **environ: str) -> Answer:
        return liveform("batch", *argv, **(PROJECT | environ))

    return call


def test_batch_writes_urls_and_says_how_many(batch: Command, users: Path, tmp_path: Path) -> None:
    """A wrong row is written to the errors file by its number, and the exit code is 1."""
    answer = batch("users.csv", "urls.csv", "--ignore", "phone", "--field", "lang=ko")
    assert (answer.code, answer.err) == (1, "")
    assert answer.out.splitlines() == [
        "2 URLs: urls.csv",
        "1 row without a URL: urls.csv.errors.csv",
        "not in the URLs: phone (ignored)",
    ]
    errors = (tmp_path / "urls.csv.errors.csv").read_text()
    assert errors == "\ufeffrow,line,field,problem\n2,3,email,must be an e-mail address\n"
    lines = (tmp_path / "urls.csv").read_text().splitlines()
    assert lines[0] == "userid,email,phone,url"
    assert [line.split(",")[0] for line in lines[1:]] == ["u1", "u3"]
    assert all(line.endswith("&lang=ko") for line in lines[1:])


def test_batch_without_its_extra_says_what_to_install(
    batch: Command, users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a plain ``pip install liveform`` one line says what to install, and nothing is made."""
    monkeypatch.setitem(sys.modules, "filelock", None)
    answer = batch("users.csv", "urls.csv", "--ignore-others", "--qr-dir", "codes", "--qr-name", "userid")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "liveform: filelock: is not installed; it comes with the extra liveform[batch]\n"
    assert list(tmp_path.iterdir()) == [users]


def test_batch_to_a_folder_that_is_missing_makes_no_folder(
    batch: Command, users: Path, tmp_path: Path
) -> None:
    """A mistyped folder of OUT is an error, and stays missing."""
    answer = batch("users.csv", "missing/urls.csv", "--ignore-others")
    assert (answer.code, answer.err) == (2, "liveform: OUT: cannot be written: No such file or directory\n")
    assert list(tmp_path.iterdir()) == [users]


def test_batch_as_json_counts(batch: Command, users: Path) -> None:
    """``--json`` prints the numbers of rows and refused rows, and the output."""
    answer = batch("users.csv", "urls.jsonl", "--json", "--ignore-others")
    assert json.loads(answer.out) == {
        "rows": 3,
        "refused": 1,
        "blank": 0,
        "ignored": ["phone"],
        "unused": [],
        "read_as_well": None,
        "output": "urls.jsonl",
        "errors": "urls.jsonl.errors.csv",
    }


def test_batch_without_a_wrong_row_is_exit_0(batch: Command, tmp_path: Path) -> None:
    """A batch without a wrong row ends with exit code 0 and leaves only its output."""
    (tmp_path / "in.csv").write_text("id,until\nu1,15m\n")
    answer = batch("in.csv", "out.csv", "--column", "id=userid", "--column", "until=startValidUntil")
    assert (answer.code, answer.out) == (0, "1 URL: out.csv\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_batch_of_another_pipeline_or_in_plain(batch: Command, tmp_path: Path) -> None:
    """``--pipeline``, ``--plain``, ``--keep`` and ``--url-column`` decide what a row becomes."""
    (tmp_path / "in.csv").write_text("sid\ns1\n")
    batch("in.csv", "out.csv", "--pipeline", "injection", "--plain", "--keep", "sid", "--url-column", "link")
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        "sid,link",
        "s1,https://form.argosidentity.com/?pid=abc123de45&sid=s1&action=addveri",
    ]


def test_batch_of_json_lines(batch: Command, tmp_path: Path) -> None:
    """JSON Lines are written as JSON Lines, and each row may have names of its own."""
    (tmp_path / "in.jsonl").write_text('{"userid": "u1"}\n{"userid": "u2", "phone": 1}\n')
    answer = batch("in.jsonl", "out.jsonl", "--plain")
    assert answer.code == 1
    url = "https://form.argosidentity.com/?pid=abc123de45&userid=u1"
    assert (tmp_path / "out.jsonl").read_text() == f'{{"userid": "u1","url":"{url}"}}\n'


def test_batch_of_json_lines_refuses_a_member_that_the_url_would_replace(
    batch: Command, tmp_path: Path
) -> None:
    """A row that has a member named like the URL's is refused, unless ``--url-column`` renames it."""
    (tmp_path / "in.jsonl").write_text('{"userid": "u1", "url": "mine"}\n{"userid": "u2"}\n')
    answer = batch("in.jsonl", "out.jsonl", "--ignore", "url")
    assert answer.code == 1
    assert (tmp_path / "out.jsonl.errors.csv").read_text().splitlines()[1:] == [
        "1,1,url,is what the URL is called; --url-column renames it"
    ]
    again = batch("in.jsonl", "out.jsonl", "--ignore", "url", "--url-column", "link", "--overwrite")
    assert again.code == 0
    first, second = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert (first["url"], sorted(second)) == ("mine", ["link", "userid"])


def test_batch_of_json_lines_to_parquet_makes_text(batch: Command, tmp_path: Path) -> None:
    """JSON Lines become text in Parquet, whatever the types of a member are."""
    values = ["5", '"x"', "[1,2]", "true", "null", '{"a":"매"}']
    (tmp_path / "in.jsonl").write_text(
        "".join(f'{{"userid": "u{n}", "note": {value}}}\n' for n, value in enumerate(values))
    )
    assert batch("in.jsonl", "out.parquet", "--ignore", "note", "--keep", "userid,note").code == 0
    notes = pyarrow.parquet.read_table(tmp_path / "out.parquet").column("note").to_pylist()
    assert notes == ["5", "x", "[1,2]", "true", None, '{"a":"매"}']


def test_batch_draws_codes_and_a_sheet(batch: Command, users: Path, tmp_path: Path) -> None:
    """``--qr-dir`` and ``--sheet`` draw a code for each row; a repeated code name is a wrong row."""
    (tmp_path / "users.csv").write_text("userid,cf1\nu1,a\nu1,b\nu3,c\n")
    answer = batch(
        *("users.csv", "urls.csv", "--qr-dir", "codes", "--qr-name", "userid", "--qr-kind", "png"),
        *("--sheet", "sheet.html", "--sheet-label", "cf1", "--errors", "wrong.csv"),
    )
    assert (answer.code, answer.err) == (1, "")
    assert answer.out.splitlines()[1:] == ["1 row without a URL: wrong.csv", "2 codes to print: sheet.html"]
    assert sorted(path.name for path in (tmp_path / "codes").iterdir()) == ["u1.png", "u3.png"]
    assert '2,3,userid,"names a file that another row has' in (tmp_path / "wrong.csv").read_text()


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["none.csv", "out.csv"], "IN: cannot be read"),
        (["users.csv", "out.txt", "--ignore", "phone"], "OUT: must end in"),
        (["users.csv", "out.csv"], "phone: it is not a parameter"),
        (["users.csv", "out.csv", "--ignore", "fone"], "--ignore: IN has no column fone"),
        (["users.csv", "out.csv", "--column", "fone=cf1"], "--column: IN has no column fone"),
        (["users.csv", "out.csv", "--column", "phone"], "--column: must be NAME=VALUE"),
        (["users.csv", "out.csv", "--column", "phone=cf9"], "phone: cf9 is not a parameter"),
        (["users.csv", "out.csv", "--field", "=x"], "--field: must be NAME=VALUE"),
        (["users.csv", "out.csv", "--ignore", "phone", "--field", "cf9=x"], "--field: cf9: it is not a"),
        (["users.csv", "out.csv", "--ignore", "phone", "--jobs", "0"], "--jobs: must be 1 or more"),
        (["users.csv", "out.csv", "--ignore", "phone", "--qr-dir", "codes"], "--qr-name: goes with"),
        (["users.csv", "out.csv", "--ignore", "phone", "--sheet", "a.html"], "--sheet-label: goes with"),
        (["users.csv", "there.csv", "--ignore", "phone"], "OUT: is there already; --overwrite begins again"),
        (["users.csv", "users.csv", "--ignore", "phone", "--overwrite"], "OUT: is IN"),
        (["users.csv", "out.csv", "--ignore", "phone", "--errors", "users.csv"], "--errors: is IN"),
        (["users.csv", "out.csv", "--ignore", "phone", "--errors", "out.csv"], "--errors: is OUT"),
        (
            ["users.csv", "out.csv", "--ignore", "phone", "--errors", "out.csv.part"],
            "out.csv.part: is --errors",
        ),
        (
            ["users.csv", "out.csv", "--ignore", "phone", "--errors", "./sub/../there.csv"],
            "--errors: is there",
        ),
        (
            ["users.csv", "out.csv", "--ignore", "phone", "--errors", "loop"],
            "--errors: is not the name of a file",
        ),
        (["users.html", "out.csv", "--sheet", "users.html", "--sheet-label", "x"], "--sheet: is IN"),
        (
            ["users.csv", "out.csv", "--sheet", "there.csv", "--sheet-label", "userid"],
            "--sheet: is there already",
        ),
        (["users.csv", "out.csv", "--qr-dir", "out.csv", "--qr-name", "userid"], "OUT: is --qr-dir"),
        (["users.csv", "none/out.csv", "--ignore", "phone"], "OUT: cannot be written"),
        (["users.csv", "a\0.csv", "--ignore", "phone"], "OUT: cannot be written"),
    ],
)
def test_batch_with_wrong_options_says_which(
    batch: Command, users: Path, tmp_path: Path, argv: list[str], problem: str
) -> None:
    """A wrong option ends with exit code 2 and one line that names it, and no file is written."""
    (tmp_path / "there.csv").write_text("something")
    (tmp_path / "sub").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    answer = batch(*argv)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"liveform: {problem}")
    assert answer.err.count("\n") == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_batch_begins_again_on_demand(batch: Command, users: Path, tmp_path: Path) -> None:
    """``--overwrite`` replaces an old output and ignores the journal of a run that was begun."""
    (tmp_path / "urls.csv").write_text("old")
    (tmp_path / "urls.csv.progress").write_text("{")
    answer = batch("users.csv", "urls.csv", "--ignore", "phone", "--overwrite")
    assert answer.code == 1
    assert "old" not in (tmp_path / "urls.csv").read_text()


def test_batch_whose_input_breaks_off_is_exit_1(batch: Command, tmp_path: Path) -> None:
    """An input that breaks off ends with exit code 1 and the number of the line."""
    (tmp_path / "in.csv").write_text('userid\nu1\n"u2\n')
    answer = batch("in.csv", "out.csv")
    assert answer.code == 1
    assert answer.err.startswith("liveform: IN: line 3")


BEGUN = "liveform: OUT: was begun with another input or other options; --overwrite begins again\n"
SETTINGS = """
[projects.shop]
pid = "abc123de45"
key = { env = "SHOP_KEY" }
cipher = "ecb"
"""


@pytest.fixture
def begun(liveform: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a caller that goes on with a run that its input broke off, and returns its stderr."""
    monkeypatch.setenv("SHOP_KEY", PROJECT["KEY"])
    (tmp_path / "liveform.toml").write_text(SETTINGS)
    (tmp_path / "in.csv").write_text('userid,tokenid,phone\nu1,token-0001,1\n"u2\n')
    os.utime(tmp_path / "in.csv", ns=(0, 10**18))

    def go_on(*options: str, file: str = "in.csv") -> str:
        return liveform("batch", file, "out.csv", "--ignore", "phone", *options).err

    assert go_on().startswith("liveform: IN: line 3")
    return go_on


@pytest.mark.parametrize("option", ["--quiet", "--json", "--jobs=2"])
def test_batch_goes_on_with_options_that_change_no_row(begun: Callable[..., str], option: str) -> None:
    """A run goes on under ``--quiet``, ``--json`` or another number of ``--jobs``."""
    assert "IN: line 3" in begun()
    assert "IN: line 3" in begun(option)


def test_batch_begun_with_another_input_does_not_go_on(begun: Callable[..., str], tmp_path: Path) -> None:
    """A run goes on only with the input it was begun with, of the same name, size and time."""
    source = tmp_path / "in.csv"
    text = source.read_text()
    source.write_text(text.replace("u1", "v1"))
    os.utime(source, ns=(0, 10**18 + 1))
    assert begun() == BEGUN
    source.write_text(text + "\n")
    os.utime(source, ns=(0, 10**18))
    assert begun() == BEGUN
    source.write_text(text)
    os.utime(source, ns=(0, 10**18))
    source.rename(tmp_path / "other.csv")
    assert begun(file="other.csv") == BEGUN
    (tmp_path / "other.csv").rename(source)
    assert "IN: line 3" in begun()


@pytest.mark.parametrize(
    "option",
    [
        "--pipeline=knowledge",
        "--plain",
        "--column=phone=cf1",
        "--ignore=tokenid",
        "--ignore-others",
        "--field=lang=ko",
        "--keep=userid",
        "--url-column=link",
        "--errors=wrong.csv",
    ],
)
def test_batch_begun_with_other_options_does_not_go_on(begun: Callable[..., str], option: str) -> None:
    """A run does not go on with other options for what a row becomes, such as ``--plain``."""
    assert begun(option) == BEGUN


def test_batch_begun_with_another_label_does_not_go_on(begun: Callable[..., str]) -> None:
    """A run goes on with another title of its sheet, and not with another label, which may refuse rows."""
    assert begun("--sheet=s.html", "--sheet-label=phone") == BEGUN
    (label, title) = ("--sheet-label=phone", "--sheet-title=Codes")
    assert "IN: line 3" in begun("--sheet=s.html", label, "--overwrite")
    assert "IN: line 3" in begun("--sheet=s.html", label, title)


@pytest.mark.parametrize(
    "setting",
    [
        'base_url = "https://form.example.com"',
        "encryption_only = true",
        'token_names = { encrypted = "tokenId" }',
        'token_names = { plain = "tokenId" }',
        'ecb_layout = "base64url"',
    ],
)
def test_batch_begun_with_another_project_does_not_go_on(
    begun: Callable[..., str], tmp_path: Path, setting: str
) -> None:
    """A run goes on only with the address, parameter names and layout that it was begun with."""
    (tmp_path / "liveform.toml").write_text(SETTINGS + setting)
    assert begun() == BEGUN


def test_batch_on_a_full_disk_says_so(batch: Command, users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk ends with exit code 2 and one line instead of a traceback."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    answer = batch("users.csv", "urls.csv", "--ignore", "phone")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "liveform: OUT: cannot be written: No space left on device\n"
    monkeypatch.undo()


def test_batch_shows_no_cell_on_stderr(batch: Command, users: Path, tmp_path: Path) -> None:
    """Neither the streams nor the errors file show the value of a cell."""
    answer = batch("users.csv", "urls.csv", "--ignore", "phone")
    shown = answer.err + answer.out + (tmp_path / "urls.csv.errors.csv").read_text()
    assert EMAIL not in shown
    assert "nobody-at-all" not in shown


class Terminal:
    """A stderr that is a terminal and keeps what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Keep the text, and return its length."""
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Do nothing, since the terminal keeps all text at once."""

    def isatty(self) -> bool:
        """Return True, as a real terminal does."""
        return True


@contextmanager
def told(monkeypatch: pytest.MonkeyPatch, *, wanted: bool = True) -> Iterator[tuple[Terminal, Any]]:
    """Yield a terminal, and the function that reports each step to the progress bar."""
    terminal = Terminal()
    monkeypatch.setattr(bar_room, "sys", SimpleNamespace(stderr=terminal))
    shares = iter([0.25, 1.0])
    with progress_bar(lambda: next(shares), wanted=wanted) as report:
        yield terminal, report


def test_bar_shows_share_rows_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The progress bar shows the share, the rows, their rate and the time left."""
    monkeypatch.setattr("tqdm.std.tqdm.__init__", drawn_always(monkeypatch))
    with told(monkeypatch) as (terminal, report):
        report(Progress(fingerprint="", rows=1_000))
        report(Progress(fingerprint="", rows=4_000))
    assert "100%" in terminal.text
    assert "4,000 rows" in terminal.text
    assert "a second" in terminal.text
    assert "left]" in terminal.text


def drawn_always(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the ``__init__`` of tqdm without its pause between two drawings."""
    from tqdm.std import tqdm

    real = tqdm.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs | {"mininterval": 0, "dynamic_ncols": False, "ncols": 100})

    return init


def test_bar_is_not_drawn_where_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The progress bar is not drawn if it is not wanted, as under ``--quiet``."""
    with told(monkeypatch, wanted=False) as (terminal, report):
        report(Progress(fingerprint=""))
    assert terminal.text == ""


def test_bar_is_not_drawn_without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The progress bar is not drawn where tqdm is not installed."""
    monkeypatch.setitem(__import__("sys").modules, "tqdm", None)
    with told(monkeypatch) as (terminal, report):
        report(Progress(fingerprint=""))
    assert terminal.text == ""
