"""Tests of ``liveform completion``, which prints a script for a shell."""

import json
import subprocess
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest
from commands import Command

from liveform.cli import completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_of_each_shell_knows_commands_and_options(shell: str, liveform: Command) -> None:  # T2
    """The script of a shell has the commands, the options of parameters and the choices, but no ``--key``."""
    answer = liveform("completion", shell)
    assert (answer.code, answer.err) == (0, "")
    words = ("knowledge", "explain", "userid", "allowed-countries", "register", "svg")
    assert [word for word in words if word not in answer.out] == []
    assert "--key " not in answer.out
    assert "--face-auth-key " not in answer.out
    assert json.loads(liveform("completion", shell, "--json").out)["script"].startswith(answer.out[:200])


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["ur"], "url"),
        (["url", "--useri"], "--userid"),
        (["url", "--cipher", "e"], "ecb"),
        (["tokens", "reg"], "register"),
    ],
)
def test_script_of_bash_completes(words: list[str], answer: str, liveform: Command) -> None:  # T2
    """Bash takes the script and completes a command, an option and a choice."""
    Path("completion").write_text(liveform("completion", "bash").out)
    line = " ".join(["liveform", *words])
    script = (
        f"source completion; COMP_WORDS=({line}); COMP_CWORD={len(words)}; COMP_LINE='{line}'; "
        "_shtab_liveform; echo ${COMPREPLY[@]}"
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [answer]


def test_shell_that_is_not_known_is_refused(liveform: Command) -> None:  # T2
    """Another shell is answered with those that there are."""
    answer = liveform("completion", "tcsh")
    assert answer.code == 2
    assert "'bash', 'zsh', 'fish'" in answer.err or "bash, zsh, fish" in answer.err


def test_completion_without_shtab_names_the_extra(
    liveform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:  # T6
    """Without shtab the command says with which extra it comes."""

    def find(name: str) -> ModuleSpec | None:
        return None if name == "shtab" else find_spec(name)

    monkeypatch.setattr(completion, "find_spec", find)
    answer = liveform("completion", "bash")
    problem = "shtab: is not installed; it comes with the extra liveform[completion]"
    assert (answer.code, answer.err) == (2, f"liveform: {problem}\n")
