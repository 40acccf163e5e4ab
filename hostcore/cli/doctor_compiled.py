"""Checks of ``wasi-host doctor`` that concern the compiled components, above all the Python runtime."""

from __future__ import annotations

from pathlib import Path

from hostcore.cli.diagnosis import Diagnosis
from hostcore.config.model import Config
from hostcore.errors import BuildError, CacheError, HostError
from hostcore.runtime.compiled_cache import CompiledCache, compiled_name
from hostcore.runtime.compiling.compiler import Compiler, too_little
from hostcore.runtime.compiling.source import examine
from hostcore.runtime.component_builder import build_seconds
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.python_runtime import present_runtime
from hostcore.workshop import Workshop

NAME = "Python runtime"
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
        return [Diagnosis("cache", True, f"{folder} does not exist yet"), _not_compiled(config, folder)]
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
    workshop, engine = Workshop(), GuestEngine()
    try:
        cache = CompiledCache(folder, engine, workshop, lambda _text: None, settings=config.compiling)
        component = present_runtime(folder)
        compiled = cache.look(NAME, component, is_own=True) if component else None
        if compiled is None or not compiled.file.is_file():
            return _not_compiled(config, folder)
        workshop.stop()  # so that nothing is compiled here
        try:
            cache.load(compiled)
        finally:
            cache.close()
    except BuildError:
        text = "compiled, but the file is damaged, or a host died while it loaded it"
        return Diagnosis(NAME, False, text, "the next `wasi-host run` compiles it again")
    except CacheError:
        raise
    except HostError as error:
        return Diagnosis(NAME, False, str(error))
    finally:
        engine.close()
    return Diagnosis(NAME, True, "compiled")


def _not_compiled(config: Config, folder: Path) -> Diagnosis:
    component = present_runtime(folder)
    size = component.stat().st_size if component else UNBUILT_BYTES
    forecast = Compiler(folder, Workshop(), config.compiling).forecast(size)
    state = "not compiled yet" if component else "not built yet"
    if not forecast.fits:
        sha256 = examine(NAME, component, lambda: False).sha256 if component else "SHA256"
        return Diagnosis(NAME, False, state, too_little(forecast, folder / compiled_name(sha256, is_own=True)))
    does, before = ("compiles it", 0.0) if component else ("builds it, and compiles it", build_seconds())
    return Diagnosis(NAME, True, state, f"the first `wasi-host run` {does}: {forecast.words(before)}")
