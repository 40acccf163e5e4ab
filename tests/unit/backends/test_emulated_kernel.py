"""The emulated kernel is what the real one is to those who do not know the difference: i2c-tools, smbus2, spidev."""

from __future__ import annotations

import errno
import shutil
from textwrap import dedent

import pytest
from smbus2 import I2cFunc

from hostcore.clock import VirtualClock
from hostcore.devices.bh1750 import Bh1750
from hostcore.devices.bme680 import Bme680
from hostcore.devices.environment import Environment
from hostcore.devices.ssd1306 import Ssd1306
from tests.emulation import preload
from tests.emulation.faults import Fault
from tests.emulation.i2c import FUNCTIONS_OF_GPIO, FUNCTIONS_OF_I2C, I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory, Picky

pytest_plugins = ["tests.emulation.machine"]

needs_i2c_tools = pytest.mark.skipif(shutil.which("i2cdetect") is None, reason="Debian's i2c-tools is not installed")
CONTENT = bytes(range(0x20, 0x60))


@pytest.fixture
def adapter(kernel: EmulatedKernel) -> I2cAdapter:
    """A bus with three real chips, a memory, one of the kernel's own and two that answer only half of the time."""
    clock = VirtualClock()
    room = Environment(clock)
    targets = {
        0x23: Bh1750(clock, room),
        0x3C: Ssd1306(clock, room),
        0x76: Bme680(clock, room),
        0x50: Memory(CONTENT),
        0x51: Picky(reading=False),
        0x52: Picky(reading=True),
        0x60: Picky(reading=True),
        0x61: Picky(reading=False),
        0x48: Memory(),
    }
    made = I2cAdapter(targets, name="bcm2835 (i2c@7e804000)", claimed={0x48: "lm75"})
    kernel.plug("i2c-1", made)
    return made


def tool(kernel: EmulatedKernel, command: str) -> str:
    """What one of Debian's i2c-tools prints."""
    done = preload.run(kernel.root, *command.split())
    assert done.returncode == 0, done.stderr
    return done.stdout


def cells(table: str) -> dict[int, str]:
    """The cells of i2cdetect's table that are not ``--`` or blank, by address."""
    found = {}
    for line in table.splitlines()[1:]:
        row = int(line[:2], 16)
        for column in range(16):
            cell = line[4 + 3 * column : 6 + 3 * column].strip()
            if cell not in ("", "--"):
                found[row + column] = cell
    return found


@needs_i2c_tools
class TestI2cTools:
    @pytest.mark.parametrize(
        ("mode", "half"),
        [("", {0x52: "52", 0x61: "61"}), ("-q", {0x51: "51", 0x61: "61"}), ("-r", {0x52: "52", 0x60: "60"})],
    )
    def test_i2cdetect_finds_what_answers_in_each_mode(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, mode: str, half: dict[int, str]
    ) -> None:
        always = {0x23: "23", 0x3C: "3c", 0x48: "UU", 0x50: "50", 0x76: "76"}
        assert cells(tool(kernel, f"i2cdetect -y {mode} 1")) == always | half

    def test_i2cdetect_leaves_out_what_the_adapter_cannot_do(self, kernel: EmulatedKernel) -> None:
        kernel.plug("i2c-2", I2cAdapter({0x23: Memory()}, functions=FUNCTIONS_OF_I2C & ~I2cFunc.SMBUS_QUICK))
        done = preload.run(kernel.root, "i2cdetect", "-y", "-q", "2")
        assert done.returncode != 0
        assert "Quick Write" in done.stderr

    def test_i2cdetect_lists_the_bus(self, kernel: EmulatedKernel, adapter: I2cAdapter) -> None:
        assert tool(kernel, "i2cdetect -l").split("\t")[0] == "i2c-1"
        assert "bcm2835 (i2c@7e804000)" in tool(kernel, "i2cdetect -l")

    def test_a_bus_that_is_not_there_is_not_found(self, kernel: EmulatedKernel, adapter: I2cAdapter) -> None:
        done = preload.run(kernel.root, "i2cdetect", "-y", "7")
        assert done.returncode != 0
        assert "No such file or directory" in done.stderr

    @pytest.mark.parametrize(
        ("command", "printed"),
        [
            ("i2cget -y 1 0x76 0xd0", "0x61"),
            ("i2cget -y 1 0x50 0x02", "0x22"),
            ("i2cget -y 1 0x50 0x02 w", "0x2322"),
            ("i2cget -y 1 0x50 0x02 c", "0x22"),
            ("i2ctransfer -y 1 w1@0x50 0x04 r3", "0x24 0x25 0x26"),
        ],
    )
    def test_i2cget_and_i2ctransfer_read(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, command: str, printed: str
    ) -> None:
        assert tool(kernel, command).strip() == printed

    @pytest.mark.parametrize(
        ("command", "written"),
        [
            ("i2cset -y 1 0x50 0x10 0xaa", b"\xaa"),
            ("i2cset -y 1 0x50 0x10 0xbbaa w", b"\xaa\xbb"),
            ("i2cset -y 1 0x50 0x10 0x01 0x02 0x03 i", b"\x01\x02\x03"),
            ("i2cset -y 1 0x50 0x10 0x01 0x02 0x03 s", b"\x03\x01\x02\x03"),
            ("i2ctransfer -y 1 w4@0x50 0x10 0x0a 0x0b 0x0c", b"\x0a\x0b\x0c"),
        ],
    )
    def test_i2cset_and_i2ctransfer_write(
        self, kernel: EmulatedKernel, adapter: I2cAdapter, command: str, written: bytes
    ) -> None:
        tool(kernel, command)
        memory = adapter.targets[0x50]
        assert isinstance(memory, Memory)
        assert bytes(memory.content[0x10 : 0x10 + len(written)]) == written

    @pytest.mark.parametrize("mode", ["b", "i", "c"])
    def test_i2cdump_shows_the_whole_memory(self, kernel: EmulatedKernel, adapter: I2cAdapter, mode: str) -> None:
        if mode == "c":
            tool(kernel, "i2cget -y 1 0x50 0xff")  # the pointer is then at the first register
        rows = tool(kernel, f"i2cdump -y 1 0x50 {mode}").splitlines()[1:]
        shown = [bytes.fromhex(row[4:51]) for row in rows]
        assert b"".join(shown) == CONTENT.ljust(256, b"\xff")

    def test_an_address_of_the_kernels_own_is_refused_but_by_force(
        self, kernel: EmulatedKernel, adapter: I2cAdapter
    ) -> None:
        done = preload.run(kernel.root, "i2cget", "-y", "1", "0x48", "0x00")
        assert "Could not set address to 0x48: Device or resource busy" in done.stderr
        assert tool(kernel, "i2cget -f -y 1 0x48 0x00").strip() == "0xff"

    def test_a_fault_reaches_the_tool(self, kernel: EmulatedKernel, adapter: I2cAdapter) -> None:
        adapter.faults = iter([Fault(errno.EIO)])
        assert preload.run(kernel.root, "i2cget", "-y", "1", "0x50", "0x00").returncode != 0


def python(kernel: EmulatedKernel, source: str) -> list[object]:
    """The values that each line of a Python program of the machine prints; an OSError is its errno's name."""
    program = f"import errno, os, fcntl, struct\nfrom smbus2 import SMBus, i2c_msg\n{dedent(source)}"
    done = preload.run_python(kernel.root, program)
    assert done.returncode == 0, done.stderr
    return [eval(line) for line in done.stdout.splitlines()]


FAILS_WITH = """
def fails_with(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
"""


class TestSmbus2:
    def test_every_kind_of_smbus_call(self, kernel: EmulatedKernel, adapter: I2cAdapter) -> None:
        adapter.functions |= I2cFunc.SMBUS_READ_BLOCK_DATA
        source = """
            bus = SMBus(1)
            print(bus.write_quick(0x50))
            print(bus.write_byte(0x50, 0x03), bus.read_byte(0x50), bus.read_byte(0x50), sep=",")
            print(bus.write_byte_data(0x50, 0x20, 0x99), bus.read_byte_data(0x50, 0x20), sep=",")
            print(bus.write_word_data(0x50, 0x20, 0x1234), bus.read_word_data(0x50, 0x20), sep=",")
            print(bus.write_block_data(0x50, 0x20, [7, 8, 9]), bus.read_block_data(0x50, 0x20), sep=",")
            print(bus.write_i2c_block_data(0x50, 0x20, [4, 5]), bus.read_i2c_block_data(0x50, 0x20, 4), sep=",")
            print(bus.process_call(0x50, 0x20, 0x2211))
        """
        assert python(kernel, source) == [
            None,
            (None, 0x23, 0x24),
            (None, 0x99),
            (None, 0x1234),
            (None, [7, 8, 9]),
            (None, [4, 5, 8, 9]),
            0x0908,
        ]

    def test_a_combined_transfer_of_8192_bytes(self, kernel: EmulatedKernel, adapter: I2cAdapter) -> None:
        source = """
            bus = SMBus(1)
            write, read = i2c_msg.write(0x50, b"\\x00"), i2c_msg.read(0x50, 8192)
            bus.i2c_rdwr(write, read)
            print(bytes(read))
        """
        assert python(kernel, source) == [CONTENT.ljust(256, b"\xff") * 32]

    @pytest.mark.parametrize(
        ("call", "name"),
        [
            ("bus.i2c_rdwr, *[i2c_msg.read(0x50, 1) for _ in range(43)]", "EINVAL"),
            ("bus.i2c_rdwr, i2c_msg.read(0x50, 8193)", "EINVAL"),
            ("bus.read_byte, 0x80", "EINVAL"),
            ("bus.read_byte, 0x48", "EBUSY"),
            ("bus.read_byte, 0x40", "EREMOTEIO"),
            ("fcntl.ioctl, bus.fd, 0x0704, 1", "EINVAL"),  # I2C_TENBIT
            ("fcntl.ioctl, bus.fd, 0x07FF, 0", "ENOTTY"),
        ],
    )
    def test_what_the_kernel_refuses(self, kernel: EmulatedKernel, adapter: I2cAdapter, call: str, name: str) -> None:
        assert python(kernel, f"{FAILS_WITH}\nbus = SMBus(1)\nprint(repr(fails_with({call})))") == [name]

    def test_a_word_with_a_pec_is_the_example_of_a_data_sheet(self, kernel: EmulatedKernel) -> None:
        chip = Memory(bytes(7) + b"\xd2\x3a\x30")  # MLX90614, "SMBus protocol": register 0x07, value 0x3AD2, PEC 0x30
        kernel.plug("i2c-2", I2cAdapter({0x5A: chip}))
        source = """
            bus = SMBus(2)
            bus.pec = True
            print(bus.read_word_data(0x5A, 0x07), bus.write_word_data(0x5A, 0x22, 0x07C8), sep=",")
        """
        assert python(kernel, source) == [(0x3AD2, None)]
        assert chip.content[0x22:0x25] == b"\xc8\x07\x05"

    def test_a_wrong_pec_is_refused_and_none_is_expected_of_an_i2c_block(
        self, kernel: EmulatedKernel, adapter: I2cAdapter
    ) -> None:
        source = f"""{FAILS_WITH}
bus = SMBus(1)
bus.pec = True
print(repr(fails_with(bus.read_byte_data, 0x50, 0x01)))
print(bus.read_i2c_block_data(0x50, 0x01, 2))
"""
        assert python(kernel, source) == ["EBADMSG", [0x21, 0x22]]

    def test_a_block_is_as_long_as_the_device_says(self, kernel: EmulatedKernel) -> None:
        chip = Memory(b"\x02\xaa\xbb\x21\x00")
        kernel.plug("i2c-2", I2cAdapter({0x50: chip}, functions=FUNCTIONS_OF_GPIO))
        source = f"""{FAILS_WITH}
bus = SMBus(2)
print(bus.read_block_data(0x50, 0))
print(repr(fails_with(bus.read_block_data, 0x50, 3)))
print(repr(fails_with(bus.read_block_data, 0x50, 4)))
print(bus.block_process_call(0x50, 0xFE, [7]))
"""
        assert python(kernel, source) == [[0xAA, 0xBB], "EPROTO", "EPROTO", [0xAA, 0xBB]]

    def test_the_adapter_of_a_pi_reads_only_the_length_of_a_block(
        self, kernel: EmulatedKernel, adapter: I2cAdapter
    ) -> None:
        adapter.targets[0x50] = Memory(b"\x02\xaa\xbb")
        assert python(kernel, "print(SMBus(1).read_block_data(0x50, 0))") == [[0, 0]]

    def test_plain_reads_and_writes_go_to_the_address_set_last(
        self, kernel: EmulatedKernel, adapter: I2cAdapter
    ) -> None:
        source = """
            file = os.open("/dev/i2c-1", os.O_RDWR)
            fcntl.ioctl(file, 0x0703, 0x50)
            print(os.write(file, b"\\x05"), os.read(file, 3), sep=",")
        """
        assert python(kernel, source) == [(1, b"\x25\x26\x27")]

    def test_two_files_have_addresses_of_their_own(self, kernel: EmulatedKernel, adapter: I2cAdapter) -> None:
        source = """
            one, other = SMBus(1), SMBus(1)
            one.write_byte(0x50, 0x01)
            other.write_byte(0x23, 0x01)
            print(one.read_byte(0x50))
        """
        assert python(kernel, source) == [0x21]
        assert adapter.is_closed_within(30)

    def test_an_adapter_without_i2c_refuses_combined_transfers(self, kernel: EmulatedKernel) -> None:
        kernel.plug("i2c-2", I2cAdapter({0x50: Memory()}, functions=I2cFunc.SMBUS_BYTE))
        source = f"""{FAILS_WITH}
bus = SMBus(2)
print(repr(fails_with(bus.i2c_rdwr, i2c_msg.read(0x50, 1))))
print(bus.read_byte(0x50))
"""
        assert python(kernel, source) == ["ENOTSUP", 0xFF]


def test_the_real_dev_and_sys_stay_out_of_sight_but_for_what_every_process_needs(kernel: EmulatedKernel) -> None:
    kernel.write_sys("class/thermal/thermal_zone0/temp", "51000\n")
    source = """
        print(os.listdir("/dev"), os.listdir("/sys/class"), sep=",")
        print(open("/dev/null", "rb").read(), len(open("/dev/urandom", "rb").read(4)), sep=",")
        print(open("/sys/class/thermal/thermal_zone0/temp").read().strip())
    """
    assert python(kernel, source) == [([], ["thermal"]), (b"", 4), 51000]
