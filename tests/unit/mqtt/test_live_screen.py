"""A session over a real broker: a node and a screen of it, on both sides of mosquitto."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hostcore.actuation import SwitchRelay
from hostcore.broker.groups import CommandGroup
from hostcore.errors import HostError
from hostcore.events import (
    CaughtUp,
    ConnectionLost,
    ConnectionRestored,
    LogWritten,
    Message,
    Outcome,
    PluginCrashed,
    ReadingPublished,
    TransferCompleted,
)
from hostcore.events.facts import ScanMode
from hostcore.events.history import HistoryPoint, HistoryQuery, HistoryReport
from hostcore.mqtt.commands.live import MOST_STREAMS
from hostcore.place import BusName
from hostcore.session import Order
from tests.attached import Told, line
from tests.broker import PATIENCE, Broker
from tests.crash_reports import crash
from tests.live_client import LiveClient, live_client
from tests.live_node import LiveNode, live_node
from tests.waiting import until

READ = (CommandGroup.READ,)


@contextmanager
def node_and_client(
    broker: Broker, name: str, groups: tuple[CommandGroup, ...] = READ
) -> Iterator[tuple[LiveNode, LiveClient]]:
    with live_node(broker, name, groups) as node, live_client(broker.settings, name) as client:
        yield node, client


def transfer(number: int) -> TransferCompleted:
    messages = (Message(True, b"\x20"),)
    return TransferCompleted(number, "light", BusName("i2c-1"), 0x23, messages, Outcome.OK, "", 100, sequence=number)


def test_a_screen_has_what_was_what_happens_and_what_it_asks_for(broker: Broker) -> None:
    with node_and_client(broker, "live-all") as (node, client):
        report = crash(5, "light")
        node.publish(ReadingPublished(1, "light", {"lux": 1.5}), PluginCrashed(5, "light", report, "/crashes/5"))
        node.session.sources["light", ""] = "one\ntwo\nthree"
        node.session.past["light", "lux"] = (HistoryPoint(10, 1.0, 2.0, 3.0, 4),)
        with client.screen("pi") as (screen, _):
            told = Told(screen)
            screen.start()
            assert told.wait_for(ReadingPublished).reading == {"lux": 1.5}
            assert told.wait_for(PluginCrashed).report == report
            told.wait_for(CaughtUp)
            node.publish(line(7))
            assert told.wait_for(LogWritten, lambda each: each.text == "line 7")
            assert [each.name for each in screen.plugins()] == ["light"]
            assert screen.source("light", "", 2).lines == ("one", "two", "three")
            assert screen.history(HistoryQuery("light", ("lux",), 0, 100, 10)).points[0].mean == 2.0


def test_large_answers_and_many_events_arrive_whole(broker: Broker) -> None:
    with node_and_client(broker, "live-much") as (node, client):
        points = tuple(HistoryPoint(each, each / 7, each / 3, each / 2, 2) for each in range(3_000))
        node.session.stored = HistoryReport(points, 0, is_complete=True)
        with client.screen("pi") as (screen, _):
            told = Told(screen)
            screen.start()
            told.wait_for(CaughtUp)
            node.publish(*map(line, range(2_000)))
            assert screen.history(HistoryQuery("light", ("lux",), 0, 100, 10)).points == points
            assert told.lines(2_000) == [f"line {each}" for each in range(2_000)]


class TestTraffic:
    def test_transfers_come_only_when_they_are_asked_for_and_until_the_time_is_over(self, broker: Broker) -> None:
        with node_and_client(broker, "live-traffic") as (node, client):
            node.publish(transfer(1))
            with client.screen("pi") as (screen, way):
                told = Told(screen)
                screen.start()
                told.wait_for(CaughtUp)
                node.publish(transfer(2), line(1))
                told.lines(1)
                way.show_traffic(600)
                node.publish(transfer(3), line(2))
                told.lines(2)
                way.show_traffic(0)
                node.publish(transfer(4), line(3))
                told.lines(3)
                assert [each.time_ns for each in told.events if isinstance(each, TransferCompleted)] == [3]

    def test_no_longer_time_can_be_asked_for(self, broker: Broker) -> None:
        with (
            node_and_client(broker, "live-long") as (_, client),
            client.screen("pi") as (_, way),
            pytest.raises(HostError, match="from 0 to 600"),
        ):
            way.show_traffic(601)


class TestWhatItMayDo:
    def test_a_screen_that_may_only_read_changes_nothing(self, broker: Broker) -> None:
        with node_and_client(broker, "live-read") as (node, client), client.screen("pi") as (screen, _):
            screen.start()
            for change in (
                lambda: screen.actuate(SwitchRelay("fan", True)),
                lambda: screen.order("light", Order.STOP),
                lambda: screen.acknowledge("warm"),
                lambda: screen.grant("light", ()),
                lambda: screen.scan(1, ScanMode.READ),
                lambda: screen.identify(1, 0x23),
                lambda: screen.set_faults(()),
                lambda: screen.hold("temperature", 1.0),
                lambda: screen.replace_driver("light", "", "x"),
                lambda: screen.recording("light"),
                lambda: screen.keep_recording("light"),
                screen.stop_host,
            ):
                with pytest.raises(HostError, match=r"does not allow it|not possible over MQTT"):
                    change()
            assert not node.session.changes

    def test_it_may_do_what_commands_may_and_nothing_else(self, broker: Broker) -> None:
        groups = (CommandGroup.READ, CommandGroup.OUTPUTS)
        with node_and_client(broker, "live-outputs", groups) as (node, client), client.screen("pi") as (screen, _):
            screen.start()
            screen.actuate(SwitchRelay("fan", True))
            with pytest.raises(HostError, match='add "orders" to commands'):
                screen.order("light", Order.STOP)
            assert node.session.changes == [SwitchRelay("fan", True)]

    def test_without_the_group_read_there_is_none(self, broker: Broker) -> None:
        with (
            node_and_client(broker, "live-none", (CommandGroup.OUTPUTS,)) as (_, client),
            pytest.raises(HostError, match='add "read" to commands'),
            client.screen("pi"),
        ):
            pass

    def test_there_are_only_some_at_a_time(self, broker: Broker) -> None:
        with node_and_client(broker, "live-many") as (_, client):
            opened = [client.streams.open("pi", client.ask, 0)[1] for _ in range(MOST_STREAMS)]
            with pytest.raises(HostError, match="no more are allowed"):
                client.streams.open("pi", client.ask, 0)
            opened.pop().close()
            until(lambda: is_open_again(client), PATIENCE)
            for each in opened:
                each.close()


def is_open_again(client: LiveClient) -> bool:
    try:
        client.streams.open("pi", client.ask, 0)[1].close()
    except HostError:
        return False
    return True


class TestLostConnections:
    def test_after_the_node_was_cut_off_the_screen_gets_what_it_missed(self, broker: Broker) -> None:
        with node_and_client(broker, "live-cut") as (node, client), client.screen("pi") as (screen, _):
            told = Told(screen)
            screen.start()
            node.publish(line(1))
            told.lines(1)
            node.front._parts[1].disconnected()  # what the connection tells
            node.publish(line(2))
            told.wait_for(ConnectionLost)
            assert not told.wait_for(ConnectionRestored).is_new_host
            assert told.lines(2) == ["line 1", "line 2"]

    def test_a_node_that_stops_tells_the_screen(self, broker: Broker) -> None:
        with node_and_client(broker, "live-stop") as (node, client), client.screen("pi") as (screen, _):
            told = Told(screen)
            screen.start()
            told.wait_for(CaughtUp)
            node.front.stop()
            told.wait_for(ConnectionLost)


def test_chunks_of_strangers_on_other_streams_are_ignored(broker: Broker) -> None:
    with node_and_client(broker, "live-strange") as (node, client), client.screen("pi") as (screen, _):
        told = Told(screen)
        screen.start()
        for topic in ("live/x/up", "live/" + "0" * 32 + "/up", "live/" + "0" * 32, "live"):
            client.publish(f"live-strange/pi/{topic}", b"\x01" + bytes(8) + b"garbage")
        node.publish(line(1))
        assert told.lines(1)
        assert not told.count(ConnectionLost)
