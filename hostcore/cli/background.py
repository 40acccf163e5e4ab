"""``wasi-host up`` and ``down``: a host in the background, without a terminal and without systemd."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore.cli.background_log import log_file_of
from hostcore.cli.lines import say
from hostcore.cli.progress_bar import LINE_SECONDS, TerminalProgress
from hostcore.cli.settings_file import settings_and_host
from hostcore.cli.statuses import ExitStatus
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.control.awaited import awaited_host
from hostcore.control.holder import Holder, present_holder
from hostcore.errors import HostError
from hostcore.files import make_folder
from hostcore.log.safe_text import escaped
from hostcore.service.belonging import systemctl_of
from hostcore.service.installing import workplace
from hostcore.service.notify import SOCKET
from hostcore.service.readiness import Readiness

POLL_SECONDS = 0.2
"""Seconds between two looks whether the new host has ended."""
FIRST_LINE_SECONDS = 10.0
"""Seconds after which a start that is not over says why, if standard error is no terminal. Then it does so again every
`LINE_SECONDS`."""
STOP_SECONDS = 15.0
"""Seconds that a host may take to end. It takes about two."""
LAST_BYTES, LAST_LINES = 65_536, 20
"""How much of the log is shown of a host that did not start."""


def up(config_file: Path | None) -> int:
    """Start a host in the background. Blocks until it is ready, which takes minutes if it has to compile.

    Returns:
        0, also if it ran already.

    Raises:
        HostError: it does not start; the message has the last lines of its log.
        OSError: its log cannot be written.
    """
    config = find_and_load(config_file)
    if (holder := present_holder(config.path)) is not None:
        return _runs_already(config.path, holder)
    log = log_file_of(config)
    if config.log.file is None:
        make_folder(log.parent)
    with tempfile.TemporaryDirectory(prefix="wasi-host-") as folder, Readiness(Path(folder) / "notify") as readiness:
        begin = log.stat().st_size if log.exists() else 0
        host = _started(config, log, readiness)
        try:
            status = _await(host, readiness)
        except KeyboardInterrupt:
            host.terminate()
            host.wait()
            raise
    if status is None:
        if (holder := present_holder(config.path)) is not None:  # another one was started at the same time
            return _runs_already(config.path, holder)
        raise HostError(
            f"the host ended with status {host.returncode} before it was ready; {_last_lines(log, begin) or log}"
        )
    awaited_host(config.path)  # so that the next command reaches it
    say(f"{config.path}: a host runs in the background (PID {host.pid}): {status}; log: {log}")
    return ExitStatus.DONE


def _runs_already(config: Path, holder: Holder) -> int:
    systemctl = systemctl_of(holder.process)
    by = f"; systemd runs it: {systemctl} status wasi-host" if systemctl else ""
    say(f"{config}: {holder} uses these settings already{by}")
    return ExitStatus.DONE


def down(config_file: Path | None) -> int:
    """Stop the host with these settings, and wait for its end. Returns 0, also if there was none.

    Raises:
        HostError: it belongs to systemd, cannot be stopped, or does not end.
    """
    path, holder = settings_and_host(config_file)
    if holder is None:
        say(f"{path}: no host runs")
        return ExitStatus.DONE
    if (systemctl := systemctl_of(holder.process)) is not None:
        raise HostError(f"systemd runs the host (PID {holder.process}); stop it with: {systemctl} stop wasi-host")
    with _process(path, holder) as handle:
        signal.pidfd_send_signal(handle, signal.SIGTERM)
        if not select.select([handle], [], [], STOP_SECONDS)[0]:
            raise HostError(
                f"the host (PID {holder.process}) does not end within {STOP_SECONDS:.0f} s; "
                f"a plugin's transfer may hang. kill -9 {holder.process} ends it at once"
            )
    say(f"{path}: the host (PID {holder.process}) has ended")
    return ExitStatus.DONE


def _started(config: Config, log: Path, readiness: Readiness) -> subprocess.Popen[bytes]:
    """Start a host that outlives this process and its terminal. Its last words before it has a log go there, too."""
    place = workplace(config)
    make_folder(place)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", "--config", config.path, "run", "--log", log],
            cwd=place,
            env={**_lasting_environment(), SOCKET: str(readiness.address)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=handle,
            start_new_session=True,
        )
    finally:
        os.close(handle)


def _lasting_environment() -> dict[str, str]:
    """Return the environment of a host that goes on after the logout.

    The runtime folder of a login is removed with it, and the host's socket would be gone. Without one, the socket is in
    the user's cache folder, where commands look, too.
    """
    return {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}


def _await(host: subprocess.Popen[bytes], readiness: Readiness) -> str | None:
    """Wait until the host is ready. Return its status; None if it ended before."""
    progress = TerminalProgress()
    progress.status("starting ...")
    next_line = time.monotonic() + FIRST_LINE_SECONDS
    try:
        while host.poll() is None:
            status = readiness.take(POLL_SECONDS)
            if readiness.is_ready:
                return status
            if status:
                is_due = time.monotonic() >= next_line
                progress.status(f"starting: {escaped(status)} ...", on_its_own=is_due)
                next_line += LINE_SECONDS if is_due else 0.0
        return None
    finally:
        progress.status("")


@contextmanager
def _process(config: Path, holder: Holder) -> Iterator[int]:
    """Make a context with a descriptor of the host's process. Its number cannot have passed to another process.

    Raises:
        HostError: it has just ended, or its number is not known.
    """
    if not holder.process:
        raise HostError(f"{config} is in use, but the file of the lock does not say by which process: is a disk full?")
    try:
        handle = os.pidfd_open(holder.process)
    except OSError as error:
        raise HostError(f"the host (PID {holder.process}) cannot be stopped: {error.strerror}") from None
    try:
        if present_holder(config) != holder:
            raise HostError(f"the host (PID {holder.process}) has just ended, and another one may have started")
        yield handle
    finally:
        os.close(handle)


def _last_lines(log: Path, begin: int) -> str:
    """Return the newest lines of the log from a position on."""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(min(begin, size), size - LAST_BYTES))
        lines = file.read(LAST_BYTES).decode(errors="replace").splitlines()[-LAST_LINES:]
    return f"the end of {log}:\n" + "\n".join(lines) if lines else ""
