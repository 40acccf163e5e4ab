"""A compiled file is compared with its digest once for each start of the computer, and again when it changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.runtime.compiling.intact import IntactThisBoot, is_intact, write_sealed
from tests.compiled_desk import Desk

pytest_plugins = ["tests.compiled_fixture"]


class Computer:
    """A computer that counts how often it reads a whole file."""

    def __init__(self) -> None:
        self.boot, self.checks = "boot 1", 0

    def intact(self) -> IntactThisBoot:
        return IntactThisBoot(self._check, lambda: self.boot)

    def _check(self, file: Path) -> bool:
        self.checks += 1
        return is_intact(file)


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1])
def test_any_changed_byte_is_found(tmp_path: Path, size: int) -> None:
    file = tmp_path / "a.cwasm"
    write_sealed(file, bytes(size))
    whole = file.read_bytes()
    assert is_intact(file)
    for place in {0, size // 2, max(0, size - 1), size, len(whole) - 1}:
        file.write_bytes(whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :])
        assert not is_intact(file)
    for other in (whole[:-1], whole + b"?", b"", whole[:40]):
        file.write_bytes(other)
        assert not is_intact(file)
    assert not is_intact(tmp_path / "nothing")


def test_the_file_is_read_once_for_each_boot(quick_desk: Desk) -> None:
    computer = Computer()
    quick_desk.intact = computer.intact()
    quick_desk.load()
    quick_desk.load()
    assert computer.checks == 0, "it was written during this boot"
    computer.boot = "boot 2"
    quick_desk.load()
    quick_desk.load()
    assert computer.checks == 1


def test_a_byte_that_a_card_lost_between_two_boots_is_found_and_compiled_again(quick_desk: Desk) -> None:
    computer = Computer()
    quick_desk.intact = computer.intact()
    quick_desk.load()
    content = bytearray(quick_desk.compiled().read_bytes())
    content[3000] ^= 4
    quick_desk.compiled().write_bytes(content)
    computer.boot = "boot 2"
    quick_desk.load()
    assert len(quick_desk.workshop.tasks) == 2
    assert "is damaged (its content does not fit its digest): compiling it again" in quick_desk.warnings[0]


def test_a_system_that_cannot_tell_its_boots_reads_the_file_each_time(quick_desk: Desk) -> None:
    computer = Computer()
    computer.boot = ""
    quick_desk.intact = computer.intact()
    for _ in range(3):
        quick_desk.load()
    assert computer.checks == 3


def test_a_file_that_was_replaced_while_it_was_checked_is_checked_again(tmp_path: Path) -> None:
    file, other, checks = tmp_path / "a.cwasm", tmp_path / "b.cwasm", 0
    write_sealed(file, b"old")

    def check(checked: Path) -> bool:
        nonlocal checks
        checks += 1
        is_fine = is_intact(checked)
        if checks == 1:
            other.write_bytes(b"another one")
            other.replace(file)
        return is_fine

    intact = IntactThisBoot(check, lambda: "boot 1")
    assert intact.holds(file), "that was the old one"
    assert not intact.holds(file)
