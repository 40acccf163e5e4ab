"""Follows the commands that come over the broker, and answers them.

The thread of the front end only sorts what arrives. Everything else is done on two other threads, one command after the
other: an output may take a second, and a history the time of a file. Outputs do not wait for histories.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Arrived
from hostcore.broker.topics import COMMAND
from hostcore.by_hand import acting
from hostcore.errors import DefectError, HostError, RefusedCommandError
from hostcore.events import Level
from hostcore.mqtt.commands.answering import Answering, failure, success
from hostcore.mqtt.commands.arguments import Arguments
from hostcore.mqtt.commands.freshness import Freshness, Watermark
from hostcore.mqtt.commands.handlers import Known, Work, known_commands
from hostcore.mqtt.commands.live import LiveScreens
from hostcore.mqtt.commands.live_session import not_allowed
from hostcore.mqtt.commands.node import CommandedNode
from hostcore.mqtt.commands.redelivery import Redelivery
from hostcore.mqtt.commands.request import (
    LONGEST_PAYLOAD,
    Envelope,
    answered_where_wanted,
    command_of,
    envelope_of,
    object_of,
    transaction_in,
)
from hostcore.mqtt.commands.watches import Watches
from hostcore.mqtt.commands.worker import Worker
from hostcore.quick_dataclass import dataclass, replace
from hostcore.read_only import ReadOnlySession

MOST_WAITING = 32
"""The most questions, and the most other commands, that wait for their turn. Further ones are refused."""
ACTOR = "a command over MQTT"
"""Who drives an output, in the log and the events."""
END_SECONDS = 0.5
"""Seconds for which `stop` waits for the end of all threads."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A command whose arguments are right."""

    transaction: str
    work: Work
    group: CommandGroup
    text: str
    """What it does, for the log."""


class CommandService:
    """The commands of a node. All methods are thread-safe; none but `stop` blocks.

    Args:
        node: the node. If its host is read-only, it only answers questions, also if more is allowed.
        watermark: the file with the latest time of a command.
    """

    def __init__(self, node: CommandedNode, watermark: Watermark) -> None:
        self._settings, self._is_read_only = str(node.session.facts.config_file), node.session.facts.is_read_only
        if self._is_read_only:  # the session refuses once more, in case a command is in the wrong group
            session = ReadOnlySession(node.session, self._read_only_problem)
            node = replace(node, session=session, groups=node.groups & {CommandGroup.READ})
        self._node = node
        self._answering = Answering(node)
        self._freshness, self._redelivery = Freshness(node.clock, watermark), Redelivery(node.clock)
        self._watches, self._live = Watches(node), LiveScreens(node)
        self._known = {
            **known_commands(node),
            "log": Known(CommandGroup.READ, self._watches.log),
            "traffic": Known(CommandGroup.READ, self._watches.traffic),
            "live": Known(CommandGroup.READ, self._live.live),
        }
        self._questions = Worker("mqtt questions", self._follow, MOST_WAITING)
        self._commands = Worker("mqtt commands", self._follow, MOST_WAITING)

    @property
    def _read_only_problem(self) -> str:
        return f"{self._settings} on the node has read_only = true in [screen]"

    def start(self) -> None:
        """Subscribe to the commands, if any are allowed.

        Raises:
            NoThreadError: a thread cannot be started.
        """
        if self._node.groups:
            self._questions.start()
            self._commands.start()
            self._node.broker.subscribe(self._node.topics.of(COMMAND, "+"))

    def stop(self) -> bool:
        """Follow no more commands, and end the live screens. Blocks for half a second, and while a file is written.

        Returns:
            Whether everything that a command began has ended.
        """
        workers, deadline = (self._questions, self._commands), time.monotonic() + END_SECONDS
        for each in workers:
            each.stop()
        self._watches.end()
        self._live.stop()
        have_ended = [each.join(max(0.0, deadline - time.monotonic())) for each in workers]
        self._freshness.stop()
        return all((*have_ended, self._watches.join(deadline), self._live.join(deadline)))

    def connected(self) -> None:
        """Note that a connection to the broker has begun."""
        self._freshness.connected()

    def disconnected(self) -> None:
        """Note that the connection is lost: live screens end, and commands that wait are forgotten."""
        self._questions.clear()
        self._commands.clear()
        self._live.end("the connection of the node to the broker was lost")

    def received(self, arrived: Arrived) -> bool:
        """Take a message if it is a command or belongs to a live screen. Returns whether it is. Does not block."""
        if self._live.received(arrived):
            return True
        envelope = envelope_of(arrived, self._node.topics)
        if envelope is None:
            return False
        if len(arrived.payload) > LONGEST_PAYLOAD:  # it is refused by its size, and not kept until then
            arrived = replace(arrived, payload=arrived.payload[: LONGEST_PAYLOAD + 1])
        if not self._worker_of(envelope.name).put(arrived):
            self._answering.refuse(envelope, "", f"{MOST_WAITING} commands wait already; send fewer at a time")
        return True

    def _worker_of(self, name: str) -> Worker:
        """Return who follows a command, by its name: an unknown one costs as little as a question."""
        known = self._known.get(name)
        return self._commands if known is not None and known.group is not CommandGroup.READ else self._questions

    def _follow(self, arrived: Arrived) -> None:
        """Follow a message, or say why not. Nothing that it says ends the thread."""
        envelope, transaction = envelope_of(arrived, self._node.topics), ""
        if envelope is None:
            return
        try:
            envelope = answered_where_wanted(envelope, arrived, self._node.topics)
            found = object_of(arrived.payload)
            transaction = transaction_in(found)
            if (answer := self._redelivery.answer_of(transaction, arrived)) is not None:
                self._answering.repeat(envelope, answer)
                return
            payload = self._done(self._checked(envelope, found, arrived))
        except RefusedCommandError as error:
            self._answering.refuse(envelope, transaction, str(error))
            return
        except HostError as error:
            payload = failure(transaction, str(error))
        except Exception as defect:  # noqa: BLE001 - a defect of the host must not end its commands
            self._node.warn(str(DefectError(defect)))
            payload = failure(transaction, str(DefectError(defect)))
        self._redelivery.keep(transaction, arrived, payload)
        self._answering.answer(envelope, payload)

    def _checked(self, envelope: Envelope, found: Mapping[str, Any], arrived: Arrived) -> _Ready:
        """Return a command that may be followed, and only once.

        Raises:
            RefusedCommandError: it may not.
        """
        command = command_of(envelope, found)
        known = self._allowed(envelope.name)
        arguments = Arguments(command.arguments)
        work = known.handler(arguments)
        arguments.end()
        changes = known.group is not CommandGroup.READ
        self._freshness.require_new(command, retained=arrived.retained, changes=changes)
        values = ", ".join(f"{key} {value}" for key, value in command.arguments.items())
        return _Ready(command.transaction, work, known.group, f"{envelope.name} {values}".strip())

    def _allowed(self, name: str) -> Known:
        known = self._known.get(name)
        if known is None:
            allowed = sorted(each for each, found in self._known.items() if found.group in self._node.groups)
            raise RefusedCommandError(f"there is no command {name}; allowed are {', '.join(allowed)}")
        if known.group not in self._node.groups:
            problem = self._read_only_problem if self._is_read_only else not_allowed(known.group, self._settings)
            raise RefusedCommandError(problem)
        return known

    def _done(self, ready: _Ready) -> bytes:
        """Do it, and return the answer."""
        with acting(ACTOR):
            payload = success(ready.transaction, ready.work())
        self._tell_order(ready)
        return payload

    def _tell_order(self, ready: _Ready) -> None:
        """Log what changes something. An output says by itself who drives it."""
        if ready.group in (CommandGroup.ORDERS, CommandGroup.ALARMS):
            self._node.log(Level.INFO, f"by {ACTOR}: {ready.text}")
