"""The component of the Python runtime: that of the wheel, or the one that the first start from a checkout builds."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from hostcore import shipped
from hostcore.runtime.compiling.ahead import Ahead, of_package
from hostcore.workshop import Workshop


def present_runtime(folder: Path) -> Path | None:
    """Return the component; None if it is not built yet.

    Args:
        folder: the folder of compiled components, where a checkout keeps it.
    """
    from_wheel = shipped.python_runtime()
    if from_wheel is not None:
        return from_wheel
    built = _built(folder)
    return built if built.is_file() else None


def compiled_ahead() -> Ahead | None:
    """Return the compiled file of the wheel; None if there is none."""
    file = shipped.compiled_runtime()
    return of_package(file, shipped.code(), lambda: shipped.recorded_sha256(file)) if file else None


class PythonRuntime:
    """Finds the component, or builds it.

    Args:
        folder: the folder of compiled components, where a checkout keeps it.
        workshop: builds it.

    Attributes:
        ahead: its compiled file, if the wheel has one.
    """

    def __init__(self, folder: Path, workshop: Workshop) -> None:
        self._folder, self._workshop = folder, workshop
        self._found: Path | None = None
        self.ahead = compiled_ahead()
        self._lock = threading.Lock()

    def component(self) -> Path:
        """Return the component's file: the same one each time. Looking for it takes a checkout a millisecond.

        Blocks for seconds, on a small Pi for minutes, if it has to be built.

        Raises:
            BuildError: it could not be built.
        """
        with self._lock:
            if self._found is None:
                self._found = present_runtime(self._folder) or self._build()
            return self._found

    def _build(self) -> Path:
        from hostcore.runtime.component_builder import build_python_runtime  # noqa: PLC0415 - rarely needed

        built = _built(self._folder)
        fresh = built.with_suffix(f".{os.getpid()}")
        build_python_runtime(fresh, self._workshop)
        if built.is_file():  # another process was faster, and plugins may already run from its file
            fresh.unlink()
        else:
            fresh.replace(built)
        return built


def _built(folder: Path) -> Path:
    return folder / f"python-runtime-{shipped.sources_key():x}.wasm"
