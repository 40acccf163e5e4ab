"""The near end of a screen over ssh: runs the person's own ssh, which runs a bridge on the computer of the host."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from hostcore.clock import RealClock
from hostcore.control.bridge import READY
from hostcore.control.remote_session import RemoteSession
from hostcore.errors import HostError
from hostcore.log.safe_text import log_line
from hostcore.threads import HostThread

CONNECT_SECONDS = 20.0
"""Seconds for which a later connection waits for each answer. The first one waits for the person's passphrase."""
END_SECONDS = 0.4
"""Seconds that ssh may take to end when it is told to."""
MOST_NOISE = 1 << 16
"""The most bytes that a login shell may print before the bridge is ready."""
MOST_WORDS = 1 << 13
"""The newest bytes of standard error that are kept."""
NOT_FOUND, SSH_FAILED = 127, 255
"""Exit statuses: the shell found no such command there (POSIX); ssh itself failed (ssh(1))."""
OPTIONS = (
    "-T", "-x", "-a", "-C",
    *("-o", "ServerAliveInterval=5"),
    *("-o", "ServerAliveCountMax=3"),
    *("-o", "ConnectTimeout=10"),
    *("-o", "LogLevel=ERROR"),
    *("-o", "ControlPath=none"),
    *("-o", "ClearAllForwardings=yes"),
    *("-o", "RemoteCommand=none"),
)  # fmt: skip
"""No terminal and no forwarding; compressed, because events are text that repeats itself; a lost network is noticed
after 15 s. It shares no connection with other programs: a shared one would not be noticed, and would be left behind.
See ssh(1) and ssh_config(5)."""
NO_SSH = "this computer has no ssh, which --on needs; on Debian: sudo apt install openssh-client"
FAR_SCRIPT = 'PATH="$PATH:$HOME/.local/bin"; exec wasi-host "$@"'
"""Starts the command there. pipx and uv install to a folder that is not on the path of a shell without a login."""

SLOWEST_BYTES_PER_S = 50_000
"""The least bytes in a second that a network is expected to carry."""


def check_target(target: str) -> str:
    """Return the computer that a person named for ssh, such as ``pi@raspberrypi``.

    Raises:
        ValueError: ssh would take it for something else. The message says what is allowed.
    """
    if not target or target.startswith("-") or not target.isprintable() or " " in target:
        raise ValueError("a computer for ssh, such as pi@raspberrypi, without spaces and without - at its beginning")
    return target


class SshLink:
    """Connects to the host on another computer, again and again. Only one connection lives at a time. Thread-safe.

    Args:
        target: the computer, as ssh takes it.
        config: the settings file there; None for the usual one.

    Raises:
        ValueError: see `check_target`.
    """

    def __init__(self, target: str, config: Path | None = None) -> None:
        self._target, self._config = check_target(target), config
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._words = _Words()
        self._is_first, self._is_stopped = True, False

    @property
    def process(self) -> int:
        """The PID of ssh; 0 if none runs."""
        with self._lock:
            return self._process.pid if self._process else 0

    def connect(self) -> socket.socket:
        """Return a new connection, and end the one before. Blocks for seconds.

        Until one has succeeded, ssh may ask the person for a passphrase or about an unknown computer, and this blocks
        until it has its answer.

        Raises:
            HostError: ssh is missing or fails, or no host runs there. The message says what to do.
            OSError: the connection broke.
        """
        self._end()
        near, far = socket.socketpair()
        try:
            with far:
                process = self._started(far)
            near.settimeout(None if self._is_first else CONNECT_SECONDS)
            if not _becomes_ready(near):
                raise HostError(self._problem(process))
        except BaseException:
            near.close()
            raise
        self._is_first = False
        return near

    def stop(self) -> None:
        """End ssh, and start it no more. Blocks for less than a second."""
        with self._lock:
            self._is_stopped = True
        self._end()

    def _started(self, far: socket.socket) -> subprocess.Popen[bytes]:
        command = _command(self._target, self._config, "bridge", may_ask=self._is_first)
        end = far.fileno()
        with self._lock:
            if self._is_stopped:
                raise HostError("this screen is being closed")
            try:
                # A later one has no terminal to ask on: that is the screen's.
                self._process = subprocess.Popen(
                    command, stdin=end, stdout=end, stderr=subprocess.PIPE, start_new_session=not self._is_first
                )
            except FileNotFoundError:
                raise HostError(NO_SSH) from None
            self._words = _Words(self._process.stderr)
            return self._process

    def _problem(self, process: subprocess.Popen[bytes]) -> str:
        """Return why the bridge did not become ready, and what to do."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
        return _problem_on(self._target, process.poll(), self._words.last_line())

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _ended(process)


def _without_full_stop(line: str) -> str:
    """Return a line as a part of a sentence. A full stop after a space is a folder, as in ``cp a b .``."""
    return line if line.endswith(" .") else line.removesuffix(".")


class _Words:
    """What ssh and the command there write to standard error. It is read all the time, so that they never wait.

    Args:
        pipe: their standard error. It is closed when they have closed it.

    Raises:
        NoThreadError: no thread can be started.
    """

    def __init__(self, pipe: IO[bytes] | None = None) -> None:
        self._kept = b""
        self._thread = HostThread(self._read, "ssh messages", pipe)
        if pipe is not None:
            self._thread.start()

    def last_line(self) -> str:
        """Return the last line, made safe. Blocks for up to `END_SECONDS` for its end."""
        self._thread.join(END_SECONDS)
        lines = [line.strip() for line in self._kept.decode(errors="replace").splitlines() if line.strip()]
        return log_line(_without_full_stop(lines[-1])) if lines else ""

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            while part := os.read(pipe.fileno(), MOST_WORDS):
                self._kept = (self._kept + part)[-MOST_WORDS:]


@contextmanager
def attached_over_ssh(target: str, config: Path | None, unwanted: tuple[type, ...] = ()) -> Iterator[RemoteSession]:
    """Make a context with the session of the host on another computer, which has not started. Blocks for seconds.

    Args:
        target: the computer, as ssh takes it.
        config: the settings file there; None for the usual one.
        unwanted: the kinds of events that nobody here subscribes to. They do not cross.

    Raises:
        HostError: the host cannot be reached, or refuses.
    """
    link = SshLink(target, config)
    try:
        try:
            session = RemoteSession(link.connect, RealClock(), unwanted, computer=target)
        except (OSError, ValueError) as error:
            raise HostError(f"the host on {target} does not answer: {error}") from None
        try:
            yield session
        finally:
            link.stop()  # first, so that the session waits for no connection
            session.stop()
    finally:
        link.stop()


def send_over_ssh(target: str, config: Path | None, words: Sequence[str], content: bytes) -> None:
    """Run ``wasi-host`` on another computer, with `content` as its input. Blocks until it ends: for 20 s at most, and
    for as long as a slow network needs for the content.

    It asks the person nothing: call it after `attached_over_ssh`.

    Args:
        target: the computer, as ssh takes it.
        config: the settings file there; None for the usual one.
        words: the arguments there.
        content: its standard input.

    Raises:
        HostError: it failed, or did not end.
    """
    command = _command(check_target(target), config, *words, may_ask=False)
    seconds = CONNECT_SECONDS + len(content) / SLOWEST_BYTES_PER_S
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except FileNotFoundError:
        raise HostError(NO_SSH) from None
    said, process.stderr = _Words(process.stderr), None
    try:
        process.communicate(content, seconds)
    except subprocess.TimeoutExpired:
        raise HostError(f"{target} did not answer within {seconds:.0f} s; it may have done it") from None
    finally:
        _ended(process)
    if process.returncode:
        raise HostError(_problem_on(target, process.returncode, said.last_line()))


def _command(target: str, config: Path | None, *words: str, may_ask: bool) -> list[str]:
    """Return the words of ssh that run ``wasi-host`` there.

    Args:
        target: the computer, as ssh takes it.
        config: the settings file there; None for the usual one.
        words: the arguments there.
        may_ask: whether ssh may ask the person for a passphrase or about an unknown computer.
    """
    silence = () if may_ask else ("-o", "BatchMode=yes")
    return ["ssh", *OPTIONS, *silence, "--", target, far_command(config, *words)]


def far_command(config: Path | None, *words: str) -> str:
    """Return the command for the shell there, which may be any: its own words, and then those of `FAR_SCRIPT`."""
    settings = [] if config is None else [f"--config={config}"]
    return shlex.join(["exec", "sh", "-c", FAR_SCRIPT, "wasi-host", *settings, *words])


def _ended(process: subprocess.Popen[bytes]) -> None:
    """End ssh, if it has not ended. Blocks for less than a second."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _becomes_ready(near: socket.socket) -> bool:
    """Wait for the line of the bridge, and skip everything before it. The host says nothing before it is asked."""
    arrived = b""
    while not arrived.endswith(READY + b"\n"):
        part = near.recv(4096)
        arrived += part
        if not part or len(arrived) > MOST_NOISE:
            return False
    return True


def _problem_on(target: str, status: int | None, words: str) -> str:
    """Return why a command there failed, and what to do. `status` is None if it goes on."""
    there = f"on {target}"
    if status is None:
        return f"{there}, something else than wasi-host answers: {words or 'it did not say what'}"
    if status == NOT_FOUND:
        return (
            f"there is no wasi-host {there}, or its folder is not on the PATH there. Install it there; "
            "sudo ln -s FOLDER/wasi-host /usr/local/bin puts one on the PATH that is in FOLDER"
        )
    if status == SSH_FAILED:
        return f"ssh cannot connect to {target}: {words or 'it did not say why'}. Try: ssh {target}"
    return f"{there}: {words or f'wasi-host ended with status {status}'}"
