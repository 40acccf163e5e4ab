"""An instance's linear memory between two calls: taken as a checkpoint, and put into another instance.

Between two calls, an instance's state is its linear memory: the globals of the runtime are at rest, and the handles are
those of the load (the recorder takes no checkpoint while they are others). So an instance that has replayed the
beginning of the recording, and then gets the pages that have changed since, goes on exactly.
"""

from __future__ import annotations

import ctypes

from hostcore.errors import PluginCrashedError, RecordingError
from hostcore.recording.model import PAGE, Checkpoint
from hostcore.recording.pages import Memory
from hostcore.runtime.instance import Instance

WASM_PAGE = 1 << 16
"""Bytes by which a linear memory grows (WebAssembly core specification, 4.2.8)."""
MOST_ATTEMPTS = 256
"""Most allocations to make a memory grow."""


def checkpoint_of(calls: int, content: bytes, loaded: Memory) -> Checkpoint:
    """Reduce a memory to the pages that differ.

    Args:
        calls: how many calls the instance had made, with its start.
        content: its memory now.
        loaded: the memory of an instance that has only replayed the beginning.
    """
    here, there = memoryview(content), memoryview(loaded)
    blank = bytes(PAGE)
    pages = {}
    for number, start in enumerate(range(0, len(content), PAGE)):
        page, before = here[start : start + PAGE], there[start : start + PAGE]
        if page != (before or blank):
            pages[number] = bytes(page)
    return Checkpoint(calls, len(content), pages)


def restore(instance: Instance, checkpoint: Checkpoint) -> None:
    """Give an instance that has just replayed the beginning the memory of a checkpoint.

    Raises:
        RecordingError: its memory is not known, or cannot be made as large.
    """
    undone = _grown(instance, checkpoint.memory_bytes)
    memory = instance.memory()
    if memory is None or len(memory) < checkpoint.memory_bytes:
        raise RecordingError(f"{instance.plugin}: its memory cannot be restored")
    for number, page in {**undone, **checkpoint.pages}.items():
        ctypes.memmove(memory.start + number * PAGE, page, PAGE)


def _grown(instance: Instance, wanted: int) -> dict[int, bytes]:
    """Make the memory as large as wanted. Returns the pages that this has changed, as they were before."""
    before = instance.memory_content() or b""
    if len(before) >= wanted:
        return {}
    _grow(instance, wanted)
    now = instance.memory_content() or b""
    return dict(checkpoint_of(0, before.ljust(len(now), b"\0"), now).pages)


def _grow(instance: Instance, wanted: int) -> None:
    """Let the instance allocate until its memory is as large as wanted."""
    size = 0
    for _ in range(MOST_ATTEMPTS):
        missing = wanted - len(instance.memory() or ())
        if missing <= 0:
            return
        size += max(WASM_PAGE // 4, missing // 8)  # more than before, because that is free again
        try:
            instance.invoke("python-runtime#compile", ("grow", "#" + " " * size))
        except PluginCrashedError:
            return
