"""Compiles one component file: ``python -m hostcore.runtime.compile IN.wasm OUT.cwasm``.

A program of its own, because compiling takes 320 MB that the host should not keep, and seconds in which it could not
be stopped.
"""

from __future__ import annotations

import sys
from pathlib import Path

from wasmtime import Engine, WasmtimeError
from wasmtime.component import Component

from hostcore.files import write_whole
from hostcore.runtime.engine import engine_config


def main() -> int:
    """Compile; where that fails the exit status is 1, and one line says why."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        compiled = Component(Engine(engine_config()), source.read_bytes()).serialize()
        write_whole(target, bytes(compiled))
    except (WasmtimeError, OSError) as error:
        causes = [line.strip() for line in str(error).splitlines() if line.strip() not in {"", "Caused by:"}]
        print("; ".join(causes))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
