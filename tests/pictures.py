"""Draws the README's pictures from the program's real output: ``python -m tests.pictures``."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURES = Path(__file__).parent.parent / "tui" / "pictures"


def draw(command: list[str], picture: Path, width: int, lines: int) -> None:
    """Run `command`, and save the first `lines` lines of its output as an SVG."""
    shown = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=True).stdout
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text("$ wasi-host run --pretty", style="bold"))
    for line in shown.splitlines()[:lines]:
        key, colon, value = line.partition(": ")
        console.print(Text(key + colon, style="cyan") + Text(value, style="green") if colon else Text(line))
    console.save_svg(str(picture), title="wasi-host")


if __name__ == "__main__":
    draw(["hostcore.cli.main", "run", "--rounds", "1", "--pretty"], PICTURES / "run.svg", width=92, lines=32)
