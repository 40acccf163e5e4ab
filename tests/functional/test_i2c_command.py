"""``wasi-host i2c``: on the simulated Pi, and beside Debian's i2cget, i2cset and i2cdump on an emulated kernel."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from itertools import repeat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.cli.i2c import dump_grid
from tests.command import PROGRAM, Desk, Outcome
from tests.emulation import preload
from tests.emulation.faults import Fault
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory

pytest_plugins = ["tests.emulation.machine"]

SETTINGS = """
    [buses.i2c-1]
    backend = "simulated"
    [plugins.light]
    permissions = ["i2c:1:0x23:read"]
    [plugins.asleep]
    enabled = false
    permissions = ["i2c:1:0x77"]
    [[simulation.chips]]
    chip = "bme680"
    bus = 1
    address = 0x77
    [[simulation.chips]]
    chip = "bh1750"
    bus = 1
    address = 0x23
"""
CONTENT = bytes(range(0x1C, 0x84)) + b"\x00\xff"


def complaint(outcome: Outcome, status: int = 1) -> str:
    """The one line that the command has to say before it ends with this status."""
    assert (outcome.status, outcome.out) == (status, "")
    *notes, line = outcome.err.splitlines()
    assert all("simulated" in note for note in notes)
    return line.removeprefix("wasi-host: ")


class TestOnTheSimulatedPi:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        folder = tmp_path / "desk"
        folder.mkdir()
        desk = Desk(folder, tmp_path / "cache" / "wasi-host")
        desk.write("host.toml", SETTINGS)
        return desk

    @pytest.mark.parametrize(
        "arguments",
        [("1", "0x77", "0xd0"), ("i2c-1", "119", "208"), ("1", "0X77", "0XD0", "1"), ("1", "0x77", "0xd0", "0x1")],
    )
    def test_a_register_is_read_whichever_way_the_numbers_are_written(
        self, desk: Desk, arguments: tuple[str, ...]
    ) -> None:
        outcome = desk.run_here("i2c", "read", *arguments)
        assert (outcome.status, outcome.out) == (0, "0x61\n")
        assert outcome.err == "wasi-host: this is i2c-1, simulated\n"

    def test_several_registers_are_read_in_one_transfer(self, desk: Desk) -> None:
        assert desk.run_here("i2c", "read", "1", "0x77", "0xd0", "3").out.startswith("0x61 0x")
        assert len(desk.run_here("i2c", "read", "1", "0x77", "0xd0", "3").out.split()) == 3

    def test_a_device_without_registers_is_read_with_a_dash(self, desk: Desk) -> None:
        outcome = desk.run_here("i2c", "read", "1", "0x23", "-", "2")
        assert outcome.out == "0x00 0x00\n"

    def test_the_address_alone_reads_one_byte(self, desk: Desk) -> None:
        assert len(desk.run_here("i2c", "read", "1", "0x77").out.split()) == 1

    def test_one_transfer_has_any_messages_and_prints_a_line_for_each_that_is_read(self, desk: Desk) -> None:
        outcome = desk.run_here("i2c", "transfer", "1", "0x77", "w1", "0xd0", "r1", "w1", "0xd0", "r2")
        assert (outcome.status, [line.split()[0] for line in outcome.out.splitlines()]) == (0, ["0x61", "0x61"])
        assert desk.run_here("i2c", "transfer", "1", "0x77", "w2", "0x74", "0x25").out == ""

    def test_scripts_get_the_answers_as_json(self, desk: Desk) -> None:
        device = {"bus": "i2c-1", "simulated": True, "address": "0x77"}
        read = json.loads(desk.run_here("i2c", "read", "1", "0x77", "0xd0", "--json").out)
        assert read == {**device, "data": [0x61]}
        transfer = json.loads(desk.run_here("i2c", "transfer", "1", "0x77", "w1", "0xd0", "r1", "--json").out)
        assert transfer == {**device, "data": [[0x61]]}
        dump = json.loads(desk.run_here("i2c", "dump", "1", "0x77", "0xd0-0xd0", "--json").out)
        assert dump == {**device, "registers": {"0xd0": 0x61}}

    def test_writing_prints_nothing_and_asks_nothing(self, desk: Desk) -> None:
        outcome = desk.run_here("i2c", "write", "1", "0x77", "0x74", "0x25")
        assert (outcome.status, outcome.out) == (0, "")

    def test_a_dump_shows_the_registers_asked_for(self, desk: Desk) -> None:
        header, row = desk.run_here("i2c", "dump", "1", "0x77", "0xd0-0xd2").out.splitlines()
        assert header == "     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f    0123456789abcdef"
        assert row.startswith("d0: 61 ")
        assert row[55] == "a"

    @pytest.mark.parametrize("command", [("read",), ("dump",), ("write", "0x10")])
    def test_a_plugins_device_can_be_used_while_no_host_runs_the_plugin(
        self, desk: Desk, command: tuple[str, ...]
    ) -> None:
        name, *rest = command
        assert desk.run_here("i2c", name, "1", "0x23", *rest).status == 0

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("read", "1", "0x78"), "found '0x78', allowed is a 7-bit address from 0x08 to 0x77"),
            (("read", "1", "0x07"), "found '0x07', allowed is a 7-bit address from 0x08 to 0x77"),
            (("read", "1", "077"), "found '077', allowed is a 7-bit address"),
            (("read", "1", "seven"), "found 'seven', allowed is a 7-bit address"),
            (("read", "1", "0x77", "0x100"), "found '0x100', allowed is a register from 0x00 to 0xff"),
            (("read", "1", "0x77", ""), "found '', allowed is a register from 0x00 to 0xff"),
            (("read", "1", "0x77", "0x00", "0"), "found '0', allowed is a length from 1 to 8192 bytes"),
            (("read", "1", "0x77", "0x00", "8193"), "found '8193', allowed is a length from 1 to 8192 bytes"),
            (("write", "1", "0x77", "0x10", "256"), "found '256', allowed is a byte from 0x00 to 0xff"),
            (("write", "1", "0x77", "1e3"), "found '1e3', allowed is a byte from 0x00 to 0xff"),
            (("write", "1", "0x77", "٣"), "found '٣', allowed is a byte from 0x00 to 0xff"),
            (("dump", "1", "0x77", "0x10"), "found '0x10', allowed is a range of registers such as 0x00-0x3f"),
            (("dump", "1", "0x77", "0x10-0x0f"), "found '0x0f', allowed is a range of registers such as 0x00-0x3f"),
            (("dump", "1", "0x77", "0x00-0x100"), "found '0x100', allowed is a range of registers such as 0x00-0x3f"),
            (("read", "one", "0x77"), "found 'one', allowed is an I2C bus such as 1 or i2c-1"),
            (("transfer", "1", "0x77", "w1"), "w1 asks for 1 bytes, found 0"),
        ],
    )
    def test_a_wrong_argument_gets_one_line_and_nothing_is_begun(
        self, desk: Desk, arguments: tuple[str, ...], words: str
    ) -> None:
        assert complaint(desk.run_here("i2c", *arguments), 2).startswith(words)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("read", "2", "0x77"), "i2c-2 is not in host.toml, which has i2c-1; add [buses.i2c-2] there"),
            (("transfer", "1", "0x76", "r1"), "I2C bus 1, address 0x76: no device acknowledged"),
            (("read", "1", "0x76", "0xd0"), "I2C bus 1, address 0x76: no device acknowledged"),
            (("write", "1", "0x76", "0xd0"), "I2C bus 1, address 0x76: no device acknowledged"),
            (("dump", "1", "0x76"), "I2C bus 1, address 0x76: no device acknowledged"),
        ],
    )
    def test_what_is_wrong_gets_one_line(self, desk: Desk, arguments: tuple[str, ...], words: str) -> None:
        assert complaint(desk.run_here("i2c", *arguments)).startswith(words)


@pytest.fixture
def memory() -> Memory:
    return Memory(CONTENT)


@pytest.fixture
def adapter(kernel: EmulatedKernel, memory: Memory) -> I2cAdapter:
    made = I2cAdapter({0x50: memory}, claimed={0x68: "rtc-ds1307"})
    kernel.plug("i2c-1", made)
    return made


@pytest.fixture
def on_the_pi(kernel: EmulatedKernel, adapter: I2cAdapter, tmp_path: Path) -> Callable[..., Outcome]:
    """Runs a program on an emulated Raspberry Pi that has an EEPROM at 0x50."""
    settings = tmp_path / "host.toml"
    settings.write_text("[buses.i2c-1]\n")

    def run(program: str | Path, *arguments: str) -> Outcome:
        own = ("--config", str(settings), "i2c") if program == PROGRAM else ()
        done = preload.run(kernel.root, str(program), *own, *arguments)
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


class TestOnARealBus:
    def test_writing_is_not_done_where_nobody_can_be_asked(
        self, on_the_pi: Callable[..., Outcome], adapter: I2cAdapter
    ) -> None:
        outcome = on_the_pi(PROGRAM, "write", "1", "0x50", "0x10", "0x55")
        assert (
            complaint(outcome)
            == "nothing was written, because standard input is not a terminal; -y does it without asking"
        )
        assert adapter.transfers == 0

    def test_a_transfer_that_writes_asks_and_one_that_only_reads_does_not(
        self, on_the_pi: Callable[..., Outcome], adapter: I2cAdapter
    ) -> None:
        assert "nothing was transferred, because" in complaint(on_the_pi(PROGRAM, "transfer", "1", "0x50", "w0", "r1"))
        assert adapter.transfers == 0
        assert on_the_pi(PROGRAM, "transfer", "1", "0x50", "r2").status == 0

    def test_8192_bytes_are_read_at_once(self, on_the_pi: Callable[..., Outcome], adapter: I2cAdapter) -> None:
        outcome = on_the_pi(PROGRAM, "read", "1", "0x50", "0x00", "8192")
        assert outcome.out.split()[:256] == [f"0x{byte:02x}" for byte in CONTENT.ljust(256, b"\xff")]
        assert (len(outcome.out.split()), outcome.err, adapter.transfers) == (8192, "", 1)

    def test_what_the_kernel_holds_is_refused_even_if_forced(self, on_the_pi: Callable[..., Outcome]) -> None:
        text = complaint(on_the_pi(PROGRAM, "write", "--force", "-y", "1", "0x68", "0x00"))
        assert "0x68: the kernel's driver rtc-ds1307 has this device" in text

    def test_a_dump_of_a_bus_that_times_out_ends_soon(
        self, on_the_pi: Callable[..., Outcome], adapter: I2cAdapter
    ) -> None:
        adapter.faults = repeat(Fault(errno.ETIMEDOUT))
        assert "the transfer did not end in time" in complaint(on_the_pi(PROGRAM, "dump", "1", "0x50"))
        assert adapter.transfers == 3

    def test_a_bus_that_is_gone_is_not_taken_for_the_simulated_one(
        self, kernel: EmulatedKernel, on_the_pi: Callable[..., Outcome]
    ) -> None:
        kernel.unplug("i2c-1")
        text = complaint(on_the_pi(PROGRAM, "read", "1", "0x50", "0x00"))
        assert text.startswith("i2c-1: /dev/i2c-1 does not exist, and there is no other of its kind; add the line ")


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("i2cget") is None, reason="Debian's i2c-tools are not installed")
class TestBesideI2cTools:
    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (("0x50", "0x05"), ("0x50", "0x05")),
            (("80", "5"), ("80", "5")),
            (("0x50", "0x05", "1"), ("0x50", "0x05", "i", "1")),
            (("0x50", "0x05", "8"), ("0x50", "0x05", "i", "8")),
            (("0x50", "0xf0", "32"), ("0x50", "0xf0", "i", "32")),
        ],
    )
    def test_read_prints_what_i2cget_prints(
        self, on_the_pi: Callable[..., Outcome], ours: tuple[str, ...], theirs: tuple[str, ...]
    ) -> None:
        expected = on_the_pi("i2cget", "-y", "1", *theirs)
        assert (expected.status, expected.err) == (0, "")
        assert on_the_pi(PROGRAM, "read", "1", *ours) == expected

    def test_read_without_a_register_goes_on_where_i2cget_ended(self, on_the_pi: Callable[..., Outcome]) -> None:
        outcomes = [on_the_pi("i2cget", "-y", "1", "0x50", "0x05"), on_the_pi(PROGRAM, "read", "1", "0x50")]
        outcomes += [on_the_pi("i2cget", "-y", "1", "0x50"), on_the_pi(PROGRAM, "read", "1", "0x50", "-", "2")]
        assert [each.out for each in outcomes] == ["0x21\n", "0x22\n", "0x23\n", "0x24 0x25\n"]

    @pytest.mark.parametrize("data", [("0x07",), ("0x07", "0x55"), ("0x10", "1", "2", "3", "255")])
    def test_write_leaves_what_i2cset_leaves(
        self, on_the_pi: Callable[..., Outcome], kernel: EmulatedKernel, memory: Memory, data: tuple[str, ...]
    ) -> None:
        ours = on_the_pi(PROGRAM, "write", "-y", "1", "0x50", *data)
        assert (ours.status, ours.out, ours.err) == (0, "", "")
        written, other = bytes(memory.content), Memory(CONTENT)
        kernel.boot()
        kernel.plug("i2c-1", I2cAdapter({0x50: other}))
        mode = ("i",) if len(data) > 2 else ()
        assert on_the_pi("i2cset", "-y", "1", "0x50", *data, *mode).status == 0
        assert written == bytes(other.content)

    @pytest.mark.parametrize("messages", ["w1 0x05 r8", "w1 0x05 r2 w1 0x10 r1", "w3 0x10 1 0xff"])
    def test_transfer_prints_what_i2ctransfer_prints(self, on_the_pi: Callable[..., Outcome], messages: str) -> None:
        (first, *words), at = messages.split(), "@0x50"
        expected = on_the_pi("i2ctransfer", "-y", "1", first + at, *words)
        assert (expected.status, expected.err) == (0, "")
        assert on_the_pi(PROGRAM, "transfer", "-y", "1", "0x50", first, *words) == expected

    @pytest.mark.parametrize(
        "registers", [(), ("0x00-0xff",), ("0x13-0x2e",), ("5-5",), ("0x60-0x6f",), ("0x0f-0x10",)]
    )
    def test_dump_prints_what_i2cdump_prints(
        self, on_the_pi: Callable[..., Outcome], registers: tuple[str, ...]
    ) -> None:
        limits = ("-r", *registers) if registers else ()
        expected = on_the_pi("i2cdump", "-y", *limits, "1", "0x50", "b").out
        assert expected.startswith("     0  1")
        assert on_the_pi(PROGRAM, "dump", "1", "0x50", *registers).out == expected

    def test_dump_marks_what_the_device_refuses_as_i2cdump_does(
        self, on_the_pi: Callable[..., Outcome], adapter: I2cAdapter
    ) -> None:
        adapter.faults = iter([None, Fault(errno.EREMOTEIO), Fault(errno.EIO), None, Fault(errno.EREMOTEIO)])
        expected = on_the_pi("i2cdump", "-y", "-r", "0x20-0x3f", "1", "0x50", "b").out
        assert expected.count("XX ") == 3
        adapter.faults = iter([None, Fault(errno.EREMOTEIO), Fault(errno.EIO), None, Fault(errno.EREMOTEIO)])
        assert on_the_pi(PROGRAM, "dump", "1", "0x50", "0x20-0x3f").out == expected


@given(
    st.integers(0, 255).flatmap(lambda first: st.tuples(st.just(first), st.binary(min_size=1, max_size=256 - first)))
)
def test_a_dump_has_every_byte_in_its_place_twice(registers: tuple[int, bytes]) -> None:
    first, values = registers
    header, *rows = dump_grid(first, list(values)).split("\n")
    assert {len(row) for row in rows} == {len(header)} == {71}
    for register, value in enumerate(values, first):
        (row,) = [row for row in rows if row.startswith(f"{register & 0xF0:02x}: ")]
        column = register & 0x0F
        assert row[4 + 3 * column : 6 + 3 * column] == f"{value:02x}"
        printable = chr(value) if 0x20 <= value < 0x7F else "?"
        assert row[55 + column] == ("." if value in {0x00, 0xFF} else printable)
