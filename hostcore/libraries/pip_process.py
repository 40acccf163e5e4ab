"""Runs pip in a process that is limited: ``python -P -m hostcore.libraries.pip_process ARGUMENT...``.

The working directory takes all that pip writes, except for its own cache: its report, its downloads, its temporary
files, and its output. The output is a file, so that the host sees at once how far pip is. An index is hostile, so the
process has limits for its memory and for each of its files. It ends if the host ends.
"""

from __future__ import annotations

import os
import runpy
import sys

from hostcore.libraries.wheel import LARGEST_WHEEL
from hostcore.workshop import be_modest

OUTPUT, TEMPORARY = "output.txt", "temporary"
"""A file and a folder in the working directory."""
MOST_MEMORY = 512 << 20
"""Bytes of data. pip takes about 60 MiB, and more for an index page with thousands of files."""
LARGEST_FILE = 2 * LARGEST_WHEEL
"""Bytes of a file that it writes, its output included."""
ENVIRONMENT = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_BINARY": ":none:",  # sources of some packages, as a person may want them elsewhere
    "PIP_NO_COLOR": "1",
    "PIP_NO_INPUT": "1",
    "PIP_PROGRESS_BAR": "off",
    "PIP_QUIET": "0",
    "PIP_REQUIRE_HASHES": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_RESOLVER_DEBUG": "1",  # its output names each requirement with the package that has it
    "PIP_USER": "0",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
}
"""Settings that must not be the person's own, because nothing is installed. All others are."""
REFUSED = "wasi-host allows no other program"
"""What pip's output contains if pip wanted to run one."""
_PROGRAMS = frozenset({"os.exec", "os.fork", "os.forkpty", "os.spawn", "os.system", "subprocess.Popen"})
"""The audit events of starting a program (Python Library Reference, "Audit events table"). `subprocess` raises its own
before it uses os.posix_spawn."""
_KEYRING = "keyring"
"""The program that knows the person's passwords, if pip is set to ask it (``--keyring-provider=subprocess``)."""


def main() -> None:
    """Run pip with the arguments of this process. Exits with its status."""
    be_modest(memory=MOST_MEMORY, file_size=LARGEST_FILE)
    os.makedirs(TEMPORARY, exist_ok=True)  # noqa: PTH103 - pathlib is not needed otherwise
    os.environ.update(ENVIRONMENT, TMPDIR=os.path.abspath(TEMPORARY))  # noqa: PTH100
    handle = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(handle, stream.fileno())
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
    sys.argv[0] = "pip"
    sys.addaudithook(refuse_programs)
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


def refuse_programs(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to start a program: an audit hook (PEP 578).

    pip builds a package in another process, and clones a repository with git. Its options leave sources out, but not
    those that a requirement names by an address or a path.

    Raises:
        PermissionError: for every program but the keyring. pip goes on without those that only tell it what computer
            this is (lsb_release, rustc).
    """
    if event in _PROGRAMS and os.path.basename(str(next(iter(arguments), ""))) != _KEYRING:  # noqa: PTH119
        raise PermissionError(REFUSED)


if __name__ == "__main__":
    main()
