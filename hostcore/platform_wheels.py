"""Builds the wheels: one for each kind of computer, with the Python runtime compiled for it.

The component is built once, so it is the same in all wheels. It is compiled here for this kind of computer, and in an
emulator for another one. The platform tag is that of wasmtime's wheel, which the host does not run without.

Usage: python -m hostcore.platform_wheels [MACHINE ...]
"""

from __future__ import annotations

import lzma
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

from hostcore import __version__, shipped
from hostcore.cli.progress_bar import TerminalProgress
from hostcore.config.model import CompilingSettings
from hostcore.errors import HostError
from hostcore.runtime.compiling.compiler import Compiler
from hostcore.runtime.compiling.elsewhere import MACHINES, Elsewhere, platform_tags, this_machine
from hostcore.runtime.compiling.label import SETTINGS
from hostcore.runtime.compiling.source import examine, note_of_packed, to_note
from hostcore.runtime.component_builder import build_python_runtime
from hostcore.runtime.native.library import VERSION
from hostcore.workshop import Workshop

PREBUILT = "WASI_HOST_PREBUILT"
"""Environment variable for the build hook: the folder of `prepare`."""
TAG = "tag"
"""File of that folder: the tag of the wheel."""
NEWER_NAMES = {"manylinux1": "manylinux_2_5", "manylinux2010": "manylinux_2_12", "manylinux2014": "manylinux_2_17"}
"""Names of PEP 600 for older ones. The pip of each Python that the host runs on knows them."""


def prepare(machine: str, component: Path, workshop: Workshop) -> Path:
    """Compile the Python runtime for one kind of computer, or take what an earlier build made of the same component.

    Blocks for about 10 seconds, and for minutes if it is another kind than this computer's.

    Args:
        machine: one of `MACHINES`.
        component: that of `build_component`.
        workshop: compiles.

    Returns:
        A folder with the compressed component, its note, its compiled file, and the tag of the wheel.

    Raises:
        HostError: something is missing, or failed.
    """
    build, folder = component.parents[1], component.parent / machine
    if (folder / TAG).is_file():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    packed = component.with_suffix(".wasm.xz")
    for each in (packed, note_of_packed(packed)):
        shutil.copy(each, folder / each.name)
    compiled = folder / shipped.COMPILED
    if machine == this_machine():
        source = examine("python", component, lambda: False)
        Compiler(folder, workshop, CompilingSettings()).compile(source, compiled, keep_names=True)
        tags = platform_tags(distribution("wasmtime").read_text("WHEEL") or "")
    else:
        elsewhere = Elsewhere(MACHINES[machine], build / machine, workshop)
        elsewhere.compile(component, compiled, keep_names=True)
        tags = elsewhere.wheel_tags()
    compiled.chmod(0o644)
    (folder / TAG).write_text(_tag(tags), encoding="ascii")
    return folder


def build_component(build: Path, workshop: Workshop) -> Path:
    """Build the component, compress it and write its note, once for each state of the sources and version of wasmtime.

    Blocks for about half a minute.

    Args:
        build: the folder of builds.
        workshop: builds it.

    Returns:
        The component, in a folder of its own with all that is made of it.

    Raises:
        BuildError: it cannot be built.
    """
    folder = build / f"runtime-{shipped.sources_key():x}-{SETTINGS}-{VERSION}"
    component = folder / shipped.COMPONENT.removesuffix(".xz")
    packed = folder / shipped.COMPONENT
    note = note_of_packed(packed)
    if not note.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        build_python_runtime(component, workshop)
        content = component.read_bytes()
        packed.write_bytes(lzma.compress(content))
        note.write_bytes(to_note(sha256(content).hexdigest(), len(content)))
    return component


def _tag(platforms: tuple[str, ...]) -> str:
    """Return the tag of the wheel, with the platforms of wasmtime's under their newer names."""
    kinds = (each.partition("_") for each in platforms)
    return f"py3-none-{'.'.join(f'{NEWER_NAMES.get(kind, kind)}_{machine}' for kind, _, machine in kinds)}"


def main() -> int:
    """Build the wheels that the command line asks for, into dist, and print their paths."""
    machines = sys.argv[1:] or list(MACHINES)
    if not set(machines) <= set(MACHINES):
        print(f"usage: python -m hostcore.platform_wheels [{'|'.join(MACHINES)} ...]", file=sys.stderr)
        return 2
    project = shipped.folder()
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    workshop = Workshop(TerminalProgress())
    try:
        component = build_component(project / os.environ.get("BUILD", "build"), workshop)
        for folder in [prepare(machine, component, workshop) for machine in machines]:
            made = {**os.environ, PREBUILT: str(folder)}
            subprocess.run([*pip, "--wheel-dir", project / "dist", project], env=made, check=True)
            (tag,) = (folder / TAG).read_text(encoding="ascii").split()
            print(next((project / "dist").glob(f"*-{__version__}-{tag}.whl")))
    except HostError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:  # pip said why
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
