"""Each instance knows its own memory, or none, however many start at the same time."""

from __future__ import annotations

import ctypes
import mmap
import threading
from pathlib import Path

import pytest

from hostcore.runtime import guest_memory
from hostcore.runtime.guest_memory import ClaimedMemories, GuestMemories


class Kernel:
    """The memories of a process."""

    def __init__(self) -> None:
        self.memories: dict[int, range] = {}
        self.looks = 0

    def look(self) -> dict[int, range]:
        """Tell all memories, as the file of mappings does."""
        self.looks += 1
        return dict(self.memories)

    def is_readable(self, address: int) -> bool:
        """Whether a memory has this address."""
        return any(address in memory for memory in self.memories.values())

    def grow(self, key: int, size: int) -> None:
        """Let a memory have `size` bytes."""
        self.memories[key] = range(key << 32, (key << 32) + size)

    def map(self, size: int) -> int:
        """Map a memory of `size` bytes, and return its key."""
        key = len(self.memories) + 1
        self.grow(key, size)
        return key


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(guest_memory, "_memories", made.look)
    monkeypatch.setattr(guest_memory, "_is_readable", made.is_readable)
    return made


def test_an_instance_gets_the_memory_that_its_start_mapped(kernel: Kernel) -> None:
    kernel.map(100)
    key, own = GuestMemories().claim(lambda: kernel.map(7))
    assert (own.size(), own.places()) == (7, [kernel.memories[key]])


def test_a_memory_that_nobody_claimed_is_not_given_to_the_next_instance(kernel: Kernel) -> None:
    impatient, memories = GuestMemories(0.0), GuestMemories()

    def start() -> int:
        other, own = impatient.claim(lambda: kernel.map(50))  # does not wait for the start that is under way
        assert (kernel.memories[other], own.size()) == (range(2 << 32, (2 << 32) + 50), 0)
        return key

    key = kernel.map(1)
    _, own = memories.claim(start)
    assert own.places() == [], "two memories are new, and one of them is another instance's"
    third, own = memories.claim(lambda: kernel.map(7))
    assert own.places() == [kernel.memories[third]]


def test_instances_that_start_together_wait_for_each_other(kernel: Kernel) -> None:
    found: list[tuple[int, ClaimedMemories]] = []
    threads = [
        threading.Thread(target=lambda: found.append(GuestMemories().claim(lambda: kernel.map(7)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(own.places() == [kernel.memories[key]] for key, own in found)


def test_a_look_that_misses_a_mapping_is_taken_again(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    key, own = GuestMemories().claim(lambda: kernel.map(7))
    looks = iter([{}, {}, dict(kernel.memories)])
    monkeypatch.setattr(guest_memory, "_memories", lambda: next(looks))
    assert own.places() == [kernel.memories[key]]


def test_all_mappings_are_looked_at_again_only_after_a_memory_has_grown(kernel: Kernel) -> None:
    """A look takes the longer, the more instances there are. A host has a hundred, and measures each of them."""
    key, own = GuestMemories().claim(lambda: kernel.map(7))
    assert own.size() == 7
    before = kernel.looks
    assert (own.size(), own.size(), kernel.looks) == (7, 7, before)
    kernel.grow(key, 9)
    assert (own.size(), own.size(), kernel.looks) == (9, 9, before + 1)


def test_the_kernel_says_whether_a_byte_can_be_read() -> None:
    page = mmap.PAGESIZE
    with mmap.mmap(-1, 2 * page) as mapped:
        start = ctypes.addressof(ctypes.c_char.from_buffer(mapped))
        assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(start + page), page, 0) == 0
        assert [guest_memory._is_readable(start + each) for each in (0, page - 1, page)] == [True, True, False]


def test_a_memory_stays_known_while_neighbours_come_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maps = tmp_path / "maps"
    monkeypatch.setattr(guest_memory, "MAPS", maps)
    gib = 1 << 30

    def map_(*areas: tuple[int, int, str]) -> None:
        maps.write_text("".join(f"{start:x}-{end:x} {mode} 0 0 0\n" for start, end, mode in areas))

    map_((9 * gib, 10 * gib, "r-xp"))
    place = (5 * gib, 5 * gib + 4096, "rw-p")
    _, own = GuestMemories().claim(lambda: map_((4 * gib, place[0], "---p"), place, (place[1], 9 * gib + 4096, "---p")))
    assert own.size() == 4096
    monkeypatch.setattr(guest_memory, "_is_readable", lambda _address: True)
    above = 12 * gib
    map_(place, (place[1], above, "---p"), (above, above + 8192, "rw-p"), (above + 8192, above + 5 * gib, "---p"))
    assert own.places() == [range(place[0], place[1])]
