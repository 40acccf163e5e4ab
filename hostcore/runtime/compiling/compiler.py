"""Runs the compiler within limits of memory and time, and says in words which limit a component reached."""

from __future__ import annotations

import signal
import sys
import time
from math import ceil
from pathlib import Path

from hostcore.config.model import CompilingSettings
from hostcore.errors import BuildError, OverdueError, PluginFileError
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.compiling.agreed import CHANGED, KEEP_NAMES, OUT_OF_MEMORY
from hostcore.runtime.compiling.capacity import Estimate, estimate, free_memory, remember
from hostcore.runtime.compiling.source import PACKED, ComponentFile
from hostcore.workshop import Workshop, about

MOST_MEMORY = 1 << 30
"""Most bytes for the compiler, unless host.toml says otherwise. A Python component takes 0.47 GB."""
LEFT_FREE = 32 << 20
"""Bytes of memory that the compiler leaves to other programs."""
LEAST_SECONDS = 120.0
"""The shortest limit of processor time, unless host.toml says otherwise."""
TIMES_THE_ESTIMATE = 10
"""The limit of processor time as a multiple of the estimate."""
WAITING = 10
"""The limit of time as a multiple of the limit of processor time. A busy computer and a slow card make it wait."""
KEPT_REFUSALS = 64
"""The most refusals that are kept. An older one costs another attempt."""
_FOLDER = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast of compiling one component on this computer."""

    estimate: Estimate
    memory_limit: int
    """Bytes that the compiler gets."""
    fits: bool
    """Whether it likely has enough memory. Always true if host.toml sets the limit."""

    def words(self, before: float = 0.0) -> str:
        """The estimate for a person. `before` are the seconds of the work that comes first."""
        seconds, memory = about(before + self.estimate.seconds), self.estimate.memory / 1e6
        return f"{seconds} and {memory:.0f} MB of memory on this computer, estimated"


class Compiler:
    """Compiles components, each in a process of its own.

    Args:
        folder: the folder of compiled components.
        workshop: runs the processes, by default one at a time.
        settings: the limits from host.toml.
    """

    def __init__(self, folder: Path, workshop: Workshop, settings: CompilingSettings) -> None:
        self._folder, self._workshop, self._settings = folder, workshop, settings
        self._refused: dict[Path, str] = {}

    def forecast(self, size: int) -> Forecast:
        """Estimate what compiling `size` bytes takes. Blocks for 0.02 s, on a small Pi for 0.3 s."""
        guess, free = estimate(size, self._folder), free_memory()
        if self._settings.memory_mib is not None:
            return Forecast(guess, self._settings.memory_mib << 20, fits=True)
        left = MOST_MEMORY if free is None else max(0, free - LEFT_FREE) // self._settings.at_once
        limit = min(MOST_MEMORY, left)
        return Forecast(guess, limit, limit >= min(guess.memory, MOST_MEMORY))

    def compile(self, source: ComponentFile, target: Path, *, keep_names: bool) -> None:
        """Compile `source` into `target`. Blocks for seconds to minutes.

        A file that was refused is refused again at once, because its plugin may be started again and again.

        Raises:
            PluginFileError: it is no component, it needs more memory or time than it may have, or it changed.
            BuildError: the work was stopped.
        """
        if target in self._refused:
            raise PluginFileError(source.plugin, self._refused[target])
        forecast = self.forecast(source.size)
        if not forecast.fits:
            raise PluginFileError(source.plugin, f"{source.path} is not compiled: {too_little(forecast, target)}")
        try:
            self._run(source, target, forecast, keep_names=keep_names)
        except BuildError as error:
            if self._workshop.stopped:
                raise
            problem = f"{source.path} cannot be compiled: {self._cause(error, forecast, is_own=keep_names)}"
            if error.status != CHANGED:
                self._remember_refusal(target, problem)
            raise PluginFileError(source.plugin, problem) from None

    def _run(self, source: ComponentFile, target: Path, forecast: Forecast, *, keep_names: bool) -> None:
        command = [sys.executable, "-m", "hostcore.runtime.compile", str(source.path.resolve()), source.sha256]
        seconds = self._time_limit(forecast)
        command += [str(target), str(forecast.memory_limit), str(seconds), *([KEEP_NAMES] if keep_names else [])]
        began, expected = time.monotonic(), forecast.estimate.seconds
        self._workshop.run(
            f"Compiling {source.path.name.removesuffix(PACKED)}", command, _FOLDER, expected, limit=seconds * WAITING
        )
        remember(source.size, time.monotonic() - began, self._folder)

    def _time_limit(self, forecast: Forecast) -> int:
        return self._settings.seconds or ceil(max(LEAST_SECONDS, TIMES_THE_ESTIMATE * forecast.estimate.cpu_seconds))

    def _cause(self, error: BuildError, forecast: Forecast, *, is_own: bool) -> str:
        limit = f"its limit of {forecast.memory_limit >> 20} MiB of memory"
        change = "Change" if is_own else "If you trust the file, change"
        more = f'{change} memory_mib in [compiling] of host.toml, and restart; see "Small computers" in the README'
        if isinstance(error, OverdueError) or error.status == -signal.SIGXCPU:
            kind = "" if isinstance(error, OverdueError) else " of processor time"
            seconds = self._time_limit(forecast) * (WAITING if isinstance(error, OverdueError) else 1)
            return (
                f"the compiler was ended at its limit of {seconds} s{kind}. {change} the number of seconds in "
                "[compiling] of host.toml, and restart the host"
            )
        if error.status == OUT_OF_MEMORY:
            return f"the compiler reached {limit}. {more}"
        if error.status == -signal.SIGABRT:  # Rust aborts if it gets no memory, but also for its own defects
            return f"the compiler gave up, likely at {limit}. {more}"
        if error.status == -signal.SIGKILL:
            return (
                "something ended the compiler, likely the kernel because the memory ran out. Close other programs, or "
                "add swap, and restart the host"
            )
        return str(error)

    def _remember_refusal(self, target: Path, problem: str) -> None:
        self._refused[target] = problem
        while len(self._refused) > KEPT_REFUSALS:
            del self._refused[next(iter(self._refused))]


def too_little(forecast: Forecast, target: Path) -> str:
    """Say that the memory does not suffice, and name the ways out.

    Args:
        forecast: a forecast that does not fit.
        target: the compiled file that would be made.
    """
    need, limit = forecast.estimate.memory / 1e6, forecast.memory_limit / 1e6
    return (
        f"compiling takes about {need:.0f} MB of memory, estimated, and this computer has {limit:.0f} MB left for it, "
        f"with swap. Close other programs, or add swap, or let another computer with the same kind of processor "
        f'compile it and copy {target.name} from its {target.parent.name} folder to {target.parent}; see "Small '
        f'computers" in the README. memory_mib in [compiling] of host.toml lets the host try it with less'
    )
