"""Tests of ``liveform webhooks``: what it lists, shows and makes due again, and what it keeps to itself."""

import json

import pytest
from operating import Operator, fail, new_event

from liveform.wire.json_object import printable
from webhelper.links.stores.inbox import EventState

NOW = 1_782_345_600.0
DAY = 86_400.0


def test_list_is_a_table_with_the_newest_first(operator: Operator) -> None:
    """The table has number, time, project, trigger, submission, deliveries, state and problem."""
    inbox = operator.store().inbox
    inbox.receive(new_event(1), now=NOW - 3600)
    inbox.receive(new_event(2), now=NOW - 60)
    inbox.receive(new_event(1), now=NOW - 30)
    fail(operator.store(), 1, now=NOW - 100)
    assert operator.lines("webhooks", "list") == [
        "number  time (UTC)   project  trigger   submission     sent  state    problem",
        "2       06-24 23:59  shop     approved  evcka62mes002  1     waiting  -",
        "1       06-24 23:00  shop     approved  evcka62mes001  2     failed   timeout",
        "refused in the last 7 days: none",
    ]


def test_list_with_json_has_times_ids_and_counts(operator: Operator) -> None:
    """With ``--json`` each webhook has the same members, whatever happened to it, and none of its body."""
    operator.store().inbox.receive(new_event(1), now=NOW - 3600)
    operator.store().inbox.count_refused({("shop", "wrong_sender"): 3}, now=NOW)
    assert operator.data("webhooks", "list") == {
        "webhooks": [
            {
                "number": 1,
                "project": "shop",
                "trigger": "approved",
                "submission_id": "evcka62mes001",
                "occurred_at": "2026-06-24T11:20:00Z",
                "received_at": "2026-06-24T23:00:00Z",
                "last_received_at": "2026-06-24T23:00:00Z",
                "deliveries": 1,
                "state": "waiting",
                "attempts": 0,
                "replays": 0,
                "problem": None,
                "visit_id": None,
            }
        ],
        "refused": [{"day": "2026-06-25", "project": "shop", "reason": "wrong_sender", "times": 3}],
    }


def test_list_of_an_empty_inbox_says_so(operator: Operator) -> None:
    """Without webhooks the list says so, and is an empty array in JSON."""
    assert operator.lines("webhooks", "list") == ["no webhooks", "refused in the last 7 days: none"]
    assert operator.data("webhooks", "list") == {"webhooks": [], "refused": []}


def test_refused_deliveries_of_seven_days_are_counted_by_reason(operator: Operator) -> None:
    """Below the list stands how many deliveries were refused, the most frequent reason first."""
    inbox = operator.store().inbox
    inbox.count_refused({("shop", "malformed"): 2, ("", "wrong_sender"): 1000}, now=NOW)
    inbox.count_refused({("", "wrong_sender"): 200}, now=NOW - 6 * DAY)
    inbox.count_refused({("", "unknown"): 5}, now=NOW - 7 * DAY)
    assert operator.lines("webhooks", "list")[-1] == (
        "refused in the last 7 days: wrong_sender 1,200, malformed 2"
    )


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ((), [4, 3, 2, 1]),
        (("--project", "shop"), [4, 3, 2, 1]),
        (("--trigger", "rejected"), [2]),
        (("--submission", "evcka62mes003"), [3]),
        (("--state", "failed"), [1]),
        (("--state", "waiting", "--limit", "2"), [4, 3]),
        (("--state", "working"), []),
        (("--state", "done", "--trigger", "approved"), []),
    ],
)
def test_list_takes_filters(operator: Operator, options: tuple[str, ...], numbers: list[int]) -> None:
    """Project, state, trigger and submission narrow the list, and ``--limit`` ends it."""
    store = operator.store()
    for number in range(1, 5):
        trigger = "rejected" if number == 2 else "approved"
        store.inbox.receive(new_event(number, trigger=trigger), now=NOW - 100 + number)
    fail(store, 1, now=NOW)
    listed = operator.data("webhooks", "list", *options)["webhooks"]
    assert [one["number"] for one in listed] == numbers


def test_list_shows_twenty_unless_told_otherwise(operator: Operator) -> None:
    """Without ``--limit`` the newest 20 are listed; 1,000 are the most."""
    store = operator.store()
    for number in range(21):
        store.inbox.receive(new_event(number), now=NOW)
    assert len(operator.data("webhooks", "list")["webhooks"]) == 20
    assert len(operator.data("webhooks", "list", "--limit", "1000")["webhooks"]) == 21


def test_text_of_others_cannot_steer_a_terminal(operator: Operator) -> None:
    """Control characters in a trigger, a submission id or a body are printed as escapes."""
    evil = "\x1b[2J\n\u202eevil\x9b31m"
    event = new_event(1, trigger=evil, submission_id=evil, members={"webhook_trigger": evil, evil: [evil]})
    operator.store().inbox.receive(event, now=NOW)
    for words in (("list",), ("show", "1"), ("show", "1", "--body")):
        printed = operator("webhooks", *words).out
        assert printable(printed) == printed
        assert "\\u001b[2J" in printed
    assert operator.data("webhooks", "show", "1", "--body")["body"][evil] == [evil]


def test_table_moves_together_before_anything_is_cut(operator: Operator) -> None:
    """Where two spaces between the columns are too many, there is one."""
    inbox = operator.store().inbox
    inbox.receive(new_event(1, trigger="token_expired", submission_id=None), now=NOW)
    inbox.receive(new_event(2), now=NOW)
    assert operator.lines("webhooks", "list")[:-1] == [
        "number time (UTC)  project trigger       submission    sent state   problem",
        "2      06-25 00:00 shop    approved      evcka62mes002 1    waiting -",
        "1      06-25 00:00 shop    token_expired -             1    waiting -",
    ]


@pytest.mark.parametrize("text", ["x" * 200, "심사완료" * 20, "\x1b" * 50])
def test_table_fits_80_columns_whatever_is_in_it(operator: Operator, text: str) -> None:
    """Long texts are cut; number, time, deliveries and state are not."""
    store = operator.store()
    store.inbox.receive(new_event(1, project=text, trigger=text, submission_id=text), now=NOW)
    fail(store, 1, now=NOW, problem=text)
    _, row, _ = operator.lines("webhooks", "list")
    assert row.startswith("1      06-25 00:00 ")
    assert " 1    failed " in row
    assert row.count("…") == 4


def test_show_prints_facts_and_keeps_the_body_back(operator: Operator) -> None:
    """``show`` prints what is known of a webhook, and nothing personal without ``--body``."""
    store = operator.store()
    store.inbox.receive(new_event(1), now=NOW - 3600)
    fail(store, 1, now=NOW)
    assert operator.lines("webhooks", "show", "1") == [
        "number            1",
        "project           shop",
        "trigger           approved",
        "submission_id     evcka62mes001",
        "occurred_at       2026-06-24T11:20:00Z",
        "received_at       2026-06-24T23:00:00Z",
        "last_received_at  2026-06-24T23:00:00Z",
        "deliveries        1",
        "state             failed",
        "attempts          1",
        "replays           0",
        "problem           timeout",
        "not shown: the body, which is personal (--body shows it)",
    ]
    assert "jane" not in json.dumps(operator.data("webhooks", "show", "1"))


def test_show_prints_the_body_if_asked(operator: Operator) -> None:
    """``--body`` prints the members of the body as JSON."""
    operator.store().inbox.receive(new_event(1), now=NOW)
    assert operator.lines("webhooks", "show", "1", "--body")[-4:] == [
        "{",
        '  "webhook_trigger": "approved",',
        '  "email": "jane.doe@example.com"',
        "}",
    ]
    shown = operator.data("webhooks", "show", "1", "--body")
    assert shown["body"] == {"webhook_trigger": "approved", "email": "jane.doe@example.com"}
    listed = operator.data("webhooks", "list")["webhooks"][0]
    assert operator.data("webhooks", "show", "1") == listed


def test_number_that_is_not_kept_is_told(operator: Operator) -> None:
    """An unknown number is one line on stderr and exit code 1."""
    answer = operator("webhooks", "show", "7")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("liveform: there is no such webhook")
    error = json.loads(operator("webhooks", "show", "7", "--json").err)["error"]
    assert error["code"] == "unknown_webhook"


def test_replay_makes_webhooks_due_again(operator: Operator) -> None:
    """A webhook of any state is worked again from now on, each number once."""
    store = operator.store()
    for number in (1, 2, 3):
        store.inbox.receive(new_event(number), now=NOW - 10)
    fail(store, 3, now=NOW - 5)
    assert operator.lines("webhooks", "replay", "3", "1", "3") == [
        "2 due again; a running web helper works them within a moment"
    ]
    states = {one["number"]: (one["state"], one["replays"]) for one in listed(operator)}
    assert states == {1: ("waiting", 1), 2: ("failed", 0), 3: ("waiting", 1)}
    lease = store.inbox.lease(now=NOW, lease_s=60)
    assert lease is not None
    assert lease.kept.attempts == 1


def listed(operator: Operator) -> list[dict[str, object]]:
    """Return the webhooks that are listed."""
    webhooks: list[dict[str, object]] = operator.data("webhooks", "list")["webhooks"]
    return webhooks


def test_replay_of_an_unknown_number_is_told(operator: Operator) -> None:
    """Numbers that are not in the inbox are named, the others are due again, and the exit code is 1."""
    operator.store().inbox.receive(new_event(1), now=NOW)
    assert operator.lines("webhooks", "replay", "9", "1", "8", code=1) == [
        "not in the inbox: 8, 9",
        "1 due again; a running web helper works them within a moment",
    ]
    assert operator.data("webhooks", "replay", "9", "1", code=1) == {"replayed": [1], "unknown": [9]}
    assert operator.lines("webhooks", "replay", "9", code=1)[-1] == "0 due again"


def test_replay_says_if_nobody_works_them(operator: Operator) -> None:
    """With ``BACKGROUND_JOBS`` off in the settings, the command says that another process is needed."""
    operator.write_settings(more="background_jobs = false")
    operator.store().inbox.receive(new_event(1), now=NOW)
    (line,) = operator.lines("webhooks", "replay", "1")
    assert line == "1 due again; BACKGROUND_JOBS is off here, so another process has to work them"


def test_replay_of_all_that_failed(operator: Operator) -> None:
    """``--failed`` takes those alone that failed, however many there are."""
    store = operator.store()
    for number in range(1, 1101):
        store.inbox.receive(new_event(number), now=NOW - 10)
    fail(store, 1001, now=NOW - 5)
    assert operator.data("webhooks", "replay", "--failed") == {
        "replayed": list(range(1001, 0, -1)),
        "unknown": [],
    }
    assert operator.lines("webhooks", "replay", "--failed") == ["0 due again"]


def test_replay_of_what_failed_lately(operator: Operator) -> None:
    """With ``--since``, only webhooks that were delivered since then are worked again."""
    store = operator.store()
    for number, age in ((1, 2 * DAY + 1), (2, 2 * DAY), (3, 60)):
        store.inbox.receive(new_event(number), now=NOW - age)
    fail(store, 3, now=NOW)
    assert operator.data("webhooks", "replay", "--failed", "--since", "2d")["replayed"] == [3, 2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "webhooks replay: needs numbers of webhooks, or --failed"),
        (("1", "--failed"), "webhooks replay: needs numbers of webhooks, or --failed"),
        (("1", "--since", "2d"), "--since: goes with --failed"),
        (("--failed", "--since", "soon"), "--since: must be a duration"),
    ],
)
def test_replay_says_what_it_needs(operator: Operator, words: tuple[str, ...], said: str) -> None:
    """Numbers or ``--failed`` are needed, not both; ``--since`` goes with ``--failed``."""
    answer = operator("webhooks", "replay", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"liveform: {said}")


def test_unknown_project_is_told(operator: Operator) -> None:
    """``--project`` must be one of the settings."""
    answer = operator("webhooks", "list", "--project", "shoop")
    assert (answer.code, answer.err) == (2, "liveform: --project: must be one of shop\n")


def test_states_of_the_option_are_those_of_the_inbox(operator: Operator) -> None:
    """``--state`` takes every state of a webhook, and no other word."""
    for state in EventState:
        assert operator.data("webhooks", "list", "--state", state.value)["webhooks"] == []
    answer = operator("webhooks", "list", "--state", "lost")
    assert answer.code == 2
    assert "choose from" in answer.err
    assert "lost" not in answer.err
