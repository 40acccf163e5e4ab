"""Each instance knows its own memory, or none, however many start at the same time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from hostcore.runtime import guest_memory
from hostcore.runtime.guest_memory import GuestMemories


class Kernel:
    """The memories of a process."""

    def __init__(self) -> None:
        self.memories: dict[int, range] = {}

    def map(self, size: int) -> int:
        """Map a memory of `size` bytes, and return its key."""
        key = len(self.memories) + 1
        self.memories[key] = range(key << 32, (key << 32) + size)
        return key


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(guest_memory, "_memories", lambda: dict(made.memories))
    return made


def test_an_instance_gets_the_memory_that_its_start_mapped(kernel: Kernel) -> None:
    kernel.map(100)
    memories = GuestMemories()
    key, keys = memories.claim(lambda: kernel.map(7))
    assert (keys, memories.size(keys)) == ({key}, 7)
    assert memories.places(keys) == [kernel.memories[key]]


def test_a_memory_that_nobody_claimed_is_not_given_to_the_next_instance(kernel: Kernel) -> None:
    impatient, memories = GuestMemories(0.0), GuestMemories()

    def start() -> int:
        other, keys = impatient.claim(lambda: kernel.map(50))  # does not wait for the start that is under way
        assert (kernel.memories[other], keys) == (range(2 << 32, (2 << 32) + 50), frozenset())
        return key

    key = kernel.map(1)
    _, keys = memories.claim(start)
    assert keys == frozenset(), "two memories are new, and one of them is another instance's"
    third, keys = memories.claim(lambda: kernel.map(7))
    assert keys == {third}


def test_instances_that_start_together_wait_for_each_other(kernel: Kernel) -> None:
    found: list[tuple[int, frozenset[int]]] = []
    threads = [
        threading.Thread(target=lambda: found.append(GuestMemories().claim(lambda: kernel.map(7)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(keys == {key} for key, keys in found)


def test_a_look_that_misses_a_mapping_is_taken_again(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    key, keys = (memories := GuestMemories()).claim(lambda: kernel.map(7))
    looks = iter([{}, {}, dict(kernel.memories)])
    monkeypatch.setattr(guest_memory, "_memories", lambda: next(looks))
    assert memories.places(keys) == [kernel.memories[key]]


def test_a_memory_stays_known_while_neighbours_come_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maps = tmp_path / "maps"
    monkeypatch.setattr(guest_memory, "MAPS", maps)
    gib = 1 << 30

    def map_(*areas: tuple[int, int, str]) -> None:
        maps.write_text("".join(f"{start:x}-{end:x} {mode} 0 0 0\n" for start, end, mode in areas))

    map_((9 * gib, 10 * gib, "r-xp"))
    memories, own = GuestMemories(), (5 * gib, 5 * gib + 4096, "rw-p")
    _, keys = memories.claim(lambda: map_((4 * gib, own[0], "---p"), own, (own[1], 9 * gib + 4096, "---p")))
    assert memories.size(keys) == 4096
    above = 12 * gib
    map_(own, (own[1], above, "---p"), (above, above + 8192, "rw-p"), (above + 8192, above + 5 * gib, "---p"))
    assert memories.places(keys) == [range(own[0], own[1])]
