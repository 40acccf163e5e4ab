"""Plugins that crash and restart thousands of times. Nothing in the process may grow.

``python -m tests.soak.crashes [CYCLES]`` prints the samples. 10,000 cycles take minutes. Exits with status 1 if
anything has grown.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hostcore.cli.progress_bar import TerminalProgress
from hostcore.config.loading import load_config
from hostcore.config.model import Config, SupervisorSettings
from hostcore.events import EventsDropped, PluginCrashed
from hostcore.host import Host
from tests.bench.plain import cache_folder
from tests.bench.process import dirty_bytes
from tests.bench.warm import warm_up
from tests.hostile.collection import place

CYCLES = 10_000
FILES = Path("/proc/self/fd")
PLUGINS = ("raises", "dies_at_import", "exits", "hogs_memory", "recurses")
"""One plugin for each kind of crash that needs no repeat of the call. Each has its own thread."""
AT_ONCE = SupervisorSettings(first_delay=0.0, longest_delay=0.0, crash_window=0.0)
"""No wait before a restart, and no quarantine. host.toml does not allow such values."""
SAMPLES = 10
"""Number of samples."""
SETTLED = 3
"""The sample after which nothing may grow. Python's caches, malloc's arenas and the report folder are full by then."""
MAY_GROW = 16 << 20
"""Bytes by which memory may vary: five instances of up to 2 MB each, which may or may not exist at a sample."""
JUST_OPEN = len(PLUGINS)
"""Reports that may be open for writing when the open files are counted."""
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Sample:
    """Measurements of the process at one moment."""

    cycles: int
    """Crashes so far."""
    memory: int
    """Bytes that only this process has written to."""
    threads: int
    files: int
    """Open file descriptors."""


def main() -> int:
    """Run as the command line says and print the samples."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.crashes", description=__doc__)
    parser.add_argument("cycles", nargs="?", type=int, default=CYCLES, metavar="CYCLES")
    cycles = parser.parse_args().cycles
    progress = TerminalProgress()
    warm_up(progress)
    with tempfile.TemporaryDirectory() as folder:
        samples = crash_and_restart(cycles, Path(folder), cache_folder(), progress.line)
    grown = growth(samples)
    print(", ".join(grown) if grown else "nothing grows")
    return 1 if grown else 0


def crash_and_restart(cycles: int, folder: Path, cache: Path, tell: Callable[[str], None]) -> list[Sample]:
    """Run a host until its plugins have crashed `cycles` times in all.

    Args:
        cycles: number of crashes.
        folder: an empty folder for the host.
        cache: folder of compiled components.
        tell: receives each sample as a line.

    Returns:
        The samples: one before the host, `SAMPLES` while it ran, and one after its end.
    """
    samples = [_sample(0, tell)]
    for done in _crashes(cycles, _config(folder, cache)):
        if done >= cycles * len(samples) // SAMPLES:
            samples.append(_sample(done, tell))
    gc.collect()  # else the host still holds the compiled component's file open
    return [*samples, _sample(cycles, tell)]


def growth(samples: Sequence[Sample]) -> list[str]:
    """Describe everything that has grown, one line each."""
    before, settled, end, after = samples[0], samples[SETTLED], samples[-2], samples[-1]
    grown = []
    if end.memory - settled.memory > MAY_GROW:
        grown.append(f"memory has grown by {(end.memory - settled.memory) / MIB:.1f} MiB")
    if end.threads > settled.threads or after.threads > before.threads:
        grown.append("there are more threads than before")
    if end.files > settled.files + JUST_OPEN or after.files > before.files:
        grown.append("there are more open files than before")
    return grown


def _crashes(cycles: int, config: Config) -> Iterator[int]:
    """Run a host until there were `cycles` crashes. Yields the number of crashes at intervals."""
    host = Host(config)
    crashes = host.subscribe(PluginCrashed, capacity=1000)
    host.start()
    done = 0
    while done < cycles:
        for item in crashes.take():
            done += item.event.count if isinstance(item.event, EventsDropped) else 1
        yield done
    host.stop()


def _config(folder: Path, cache: Path) -> Config:
    (folder / "plugins").mkdir()
    place(PLUGINS, folder / "plugins")
    settings = folder / "host.toml"
    settings.write_text('[host]\ninterval = 0.05\n[limits]\nmemory_mib = 24\n[crashes]\nfolder = "crashes"\n')
    config = load_config(settings)
    return replace(config, host=replace(config.host, cache_folder=cache), supervisor=AT_ONCE)


def _sample(cycles: int, tell: Callable[[str], None]) -> Sample:
    sample = Sample(cycles, dirty_bytes(), threading.active_count(), len(list(FILES.iterdir())))
    tell(f"{cycles:>8,} crashes {sample.memory / MIB:8.1f} MiB {sample.threads:4} threads {sample.files:4} files")
    return sample


if __name__ == "__main__":
    sys.exit(main())
