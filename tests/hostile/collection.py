"""The hostile plugins of ``plugins/``, and the settings with which they do their worst."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from wasmtime import wat2wasm

FILES: Mapping[str, Path] = {path.stem: path for path in sorted((Path(__file__).parent / "plugins").glob("*.*"))}
"""Every hostile plugin: Python, or a component as WebAssembly text."""
MODEST: Mapping[str, object] = {"memory_mib": 32, "call_seconds": 30}
"""The limits of all: little memory, and time enough to die of what they do even on a busy machine."""
HURRIED: Mapping[str, object] = {"call_seconds": 0.3}
"""For those whose calls never end."""
LIMITS: Mapping[str, Mapping[str, object]] = {
    **dict.fromkeys(("floods", "loops_at_import", "loops_forever", "sleeps_an_hour"), HURRIED),
    "hammers_the_bus": {"bus_share": 0.01},
}
"""Where limits differ from `MODEST`."""
PERMISSIONS = {"hammers_the_bus": ["i2c:1:0x23:read"], "trespasses": ["i2c:1:0x23:read"]}
"""What they may touch; the others nothing."""
RELENTLESS: Mapping[str, object] = {"first_delay": 0.05, "longest_delay": 0.05, "max_crashes": 1000}
"""The supervisor's settings that let them crash again and again."""


def place(plugins: Iterable[str], folder: Path) -> None:
    """Put hostile plugins into a folder of plugins."""
    for name in plugins:
        source = FILES[name]
        if source.suffix == ".wat":
            (folder / f"{name}.wasm").write_bytes(bytes(wat2wasm(source.read_text(encoding="utf-8"))))
        else:
            shutil.copy(source, folder)


def tables(plugins: Iterable[str]) -> dict[str, Mapping[str, object]]:
    """Their part of host.toml."""
    found: dict[str, Mapping[str, object]] = {"limits": MODEST}
    for name in plugins:
        found[f"plugins.{name}"] = {"permissions": PERMISSIONS.get(name, [])}
        found[f"plugins.{name}.limits"] = LIMITS.get(name, {})
    return found
