"""A component built against the demo:plugin contract with componentize-py: ten seconds, once for each state of its
sources."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from hostcore import shipped

SOURCE = Path(__file__).parent / "guest" / "probe.py"
WORLD = """
package demo:plugin@0.2.0;

world probe {
    include imports;
    export dht22-logic;
    export bme680-logic;
    export pi-monitor-logic;
    export dashboard-logic;
    export oled-logic;
}
"""
"""A component that does it all."""


def probe(cache_folder: Path) -> Path:
    """The component of `SOURCE`.

    Args:
        cache_folder: the fixture of this name; kept there.
    """
    wit = shipped.folder() / "wit" / "demo" / "plugin.wit"
    parts = [version("componentize-py"), WORLD, SOURCE.read_text(encoding="utf-8"), wit.read_text(encoding="utf-8")]
    folder = cache_folder / "tests" / "demo-probe"
    done = folder / hashlib.sha256("\0".join(parts).encode()).hexdigest()
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "wit").mkdir(mode=0o700, parents=True)
            shutil.copy(wit, folder / "wit")
            (folder / "wit" / "probe.wit").write_text(WORLD, encoding="utf-8")
            _componentize(folder)
            done.touch()
    return folder / "probe.wasm"


def _componentize(folder: Path) -> None:
    builder = [sys.executable, "-c", "from componentize_py import script; script()"]
    arguments = ["--wit-path", folder / "wit", "--world", "probe", "componentize", "--python-path", SOURCE.parent]
    subprocess.run(
        [*builder, *arguments, "--output", folder / "probe.wasm", SOURCE.stem], check=True, capture_output=True
    )
