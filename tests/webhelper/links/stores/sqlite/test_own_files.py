"""These tests make files in a directory that belongs to somebody else."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from webhelper.links.stores.sqlite import own_files
from webhelper.links.stores.sqlite.reasons import reason


def test_new_file_is_of_its_owner_alone_and_replaces_nothing(tmp_path: Path) -> None:
    """A file or a link of its name, even one that leads nowhere, is refused."""
    os.close(own_files.make(tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("new", "link"):
        with pytest.raises(FileExistsError):
            own_files.make(tmp_path / name)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("kind", ["pipe", "second name", "link", "directory"])
def test_what_could_be_somebody_elses_is_not_opened(tmp_path: Path, kind: str) -> None:
    """A pipe is refused without waiting, and so is what others can have named; nothing stays open."""
    path = tmp_path / "file"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "second name":
        tmp_path.chmod(0o777)
        (tmp_path / "other").touch()
        path.hardlink_to(tmp_path / "other")
    elif kind == "link":
        path.symlink_to(tmp_path / "other")
    else:
        path.mkdir()
    opened = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the words for an operator are looked at below
        own_files.open_or_make(path, owner=tmp_path)
    is_directory = kind == "directory"
    assert reason(caught.value) == (
        "it is a directory" if is_directory else "file is not a regular file with one name"
    )
    assert set(Path("/proc/self/fd").iterdir()) == opened


@pytest.mark.parametrize(
    ("owner", "mode", "is_opened"),
    [(0, 0o755, True), (0, 0o700, True), (4711, 0o755, False), (0, 0o775, False), (0, 0o757, False)],
)
def test_file_with_a_second_name_is_opened_if_nobody_else_can_have_given_it(
    owner: int, mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_opened: bool
) -> None:
    """A copy by hard links stops nothing where only the owner of the file can write its directory."""
    path, is_of = tmp_path / "file", os.getuid()
    path.touch()
    (tmp_path / "snapshot").hardlink_to(path)
    directory = os.stat_result((stat.S_IFDIR | mode, 1, 1, 1, is_of + owner, 0, 1, 1, 1, 1))
    monkeypatch.setattr(Path, "stat", lambda _: directory)
    if is_opened:
        os.close(own_files.open_or_make(path, owner=path))
    else:
        with pytest.raises(OSError, match="file is not a regular file with one name"):
            own_files.open_or_make(path, owner=path)


def test_file_gets_owner_and_rights_of_a_regular_file_alone(tmp_path: Path) -> None:
    """The rights are taken over without those of programs; a link has none to take over."""
    (tmp_path / "there").touch()
    (tmp_path / "there").chmod(0o4757)
    (tmp_path / "link").symlink_to(tmp_path / "there")
    new = own_files.make(tmp_path / "new")
    own_files.belong_as(tmp_path / "there", new)
    with pytest.raises(OSError, match="not a regular file"):
        own_files.belong_as(tmp_path / "link", new)
    os.close(new)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o757


def test_file_that_was_replaced_is_noticed(tmp_path: Path) -> None:
    """A name that leads to another file now, also by a link to the first one, is an error."""
    path, away = tmp_path / "new", tmp_path / "away"
    descriptor = own_files.make(path)
    own_files.check_name(path, descriptor)
    path.rename(away)
    path.symlink_to(away)
    with pytest.raises(OSError, match="something else in its place") as caught:
        own_files.check_name(path, descriptor)
    assert reason(caught.value) == "another program has put something else in its place"
    os.close(descriptor)


class Machine:
    """Who owns the directories of a path, and who calls; nothing of it is real."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, object]] = []
        self.user, self.owners, self.can_write = 0, {"/srv/shop": (4711, 4712, 0o700)}, True
        for name in ("setgroups", "setegid", "seteuid"):
            monkeypatch.setattr(os, name, lambda value, name=name: self.calls.append((name, value)))
        monkeypatch.setattr(os, "getgroups", lambda: [0, 7])
        monkeypatch.setattr(os, "getegid", lambda: 3)
        monkeypatch.setattr(os, "geteuid", lambda: self.user)
        monkeypatch.setattr(os, "access", lambda *_, effective_ids: effective_ids and self.can_write)
        monkeypatch.setattr(os.path, "realpath", str)
        monkeypatch.setattr(Path, "stat", lambda path, **_: self.stat(path))

    def stat(self, path: Path) -> os.stat_result:
        """Return owner, group and rights of a directory; they are root's unless said otherwise."""
        user, group, mode = self.owners.get(str(path), (0, 0, 0o755))
        return os.stat_result((stat.S_IFDIR | mode, 1, 1, 1, user, group, 1, 1, 1, 1))


LAID_DOWN = [("setgroups", []), ("setegid", 4712), ("seteuid", 4711)]
TAKEN_UP = [("seteuid", 0), ("setegid", 3), ("setgroups", [0, 7])]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """Return a machine on which root makes a file in a directory of user 4711."""
    with monkeypatch.context() as patches:
        yield Machine(patches)


@pytest.mark.parametrize(
    ("user", "owners"),
    [
        (0, {}),
        (4711, {"/srv/shop": (4711, 4712, 0o700)}),
        (4711, {}),
        (0, {"/srv/shop": (4711, 4712, 0o700), "/srv": (0, 0, 0o700)}),
        (0, {"/srv/shop": (4711, 4712, 0o700), "/": (0, 4712, 0o705)}),
    ],
    ids=["directory of root's", "owner", "other user", "root's directory above", "group kept out"],
)
def test_who_need_not_or_cannot_act_as_the_owner_acts_as_before(
    user: int, owners: dict[str, tuple[int, int, int]], machine: Machine
) -> None:
    """Only root can act as another user, and need not where that one has no file."""
    machine.user, machine.owners = user, owners
    with own_files.as_owner_of(Path("/srv/shop")):
        pass
    assert machine.calls == []


@pytest.mark.parametrize("above", [(0, 0, 0o711), (0, 4712, 0o710), (4711, 4712, 0o600)])
def test_root_acts_as_the_owner_of_a_directory_until_the_block_ends(
    above: tuple[int, int, int], machine: Machine
) -> None:
    """Root's groups are laid down first and come back last, also after an error."""
    machine.owners["/srv"] = above
    with suppress(KeyError), own_files.as_owner_of(Path("/srv/shop")):
        assert machine.calls == LAID_DOWN
        raise KeyError
    assert machine.calls == LAID_DOWN + TAKEN_UP


def test_root_makes_no_files_where_the_owner_of_the_directory_cannot(machine: Machine) -> None:
    """A directory that its owner cannot write is an error that says so, and root is root again."""
    machine.can_write = False
    refused = pytest.raises(OSError, match="give it to the user that serves")
    with refused as caught, own_files.as_owner_of(Path("/srv/shop")):
        pass
    said = "the owner of its directory cannot make files there; give it to the user that serves"
    assert reason(caught.value) == said
    assert machine.calls == LAID_DOWN + TAKEN_UP
