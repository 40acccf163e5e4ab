"""``python -m tests.chip_facts KIND FILE``: prints the tables of a chip file with the facts that a driver states."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.chip_facts import adafruit, pimoroni, st
from tests.chip_facts.as_toml import as_toml

KINDS = {
    "st": (st.read, "ST {} (BSD-3-Clause)"),
    "adafruit": (adafruit.read, "{} (MIT)"),
    "pimoroni": (pimoroni.read, "Pimoroni {} (MIT)"),
}
"""How each kind of driver is read, and how it is named as a source."""


def main() -> None:
    """Read one file and print its facts."""
    parser = argparse.ArgumentParser(prog="python -m tests.chip_facts", description="Draft the tables of a chip file.")
    parser.add_argument("kind", metavar="KIND", choices=KINDS, help=f"kind of driver: {', '.join(KINDS)}")
    parser.add_argument("file", metavar="FILE", type=Path, help="its source: NAME_reg.h or a Python module")
    parser.add_argument("--bank", metavar="N", type=int, default=1, help="the bank of registers (default: 1)")
    arguments = parser.parse_args()
    read, source = KINDS[arguments.kind]
    try:
        facts = read(arguments.file.read_text(encoding="utf-8"))
        name = arguments.file.name if arguments.kind == "st" else arguments.file.stem
        print(as_toml(facts, source.format(name), arguments.bank), end="")
    except (OSError, SyntaxError, ValueError) as problem:
        parser.error(f"{arguments.file}: {problem}")


if __name__ == "__main__":
    main()
