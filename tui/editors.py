"""The person's editor: which one it is, and how it is told the line of a file."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import MappingProxyType

from hostcore.errors import HostError

VARIABLES = ("VISUAL", "EDITOR")
"""The variables of the environment that name the editor, as environ(7) says. The first that is set counts."""
COMMON = ("editor", "nano", "vim", "vi", "emacs", "micro", "hx")
"""The editors that are looked for if no variable is set. The first is the one that Debian's administrator chose."""
PLUS = frozenset({
    "editor", "sensible-editor", "vi", "vim", "vim.tiny", "vim.basic", "vim.nox", "nvim", "view", "nano", "rnano",
    "pico", "emacs", "emacsclient", "mg", "jed", "joe", "ne", "kak", "micro", "mcedit", "gedit", "gvim",
})  # fmt: skip
"""Editors that take ``+LINE`` before the file, as their manuals say."""
COLON = frozenset({"hx", "helix", "subl", "zed", "zeditor"})
"""Editors that take ``FILE:LINE``."""
GOTO = frozenset({"code", "code-insiders", "codium", "vscodium", "cursor"})
"""Editors that take ``--goto FILE:LINE``."""
WAITING: Mapping[str, str] = MappingProxyType(
    {**dict.fromkeys((*GOTO, "subl", "zed", "zeditor", "gedit"), "--wait"), "gvim": "--nofork"}
)
"""Editors that end at once and leave a window, and the option that lets them end when its file is closed."""

MOST_ERRORS = 1_000
"""Bytes of what a program wrote to standard error that are shown."""


def editor_command(
    file: Path,
    line: int = 0,
    environ: Mapping[str, str] = os.environ,
    find: Callable[[str], str | None] = shutil.which,
    *,
    waits: bool = False,
) -> tuple[str, ...]:
    """Return the program and the arguments that edit a file.

    Args:
        file: the file. Its absolute path is used.
        line: the line to begin at, from 1; 0 for none. An editor that is not known here is not told the line.
        environ: the variables that may name an editor, with arguments as a shell splits them.
        find: returns where a program is; None if it is not installed.
        waits: whether the program must not end before the person has closed the file.

    Raises:
        HostError: there is no editor, or the variable cannot be understood. The message says what to set.
    """
    program, *options = _editor(environ, find)
    path, name = str(file.absolute()), Path(program).name
    if waits and name in WAITING:
        options.append(WAITING[name])
    if line and name in PLUS:
        return program, *options, f"+{line}", path
    if line and name in COLON:
        return program, *options, f"{path}:{line}"
    if line and name in GOTO:
        return program, *options, "--goto", f"{path}:{line}"
    return program, *options, path


def _editor(environ: Mapping[str, str], find: Callable[[str], str | None]) -> list[str]:
    for variable in VARIABLES:
        value = environ.get(variable, "").strip()
        if not value:
            continue
        try:
            words = shlex.split(value)
        except ValueError as problem:
            raise HostError(f"{variable} is {value!r}, which is no command: {problem}; try {variable}=nano") from None
        if find(words[0]) is None:
            there = next((name for name in COMMON if find(name)), "")
            advice = f"{there} is: start again with {variable}={there}" if there else "install one, such as nano"
            raise HostError(f"{variable} is {value!r}, but {words[0]!r} is not installed; {advice}")
        return words
    for name in COMMON:
        if find(name):
            return [name]
    raise HostError("found no editor; install one, such as nano, or set VISUAL or EDITOR to yours, then start again")


async def run_editor(command: Sequence[str], name: str = "", errors: Path | None = None) -> str:
    """Run an editor, or another program, on this process's terminal, and wait until it ends. For the main thread.

    Ctrl+C and Ctrl+\\ are the editor's meanwhile. If the task is cancelled, the editor is told to end.

    Args:
        command: the program and its arguments.
        name: its name for a person; by default the program's file.
        errors: a new file for what it writes to standard error, which becomes what went wrong; None for the terminal.

    Returns:
        What went wrong, in one sentence; "" if nothing did.
    """
    try:
        with _keyboard_signals_left_to_others(), nullcontext() if errors is None else errors.open("wb") as stream:
            process = await asyncio.create_subprocess_exec(*command, stderr=stream)
            try:
                status = await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                raise
    except OSError as error:
        return f"{name or command[0]} did not start: {error.strerror}"
    return (_told(errors) or f"{name or command[0]} ended with status {status}") if status else ""


def _told(errors: Path | None) -> str:
    """The beginning of what a program wrote to standard error; "" if that is nothing."""
    if errors is None:
        return ""
    with suppress(OSError), errors.open("rb") as stream:
        return " ".join(stream.read(MOST_ERRORS).decode(errors="replace").split())
    return ""


@contextmanager
def _keyboard_signals_left_to_others() -> Iterator[None]:
    """Within this context, a signal from the keyboard does not end this process. A child has its own handlers."""
    before = {each: signal.signal(each, lambda *_: None) for each in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
