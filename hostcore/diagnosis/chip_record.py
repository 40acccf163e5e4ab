"""One device in the words of its chip, folded from its transfers. It keeps facts for the rules, and judges nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from hostcore.chips.model import AnswerCondition, Chip, Command, Condition, Register, Role
from hostcore.clock import NS_PER_MS
from hostcore.decoding.commands import answer_of, command_sent
from hostcore.decoding.decoded import NOTHING_EARLIER, Checksum
from hostcore.decoding.layout import Layout, Span, layout_of
from hostcore.decoding.steps import Step, StepKind, Steps
from hostcore.diagnosis.chip_facts import (
    MOST_CYCLES,
    MOST_RESULTS,
    MOST_VALUES,
    Checks,
    Cycle,
    RegisterUse,
    Result,
    Steady,
    Unready,
    Value,
)
from hostcore.diagnosis.chip_misuses import Misuses
from hostcore.events import Outcome, TransferCompleted
from hostcore.place import BusName

MOST_PLUGINS = 8
"""Plugins of one device whose reads of the calibration are kept."""


class ChipRecord:
    """One device whose chip is known. For one thread.

    Args:
        bus: the bus.
        address: the address on it.
        chip: the chip.

    Attributes:
        registers: the registers that were used, by their number.
        results: the newest reads of measured values, oldest first.
        consistent: for each plugin, its newest reading and the newest result when they last agreed: until there are
            newer ones, nobody needs to compare them again.
        misuses: what the chip did not understand.
        cycles: the newest measurements that began, oldest first.
        checks: the checksums of its answers.
        sent: how often each command was sent, by its name.
        coverage: the bytes of the calibration that each plugin has read since it was loaded, by the register's number:
            bit 0 is the first byte of the register.
        begun_reads: the numbers of registers at which each plugin began to read the calibration.
        unasked: reads from a chip with commands to which no command with an answer had been sent.
        unready: how long it has said that it has no result; None if it has not said so since the last one.
        all_results: results since the record began.
        steady: how long each result has had its present bytes, by its name.
        first_ns: when the first transfer began that was taken in; 0 if there was none.
    """

    def __init__(self, bus: BusName, address: int, chip: Chip) -> None:
        self.bus, self.address, self.chip = bus, address, chip
        self.registers: dict[int, RegisterUse] = {}
        self.results: deque[Result] = deque(maxlen=MOST_RESULTS)
        self.consistent: dict[str, tuple[object, object]] = {}
        self.misuses = Misuses(chip)
        self.cycles: deque[Cycle] = deque(maxlen=MOST_CYCLES)
        self.checks = Checks()
        self.sent: dict[str, int] = {}
        self.coverage: dict[str, dict[int, int]] = {}
        self.begun_reads: dict[str, set[int]] = {}
        self.unasked: deque[TransferCompleted] = deque(maxlen=MOST_VALUES * 2)
        self.unready: Unready | None = None
        self.all_results = 0
        self.steady: dict[str, Steady] = {}
        self.first_ns = 0
        self._layout: Layout = layout_of(chip)
        self._steps = Steps(self._layout, NOTHING_EARLIER)
        self._result_numbers = frozenset(register.address for register in chip.results)
        self._busy: bool | None = None
        self._ready: bool | None = None

    def forget(self, plugin: str) -> None:
        """A plugin was loaded again: it no longer knows what it has read."""
        self.coverage.pop(plugin, None)
        self.begun_reads.pop(plugin, None)
        self.consistent.pop(plugin, None)

    def miss(self) -> None:
        """Events were lost: what lies across the gap means nothing."""
        self.cycles.clear()
        self.results.clear()
        self.steady.clear()
        self.misuses.miss()
        self._busy = self._ready = self.unready = None
        self._steps = Steps(self._layout, NOTHING_EARLIER)

    def take(self, transfer: TransferCompleted) -> None:
        """Take in a transfer."""
        self.first_ns = self.first_ns or transfer.time_ns
        self.misuses.see_stop(transfer)
        if transfer.outcome is not Outcome.OK:
            self._refused(transfer)
            return
        values: list[Value] = []
        checksums: tuple[Checksum, ...] = ()
        for step in self._steps.of(transfer):
            if step.kind is StepKind.COMMAND:
                self._command(transfer, step)
            elif step.kind is StepKind.REGISTERS_WRITTEN:
                self._registers_written(transfer, step)
            elif step.kind is StepKind.REGISTERS_READ:
                values += self._registers_read(transfer, step)
            elif step.kind is StepKind.ANSWER and step.command is not None:
                found, checksums = self._answer(transfer, step.command, step.data)
                values += found
            elif step.kind is StepKind.PLAIN_READ:
                self._unasked(transfer, step.data)
        if values:
            self._keep_result(transfer, tuple(values), checksums)

    def _keep_result(
        self, transfer: TransferCompleted, values: tuple[Value, ...], checksums: tuple[Checksum, ...]
    ) -> None:
        cycle = self.cycles[-1] if self.cycles else None
        result = Result(transfer, values, self._busy, self._ready, checksums)
        self.results.append(result)
        self.all_results += 1
        for value in values:
            held = self.steady.get(value.name)
            if held is not None and held.data == value.data:
                held.count += 1
            else:
                self.steady[value.name] = Steady(value.data, transfer.time_ns)
        self._busy = self._ready = self.unready = None
        if cycle is not None:
            cycle.last, cycle.refused = result, None
            cycle.reads += 1

    def _refused(self, transfer: TransferCompleted) -> None:
        if transfer.outcome is Outcome.NO_ACKNOWLEDGE:
            self.misuses.refused(transfer)
            if transfer.asked and self.cycles:
                self.cycles[-1].refused = transfer

    def _command(self, transfer: TransferCompleted, step: Step) -> None:
        command = step.command
        if command is None:
            self.misuses.unknown_command(transfer, step.data)
            return
        self.sent[command.name] = self.sent.get(command.name, 0) + 1
        checksums = command_sent(self._layout, command, step.data).checksums
        self.misuses.known_command(transfer, step.data, checksums)
        measurement = self.chip.measurement
        if command.starts or (measurement and command in measurement.start):
            self._begin(transfer, command.wait_ms or (measurement and measurement.wait_ms) or 0.0, command)

    def _begin(self, transfer: TransferCompleted, wait_ms: float, command: Command | None = None) -> None:
        self._busy = self._ready = self.unready = None
        self.cycles.append(Cycle(transfer, round(wait_ms * NS_PER_MS), command))

    def _registers_written(self, transfer: TransferCompleted, step: Step) -> None:
        spans = list(self._layout.spans(step.number, len(step.data), step.increments))
        before = self.registers.get(spans[0].number)
        self.misuses.judge_write(transfer, spans[0], step.data, before.value if before else b"")
        for span in spans:
            register, data = span.register, step.data[span.start : span.end]
            if register is None or not span.is_whole:
                continue
            use = self._use(register, data, transfer)
            use.writes += 1
            use.written = data
            raw = register.raw(data)
            self.misuses.judge_value(transfer, register, data)
            self._follow_start(transfer, register, raw)

    def _follow_start(self, transfer: TransferCompleted, register: Register, raw: int) -> None:
        measurement = self.chip.measurement
        if measurement is None:
            return
        for condition in measurement.start:
            if (
                isinstance(condition, Condition)
                and condition.register.address == register.address
                and condition.holds(raw)
            ):
                self._begin(transfer, measurement.wait_ms or 0.0)
                return

    def _registers_read(self, transfer: TransferCompleted, step: Step) -> Iterator[Value]:
        spans = list(self._layout.spans(step.number, len(step.data), step.increments))
        listed = [span for span in spans if span.register is not None]
        if not listed:
            self.misuses.read_unlisted(transfer, step.number)
        for span in listed:
            register, data = span.register, step.data[span.start : span.end]
            if register is None:
                continue
            if register.role is Role.CALIBRATION:
                self._cover(transfer.plugin, register, span, step.number)
            if span.offset or len(data) != register.size:
                continue
            use = self._use(register, data, transfer)
            use.reads += 1
            if data not in use.values and len(use.values) < MOST_VALUES:
                use.values.append(data)
            if not register.is_block:
                self._see_state(transfer, register, register.raw(data))
            if register.address in self._result_numbers:
                yield Value(register, data)

    def _cover(self, plugin: str, register: Register, span: Span, first: int) -> None:
        if plugin not in self.coverage and len(self.coverage) >= MOST_PLUGINS:
            return
        read = self.coverage.setdefault(plugin, {})
        length = span.end - span.start
        read[register.address] = read.get(register.address, 0) | ((1 << length) - 1) << span.offset
        self.begun_reads.setdefault(plugin, set()).add(first)

    def _see_state(self, transfer: TransferCompleted, register: Register, raw: int) -> None:
        """Remember whether the chip says that it is busy, or has a new result."""
        measurement = self.chip.measurement
        if measurement is None:
            return
        if isinstance(measurement.busy, Condition) and measurement.busy.register.address == register.address:
            self._busy = measurement.busy.holds(raw)
        if isinstance(measurement.ready, Condition) and measurement.ready.register.address == register.address:
            self._see_ready(transfer, is_ready=measurement.ready.holds(raw))

    def _see_ready(self, transfer: TransferCompleted, *, is_ready: bool) -> None:
        """Remember whether the chip says that it has a new result, and for how long it has said no."""
        self._ready = is_ready
        if is_ready:
            self.unready = None
        elif self.unready is None:
            self.unready = Unready(transfer.time_ns, transfer)
        else:
            self.unready.last = transfer
            self.unready.count += 1

    def _answer(
        self, transfer: TransferCompleted, command: Command, data: bytes
    ) -> tuple[list[Value], tuple[Checksum, ...]]:
        answer = answer_of(self._layout, command, data)
        if answer.checksums:
            self.checks.take(transfer, data, answer.checksums)
        measurement = self.chip.measurement
        for quantity in answer.values:
            for condition in (measurement.busy, measurement.ready) if measurement else ():
                if isinstance(condition, AnswerCondition) and condition.answer == quantity.name:
                    holds = condition.holds(quantity.number)
                    if measurement and condition is measurement.busy:
                        self._busy = holds
                    else:
                        self._see_ready(transfer, is_ready=holds)
        measured = [each for each in command.answer if each.scale.unit]
        return [
            Value(each, data[each.at : each.at + each.size]) for each in measured if len(data) >= each.at + each.size
        ], answer.checksums

    def _unasked(self, transfer: TransferCompleted, data: bytes) -> None:
        """A read that answers no command that has an answer."""
        if not self.misuses.answered(data) and self.misuses.knows_commands:
            self.unasked.append(transfer)

    def _use(self, register: Register, data: bytes, transfer: TransferCompleted) -> RegisterUse:
        use = self.registers.setdefault(register.address, RegisterUse(register))
        use.value, use.last = data, transfer
        return use
