"""What each command does, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Arrived
from hostcore.clock import NS_PER_S
from hostcore.events import CrashLocated, Message, Outcome, PluginCrashed, TransferCompleted
from hostcore.events.history import HistoryMark, HistoryPoint, HistoryReport, MarkKind
from hostcore.events.stream import Numbered
from hostcore.mqtt.commands.handlers import Known, Work
from hostcore.place import BusName
from hostcore.quick_dataclass import replace
from hostcore.session import Order
from tests.commanded_node import PATIENCE, TOPICS, CommandedNode
from tests.crash_reports import crash
from tests.scripted_session import ScriptedSession, host_facts
from tests.waiting import until


@pytest.fixture
def node() -> Iterator[CommandedNode]:
    with CommandedNode() as made:
        yield made


class TestOutputs:
    def test_a_relay_is_switched(self, node: CommandedNode) -> None:
        assert node.give("relay", name="fan", state="ON") == {"done": "relay fan on", "simulated": True}
        node.give("relay", name="fan", state="OFF")
        assert node.session.actuations == [SwitchRelay("fan", True), SwitchRelay("fan", False)]

    def test_a_line_is_modulated(self, node: CommandedNode) -> None:
        node.give("pwm", line=18, duty=0.25)
        node.give("pwm", line=18, duty=1, frequency_hz=50)
        assert node.session.actuations == [SetPwm(18, 0.25, 1000.0), SetPwm(18, 1.0, 50.0)]

    @pytest.mark.parametrize(
        ("color", "read"),
        [("red", (255, 0, 0)), ("ff8800", (255, 136, 0)), ([1, 2, 3], (1, 2, 3)), (None, (255, 255, 255))],
    )
    def test_leds_are_lit(self, node: CommandedNode, color: object, read: tuple[int, int, int]) -> None:
        node.give("leds", color=color)
        assert node.session.actuations == [LightLeds(read)]

    def test_some_leds_are_switched_off(self, node: CommandedNode) -> None:
        node.give("leds", state="OFF", first=2, last=5)
        assert node.session.actuations == [LightLeds((0, 0, 0), 2, 5)]

    def test_what_the_host_refuses_is_the_answer(self, node: CommandedNode) -> None:
        node.session.refusal = "host.toml defines no relay named fan2; it has fan and buzzer"
        assert node.refusal("relay", name="fan2", state="ON") == node.session.refusal


class TestOrders:
    @pytest.mark.parametrize("order", list(Order))
    def test_a_plugin_gets_an_order(self, node: CommandedNode, order: Order) -> None:
        assert node.give(order.value, plugin="bme680") == {"plugin": "bme680", "order": order.value}
        assert node.session.orders == [("bme680", order)]

    def test_the_log_says_by_what(self, node: CommandedNode) -> None:
        node.give("restart", plugin="bme680")
        assert node.log == ["by a command over MQTT: restart plugin bme680"]

    def test_an_alarm_is_acknowledged(self, node: CommandedNode) -> None:
        node.give("acknowledge", name="too_warm")
        assert node.session.acknowledged == ["too_warm"]
        assert node.log == ["by a command over MQTT: acknowledge name too_warm"]


class TestHistory:
    def test_past_values_come_with_their_marks(self, node: CommandedNode) -> None:
        now_ns = node.clock.wall_ns()
        node.session.past["bme680", "temperature"] = (
            HistoryPoint(now_ns - 20 * NS_PER_S, 20.0, 21.0, 22.0, 10),
            HistoryPoint(now_ns - 10 * NS_PER_S, 21.5, 21.5, 21.5, 1, is_after_gap=True, is_simulated=True),
        )
        node.session.marks = (HistoryMark(now_ns - 15 * NS_PER_S, "bme680", MarkKind.CRASH, "KeyError"),)
        found = node.give("history", plugin="bme680", key="temperature", seconds=60)
        assert found["points"] == [
            {"time": "2024-01-01T11:59:40.000Z", "value": 21.0, "lowest": 20.0, "highest": 22.0, "count": 10},
            {"time": "2024-01-01T11:59:50.000Z", "value": 21.5, "gap": True, "simulated": True},
        ]
        assert found["marks"] == [
            {"time": "2024-01-01T11:59:45.000Z", "plugin": "bme680", "kind": "crash", "text": "KeyError"}
        ]
        assert found["complete"] is True

    def test_the_times_of_the_query_are_those_of_the_command(self, node: CommandedNode) -> None:
        node.session.stored = HistoryReport((), 0, is_complete=True)
        node.give("history", plugin="a", key=["b", "c.d"], until="2024-01-01T10:00:00Z", seconds=3600, points=10)
        (query,) = node.session.queries
        assert (query.path, query.points) == (("b", "c.d"), 10)
        assert query.until_ns - query.since_ns == 3600 * NS_PER_S

    def test_points_between_keys_lead_down(self, node: CommandedNode) -> None:
        node.session.stored = HistoryReport((), 0, is_complete=True)
        node.give("history", plugin="pi", key="load.1")
        assert node.session.queries[0].path == ("load", "1")

    def test_a_host_without_history_says_so(self, node: CommandedNode) -> None:
        assert node.refusal("history", plugin="a", key="b") == "this host keeps no history"

    def test_an_answer_that_is_too_long_is_refused_with_its_size(self, node: CommandedNode) -> None:
        times = range(node.clock.wall_ns() - 3000, node.clock.wall_ns())
        node.session.past["a", "b"] = tuple(HistoryPoint(each, 0.1234567, 1.234567, 2.345678, 2) for each in times)
        assert "are allowed; ask for less" in node.refusal("history", plugin="a", key="b")


class TestCrashes:
    @pytest.fixture(autouse=True)
    def crashes(self, node: CommandedNode) -> None:
        events = [
            PluginCrashed(1, "light", crash(1, "light"), "/crashes/1"),
            CrashLocated(2, "light", crash(1, "light", 14), "/crashes/1"),
            PluginCrashed(3, "bme680", crash(3, "bme680"), "/crashes/3"),
        ]
        for number, event in enumerate(events, 1):
            node.session.backlog.offer(Numbered(number, event))

    def test_they_are_listed_the_newest_first_each_once_with_its_place(self, node: CommandedNode) -> None:
        found = node.give("crashes")["crashes"]
        assert [(each["id"], each["plugin"], each["line"]) for each in found] == [
            ("3", "bme680", 0),
            ("1", "light", 14),
        ]

    def test_those_of_one_plugin(self, node: CommandedNode) -> None:
        assert [each["id"] for each in node.give("crashes", plugin="light")["crashes"]] == ["1"]

    def test_one_report_is_whole(self, node: CommandedNode) -> None:
        assert node.give("crashes", id="1")["report"]["traceback"] == "Traceback"

    def test_a_huge_report_is_cut_to_the_newest_of_it(self, node: CommandedNode) -> None:
        transfer = TransferCompleted(
            1, "huge", BusName("i2c-1"), 0x23, (Message(True, bytes(8_000)),), Outcome.OK, "", 1, sequence=1
        )
        report = replace(crash(9, "huge"), transfers=(transfer,) * 20)
        node.session.backlog.offer(Numbered(9, PluginCrashed(9, "huge", report, "")))
        found = node.give("crashes", id="9")
        assert len(found["report"]["transfers"]) + found["left_out"] == 20
        assert len(found["report"]["transfers"]) >= 5

    def test_an_unknown_one_is_named(self, node: CommandedNode) -> None:
        assert "'99'" in node.refusal("crashes", id="99")


class TestAnswers:
    def test_they_repeat_the_transaction(self, node: CommandedNode) -> None:
        payload = json.dumps({"transaction": "q1", "time": node.now, "plugin": "a"}).encode()
        assert node.send("start", payload) == {
            "transaction": "q1", "status": "ok", "data": {"plugin": "a", "order": "start"},
        }  # fmt: skip

    def test_they_go_where_mqtt_5_says_with_its_correlation(self, node: CommandedNode) -> None:
        topic = TOPICS.of("response", "start", "for-me")
        found = node.send("start", node.payload(plugin="a"), response_topic=topic, correlation=b"\x00\xff")
        assert found["status"] == "ok"

    def test_so_does_the_reason_why_a_command_is_refused(self, node: CommandedNode) -> None:
        topic = TOPICS.of("response", "start", "for-me")
        assert node.send("start", b"nonsense", response_topic=topic, correlation=b"1")["status"] == "error"

    def test_a_broker_that_is_gone_loses_the_answer_and_the_log_says_so(self, node: CommandedNode) -> None:
        node.broker.is_away = True
        node.service.received(Arrived(TOPICS.of("command", "start"), node.payload(plugin="a")))
        until(lambda: any("was not sent" in each for each in node.log), PATIENCE)
        assert node.session.orders == [("a", Order.START)]

    def test_outputs_do_not_wait_for_a_slow_history(self, node: CommandedNode) -> None:
        node.session.stored = HistoryReport((), 0, is_complete=True)
        node.session.reading.clear()
        node.service.received(Arrived(TOPICS.of("command", "history"), node.payload(plugin="a", key="b")))
        node.give("relay", name="fan", state="ON")
        node.session.reading.set()

    def test_a_defect_of_the_host_is_an_answer_and_the_next_command_is_followed(self, node: CommandedNode) -> None:
        def defect(*_: object) -> None:
            raise KeyError("what")

        node.session.order = defect  # type: ignore[method-assign]
        assert "a defect of this host" in node.refusal("start", plugin="a")
        node.give("acknowledge", name="warm")

    def test_a_defect_in_reading_the_arguments_is_one_too(self, node: CommandedNode) -> None:
        def defect(_arguments: object) -> Work:
            raise KeyError("what")

        node.service._known["crashes"] = Known(CommandGroup.READ, defect)
        assert "a defect of this host" in node.refusal("crashes")
        node.session.stored = HistoryReport((), 0, is_complete=True)
        node.give("history", plugin="a", key="b")


def test_a_host_that_is_read_only_answers_questions_only() -> None:
    session = ScriptedSession(facts=replace(host_facts(), is_read_only=True))
    with CommandedNode(session=session) as node:
        node.give("crashes")
        assert "read_only = true" in node.refusal("relay", name="fan", state="ON")


def test_a_node_that_allows_nothing_does_not_listen() -> None:
    with CommandedNode(()) as node:
        assert not node.broker.topics
