"""The emulated machine: an aarch64 Python from Debian that qemu runs, and the wheels for it. All of it is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.deb_package import wheel_options
from hostcore.runtime.compiling.elsewhere import MACHINES, unpack_debian
from hostcore.workshop import Workshop

ENTERED = "WASI_HOST_PI_ENTERED"
"""A variable of the environment with the number of the process that is in its own mount namespace."""
EMULATOR = "qemu-aarch64-static"
CPU = "cortex-a53"
"""The processor of a Pi 3 and a Zero 2 W: ARMv8.0, the least that a 64-bit Pi has."""
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
PROGRAMS = {
    EMULATOR: "apt-get install qemu-user-static",
    "tmux": "apt-get install tmux",
    "unshare": "apt-get install util-linux",
}
"""What this computer needs, and how to get it."""
EXTRAS = "pi,web"
STARTER = """\
#!/bin/sh
# The name of this file is that of the program, so that Python finds its folder and its venv.
exec {emulator} -cpu {cpu} -L {root} -0 "$0" {program} "$@"
"""


class MissingError(Exception):
    """Something that this computer needs for the emulation is missing. The message says how to get it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What is on disk of the machine."""

    python: Path
    """Starts Python in the emulator, as does every link to it, such as that of a venv."""
    wheels: Path
    """The folder with the wheels of the host and of what it requires."""
    wheel: Path
    """The wheel of the host."""

    @property
    def wanted(self) -> str:
        """What is installed, in the words of pip."""
        return f"{self.wheel}[{EXTRAS}]"

    @property
    def is_compiled(self) -> bool:
        """Whether the wheel is for one architecture, and so carries the compiled Python of the sandbox."""
        return not self.wheel.name.endswith("-none-any.whl")


def make_machine(folder: Path, wheel: Path) -> Machine:
    """Fetch what is not in `folder` yet: 20 MB from Debian, and 25 MB from PyPI. Blocks for a minute.

    Call `enter` before.

    Args:
        folder: where the machine is kept.
        wheel: the wheel of the host.

    Raises:
        BuildError: this is not Debian, or its packages could not be fetched.
    """
    root = folder / "root"
    python = root / "usr" / "bin" / PYTHON
    program = python.with_name(f"{PYTHON}.elf")
    if not program.exists():
        shutil.rmtree(root, ignore_errors=True)
        unpack_debian(MACHINES["aarch64"], f"{PYTHON}-venv", root, Workshop(TerminalProgress()))
        python.rename(program)
    # The kernel runs no program for aarch64, so a program in its place starts it in the emulator.
    python.write_text(STARTER.format(emulator=EMULATOR, cpu=CPU, root=root, program=program), encoding="utf-8")
    python.chmod(0o755)
    _show_folders(root)
    machine = Machine(python, folder / "wheels", wheel)
    _fetch_wheels(machine)
    return machine


def require_programs() -> None:
    """Raise MissingError if this computer lacks a program."""
    for program, how in PROGRAMS.items():
        if shutil.which(program) is None:
            raise MissingError(f"{program} is missing: {how}")


def enter(arguments: Sequence[str]) -> None:
    """Go on in a mount namespace of its own. Does not return the first time: this process begins again.

    Args:
        arguments: those of this process.
    """
    if os.environ.get(ENTERED) != str(os.getpid()):  # unshare(1) keeps the number
        os.environ[ENTERED] = str(os.getpid())
        options = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
        os.execvp("unshare", ["unshare", *options, sys.executable, "-m", "tests.pi", *arguments])


def _show_folders(root: Path) -> None:
    """Put this computer's folders below the root of the machine as well, for this process and those that it starts.

    The emulator looks for each path below that root first. A program that walks down from / finds only what is there.
    """
    for top in sorted({root.parts[1], "tmp"}):
        (root / top).mkdir(exist_ok=True)
        subprocess.run(["mount", "--rbind", f"/{top}", root / top], check=True)


def _fetch_wheels(machine: Machine) -> None:
    """Fetch the wheels that are not there yet."""
    folder = machine.wheels
    folder.mkdir(exist_ok=True)
    for old in folder.glob("wasi_python_host-*"):
        old.unlink()
    subprocess.run(
        [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
            *wheel_options("aarch64", PYTHON.removeprefix("python")), f"--find-links={folder}", f"--dest={folder}",
            machine.wanted,
        ],
        check=True,
    )  # fmt: skip
