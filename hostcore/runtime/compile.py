"""Compiles one component: ``python -m hostcore.runtime.compile IN.wasm SHA256 OUT.cwasm [--keep-names]``.

A separate process, because compiling takes up to 320 MB, which the host should not keep, and several seconds, during
which the host could not be stopped. Hostile input can make it take much more of both. This program limits both.
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
"""Option for the host's own component, whose function names are safe to keep."""
MEMORY = 2 << 30
"""Most bytes of data. The Python runtime needs 410 MB."""
CPU_SECONDS = 600
"""Most seconds of CPU time. A Python component takes 100 s under emulation of another processor."""
NICE = 10
"""Nice value: running plugins go first."""


def main() -> int:
    """Compile one component. On failure, print one line that says why and return exit status 1."""
    source, digest, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        content = read_bounded(source, MAX_COMPONENT)
        if sha256(content).hexdigest() != digest:
            print("the file changed while it was compiled; try again")
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
