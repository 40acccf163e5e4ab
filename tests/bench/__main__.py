"""``python -m tests.bench [--against FOLDER] [TOPIC ...]``: prints the figures. A missed aim is not an error.

All topics take about a quarter of an hour; with ``--against``, which measures another checkout of this program in
turns with this one, twice as long.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import platform
from pathlib import Path

from hostcore.cli.progress_bar import TerminalProgress
from tests.bench import against
from tests.bench.measure import HEADING
from tests.bench.warm import warm_up

TOPICS = (
    "parts",
    "install",
    "start",
    "load",
    "libraries",
    "crossing",
    "decoding",
    "poll",
    "cpu",
    "recording",
    "memory",
    "scaling",
    "isolation",
    "screen",
    "session",
    "session_file",
    "web",
    "diagnosis",
    "alarms",
    "export",
    "history",
    "background",
    "stepping",
    "mqtt",
    "fleet",
)
"""The modules with the figures. Each is imported when it is wanted: another version may not have what others need."""


def main() -> None:
    """Warm the cache, then print one table for each topic."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the host against baselines.")
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"some of {', '.join(TOPICS)} (default: all)")
    parser.add_argument("--against", type=_checkout, metavar="FOLDER", help="compare with the checkout in this folder")
    parser.add_argument("--rounds", type=int, default=1, help="turns of each topic with --against (default: 1)")
    options = parser.parse_args()
    wanted = options.topics or TOPICS
    if unknown := set(wanted) - set(TOPICS):
        parser.error(f"there is no topic {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}")
    warm_up(TerminalProgress())
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("wasmtime", "componentize-py"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions}; medians of interleaved repetitions")
    if options.against:
        for line in against.lines(options.against, wanted, options.rounds):
            print(line, flush=True)
        return
    for name in wanted:
        topic = importlib.import_module(f"tests.bench.{name}")
        print(f"\n{topic.TITLE}\n{HEADING}")
        for figure in topic.figures():
            print(figure, flush=True)


def _checkout(text: str) -> Path:
    folder = Path(text).resolve()
    if not (folder / ".venv" / "bin" / "python").exists():
        raise argparse.ArgumentTypeError(f"{folder} has no .venv/bin/python: run `make test` there first")
    return folder


if __name__ == "__main__":
    main()
