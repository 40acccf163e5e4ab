"""Compiles components for another kind of computer, in a Python for it that qemu-user runs.

wasmtime's wheels compile only for their own kind of processor. So this fetches a Python from the distribution and
wasmtime's wheel for the other kind, into a folder of their own: nothing is installed on this computer.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from hostcore.errors import BuildError
from hostcore.files import write_whole
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.compiling.agreed import KEEP_NAMES
from hostcore.runtime.compiling.capacity import estimate
from hostcore.runtime.engine import MAX_COMPONENT
from hostcore.runtime.native.library import VERSION
from hostcore.workshop import Workshop

SLOWER = 10
"""How many times longer the compiler takes in the emulator: 110 s of processor time for the Python runtime."""
FETCH_SECONDS = 20.0
"""Typical seconds of each fetch, with a quick network."""
MEMORY, SECONDS = 1 << 32, 7200
"""Limits of the compiler. The emulator does not hold the one of memory."""
_PACKAGE_FOLDER = Path(__file__).resolve().parents[3]
_WASMTIME = f"wasmtime-{VERSION}.dist-info"
_UNPACK = 'for package in "$1"/*.deb; do dpkg-deb -x "$package" "$2"; done'
_PROGRAM = "import sys; sys.path[:0] = {paths!r}; from hostcore.runtime.compile import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of computer."""

    name: str
    """As uname has it."""
    debian: str
    """As Debian has it."""


MACHINES = {each.name: each for each in (Machine("aarch64", "arm64"), Machine("x86_64", "amd64"))}
"""The kinds of computers that the host runs on, and wasmtime has wheels for."""


class Elsewhere:
    """Another kind of computer, emulated.

    Args:
        machine: the kind.
        folder: where its programs are, or are fetched to (100 MB).
        workshop: fetches and compiles.
    """

    def __init__(self, machine: Machine, folder: Path, workshop: Workshop) -> None:
        self._machine, self._workshop = machine, workshop
        self._folder = folder.absolute()
        self._root, self._site = self._folder / "root", self._folder / "site"

    def compile(self, component: Path, target: Path, *, keep_names: bool) -> None:
        """Compile `component` into `target`. Blocks for minutes, and for longer the first time.

        Raises:
            BuildError: something is missing here, or could not be fetched, or the compiler failed or was stopped.
        """
        emulator = self._emulator()
        self._require_python()
        self._require_wasmtime()
        content = component.read_bytes()
        if len(content) > MAX_COMPONENT:
            raise BuildError(f"{component} has {len(content):,} bytes; a component can have {MAX_COMPONENT:,}")
        with tempfile.TemporaryDirectory(prefix="wasi-host-") as folder:
            # Names without a folder: the emulator looks below its own / for those that begin there.
            Path(folder, "component.wasm").write_bytes(content)
            program = _PROGRAM.format(paths=[str(self._site), str(_PACKAGE_FOLDER)])
            python = next(iter(sorted((self._root / "usr/bin").glob("python3.[0-9]*[0-9]"))))
            command = [emulator, "-L", str(self._root), str(python), "-I", "-B", "-c", program]
            command += ["component.wasm", sha256(content).hexdigest(), "compiled.cwasm", str(MEMORY), str(SECONDS)]
            expected = estimate(len(content), self._folder).seconds * SLOWER
            task = f"Compiling {component.name} for {self._machine.name}"
            self._workshop.run(task, [*command, *([KEEP_NAMES] if keep_names else [])], Path(folder), expected)
            try:
                write_whole(target, Path(folder, "compiled.cwasm").read_bytes(), mode=0o644)
            except OSError as error:
                raise BuildError(f"{target} cannot be written: {error.strerror}") from None

    def wheel_tags(self) -> tuple[str, ...]:
        """The platform tags of wasmtime's wheel. Blocks like `compile` while it is fetched."""
        self._require_wasmtime()
        return platform_tags((self._site / _WASMTIME / "WHEEL").read_text(encoding="utf-8"))

    def _emulator(self) -> str:
        names = (f"qemu-{self._machine.name}-static", f"qemu-{self._machine.name}")
        found = next(filter(None, map(shutil.which, names)), None)
        if found is None:
            raise BuildError(
                f"{' and '.join(names)} are missing, which run programs for {self._machine.name}: "
                "sudo apt install qemu-user-static, or qemu-user; or compile it on such a computer"
            )
        return found

    def _require_python(self) -> None:
        if not self._root.is_dir():
            unpack_debian(self._machine, "python3", self._root, self._workshop)

    def _require_wasmtime(self) -> None:
        if (self._site / _WASMTIME).is_dir():
            return
        shutil.rmtree(self._site, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        pip += ["--no-deps", "--only-binary=:all:", f"--platform=manylinux2014_{self._machine.name}"]
        task = f"Fetching wasmtime for {self._machine.name}"
        command = [*pip, f"--target={self._site}", f"wasmtime=={VERSION}"]
        self._workshop.run(task, command, self._folder, FETCH_SECONDS)


def unpack_debian(machine: Machine, package: str, root: Path, workshop: Workshop) -> None:
    """Fetch a package of the distribution for another kind of computer, with all that it requires, and unpack it.

    Nothing of it runs, and the packages of this computer stay as they are. Blocks for as long as the network takes.

    Args:
        machine: the kind of computer.
        package: the name of the package, such as ``python3``.
        root: the folder into which it is unpacked, which does not exist.
        workshop: does the work.

    Raises:
        BuildError: this is not Debian, or it could not be fetched.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise BuildError(
            f"a Python for {machine.name} is needed to compile for it, and comes from Debian: there is no apt-get or "
            "dpkg-deb here; compile it on such a computer"
        )
    apt = root.parent / "apt"
    for each in ("state/lists/partial", "cache/archives/partial"):
        (apt / each).mkdir(parents=True, exist_ok=True)
    (apt / "state/status").touch()
    settings = {
        "APT::Architecture": machine.debian,
        "APT::Architectures::": machine.debian,
        "Debug::NoLocking": "1",
        "Dir::State": apt / "state",
        "Dir::State::status": apt / "state/status",
        "Dir::Cache": apt / "cache",
    }
    command = ["apt-get", "-qq", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))]
    python = f"a Python for {machine.name}"
    workshop.run(f"Looking for {python}", [*command, "update"], root.parent, FETCH_SECONDS)
    install = ["install", "--yes", "--no-install-recommends", "--download-only", package]
    workshop.run(f"Fetching {python}", [*command, *install], root.parent, FETCH_SECONDS)
    unpacked = root.parent / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    unpack = ["sh", "-ec", _UNPACK, "sh", str(apt / "cache/archives"), str(unpacked)]
    workshop.run(f"Unpacking {python}", unpack, root.parent, FETCH_SECONDS)
    shutil.rmtree(apt)
    unpacked.replace(root)


def platform_tags(metadata: str) -> tuple[str, ...]:
    """The platform tags, such as ``manylinux2014_aarch64``, in the file WHEEL of a wheel."""
    return tuple(line.rpartition("-")[2] for line in metadata.splitlines() if line.startswith("Tag: "))


def this_machine() -> str:
    """The kind of this computer, as uname has it."""
    return os.uname().machine
