"""Files that are either whole or not there."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` with `content`: write beside it, flush to the disk, rename.

    Raises:
        OSError: the folder is full or cannot be written; `path` is as it was.
    """
    import tempfile  # noqa: PLC0415 - an ordinary start writes nothing and should not wait for it

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
