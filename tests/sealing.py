"""Shipped plugins, sealed with ``wasi-host build``. That takes ten seconds, so each source is sealed once."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from hostcore import shipped
from hostcore.cli import build as cli_build
from hostcore.runtime import component_builder, embedded
from tests.command import Desk


def sealed(name: str, cache_folder: Path) -> Path:
    """The shipped plugin `name` as a component, in a folder that can also keep it compiled.

    Args:
        name: name of the plugin.
        cache_folder: the fixture with this name.
    """
    folder = cache_folder / "tests" / name
    done = folder / _key_of(name)
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    with (folder.parent / "sealing.lock").open("w") as lock:  # one at a time: several would take minutes each
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            _seal(name, Desk(folder, cache_folder))
            done.touch()
    return folder / f"{name}.wasm"


def _seal(name: str, desk: Desk) -> None:
    outcome = desk.run("build", name, "-o", f"{name}.wasm")
    assert outcome.status == 0, outcome.err
    assert outcome.out.startswith(f"{name}.wasm: ")
    assert f"Sealing {name}.py" in outcome.err
    assert [path.name for path in desk.folder.iterdir()] == [f"{name}.wasm"]


def _key_of(name: str) -> str:
    """A key that changes with everything that affects sealing."""
    digest = hashlib.sha256(version("componentize-py").encode())
    for path in _sources(name):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(name: str) -> Iterator[Path]:
    yield shipped.folder() / "plugins" / f"{name}.py"
    yield from map(Path, (cli_build.__file__, component_builder.__file__, embedded.__file__))
    yield from sorted(shipped.guest_sources().rglob("*.py"))
    yield from sorted((shipped.folder() / "wit").glob("*.wit"))
