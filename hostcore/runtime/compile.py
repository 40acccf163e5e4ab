"""Compiles one component: ``python -m hostcore.runtime.compile IN SHA256 OUT MEMORY SECONDS [--keep-names]``.

A separate process, because compiling takes more than 400 MB, which the host should not keep, and seconds to minutes,
during which the host could not be stopped. Hostile input can make it take much more of both. This program limits its
memory, in bytes, and its processor time.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from hostcore.files import read_bounded
from hostcore.runtime.compiling.agreed import CHANGED, KEEP_NAMES, OUT_OF_MEMORY, REFUSED
from hostcore.runtime.compiling.intact import write_sealed
from hostcore.runtime.compiling.label import Label, this_compiler
from hostcore.runtime.compiling.source import PACKED
from hostcore.runtime.compiling.stripped import stripped
from hostcore.runtime.engine import MAX_COMPONENT, engine_config
from hostcore.runtime.features import refusal
from hostcore.runtime.native.library import WasmtimeError
from hostcore.runtime.native.objects import Component, Config, Engine
from hostcore.runtime.without_names import without_names
from hostcore.workshop import be_modest


def main() -> int:
    """Compile one component. On failure, print one line that says why and return its exit status."""
    source, digest, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    os.environ["RUST_BACKTRACE"] = "0"  # if memory runs out, 80 lines would follow
    be_modest(memory=int(sys.argv[4]), cpu_seconds=int(sys.argv[5]))
    try:
        content = _content(source)
        if sha256(content).hexdigest() != digest:
            print("the file changed while it was compiled; try again")
            return CHANGED
        if KEEP_NAMES not in sys.argv[6:]:
            content = without_names(content)
        write_sealed(target, compiled(content, digest))
    except MemoryError:
        print("memory ran out")
        return OUT_OF_MEMORY
    except (WasmtimeError, OSError, ValueError, RecursionError) as error:
        causes = [line.strip() for line in str(error).splitlines() if line.strip() not in {"", "Caused by:"}]
        text = "; ".join(causes)
        print(refusal(text) or text[:1000] or type(error).__name__)
        return OUT_OF_MEMORY if getattr(error, "errno", None) == errno.ENOMEM else REFUSED
    return 0


def compiled(content: bytes, digest: str) -> bytes:
    """Compile a component in this process, and return the code with its label. `digest` is the component's SHA-256."""
    return stripped(Component(Engine(portable()), content).serialize()) + Label(digest, this_compiler()).to_bytes()


def portable() -> Config:
    """The engine's settings for compiling. The code uses only what all 64-bit processors of this kind have.

    So a file that a Pi 5 compiled also runs on a Pi Zero 2 W (ARMv8.0), which has not enough memory to compile it, and
    one of a new PC on the oldest with 64 bits (SSE2). Naming the target turns the search for more features off. Python
    in the sandbox takes the same time with and without them: it computes little with vectors.
    """
    config = engine_config(compiles=True)
    if sys.platform == "linux":
        with suppress(WasmtimeError):  # without it, the file fits this kind of processor only
            config.compile_for(f"{os.uname().machine}-unknown-linux-gnu")
    return config


def _content(source: Path) -> bytes:
    content = read_bounded(source, min(MAX_COMPONENT, source.stat().st_size))  # the limit is allocated in one piece
    if source.suffix != PACKED:
        return content
    import lzma  # noqa: PLC0415 - only the component of a wheel is compressed

    try:
        return lzma.LZMADecompressor().decompress(content, MAX_COMPONENT)
    except lzma.LZMAError as error:
        raise ValueError(f"{source.name} is damaged ({error}); install the host again") from None


if __name__ == "__main__":
    sys.exit(main())
