"""The emulated machine: an aarch64 Python from Debian that qemu runs, and the wheels for it. All of it is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hostcore.deb_package import GLIBC

ENTERED = "WASI_HOST_PI_ENTERED"
"""A variable of the environment with the number of the process that is in its own mount namespace."""
EMULATOR = "qemu-aarch64-static"
CPU = "cortex-a53"
"""The processor of a Pi 3 and a Zero 2 W: ARMv8.0, the least that a 64-bit Pi has."""
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
EXTRAS = "web"
HARDWARE = ("gpiod>=2.2", "pyserial>=3.5")
"""The libraries for hardware that have wheels for aarch64."""
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
    def wanted(self) -> tuple[str, ...]:
        """What is installed, in the words of pip."""
        return f"{self.wheel}[{EXTRAS}]", *HARDWARE

    @property
    def is_compiled(self) -> bool:
        """Whether the wheel is for one architecture, and so carries the compiled Python of the sandbox."""
        return not self.wheel.name.endswith("-none-any.whl")


def make_machine(folder: Path, wheel: Path) -> Machine:
    """Fetch what is not in `folder` yet: 20 MB from Debian, and 25 MB from PyPI. Blocks for a minute.

    Args:
        folder: where the machine is kept.
        wheel: the wheel of the host.

    Raises:
        MissingError: this computer cannot emulate it.
    """
    if shutil.which(EMULATOR) is None:
        raise MissingError(f"{EMULATOR} is missing: apt-get install qemu-user-static")
    if shutil.which("dpkg-deb") is None or shutil.which("apt-get") is None:
        raise MissingError("apt-get and dpkg-deb are missing: the Python of the machine comes from Debian")
    python = folder / "root" / "usr" / "bin" / PYTHON
    if not python.with_suffix(".elf").exists():
        _fetch_python(folder)
        _make_starter(folder / "root", python)
    machine = Machine(python, folder / "wheels", wheel)
    _fetch_wheels(machine)
    return machine


def _fetch_python(folder: Path) -> None:
    """Unpack Debian's Python, with all that it requires, below a folder: the packages of this computer stay."""
    apt, root = folder / "apt", folder / "root"
    for each in ("state/lists/partial", "cache/archives/partial"):
        (apt / each).mkdir(parents=True, exist_ok=True)
    (apt / "state" / "status").touch()
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    options = [
        "-qq", "-o", "APT::Architecture=arm64", "-o", "APT::Architectures::=arm64", "-o", "Debug::NoLocking=1",
        "-o", f"Dir::State={apt}/state", "-o", f"Dir::State::status={apt}/state/status",
        "-o", f"Dir::Cache={apt}/cache",
    ]  # fmt: skip
    subprocess.run(["apt-get", *options, "update"], check=True)
    install = ["install", "--yes", "--no-install-recommends", "--download-only", f"{PYTHON}-venv"]
    subprocess.run(["apt-get", *options, *install], check=True)
    for package in sorted((apt / "cache" / "archives").glob("*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)


def _make_starter(root: Path, python: Path) -> None:
    """Put a program in the place of Python that starts it in the emulator: the kernel runs no program for aarch64.

    Args:
        root: the root of the machine's system.
        python: its Python.
    """
    program = python.rename(python.with_suffix(".elf"))
    python.write_text(STARTER.format(emulator=EMULATOR, cpu=CPU, root=root, program=program), encoding="utf-8")
    python.chmod(0o755)


def enter(folder: Path, arguments: Sequence[str]) -> None:
    """Go on in a mount namespace of its own, which has this computer's folders below the root of the machine as well.

    The emulator looks for each path below that root first. A program that walks down from / finds only what is there.
    Does not return the first time: this process begins again.

    Args:
        folder: where the machine is kept.
        arguments: those of this process.
    """
    if os.environ.get(ENTERED) != str(os.getpid()):  # unshare(1) keeps the number
        os.environ[ENTERED] = str(os.getpid())
        options = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
        os.execvp("unshare", ["unshare", *options, sys.executable, "-m", "tests.pi", *arguments])
    for top in sorted({folder.parts[1], "tmp"}):
        (folder / "root" / top).mkdir(exist_ok=True)
        subprocess.run(["mount", "--rbind", f"/{top}", folder / "root" / top], check=True)


def _fetch_wheels(machine: Machine) -> None:
    """Fetch the wheels that are not there yet."""
    folder = machine.wheels
    folder.mkdir(exist_ok=True)
    for old in folder.glob("wasi_python_host-*"):
        old.unlink()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    tags = [f"manylinux_2_{minor}_aarch64" for minor in range(GLIBC[version], 16, -1)]
    platforms = [f"--platform={tag}" for tag in (*tags, "manylinux2014_aarch64", "any")]
    subprocess.run(
        [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
            "--implementation=cp", f"--python-version={version}", *platforms, f"--find-links={folder}",
            f"--dest={folder}", *machine.wanted,
        ],
        check=True,
    )  # fmt: skip
