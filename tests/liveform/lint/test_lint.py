"""Tests of liveform.lint: hand-made URLs in files, with the rule, the line and the column of each finding."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steps import steps_of

from liveform import FieldError, lint
from liveform.lint import LintFinding, lint_paths, lint_text
from liveform.lint.files import MAX_FOUND_BYTES

BASE = "https://form.argosidentity.com"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"


def found(source: str, name: str) -> list[tuple[str, str]]:
    """Return the rule of each finding, and the text of the file where it is, up to a sign that ends names."""
    findings = []
    for finding in lint_text(source, name):
        rest = source.split("\n")[finding.line - 1][finding.column - 1 :]
        word = rest[
            : next((at for at, sign in enumerate(rest) if not (sign.isalnum() or sign in "_-")), len(rest))
        ]
        findings.append((finding.rule.name, word))
    return findings


GUESSED = ("guessed-name", "userId")
EMAIL = ("plain-personal-data", "email")
TOKEN = ("token-name", "token")

PYTHON = [
    f'url = f"{BASE}/?pid={{pid}}&userId={{user.id}}"',
    f'url = "{BASE}/?pid=" + pid + "&userId=" + str(user["id"])',
    f'url = "{BASE}/?pid=%s&userId=%s" % (pid, user)',
    f'url = "{BASE}/?pid={{}}&userId={{}}".format(pid, user)',
    f"url = ('{BASE}/'\n       '?pid=abc'\n       '&userId=' + user)",
    f'BASE = "{BASE}"\ndef url(u):\n    return f"{{BASE}}/?pid={{PID}}&userId={{u}}"',
    f'BASE = "{BASE}/?pid=abc"\nurl = BASE + "&userId=" + u',
    f'class Form:\n    base = "{BASE}"\n    def url(self, u):\n        '
    'return f"{self.base}?pid=a&userId={u}"',
    f'url = "{BASE}?" + urlencode({{"pid": pid, "userId": u}})',
    f'url = f"{BASE}?{{urllib.parse.urlencode(dict(pid=pid, userId=u))}}"',
    f'params = {{"pid": pid}}\nparams["userId"] = u\nurl = f"{BASE}?{{urlencode(params)}}"',
    f'requests.get("{BASE}/", params={{"pid": pid, "userId": u}})',
    f'url = "{BASE}/?" + urlencode([("pid", pid), ("userId", u)])',
    f'url = "{BASE}/?pid=" + pid\nurl += f"&userId={{u}}"',
    f'url = f"{BASE}/{{path}}?pid={{pid}}&userId={{u}}"',
    f'url = "{BASE}/?" + urlencode({{"lang": "k(o\\"", **more, "pid": f(p, q), "userId": u}})',
    f'"""Docs."""\nurl = r"{BASE}/?pid=a&userId=b"',
    f'log("see {BASE}/?pid=a&userId=b", "more")',
]
JAVASCRIPT = [
    f"const u = `{BASE}/?pid=${{pid}}&userId=${{user.id}}`;",
    f"const u = '{BASE}/?pid=' + pid + '&userId=' + encodeURIComponent(id);",
    f"const BASE = '{BASE}';\nexport const u = (id) => `${{BASE}}/?pid=a&userId=${{id}}`;",
    f"const BASE: string = '{BASE}';\nconst u = BASE + '?pid=' + pid + '&userId=' + id;",
    f"const u = `{BASE}/?${{new URLSearchParams({{ pid, userId: id }})}}`;",
    "const q = new URLSearchParams();\nq.append('pid', a);\nq.append('userId', b);\n"
    f"go(`{BASE}?${{q.toString()}}`);",
    f"const url = new URL('{BASE}/');\n"
    "url.searchParams.set('pid', pid);\nurl.searchParams.append('userId', id);",
    f"axios.get('{BASE}/', {{ params: {{ pid, userId: id }} }});",
    f'const u = "{BASE}/?pid=" + f(`${{pid}}`, [g("x")]) + "&userId=" + id;',
    f"const u = `{BASE}/?${{query}}&&userId=${{id}}`;",
    f'let u = "{BASE}/?pid=" + pid;\nif (id) {{\n  u += "&userId=" + id;\n}}',
    f"const config = {{ form: '{BASE}' }};\nconst u = `${{config.form}}?pid=a&userId=${{id}}`;",
    f"<a href={{`{BASE}/?pid=${{pid}}&userId=${{id}}`}}>Check</a>",
]
PHP = [
    f'<?php $url = "{BASE}/?pid=$pid&userId={{$user->id}}";',
    f"<?php $url = '{BASE}/?pid=' . $pid . '&userId=' . urlencode($id);",
    f"<?php const BASE = '{BASE}';\n$url = BASE . '?pid=' . $pid . '&userId=' . $id;",
    f"<?php define('FORM', '{BASE}');\n"
    "$url = FORM . '?' . http_build_query(['pid' => $pid, 'userId' => $id]);",
    f"<?php $base = '{BASE}/';\n$url = \"{{$base}}?pid=$pid&userId=$id\";",
    f"<?php $url = '{BASE}/?pid=' . $pid;\n$url .= '&userId=' . $id;",
    f'<a href="{BASE}/?pid=<?= $pid ?>&amp;userId=<?= $id ?>">Check</a>',
]
JAVA = [
    f'String url = "{BASE}/?pid=" + pid + "&userId=" + id;',
    f'String url = String.format("{BASE}/?pid=%s&userId=%s", pid, id);',
    f'static final String BASE = "{BASE}";\nString url = BASE + "/?pid=" + pid + "&userId=" + id;',
    f'UriComponentsBuilder.fromHttpUrl("{BASE}/").queryParam("pid", pid).queryParam("userId", id).build();',
    f'new StringBuilder("{BASE}/").append("?pid=").append(pid).append("&userId=").append(id);',
]
OTHERS = [
    ("a.html", f'<a href="{BASE}/?pid={{{{ pid }}}}&amp;userId={{{{ user.id }}}}">Don\'t</a>'),
    ("a.html", f"<a href={BASE}/?pid=abc&userId=x>go</a>"),
    ("a.vue", f'<a :href="`{BASE}/?pid=${{pid}}&userId=${{id}}`">go</a>'),
    ("a.erb", f'<%= link_to "go", "{BASE}/?pid=#{{pid}}&userId=#{{user.id}}" %>'),
    ("a.rb", f'url = "{BASE}/?pid=#{{pid}}&userId=#{{user.id}}"'),
    ("a.kt", f'val url = "{BASE}/?pid=$pid&userId=${{user.id}}"'),
    ("a.swift", f'let url = "{BASE}/?pid=\\(pid)&userId=\\(user.id)"'),
    ("a.cs", f'var url = $"{BASE}/?pid={{pid}}&userId={{user.Id}}";'),
    ("a.go", f'url := fmt.Sprintf("{BASE}/?pid=%s&userId=%s", pid, id)'),
    ("a.go", f'q := url.Values{{}}\nq.Set("pid", pid)\nq.Set("userId", id)\nu := "{BASE}/?" + q.Encode()'),
    ("a.rb", f'url = "{BASE}/?" + URI.encode_www_form(pid: pid, userId: user.id)'),
    ("a.lua", f'local url = "{BASE}/?pid=" .. pid .. "&userId=" .. id'),
    ("a.sh", f'curl "{BASE}/?pid=$PID&userId=${{USER_ID}}"'),
    ("a.yml", f"form: {BASE}/?pid=abc&userId=x"),
    ("a.md", f"Open `{BASE}/?pid=<your pid>&userId=<id>`."),
    ("a.json", f'{{"form": "{BASE}/?pid=abc&userId=x"}}'),
    ("a.json", '{"form": "https:\\/\\/form.argosidentity.com\\/?pid=abc\\u0026userId=x"}'),
    ("a.log", f'10.0.0.1 - - "GET {BASE}/?pid=abc&userId=x HTTP/1.1" 200'),
    ("Dockerfile", f"ENV FORM={BASE}/?pid=abc&userId=x"),
    ("a.py", "url = '//form.argosidentity.com/?pid=abc&userId=x'"),
]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        *(("a.py", source) for source in PYTHON),
        *(("a.ts", source) for source in JAVASCRIPT),
        *(("a.php", source) for source in PHP),
        *(("A.java", source) for source in JAVA),
        *OTHERS,
    ],
)
def test_guessed_name_is_found_in_the_ways_of_each_language(name: str, source: str) -> None:  # R4
    """A guessed name is found wherever a program puts a URL together, at its line and column."""
    assert found(source, name) == [GUESSED]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", f"# see {BASE}/?pid=a&userId=b\nliveform = 1  # or {BASE}/?pid=a&userId=b"),
        ("a.js", f"// {BASE}/?pid=a&userId=b\n/* {BASE}/?pid=a&userId=b */\n * {BASE}/?userId=b"),
        ("a.py", f'BASE = "{BASE}"\nOTHER = "{BASE}/knowledge"'),
        ("a.py", f'url = "{BASE}?" + query'),
        ("a.py", f'url = f"{BASE}/{{path}}?{{query}}"'),
        ("a.py", f'BASE = "{BASE}"\n# url = f"{{BASE}}/?pid={{p}}&userId={{u}}"'),
        ("a.html", f'<link rel="preconnect" href="{BASE}">'),
        ("a.py", 'url = "https://form.argosidentity.com.example.org/?pid=a&userId=b"'),
        ("a.py", 'url = "https://other.example.org/?pid=a&userId=b"  # not argos'),
        ("a.py", f'url = "{BASE}/?pid=" + pid + "&userid=" + sealed  # liveform: ignore'),
        ("a.py", f'url = f"{BASE}/?pid={{pid}}&userId={{u}}"  # liveform: ignore[LF201]'),
    ],
)
def test_what_is_no_url_or_says_nothing_is_left_alone(name: str, source: str) -> None:
    """Comments, bare addresses, other hosts, unknown queries and lines that say so have no findings."""
    assert found(source, name) == []


def test_ignored_rule_leaves_the_others() -> None:
    """``liveform: ignore[LF201]`` leaves out that rule alone."""
    source = f'url = f"{BASE}/?pid={{pid}}&userId={{u}}&email={{e}}"  # liveform: ignore[LF201]'
    assert found(source, "a.py") == [EMAIL]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f'u = f"{BASE}/?pid={{p}}&email={{e}}&token={{t}}"', [EMAIL, TOKEN]),
        (f'u = "{BASE}/?userid=" + u', [("missing-pid", "https"), ("plain-personal-data", "userid")]),
        (f'u = f"{BASE}/?pid={{p}}&allowedCountries=USA"', [("must-be-encrypted", "allowedCountries")]),
        (f'u = f"{BASE}/?pid={{p}}&ageLimit=true"', [("wrong-value", "ageLimit")]),
        (
            f'u = f"{BASE}/?pid={{p}}&cf1={{x}}&cf1=2"',
            [("given-twice", "cf1"), ("plain-custom-field", "cf1")],
        ),
        (f'u = f"{BASE}/knowlege?pid={{p}}"', [("wrong-address", "https")]),
        ('u = f"http://form.argosidentity.com/?pid={p}"', [("wrong-address", "http")]),
        (
            f'u = f"{BASE}/?pid={{p}}&encrypted={{x}}&userid={{u}}"',
            [("encrypted-mix", "https"), ("plain-personal-data", "userid")],
        ),
        (
            f'u = f"{BASE}/?pid={{p}}&encrypted={{x}}&sid={{s}}&action=addveri"',
            [("injection-mix", "encrypted")],
        ),
        (
            f'u = "{BASE}/?pid=p&encrypted=QUFB+QUFB"',
            [("unescaped-plus", "encrypted"), ("not-opened", "encrypted")],
        ),
        (f'u = "{BASE}/?pid=p&encrypted=U2FsdGVkX18BAgME"', [("foreign-encryption", "encrypted")]),
        (f'u = f"{BASE}/?pid={{p}}&apiKey={{k}}"', [("unknown-name", "apiKey"), ("key-in-url", "apiKey")]),
    ],
)
def test_rules_of_a_url_hold_for_those_in_files(source: str, expected: list[tuple[str, str]]) -> None:
    """What is certain of a URL in a file is checked as ``explain`` checks a whole one."""
    assert found(source, "a.py") == sorted(expected, key=lambda each: source.index(each[1]))


def test_expression_without_an_end_is_read_as_far_as_it_goes() -> None:
    """Very long and broken expressions are read up to a limit."""
    joined = " + ".join(f"x{number}" for number in range(100))
    source = f'u = "{BASE}/?pid=" + {joined} + "&userId=" + x'
    assert found(source, "a.js") == []
    assert found(f'u = "{BASE}/?pid=" + p + "&userId=" + dict(', "a.js") == [GUESSED]
    assert found(f'u = "{BASE}/?" + urlencode({{"pid": p, "userId": (', "a.py") == [GUESSED]
    assert found(f'u = "{BASE}/?pid=a' + "&userId=b" * 200 + '"', "a.py") == [
        ("given-twice", "userId"),
        GUESSED,
    ]


def test_url_joined_to_another_is_one_of_its_own() -> None:
    """Two URLs in one expression are two URLs, each with its own parameters."""
    source = f'both = "{BASE}/?pid=a&lang=ko " + "{BASE}/?pid=b&userId=c"'
    assert found(source, "a.py") == [GUESSED]


def test_address_that_cannot_be_read_is_not_judged() -> None:
    """A host behind which no host can go on is left open; the parameters are certain."""
    assert found(f'u = "{BASE}\u2100/?pid=a&userId=b"', "a.py") == [GUESSED]


def test_query_without_a_question_mark_is_read() -> None:
    """Parameters of a builder have no question mark in front of them."""
    source = f'url = new URL("{BASE}");\nurl.searchParams.set("pid", a);\nurl.searchParams.set("userId", b);'
    assert found(source, "a.js") == [GUESSED]


def test_place_counts_lines_and_characters_from_one() -> None:
    """Line and column are those of an editor, also behind characters of several bytes."""
    source = f'# 한국어\n\nurl = f"{BASE}/?pid=가&userId={{u}}"\r\n'
    (finding,) = lint_text(source, "a.py")
    assert (finding.line, finding.column) == (3, 9 + len(f"{BASE}/?pid=가&"))


FRAGMENT = ("fragment", "https")


@pytest.mark.parametrize("name", ["a.py", "a.txt", "a.html", "a.js", "a.rb"])
@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}/#/?lang=en",
        f"{BASE}#userid=a",
        f"{BASE}/?#pid=abc123de45",
        f"{BASE}/?pid=abc123de45&lang=en#/userid=a",
        f"{BASE}/?pid=abc123de45#x",
        f"{BASE}/?pid={{{{pid}}}}#/{{{{user}}}}",
    ],
)
def test_what_is_behind_a_hash_is_found_in_files(url: str, name: str) -> None:
    """A form URL like that of a single-page app loses what is behind the ``#``, in every kind of file."""
    assert found(f'a = "{url}"', name) == [FRAGMENT]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.js", f'const url = "{BASE}/#/?lang=en&userid=" + user'),
        ("a.js", f'const url = new URL("{BASE}/#/")\nurl.searchParams.set("pid", pid)'),
        ("a.py", f'BASE = "{BASE}/#"\nurl = f"{{BASE}}/?pid={{pid}}&userid={{u}}"'),
        ("a.py", f'url = "{BASE}/?pid=" + pid + "#/" + page'),
    ],
)
def test_hash_in_an_address_that_a_program_joins_to_is_found(name: str, source: str) -> None:
    """What a program adds behind a ``#`` is not sent either; nothing is said of a query that is not there."""
    assert found(source, name) == [FRAGMENT]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", f'url = "{BASE}/?pid=a" + rest + "#"'),
        ("a.py", f'url = "{BASE}/?pid=a#" + place'),
        ("a.rb", f'url = "{BASE}/?pid=a#{{place}}"'),
        ("a.yml", f"url: {BASE}/?pid=a # the form, as in lang=en"),
        ("a.py", f'help = "{BASE}/?pid=a #1 of lang=en"'),
        ("a.py", f'help = """{BASE}/?pid=a#\nlang=en"""'),
        ("a.md", f"[the form]({BASE}/#documents)"),
        ("a.py", f'BASE = "{BASE}/#"'),
    ],
)
def test_hash_behind_which_nothing_is_lost_for_certain_is_no_finding(name: str, source: str) -> None:
    """A comment, a part that may be empty and a heading of a page are not parameters of the form."""
    assert found(source, name) == []


# Keys


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.env", f"LIVEFORM_KEY={KEY}\n"),
        ("a.env", f'export LIVEFORM_API_KEY="{KEY}"'),
        ("docker-compose.yml", f"environment:\n  LIVEFORM_KEY: {KEY}"),
        ("liveform.toml", f'# liveform\nkey = "{KEY}"'),
        ("a.js", f"const argos = create({{ headers: {{ 'x-api-key': '{KEY}' }} }});"),
        ("a.py", f'from liveform import Project\nproject = Project("abc", key="{KEY}", cipher="ecb")'),
        ("A.java", f'static final String ARGOS_SECRET_KEY = "{KEY}";'),
        ("a.php", f"<?php $config['argos']['api_key'] = '{KEY}';"),
        ("a.xml", f"<argos><apiKey>{KEY}</apiKey></argos>"),
        ("a.har", f'{{"url": "https://rest-api.argosidentity.com", "name": "x-api-key", "value": "{KEY}"}}'),
    ],
)
def test_key_in_a_file_is_found_and_not_shown(name: str, source: str) -> None:
    """What has the shape of a key, where a key belongs, is an error that does not show it."""
    (finding,) = lint_text(source, name)
    assert finding.rule.name == "committed-key"
    assert source.split("\n")[finding.line - 1][finding.column - 1 :].startswith(KEY)
    assert KEY not in finding.to_text() + str(finding.as_data())


@pytest.mark.parametrize(
    "source",
    [
        f"KEY={KEY}",  # nothing says that it is the vendor's
        "LIVEFORM_KEY=${SECRET}",
        "liveform key: da39a3ee5e6b4b0d3255bfef95601890afd80709",  # a commit of git
        "LIVEFORM_KEY=" + "A" * 40,
        "LIVEFORM_KEY=exampleKeyExampleKey1234567890ABCDEFGHIJ",
        "LIVEFORM_KEY=abcdefghij0123456789ABCDEFGHIJ0123456789",
        f"LIVEFORM_KEY={KEY}x",
        f"liveform = '{KEY}'",
        "liveform: integrity key=sha512-KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe==",
    ],
)
def test_what_is_probably_no_key_is_left_alone(source: str) -> None:
    """Digests, placeholders, texts of another length and texts in other places are not reported as keys."""
    assert found(source, "a.env") == []


# Files


def test_folder_is_read_without_what_others_wrote(tmp_path: Path) -> None:
    """Hidden folders, packages, binary files and links are left out; the findings are in order."""
    source = f'url = f"{BASE}/?pid={{p}}&userId={{u}}"\n'
    for name in ("b.py", "a/z.py", "node_modules/x/a.js", ".git/a.py", "dist/a.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    (tmp_path / "a.bin").write_bytes(source.encode() + b"\0")
    (tmp_path / "empty.py").write_bytes(b"")
    (tmp_path / "link.py").symlink_to(tmp_path / "b.py")
    report = lint_paths([tmp_path])
    assert [Path(str(each.path)).relative_to(tmp_path).as_posix() for each in report.findings] == [
        "b.py",
        "a/z.py",
    ]
    assert (report.files, report.is_clean) == (3, False)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_file_in_another_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    """A byte order mark says the encoding; what is not UTF-8 is replaced, and places stay right."""
    (tmp_path / "a.py").write_bytes(f'é = f"{BASE}/?pid={{p}}&userId={{u}}"'.encode(encoding))
    (finding,) = lint_paths([tmp_path / "a.py"]).findings
    assert (finding.line, finding.rule.name) == (1, "guessed-name")


def test_file_that_is_too_large_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read as a whole is named, and breaks nothing."""
    with (tmp_path / "a.log").open("wb") as file:
        file.truncate(MAX_FOUND_BYTES + 1)
    report = lint_paths([tmp_path])
    assert [(each.rule.name, each.path) for each in report.findings] == [
        ("not-read", str(tmp_path / "a.log"))
    ]
    assert (report.is_clean, report.files) == (True, 0)


@pytest.mark.parametrize("paths", [7, "a.py", b"a.py", None])
def test_paths_that_are_no_list_are_refused(paths: Any) -> None:
    """One path alone is not a list of paths."""
    with pytest.raises(FieldError, match="must be a list of paths"):
        lint_paths(paths)


@pytest.mark.parametrize(("text", "path"), [(7, "a.py"), ("x", None)])
def test_text_that_is_none_is_refused(text: Any, path: Any) -> None:
    """The text of a file and its name are text."""
    with pytest.raises(FieldError, match="must be text"):
        lint_text(text, path)


@pytest.mark.parametrize("path", ["missing", "a\0b", "x" * 5000, 7])
def test_path_that_is_not_there_is_refused(path: str) -> None:
    """A path that is not there is a mistake of the caller's."""
    with pytest.raises(FieldError, match="must be a file or a folder that is there"):
        lint_paths([path])


def test_har_file_tells_each_url_once(tmp_path: Path) -> None:
    """A HAR file has the URL of the form again as the referrer of every request."""
    url = f"{BASE}/?pid=abc&userId=jane%40example.com&lang=ko"
    entry = {"request": {"url": url, "headers": [{"name": "Referer", "value": url}]}}
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": [entry] * 50}}, indent=1))
    report = lint_paths([tmp_path / "a.har"])
    assert [each.rule.name for each in report.findings] == ["guessed-name"]


# Reports


SOURCE = f'a = f"{BASE}/?pid={{p}}&userId={{u}}&email={{e}}&cf1={{x}}"\n'
REQUIRED = {  # of SARIF 2.1.0, by the path of the object
    "": {"version", "runs"},
    "run": {"tool"},
    "driver": {"name"},
    "rule": {"id"},
    "result": {"message"},
    "message": {"text"},
}


def test_report_of_each_kind_has_the_same_findings(tmp_path: Path) -> None:
    """Text, JSON and SARIF name rule, severity and place of each finding."""
    (tmp_path / "a b.py").write_text(SOURCE)
    report = lint_paths([tmp_path])
    lines = report.to_text().splitlines()
    assert [line.split(": ", 1)[1].split()[:2] for line in lines[:-1]] == [
        ["error", "LF201"],
        ["warning", "LF307"],
        ["note", "LF308"],
    ]
    assert lines[-1] == "1 error, 1 warning, 1 note (1 file read)"
    data = report.as_data()
    assert (data["errors"], data["warnings"], data["notes"], data["files"]) == (1, 1, 1, 1)
    assert json.loads(json.dumps(data))["findings"][0]["rule"] == "LF201"


def test_report_in_sarif_has_what_the_schema_requires(tmp_path: Path) -> None:
    """SARIF has the required members, levels of its own words, and rules that results point to."""
    (tmp_path / "a b.py").write_text(SOURCE)
    sarif = json.loads(json.dumps(lint_paths([tmp_path]).as_sarif("1.2.3")))
    (run,) = sarif["runs"]
    driver, results = run["tool"]["driver"], run["results"]
    assert sarif.keys() >= REQUIRED[""]
    assert (sarif["version"], driver["version"]) == ("2.1.0", "1.2.3")
    assert sarif["$schema"].endswith("sarif-2.1.0.json")
    assert run.keys() >= REQUIRED["run"]
    assert driver.keys() >= REQUIRED["driver"]
    assert all(rule.keys() >= REQUIRED["rule"] for rule in driver["rules"])
    assert all(rule["shortDescription"].keys() == rule["help"].keys() == {"text"} for rule in driver["rules"])
    for result in results:
        assert result.keys() >= REQUIRED["result"]
        assert result["message"].keys() >= REQUIRED["message"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("/a%20b.py")
        assert min(place["region"]["startLine"], place["region"]["startColumn"]) >= 1


def test_report_of_nothing_says_so() -> None:
    """A report without findings is clean, and its SARIF has no results."""
    report = lint_paths([])
    assert report.to_text() == "nothing found (0 files read)"
    assert report.is_clean
    (run,) = json.loads(json.dumps(report.as_sarif("1")))["runs"]
    assert run["results"] == []


# Anything at all


CANARY = "c4n4ry-secret"
texts = st.lists(
    st.sampled_from(
        [
            BASE,
            "/?pid=",
            "&userId=",
            "&email=",
            CANARY,
            "'",
            '"',
            "`",
            "\\",
            "${x}",
            "{",
            "}",
            "(",
            ")",
            " + ",
            "\n",
            "\\u0",
        ]
    )
    | st.text(max_size=3),
    max_size=20,
).map("".join)


@pytest.mark.parametrize("name", ["a.py", "a.js", "a.php", "A.java", "a.html", "a.har", "a", "a.lua"])
@given(texts)
def test_any_text_gives_findings_without_values(name: str, text: str) -> None:
    """Any text in any language gives findings at places that are there, and no finding shows a value."""
    lines = f"{text} liveform".split("\n")
    for finding in lint_text(f"{text} liveform", name):
        assert isinstance(finding, LintFinding)
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        values = CANARY if finding.rule.name not in ("unknown-name", "guessed-name", "given-twice") else "\0"
        assert values not in finding.to_text()


@pytest.mark.parametrize("name", ["a.py", "a.har", "a"])
@given(st.binary(max_size=100))
def test_any_bytes_in_a_file_are_read_or_left_alone(name: str, data: bytes) -> None:
    """A file of any bytes breaks nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data + f"{BASE}/?pid=a&userId=".encode() + data)
        assert lint_paths([folder]).files <= 1


def test_blank_lines_behind_a_url_are_read_once() -> None:
    """A URL with 300,000 blank lines behind it is checked at once, and not in the square of their number."""
    findings = lint_text(f"url = '{BASE}/?pid=a&userId=1'" + "\n" * 300_000, "a.py")
    assert [finding.line for finding in findings] == [1]


def _named_in_each_other(count: int) -> str:
    return "".join(
        f"const a{number} = `{BASE}/?x=${{a{number + 1}}}${{a{number + 1}}}`;" for number in range(count)
    )


LONG: dict[str, tuple[str, Callable[[int], str]]] = {
    "URLs in one text": ("a.py", lambda count: f'u = "{f"{BASE}/?a=b" * count}'),
    "URLs behind escaped quotes": ("a.js", lambda count: "u = " + f"\\'{BASE}/?a=b" * count),
    "escaped quotes behind URLs": ("a.js", lambda count: f'"{BASE}/?a=b" + \\\'' * count),
    "uses in one text": ("a.ts", lambda count: f"const u = '{BASE}/?a=b'; const v = `{'${u}' * count}"),
    "uses joined": ("a.ts", lambda count: f"const u = '{BASE}/?a=b'; const v = {'u + ' * count}"),
    "names in each other": ("a.ts", _named_in_each_other),
    "objects of one name": ("a.js", lambda count: "a = {" * count + f"'{BASE}/?' + a;" * count),
    "members of one object": (
        "a.py",
        lambda count: "a = {}; " + "a['b'] = 1; " * count + f"'{BASE}?' + a; " * count,
    ),
    "texts added": ("a.js", lambda count: f"u = '{BASE}/?a=b'; " + "u += (" * count),
    "findings in one line": ("a.log", lambda count: f"{BASE}/?userId=b " * count),
}


@pytest.mark.parametrize("what", LONG)
def test_steps_grow_as_the_file_does(what: str) -> None:
    """Four times as much of the same takes about four times as many steps, also where no text has an end."""
    name, source_of = LONG[what]
    few, many = (steps_of(partial(lint_text, source_of(count), name)) for count in (200, 800))
    assert many < 5 * few


def test_line_with_many_findings_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A HAR file may be one line: it is searched once for what it ignores, however much is found in it."""
    searched: list[int] = []

    class Counting:
        def search(self, text: str, start: int, end: int) -> None:
            searched.append(end - start)

    monkeypatch.setattr(lint, "_IGNORED", Counting())
    source = "".join(f"{BASE}/?pid={number}&userId=b " for number in range(50))
    assert len(lint_text(source, "a.log")) == 50
    assert searched == [len(source)]


def test_texts_with_names_are_no_parts_of_each_other() -> None:
    """The form's address inside a value of another URL says nothing of that one."""
    source = f"const a = `{BASE}/?pid=1&userId=2`; const b = `{BASE}/?pid=3&next=${{a}}&token=4`;"
    assert found(source, "a.ts") == [GUESSED, ("unknown-name", "next"), TOKEN]


def test_url_inside_another_is_one_of_its_own() -> None:
    """A URL that is not escaped inside another one is read by itself; what follows it belongs to it."""
    source = f'u = "{BASE}/?next={BASE}/?pid=1&userId=2"'
    assert found(source, "a.py") == [("unknown-name", "next"), GUESSED]
