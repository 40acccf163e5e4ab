"""``python -m tests.bench [TOPIC ...]``: prints the figures. Takes a few minutes. A missed aim is not an error."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform

from hostcore.cli.progress_bar import TerminalProgress
from tests.bench import (
    alarms,
    background,
    cpu,
    crossing,
    decoding,
    diagnosis,
    export,
    history,
    isolation,
    libraries,
    load,
    memory,
    poll,
    recording,
    scaling,
    screen,
    session,
    session_file,
    start,
    stepping,
    web,
)
from tests.bench.measure import HEADING
from tests.bench.warm import warm_up

TOPICS = {
    "start": start,
    "load": load,
    "libraries": libraries,
    "crossing": crossing,
    "decoding": decoding,
    "poll": poll,
    "cpu": cpu,
    "recording": recording,
    "memory": memory,
    "scaling": scaling,
    "isolation": isolation,
    "screen": screen,
    "session": session,
    "session_file": session_file,
    "web": web,
    "diagnosis": diagnosis,
    "alarms": alarms,
    "export": export,
    "history": history,
    "background": background,
    "stepping": stepping,
}


def main() -> None:
    """Warm the cache, then print one table for each topic."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the host against baselines.")
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"some of {', '.join(TOPICS)} (default: all)")
    wanted = parser.parse_args().topics or list(TOPICS)
    if unknown := set(wanted) - TOPICS.keys():
        parser.error(f"there is no topic {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}")
    warm_up(TerminalProgress())
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("wasmtime", "componentize-py"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions}; medians of interleaved repetitions")
    for name in wanted:
        print(f"\n{TOPICS[name].TITLE}\n{HEADING}")
        for figure in TOPICS[name].figures():
            print(figure, flush=True)


if __name__ == "__main__":
    main()
