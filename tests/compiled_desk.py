"""A cache of compiled components in a folder of its own, and small components to load through it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore.config.model import CompilingSettings
from hostcore.errors import BuildError, PluginFileError
from hostcore.runtime.compile import portable
from hostcore.runtime.compiled_cache import CompiledCache
from hostcore.runtime.compiling.intact import IntactThisBoot, write_sealed
from hostcore.runtime.compiling.label import Label, this_compiler
from hostcore.runtime.engine import GuestEngine, engine_config
from hostcore.runtime.native.objects import Component, Engine
from hostcore.workshop import Workshop


def compile_to(target: Path, component: Path, compiler: str | None = None) -> str:
    """Compile a component into a file, as `wasi-host compile` does, and return the file's SHA-256."""
    content = component.read_bytes()
    code = Component(Engine(portable()), content).serialize()
    label = Label(sha256(content).hexdigest(), compiler or this_compiler())
    write_sealed(target, code + label.to_bytes())
    target.chmod(0o644)
    return sha256(target.read_bytes()).hexdigest()


class CountingWorkshop(Workshop):
    """A workshop that counts what it is given to do."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks: list[str] = []

    def run(
        self, task: str, command: Sequence[str], folder: Path, expected: float, *, limit: float | None = None
    ) -> None:
        self.tasks.append(task)
        super().run(task, command, folder, expected, limit=limit)


class InstantWorkshop(CountingWorkshop):
    """Compiles in this process, which takes a millisecond for a small component. It can also fail on demand."""

    def __init__(self) -> None:
        super().__init__()
        self.failure: BuildError | None = None

    def run(
        self, task: str, command: Sequence[str], folder: Path, expected: float, *, limit: float | None = None
    ) -> None:
        self.tasks.append(task)
        if self.stopped:
            raise BuildError(f"{task}: stopped")
        if self.failure:
            raise self.failure
        _python, _m, _program, source, _sha256, target, *_ = command
        write_sealed(Path(target), Component(Engine(engine_config()), Path(source).read_bytes()).serialize())


class Desk:
    """A cache in a folder of its own, and a component to load through it."""

    def __init__(self, folder: Path, engine: GuestEngine) -> None:
        self.folder, self.engine = folder / "cache", engine
        self.wasm = folder / "thing.wasm"
        self.workshop: CountingWorkshop = CountingWorkshop()
        self.warnings: list[str] = []
        self.settings = CompilingSettings()
        self.intact: IntactThisBoot | None = None
        self.caches: list[CompiledCache] = []
        self.write("(component)")

    def write(self, text: str) -> None:
        self.wasm.write_bytes(bytes(wat2wasm(text)))

    def component(self, name: str) -> Path:
        """Another component, in a file of this name."""
        path = self.wasm.with_name(f"{name}.wasm")
        path.write_bytes(bytes(wat2wasm(f'(component (core module $m) (export "{name}" (core module $m)))')))
        return path

    def cache(self) -> CompiledCache:
        """As after a new start of the host."""
        made = CompiledCache(
            self.folder,
            self.engine,
            self.workshop,
            self.warnings.append,
            settings=self.settings,
            intact=self.intact,
        )
        self.caches.append(made)
        return made

    def load(self) -> Component:
        """Load the component in a host that ends in good order."""
        cache = self.cache()
        found = cache.find("thing", self.wasm)
        component = cache.load(found)
        cache.survived(found)
        cache.close()
        return component

    def close(self) -> None:
        """End all hosts in good order."""
        for cache in self.caches:
            cache.close()

    def compiled(self) -> Path:
        """The one compiled file."""
        (file,) = self.folder.glob("*.cwasm")
        return file

    def refused(self) -> str:
        with pytest.raises(PluginFileError) as error:
            self.load()
        assert not [*self.folder.glob("*.cwasm")]
        assert len(str(error.value).splitlines()) == 1
        return str(error.value)
