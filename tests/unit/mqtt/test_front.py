"""What a host publishes to a broker, as a subscriber gets it."""

from __future__ import annotations

import pytest

from hostcore.events import (
    Alarm,
    AlarmCleared,
    AlarmRaised,
    BrokerLost,
    BrokerReached,
    Confidence,
    Counters,
    CountersTaken,
    Event,
    Finding,
    FindingRaised,
    PluginCrashed,
    RelaySwitched,
)
from hostcore.events.crashes import CrashReport
from hostcore.mqtt.home_assistant import HomeAssistantPart
from hostcore.quick_dataclass import replace
from tests.broker import Broker, visiting
from tests.published import NODE, publishing, settings_of
from tests.scripted_session import ScriptedSession, host_facts


def test_a_node_is_online_until_it_says_goodbye(broker: Broker) -> None:
    with publishing(broker) as node:
        node.wait(lambda: node.texts("status") == ["online"])
        node.front.stop()
        node.wait(lambda: node.texts("status") == ["online", "offline"])


def test_it_says_again_that_it_is_online_if_a_will_comes_late(broker: Broker) -> None:
    with publishing(broker) as node:
        node.wait(lambda: node.texts("status") == ["online"])
        node.visitor.publish(node.topic("status"), b"offline", retain=True)
        node.wait(lambda: node.texts("status") == ["online", "offline", "online"])


GARBAGE = (
    b"",
    b"\x00\xff",
    b"[" * 100_000,
    b'{"run": 5}',
    b'{"run": "x"' + b" " * 200_000 + b"}",
    b"nan",
    b'"\\ud800"',
)


def test_garbage_on_its_topics_disturbs_nothing(broker: Broker) -> None:
    settings = settings_of(broker)
    with visiting(broker.settings, name=f"vandal-{settings.prefix}") as vandal:
        for number, payload in enumerate(GARBAGE):
            for name in ("info", "status", f"old{number}", "light/state", "old/values/deep", "a b", "ä"):
                vandal.publish(f"{settings.prefix}/{NODE}/{name}", payload, retain=True)
        vandal.wait_for(lambda: len(vandal.confirmed) == 7 * len(GARBAGE))
        with publishing(broker, "light", settings=settings) as node:
            node.wait(lambda: node.texts("status")[-1:] == ["online"])
            for payload in GARBAGE:
                for name in ("info", "status", "light", "command/x"):
                    vandal.publish(node.topic(name), payload)
            node.read("light", illuminance=7)
            node.wait(lambda: any(b'"illuminance": 7' in each for each in node.visitor.of(node.topic("light"))))
            node.wait(lambda: b"" in node.visitor.of(node.topic("old1")))
            assert not [line for line in node.lines() if "ended" in line]


def test_it_tells_of_itself_and_its_plugins(broker: Broker) -> None:
    with publishing(broker, "light", "air") as node:
        node.wait(lambda: node.bodies("info"))
        info = node.bodies("info")[0]
        assert (info["version"], info["host_name"], info["plugins"]) == ("1.0", "raspi", ["light", "air"])
        assert info["simulated"] == ["i2c-1", "i2c-3", "gpio", "system"]
        node.wait(lambda: node.bodies("light", "state") and node.bodies("health"))
        assert node.bodies("light", "state")[0]["state"] == "discovered"
        assert node.bodies("health")[0]["plugins"] == 2


def test_a_broker_of_mqtt_3_1_1_gets_the_same(broker: Broker) -> None:
    settings = replace(settings_of(broker), version="3.1.1", qos=0)
    with publishing(broker, "light", settings=settings) as node:
        node.wait(lambda: node.texts("status") == ["online"])
        node.read("light", illuminance=1)
        node.wait(lambda: node.bodies("light") and node.bodies("info") and node.bodies("light", "state"))
        node.front.stop()
        node.wait(lambda: node.texts("status") == ["online", "offline"])


def test_a_reading_goes_to_the_topic_of_its_plugin_with_its_marks(broker: Broker) -> None:
    with publishing(broker, "light") as node:
        node.wait(lambda: node.texts("status"))
        node.read("light", ["i2c-1"], illuminance=12.5)
        node.wait(lambda: node.bodies("light"))
        (reading,) = node.bodies("light")
        assert reading["illuminance"] == 12.5
        assert reading["simulated"] == ["i2c-1"]
        assert reading["mqtt"]["id"].endswith("-1")
        node.wait(lambda: node.bodies("light", "values"))
        assert node.bodies("light", "values")[0][0]["unit"] == "lx"


def test_who_subscribes_later_gets_all_that_is_retained(broker: Broker) -> None:
    with publishing(broker, "light") as node:
        node.wait(lambda: node.texts("status"))
        node.read("light", illuminance=1)
        node.wait(lambda: node.bodies("light", "values"))
        with visiting(broker.settings, node.topic("#"), name="late") as late:
            wanted = {node.topic(*each) for each in (
                ("status",), ("info",), ("health",), ("outputs",), ("light",), ("light", "state"), ("light", "values"),
            )}  # fmt: skip
            late.wait_for(lambda: {each.topic for each in late.arrived} >= wanted)
            assert all(each.retained for each in late.arrived if each.topic in wanted)


def test_a_state_is_told_when_it_changes_and_not_for_each_reading(broker: Broker) -> None:
    with publishing(broker, "light") as node:
        node.wait(lambda: node.bodies("light", "state"))
        node.run("light")
        for number in range(20):
            node.read("light", illuminance=number)
            node.happen(CountersTaken(2, "light", Counters(calls=number)))
        node.wait(lambda: node.bodies("light", "state")[-1]["condition"] == "running")
        node.wait(lambda: len(node.bodies("light") + node.bodies("light", "late")) == 20)
        assert len(node.bodies("light", "state")) == 2


def test_the_topics_of_a_plugin_that_is_gone_are_deleted(broker: Broker) -> None:
    with publishing(broker, "light", "air") as node:
        node.wait(lambda: node.texts("status"))
        node.read("light", illuminance=1)
        node.wait(lambda: node.bodies("light") and node.bodies("light", "values"))
        node.change_plugins("air")
        for levels in (("light",), ("light", "state"), ("light", "values")):
            node.wait(lambda levels=levels: node.texts(*levels)[-1:] == [""])
        assert "" not in node.texts("air", "state")


def test_the_topics_that_an_earlier_run_has_left_are_deleted(broker: Broker) -> None:
    settings = settings_of(broker)
    with publishing(broker, "light", "old", settings=settings) as node:
        node.wait(lambda: node.texts("status"))
        node.read("old", value=1)
        node.wait(lambda: node.bodies("old", "values") and node.bodies("old", "state"))
    with publishing(broker, "light", settings=settings) as node:
        for levels in (("old",), ("old", "state"), ("old", "values")):
            node.wait(lambda levels=levels: "" in node.texts(*levels))
        with visiting(broker.settings, node.topic("#"), name="later") as later:
            later.wait_for(lambda: later.of(node.topic("light", "state")))
            assert not later.of(node.topic("old"))


def test_crashes_findings_and_alarms_are_told_once(broker: Broker) -> None:
    finding = Finding("wrong-address", "0x77 is silent.", "Change it.", Confidence.CERTAIN, plugin="light")
    alarm = Alarm("warm", "light is too warm", plugin="light")
    report = CrashReport(
        5, "light", "light.py", "0" * 12, "exception", "KeyError", "Traceback", "", "read", '{"token": "hunter2"}',
        (), (), Counters(), "1.0",
    )  # fmt: skip
    with publishing(broker, "light") as node:
        node.wait(lambda: node.texts("status"))
        node.happen(FindingRaised(1, finding, 1), FindingRaised(2, finding, 1), AlarmRaised(3, alarm, 3, 31.5))
        node.happen(AlarmRaised(4, alarm, 3, 32.0), AlarmCleared(5, alarm), PluginCrashed(5, "light", report, "x.json"))
        node.wait(lambda: node.bodies("events", "crash"))
        assert [each["event"] for each in node.bodies("events", "finding")] == ["FindingRaised"]
        assert [each["event"] for each in node.bodies("events", "alarm")] == ["AlarmRaised", "AlarmCleared"]
        assert node.bodies("events", "crash")[0]["report"]["problem"] == "KeyError"
        assert "hunter2" not in node.texts("events", "crash")[0]
        node.wait(lambda: node.bodies("health")[-1]["findings_count"] == 1)


def test_outputs_are_told(broker: Broker) -> None:
    session = ScriptedSession(facts=host_facts(relays=("fan",)))
    with publishing(broker, session=session) as node:
        node.wait(lambda: node.bodies("outputs"))
        assert node.bodies("outputs")[0]["relays"]["fan"] == {"state": None, "by": "", "simulated": True}
        node.happen(RelaySwitched(1, "light", "fan", True, True))
        node.wait(lambda: node.bodies("outputs")[-1]["relays"]["fan"]["state"] == "ON")


def test_a_plugin_with_the_name_of_a_topic_of_the_node_is_not_published(broker: Broker) -> None:
    with publishing(broker, "health", "light") as node:
        node.wait(lambda: node.bodies("light", "state"))
        node.wait(lambda: any("rename the file" in line for line in node.lines()))
        node.read("health", value=1)
        node.read("light", value=1)
        node.wait(lambda: node.bodies("light"))
        assert all("plugins" in each for each in node.bodies("health"))
        assert not node.texts("health", "state")


def test_after_a_defect_of_the_front_end_the_node_is_offline_and_its_readings_are_kept(broker: Broker) -> None:
    class Broken(HomeAssistantPart):
        def happened(self, event: Event) -> None:
            if isinstance(event, RelaySwitched):
                raise KeyError("oops")

    with publishing(broker, "light", parts=[Broken]) as node:
        node.wait(lambda: node.texts("status") == ["online"])
        node.happen(RelaySwitched(1, "light", "fan", True, True))
        node.wait(lambda: node.texts("status") == ["online", "offline"])
        node.wait(lambda: node.told(BrokerLost))
        (lost,) = node.told(BrokerLost)
        assert (
            lost.problem == "MQTT has ended until the next start of the host: a defect of this host: KeyError('oops')"
        )
        node.front.stop()
        node.read("light", illuminance=1)
        assert len(node.front.unsent.changes(is_last=True).added) == 1


def test_names_that_only_look_alike_do_not_throw_each_other_out(broker: Broker) -> None:
    settings = settings_of(broker)
    apart = replace(settings, prefix=f"{settings.prefix}-{NODE}", node="shed")
    with publishing(broker, "light", settings=replace(settings, node=f"{NODE}-shed")) as first:
        first.wait(lambda: first.told(BrokerReached))
        with publishing(broker, settings=apart) as second:
            second.wait(lambda: second.told(BrokerReached))
            first.read("light", illuminance=1)
            first.wait(lambda: first.visitor.of(f"{settings.prefix}/{NODE}-shed/light"))
            assert not first.told(BrokerLost)


def test_readings_that_were_lost_on_the_way_to_the_front_end_are_counted(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hostcore.mqtt.front.CAPACITY", 5)
    with publishing(broker, "light") as node:
        node.front.stop()
        for number in range(7):
            node.read("light", illuminance=number)
        assert len(node.front.unsent.changes(is_last=True).added) == 5
        assert node.front.outbox.dropped == 2


def test_a_flood_of_messages_is_told_once(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hostcore.mqtt.inbox.MOST_MESSAGES", 0)
    with publishing(broker, "light") as node:
        node.wait(lambda: any("messages come faster" in line for line in node.lines()))
        node.visitor.publish(node.topic("status"), b"offline")
        node.wait(lambda: b"offline" in node.visitor.of(node.topic("status")))
        assert len([line for line in node.lines() if "messages come faster" in line]) == 1


def test_readings_that_come_after_the_goodbye_are_kept_for_the_next_start(broker: Broker) -> None:
    """The plugins of a host end after its front ends."""
    with publishing(broker, "light") as node:
        node.wait(lambda: node.texts("status"))
        node.front.stop()
        node.read("light", illuminance=1)
        (kept,) = node.front.unsent.changes(is_last=True).added
        assert kept.plugin == "light"
