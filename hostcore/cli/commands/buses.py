"""Commands for the buses."""

from __future__ import annotations

import argparse

from hostcore.cli.commands.kinds import Commands, seconds
from hostcore.cli.offered import bus, file_or_dash, i2c_bus, plugin

_BESIDE_PLUGINS = (
    "A running host reads between the transfers of its plugins. That harms none of them, unless the chip changes when "
    "it is read, as one that empties a FIFO or clears an interrupt, or takes the number of the register for a command."
)


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_scan(commands)
    _add_i2c(commands)
    _add_unstick(commands)
    _add_capture(commands)


def _add_scan(commands: Commands) -> None:
    scan = commands.add_parser("scan", help="find the devices on an I2C bus, as i2cdetect does")
    scan.add_argument(
        "bus", nargs="?", type=i2c_bus, metavar="BUS", help="such as 1 (default: the first I2C bus of host.toml)"
    )
    scan.add_argument("--mode", choices=("auto", "quick", "read"), default="auto", help="how to probe (default: auto)")
    scan.add_argument("--json", action="store_true", help="print one JSON object")
    scan.add_argument("-y", "--yes", action="store_true", help="probe a real bus without asking")
    scan.set_defaults(command=_scan)


def _add_i2c(commands: Commands) -> None:
    parser = commands.add_parser("i2c", help="read from or write to a device on an I2C bus")
    transfers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    read = transfers.add_parser("read", help="read bytes, as i2cget does", description=f"Read bytes. {_BESIDE_PLUGINS}")
    write = transfers.add_parser("write", help="write bytes, as i2cset does")
    dump = transfers.add_parser(
        "dump", help="read all registers, as i2cdump does", description=f"Read all registers. {_BESIDE_PLUGINS}"
    )
    transfer = transfers.add_parser(
        "transfer",
        help="make one transfer of any messages, as i2ctransfer does",
        description="Make one transfer of any messages, with a repeated start between them: w2 0x00 0x10 r4 writes two "
        "bytes and reads four, w0 sends the address alone. It prints a line for each message that is read. "
        f"{_BESIDE_PLUGINS}",
    )
    for each in (read, write, dump, transfer):
        each.add_argument("bus", type=i2c_bus, metavar="BUS", help="such as 1")
        each.add_argument("address", metavar="ADDRESS", help="0x08 to 0x77")
    for each in (read, dump, transfer):
        each.add_argument("--json", action="store_true", help="print one JSON object")
    for each in (write, transfer):
        each.add_argument("--force", action="store_true", help="write even if a running plugin may use the address")
        each.add_argument("-y", "--yes", action="store_true", help="write to a real bus without asking")
    transfer.add_argument("words", nargs="+", metavar="MESSAGE", help="rN, or wN and N bytes")
    transfer.set_defaults(command=_i2c_transfer)
    read.add_argument("register", nargs="?", default="-", metavar="REGISTER", help="0x00 to 0xff (default: -, none)")
    read.add_argument("length", nargs="?", default="1", metavar="LENGTH", help="how many bytes (default: 1)")
    read.set_defaults(command=_i2c_read)
    write.add_argument("data", nargs="+", metavar="BYTE", help="0x00 to 0xff")
    write.set_defaults(command=_i2c_write)
    dump.add_argument("registers", nargs="?", default="0x00-0xff", metavar="FIRST-LAST", help="default: 0x00-0xff")
    dump.set_defaults(command=_i2c_dump)


def _add_unstick(commands: Commands) -> None:
    unstick = commands.add_parser("unstick", help="free an I2C bus whose SDA is held low, with nine clocks and a stop")
    unstick.add_argument("bus", type=i2c_bus, metavar="BUS", help="such as 1")
    unstick.add_argument("-y", "--yes", action="store_true", help="drive the lines of a real bus without asking")
    unstick.set_defaults(command=_unstick)


def _add_capture(commands: Commands) -> None:
    capture = commands.add_parser(
        "capture",
        help="write the bus traffic for Wireshark, PulseView or a spreadsheet",
        description="Write the transfers of the running host, or run it. FILE may be -, standard output: "
        "ssh pi wasi-host capture --pcapng - | wireshark -k -i -",
    )
    capture.add_argument("--pcapng", type=file_or_dash, metavar="FILE", help="I2C messages for Wireshark")
    capture.add_argument(
        "--vcd", type=file_or_dash, metavar="FILE", help="SDA and SCL, reconstructed, for PulseView and GTKWave"
    )
    capture.add_argument(
        "--sr", type=file_or_dash, metavar="FILE", help="the same as a session of PulseView, with shortened pauses"
    )
    capture.add_argument("--csv", type=file_or_dash, metavar="FILE", help="transfers of all buses, as a table")
    capture.add_argument(
        "--jsonl", type=file_or_dash, metavar="FILE", help="transfers of all buses, a JSON object a line"
    )
    capture.add_argument(
        "--seconds", type=seconds, metavar="N", help="end N seconds after all plugins are loaded (default: at Ctrl+C)"
    )
    capture.add_argument("--bus", type=bus, metavar="BUS", help="only this bus, such as i2c-1")
    capture.add_argument("--plugin", type=plugin, metavar="NAME", help="only the transfers of this plugin")
    capture.add_argument("--force", action="store_true", help="replace files that are there already")
    capture.set_defaults(command=_capture)


def _scan(options: argparse.Namespace) -> int:
    from hostcore.cli.scan import scan_bus  # noqa: PLC0415

    return scan_bus(options.config, options.bus, options.mode, as_json=options.json, yes=options.yes)


def _i2c_read(options: argparse.Namespace) -> int:
    from hostcore.cli.i2c import read  # noqa: PLC0415

    return read(options.config, options.bus, options.address, options.register, options.length, as_json=options.json)


def _i2c_write(options: argparse.Namespace) -> int:
    from hostcore.cli.i2c import write  # noqa: PLC0415

    return write(options.config, options.bus, options.address, options.data, force=options.force, yes=options.yes)


def _i2c_dump(options: argparse.Namespace) -> int:
    from hostcore.cli.i2c import dump  # noqa: PLC0415

    return dump(options.config, options.bus, options.address, options.registers, as_json=options.json)


def _i2c_transfer(options: argparse.Namespace) -> int:
    from hostcore.cli.i2c import transfer  # noqa: PLC0415

    return transfer(
        options.config,
        options.bus,
        options.address,
        options.words,
        force=options.force,
        yes=options.yes,
        as_json=options.json,
    )


def _unstick(options: argparse.Namespace) -> int:
    from hostcore.cli.unstick import unstick  # noqa: PLC0415

    return unstick(options.config, options.bus, yes=options.yes)


def _capture(options: argparse.Namespace) -> int:
    from hostcore.cli.capture import Wish, capture  # noqa: PLC0415
    from hostcore.export.formats import Format  # noqa: PLC0415

    outputs = {form: target for form in Format if (target := getattr(options, form)) is not None}
    return capture(options.config, Wish(outputs, options.seconds, options.bus, options.plugin, options.force))
