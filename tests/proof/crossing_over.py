"""Records four shipped drivers for another kind of computer, and compares what was told there. See `aarch64` beside it.

``python -m tests.proof.crossing_over FOLDER CALLS``        records
``python -m tests.proof.crossing_over FOLDER --compare``    compares
``python -m tests.proof.crossing_over FOLDER --runtime``    builds the Python runtime, and prints its file
``... FOLDER --take-runtime FILE``                          takes a runtime that was built elsewhere, and compiles it
``... FOLDER --cache``                                      prints the folder of compiled components
"""

from __future__ import annotations

import os
import shutil
import sys
from hashlib import sha256
from pathlib import Path

from hostcore.recording.file import SUFFIX
from hostcore.runtime.compile import compiled
from hostcore.runtime.compiled_cache import compiled_name
from hostcore.runtime.compiling.intact import write_sealed
from hostcore.runtime.python_runtime import PythonRuntime, _built
from hostcore.workshop import Workshop
from tests.bench.plain import cache_folder
from tests.proof.recording import TOLD, record
from tests.proof.replaying import REPLAYED
from tests.proof.subjects import shipped_ones

DRIVERS = ("aht20", "bh1750", "bme680", "dht22")


def main() -> int:
    """Do what the command line says. Returns 1 if anything differs."""
    folder, wish = Path(sys.argv[1]), sys.argv[2]
    if wish == "--compare":
        return _compare(folder)
    if wish == "--cache":
        print(cache_folder())
    elif wish == "--runtime":
        print(PythonRuntime(cache_folder(), Workshop()).component())
    elif wish == "--take-runtime":
        _take(Path(sys.argv[3]))
    else:
        for each in shipped_ones(folder):
            if each.name in DRIVERS:
                made = record(each, folder / each.name, cache_folder(), calls=int(wish), lives=1)
                print(f"{each.name}: recorded {made} calls", flush=True)
    return 0


def _take(runtime: Path) -> None:
    """Compile in this process: an emulator cannot start a program of its own kind."""
    cache_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    taken, content = _built(cache_folder()), runtime.read_bytes()
    digest = sha256(content).hexdigest()
    file = cache_folder() / compiled_name(digest, is_own=True)
    if not file.exists():
        os.chdir(cache_folder())  # the emulator's / is that of another system, for those who walk down from it
        write_sealed(Path(file.name), compiled(content, digest))
    shutil.copy(runtime, taken)


def _compare(folder: Path) -> int:
    files = sorted(folder.rglob(f"*{SUFFIX}"))
    differ = [each for each in files if each.with_suffix(TOLD).read_bytes() != each.with_suffix(REPLAYED).read_bytes()]
    for each in files:
        print(f"{each.parent.name}: {'DIFFERENT' if each in differ else 'the same in every byte'}")
    return int(bool(differ) or not files)


if __name__ == "__main__":
    sys.exit(main())
