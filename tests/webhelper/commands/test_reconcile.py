"""Tests of ``liveform reconcile``: what it prints, its exit codes, and what it asks of a simulated vendor."""

import json
from collections.abc import Iterator

import pytest
from confirmed_sites import Started
from operating import Operator, run_liveform
from reconciling import LostWebhooks

from webhelper.confirmation.calls import CallPace
from webhelper.simulate.local_server import LocalSimulator

ALL = ("reconcile", "--since", "1h", "--per-second", "100")
NOTHING = {
    "confirmed": 0,
    "changed": 0,
    "still_open": 0,
    "not_found": 0,
    "unknown": 0,
    "failed": 0,
    "left": 0,
}


@pytest.fixture
def lost(operator: Operator, liveform_simulator: LocalSimulator) -> Iterator[LostWebhooks]:
    """Return the operator's site at a simulator whose webhooks never arrive."""
    made = LostWebhooks(operator.directory, liveform_simulator)
    operator.clock.now = made.clock.now
    (operator.directory / "shop-api.key").write_text(liveform_simulator.api_key, encoding="utf-8")
    operator.write_settings(
        project=f'api_key = {{ file = "shop-api.key" }}\napi_url = "{liveform_simulator.base_url}/v3"'
    )
    yield made
    made.site.close()


def finished(lost: LostWebhooks, outcome: str = "approved", userid: str = "user_12345") -> Started:
    """Return a visit whose person finished the form, and of which the site heard nothing."""
    started = lost.site.start(userid)
    lost.simulator.complete(started.form_url, outcome)
    return started


def test_visits_that_are_asked_about_are_printed_with_the_counts(
    operator: Operator, lost: LostWebhooks
) -> None:
    """Each visit that is asked about is a line, and the counts come last; the site has the outcomes then."""
    started = finished(lost)
    lost.site.start(userid=None)
    assert operator.lines(*ALL) == [
        f"confirmed   approved     user  {started.visit_id}  shop",
        "1 asked, 1 confirmed, 1 unknown",
    ]
    assert lost.site.shown(started.visit_id) == "approved confirmed api"


def test_liveform_reconcile_is_a_program(operator: Operator, lost: LostWebhooks) -> None:
    """``liveform reconcile`` as a process confirms a visit whose webhook was lost."""
    started = finished(lost)
    done = run_liveform(operator.directory, *ALL)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "1 asked, 1 confirmed"
    assert lost.site.shown(started.visit_id) == "approved confirmed api"


def test_json_has_visits_counts_and_where_to_go_on(operator: Operator, lost: LostWebhooks) -> None:
    """``--json`` prints one object, with the same members whatever was found."""
    started = finished(lost, "rejected")
    assert operator.data(*ALL) == {
        "visits": [
            {
                "visit_id": started.visit_id,
                "project": "shop",
                "asked_by": "user",
                "verdict": "confirmed",
                "status": "rejected",
                "problem": None,
            }
        ],
        "counts": {"asked": 1, **NOTHING, "confirmed": 1},
        "stopped": {},
        "next": None,
    }
    assert operator.data(*ALL) == {
        "visits": [],
        "counts": {"asked": 0, **NOTHING},
        "stopped": {},
        "next": None,
    }


def test_every_verdict_is_told_in_words(operator: Operator, lost: LostWebhooks) -> None:
    """Lines say what the vendor decided, what is open still, and what it does not know."""
    visits = {
        "changed     rejected     id    ": lost.site.start("one"),
        "still open  pending      user  ": finished(lost, "pending", "two"),
        "still open  -            user  ": lost.site.start("three"),
        "not found   -            user  ": lost.site.start("four"),
    }
    changed, _, incomplete, _ = visits.values()
    lost.site.come_back(changed, lost.simulator.complete(changed.form_url))
    (first, *_) = [one for one in lost.submissions() if lost.owner(one) == "one"]
    lost.edit(first, "rejected")
    lost.begin(incomplete, "three")
    printed = operator.lines(*ALL)
    assert sorted(printed[:4]) == sorted(f"{text}{one.visit_id}  shop" for text, one in visits.items())


def test_vendor_that_is_down_ends_with_1_and_loses_nothing(operator: Operator, lost: LostWebhooks) -> None:
    """Calls that fail are told by their codes and end the questions; the next run confirms all of them."""
    visits = [finished(lost, userid=f"user_{number}") for number in range(5)]
    lost.simulator.fail("status", status=503, times=3)
    *failed, counts, stopped = operator.lines(*ALL, code=1)
    assert [line[:31] for line in failed] == ["failed      refused      user  "] * 3
    assert counts == "3 asked, 3 failed, 2 left"
    assert stopped == "shop was asked no more: refused"
    document = operator.data(*ALL)
    assert document["counts"] == {"asked": 5, **NOTHING, "confirmed": 5}
    assert {one["visit_id"] for one in document["visits"]} == {one.visit_id for one in visits}


def test_failure_in_json_has_its_code(operator: Operator, lost: LostWebhooks) -> None:
    """A refused call is told with the visit and with the project, and the exit code is 1."""
    started = finished(lost)
    lost.simulator.fail("status", status=403)
    document = operator.data(*ALL, code=1)
    (visit,) = document["visits"]
    assert (visit["visit_id"], visit["verdict"], visit["status"]) == (started.visit_id, "failed", None)
    assert document["stopped"] == {"shop": visit["problem"]}


def test_limit_ends_a_run_which_goes_on_after_it(operator: Operator, lost: LostWebhooks) -> None:
    """``--limit`` ends a run, and ``--after`` with the visit that is printed goes on there."""
    visits = [finished(lost, userid=f"user_{number}").visit_id for number in range(3)]
    lines = operator.lines(*ALL, "--limit", "2")
    after = lines[-1].removeprefix("more are open: go on with --after ")
    assert after == lines[1].split()[-2]
    rest = operator.data(*ALL, "--after", after)
    assert [one["visit_id"] for one in rest["visits"]] == [
        one for one in visits if one not in (lines[0].split()[-2], after)
    ]


def test_dry_run_asks_nobody(operator: Operator, lost: LostWebhooks) -> None:
    """``--dry-run`` prints what would be asked; no call is made, and nothing is recorded."""
    by_user, by_id = finished(lost), lost.site.start()
    lost.site.come_back(by_id, lost.simulator.complete(by_id.form_url))
    lost.site.start(userid=None)
    *lines, last = operator.lines(*ALL, "--dry-run")
    assert sorted(lines) == sorted(
        [f"would ask by user  {by_user.visit_id}  shop", f"would ask by id    {by_id.visit_id}  shop"]
    )
    assert last == "2 would be asked, 1 unknown; nothing was sent"
    document = operator.data(*ALL, "--dry-run")
    assert document["counts"] == {"would_ask": 2, "unknown": 1}
    assert {one["asked_by"] for one in document["visits"]} == {"user", "id"}
    assert [set(one) for one in document["visits"]] == [{"visit_id", "project", "asked_by"}] * 2
    assert operator.data(*ALL, "--dry-run", "--limit", "1")["counts"]["would_ask"] == 1
    assert lost.calls() == []
    assert lost.site.shown(by_id.visit_id) == "approved claimed return"


def test_rejected_visits_are_asked_about_on_demand(operator: Operator, lost: LostWebhooks) -> None:
    """``--rejected`` finds the second try of a rejected visitor, of which nothing has arrived."""
    started = finished(lost, "rejected")
    assert operator.data(*ALL)["counts"]["confirmed"] == 1
    lost.simulator.complete(started.form_url)
    assert operator.data(*ALL)["counts"]["asked"] == 0
    assert operator.data(*ALL, "--rejected", "--dry-run")["counts"]["would_ask"] == 1
    assert operator.lines(*ALL, "--rejected") == [
        f"changed     approved     id    {started.visit_id}  shop",
        "1 asked, 1 changed",
    ]
    assert lost.site.shown(started.visit_id) == "approved confirmed api"


def test_since_leaves_older_visits_alone(operator: Operator, lost: LostWebhooks) -> None:
    """Visits before ``--since`` are not asked about."""
    finished(lost)
    operator.clock.advance(3600.5)
    assert operator.data(*ALL)["counts"]["asked"] == 0
    operator.clock.advance(-1)
    assert operator.data(*ALL)["counts"]["asked"] == 1


def test_nothing_personal_is_printed(operator: Operator, lost: LostWebhooks) -> None:
    """No line holds a user id, and none holds the API key."""
    finished(lost, userid="canary-user")
    lost.simulator.fail("status", status=403)
    for options in ((), ("--json",), ("--dry-run",), ("--dry-run", "--json")):
        answer = operator(*ALL, *options)
        assert "canary" not in answer.out + answer.err
        assert lost.simulator.api_key not in answer.out + answer.err


def test_calls_are_paced_as_told(
    operator: Operator, lost: LostWebhooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--per-second`` spaces the calls; two a second are the default."""
    made: list[int] = []

    def pace(per_second: int) -> CallPace:
        made.append(per_second)
        return CallPace(100)

    monkeypatch.setattr("webhelper.commands.reconcile.CallPace", pace)
    operator("reconcile", "--since", "1h")
    operator("reconcile", "--since", "1h", "--per-second", "4")
    assert made == [2, 4]


def test_project_without_api_key_is_told_before_anything(operator: Operator) -> None:
    """Without an API key in the settings nobody can ask: exit code 2, and the setting is named."""
    answer = operator(*ALL)
    said = "needs an api_key; without one, the vendor's API cannot be asked"
    assert (answer.code, answer.out, answer.err) == (2, "", f"liveform: projects: {said}\n")
    assert operator(*ALL, "--project", "shop").err == f"liveform: projects.shop: {said}\n"


def test_wrong_options_are_told(operator: Operator) -> None:
    """A wrong project, time or number is one line and exit code 2."""
    for words, said in (
        (("--since", "1h", "--project", "shoop"), "--project: must be one of shop"),
        (("--since", "tomorrow"), "--since: must be a duration"),
        ((), "the following arguments are required: --since (see liveform reconcile --help)"),
        (
            ("--since", "1h", "--per-second", "0"),
            "argument --per-second: must be a whole number from 1 to 100",
        ),
        (("--since", "1h", "--per-second", "101"), "argument --per-second: must be a whole number"),
        (("--since", "1h", "--limit", "x"), "argument --limit: must be a whole number from 1 to 1000000"),
    ):
        answer = operator("reconcile", *words)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
        assert answer.err.startswith(f"liveform: {said}")
    assert json.loads(operator("reconcile", "--json").err)["error"]["code"] == "usage_error"
