"""Checks of ``wasi-host doctor`` that concern the compiled components, above all the Python runtime."""

from __future__ import annotations

import os
from pathlib import Path

from hostcore.cli.diagnosis import Diagnosis
from hostcore.config.model import Config
from hostcore.errors import BuildError, CacheError, HostError
from hostcore.runtime.compiled_cache import Compiled, CompiledCache, compiled_name
from hostcore.runtime.compiling.ahead import has_expected_content, problem_before_hashing
from hostcore.runtime.compiling.compiler import Compiler, too_little
from hostcore.runtime.compiling.source import PACKED, ComponentFile, examine, examine_packed
from hostcore.runtime.component_builder import build_seconds
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.python_runtime import compiled_ahead, present_runtime
from hostcore.workshop import Workshop

NAME = "Python runtime"
COMES_COMPILED = "compiled; it came with the host"
UNBUILT_BYTES = 24_500_000
"""Bytes of the Python runtime component, as long as it is not built."""


def check_compiled(config: Config) -> list[Diagnosis]:
    """Check the folder of compiled components, and the Python runtime, which runs all Python plugins.

    Blocks for about 0.1 s, on a small Pi for seconds. Nothing is built or compiled.
    """
    folder = config.host.cache_folder
    if folder is None:
        advice = "set cache_folder in [host] of host.toml"
        return [Diagnosis("cache", False, "no home folder is known for compiled components", advice)]
    if not folder.exists():
        return [_place_of(folder), _without_file(config, folder)]
    try:
        runtime = _python_runtime(config, folder)
    except CacheError as error:
        return [Diagnosis("cache", False, str(error))]
    sizes = [file.stat().st_size for file in folder.glob("*.cwasm")]
    return [Diagnosis("cache", True, f"{folder}: {len(sizes)} compiled, {sum(sizes) / 1e6:.0f} MB"), runtime]


def _python_runtime(config: Config, folder: Path) -> Diagnosis:
    """Check whether the Python runtime can be loaded.

    Raises:
        CacheError: the folder is not safe.
    """
    workshop, engine, problems = Workshop(), GuestEngine(), list[str]()
    compiled: Compiled | None = None
    try:
        cache = CompiledCache(folder, engine, workshop, problems.append, settings=config.compiling)
        component = present_runtime(folder)
        found = cache.look(NAME, component, is_own=True) if component else None
        compiled = cache.present(found, compiled_ahead()) if found else None
        if compiled is None:
            return _without_file(config, folder)
        workshop.stop()  # so that nothing is compiled here
        try:
            cache.load(compiled)
        finally:
            cache.close()
    except BuildError:
        text = "compiled, but the file is damaged, or a host died while it loaded it"
        if compiled is not None and compiled.ahead is not None:
            text = problems[-1]
        return Diagnosis(NAME, False, text, "the next `wasi-host run` compiles it again")
    except CacheError:
        raise
    except HostError as error:
        return Diagnosis(NAME, False, str(error))
    finally:
        engine.close()
    return Diagnosis(NAME, True, "compiled" if compiled.ahead is None else COMES_COMPILED)


def _place_of(folder: Path) -> Diagnosis:
    """Say whether the folder, which does not exist, can be made."""
    place = next(parent for parent in folder.parents if parent.exists())
    if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        return Diagnosis("cache", True, f"{folder} does not exist yet")
    problem = f"you cannot write to {place}" if place.is_dir() else f"{place} is not a folder"
    advice = "set cache_folder in [host] of host.toml to another place"
    return Diagnosis("cache", False, f"{folder} cannot be made: {problem}", advice)


def _without_file(config: Config, folder: Path) -> Diagnosis:
    """Check the Python runtime while the folder has no compiled one."""
    component, ahead = present_runtime(folder), compiled_ahead()
    if component is None or ahead is None:
        return _not_compiled(config, folder)
    problem = problem_before_hashing(ahead, examine_packed(NAME, component).sha256)
    if not problem and not has_expected_content(ahead, ahead.file):
        problem = ahead.differs()
    if not problem:
        return Diagnosis(NAME, True, COMES_COMPILED)
    return _not_compiled(config, folder, f"{ahead.file} {problem}", "install the host again, or ")


def _not_compiled(config: Config, folder: Path, problem: str = "", instead: str = "") -> Diagnosis:
    """Say what the first run takes.

    Args:
        config: the settings.
        folder: the folder of compiled components.
        problem: why a compiled runtime that came with the host is not used.
        instead: begins the advice.
    """
    component = present_runtime(folder)
    known = _known(component) if component else None
    size = known.size if known else UNBUILT_BYTES
    forecast = Compiler(folder, Workshop(), config.compiling).forecast(size)
    state = "; ".join(filter(None, ["not compiled yet" if component else "not built yet", problem]))
    if not forecast.fits:
        sha256 = known.sha256 if known else "SHA256"
        advice = too_little(forecast, folder / compiled_name(sha256, is_own=True))
        return Diagnosis(NAME, False, state, instead + advice)
    does, before = ("compiles it", 0.0) if component else ("builds it, and compiles it", build_seconds())
    return Diagnosis(NAME, True, state, f"{instead}the first `wasi-host run` {does}: {forecast.words(before)}")


def _known(component: Path) -> ComponentFile:
    if component.suffix == PACKED:
        return examine_packed(NAME, component)
    return examine(NAME, component, lambda: False)
