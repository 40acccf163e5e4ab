"""Compiles one component: ``python -m hostcore.runtime.compile IN.wasm SHA256 OUT.cwasm [--keep-names]``.

A program of its own, because compiling takes 320 MB that the host should not keep, and seconds in which it could not
be stopped; and because hostile input can make it take much more of both, which is bounded here.
"""

from __future__ import annotations

import os
import resource
import sys
from hashlib import sha256
from pathlib import Path

from wasmtime import Engine, WasmtimeError
from wasmtime.component import Component

from hostcore.files import read_bounded, write_whole
from hostcore.runtime.engine import MAX_COMPONENT, engine_config
from hostcore.runtime.without_names import without_names

KEEP_NAMES = "--keep-names"
"""For the host's own component, whose names are no trap."""
MEMORY = 2 << 30
"""Bytes of data; the Python runtime takes 410 MB."""
CPU_SECONDS = 600
"""A Python component takes 100 s under emulation of another processor."""
NICE = 10
"""Plugins that run already go first."""


def main() -> int:
    """Compile; where that fails the exit status is 1, and one line says why."""
    source, digest, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        content = read_bounded(source, MAX_COMPONENT)
        if sha256(content).hexdigest() != digest:
            print("the file changed under way; try again")
            return 1
        if KEEP_NAMES not in sys.argv[4:]:
            content = without_names(content)
        compiled = Component(Engine(engine_config()), content).serialize()
        write_whole(target, bytes(compiled))
    except (WasmtimeError, OSError, ValueError, MemoryError, RecursionError) as error:
        causes = [line.strip() for line in str(error).splitlines() if line.strip() not in {"", "Caused by:"}]
        print("; ".join(causes)[:1000] or type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
