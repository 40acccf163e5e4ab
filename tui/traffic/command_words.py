"""The line for a shell that repeats a transfer: ``wasi-host i2c read 1 0x77 0xd0 1``."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment

from hostcore.actuation import SetPwm
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.events.facts import HostFacts
from hostcore.place import BusKind
from hostcore.view.view import View
from tui.commands import ShellCommand, drive, in_shell
from tui.document import wrapped
from tui.lines import Line
from tui.look import Look
from tui.text import safe

NO_REGISTER = "-"
"""Stands for the register of a read that writes nothing first."""
WRITES = "It asks before it writes to real hardware. While a plugin may use the address, it also needs --force."
DRIVES = "The running host does it, and asks first if the hardware is real."
READS = "It reads between the transfers of running plugins."


def repeat_of(transfer: TransferCompleted, host: HostFacts, computer: str = "") -> ShellCommand:
    """Return the command that makes the same transfer on the same bus of the same settings.

    Args:
        transfer: the transfer.
        host: the host that made it.
        computer: the computer of the host, as ssh takes it; "" for this one.
    """
    if transfer.pwm is not None and transfer.address is not None:
        setting = SetPwm(transfer.address, transfer.pwm.duty, transfer.pwm.frequency_hz)
        return in_shell(drive(setting), host, computer, DRIVES)
    if transfer.bus.kind is not BusKind.I2C or transfer.address is None:
        return ShellCommand(
            "", f"No command repeats it: wasi-host i2c makes transfers on I2C buses, and this is {transfer.bus}."
        )
    if transfer.outcome is not Outcome.OK and not transfer.sequence:
        return ShellCommand("", "No command repeats it: it never got its bus, so its bytes are not known.")
    words, remark = _words(transfer)
    if not words:
        return ShellCommand("", remark)
    verb, *arguments = words
    device = [str(transfer.bus.number), f"0x{transfer.address:02x}"]
    return in_shell(("i2c", verb, *device, *arguments), host, computer, remark)


def repeat_here(transfer: TransferCompleted, view: View) -> ShellCommand:
    """Return the command that makes the same transfer on the host that the screen shows."""
    return repeat_of(transfer, view.facts, view.connection.computer)


def command_lines(repeat: ShellCommand, look: Look, width: int) -> Iterator[Line]:
    """The command as a part of a sheet, for a width in cells."""
    yield []
    yield [Segment("as a command for a shell", look.accent)]
    if repeat.command:
        yield from wrapped(safe(repeat.command, len(repeat.command)), look.strong, width)
    yield from wrapped(repeat.remark, look.muted, width)


def _words(transfer: TransferCompleted) -> tuple[list[str], str]:
    """The subcommand and what follows the address, with a remark; no words if there is no such command."""
    is_ok = transfer.outcome is Outcome.OK
    lost = () if is_ok else tuple(Message(False, bytes(length)) for length in transfer.asked)
    match [*transfer.messages, *lost]:
        case [Message(written=True, data=data)] if data:
            return ["write", *(f"0x{byte:02x}" for byte in data)], WRITES
        case [Message(written=False, data=data)] if data:
            return ["read", NO_REGISTER, str(len(data))], READS
        case [Message(written=True, data=register), Message(written=False, data=data)] if len(register) == 1 and data:
            guess = "" if is_ok else " The read failed; it is likely that it came after the write."
            return ["read", f"0x{register[0]:02x}", str(len(data))], READS + guess
        case messages if messages and all(each.written or each.data for each in messages):
            words = [word for message in messages for word in _message(message)]
            writes = any(each.written for each in messages)
            guess = "" if is_ok or not lost else " It failed; the order of its reads and writes is likely."
            return ["transfer", *words], (WRITES if writes else READS) + guess
        case _:
            return [], "No command repeats it: its messages are not known."


def _message(message: Message) -> tuple[str, ...]:
    """The words of one message for ``wasi-host i2c transfer``."""
    data = message.data
    return (f"w{len(data)}", *(f"0x{byte:02x}" for byte in data)) if message.written else (f"r{len(data)}",)
