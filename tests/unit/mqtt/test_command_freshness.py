"""A command is followed once, soon after it was given, and never again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from hostcore.broker.message import Arrived
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import RefusedCommandError
from hostcore.mqtt.commands.freshness import AHEAD_NS, MOST_REMEMBERED, Freshness
from hostcore.mqtt.commands.request import Command, Envelope
from hostcore.mqtt.commands.watermark import WatermarkFile
from tests.commanded_node import PATIENCE, TOPICS, CommandedNode, KeptTime
from tests.waiting import until

RELAY = TOPICS.of("command", "relay")


@pytest.fixture
def node() -> Iterator[CommandedNode]:
    with CommandedNode() as made:
        made.clock.advance(1_000)
        yield made


def switch(node: CommandedNode, **more: object) -> bytes:
    return node.payload(name="fan", state="ON", **more)


class TestRepeats:
    def test_another_command_with_the_same_transaction_is_refused(self, node: CommandedNode) -> None:
        node.send("relay", switch(node, transaction="q"))
        assert "used before" in node.refusal("start", node.payload(plugin="a", transaction="q"))

    def test_a_retained_command_is_refused(self, node: CommandedNode) -> None:
        node.service.received(Arrived(RELAY, switch(node), retained=True))
        until(lambda: node.broker.on(TOPICS.of("response", "relay")), PATIENCE)
        assert b"retain" in node.broker.on(TOPICS.of("response", "relay"))[0].payload
        assert not node.session.actuations

    @pytest.mark.parametrize("seconds", [31, 59, 61, 119, 121, 1_000])
    def test_later_it_is_too_old_or_known(self, node: CommandedNode, seconds: int) -> None:
        payload = switch(node, time=node.now + 59)
        node.send("relay", payload)
        node.clock.advance(seconds)
        node.refusal("relay", payload)

    def test_after_a_new_connection_it_is_refused(self, node: CommandedNode) -> None:
        payload = switch(node)
        node.send("relay", payload)
        node.service.disconnected()
        node.clock.advance(35)
        node.service.connected()
        node.refusal("relay", payload)

    def test_one_that_was_given_before_the_connection_is_refused(self, node: CommandedNode) -> None:
        payload = switch(node)
        node.clock.advance(5)
        node.service.connected()
        assert "before this node connected" in node.refusal("relay", payload)

    @pytest.mark.parametrize("ahead", [-50, -1, 0, 1, 30, 59])
    @pytest.mark.parametrize("later", [0.0, 0.5, 10, 30, 59, 65])
    def test_after_a_restart_it_is_refused_whatever_clock_its_sender_has(self, ahead: float, later: float) -> None:
        clock, watermark = VirtualClock(), KeptTime()
        with CommandedNode(clock=clock, watermark=watermark) as before:
            clock.advance(1_000)
            payload = switch(before, time=before.now + ahead)
            assert before.send("relay", payload)["status"] == "ok"
        clock.advance(later)
        with CommandedNode(clock=clock, watermark=watermark) as after:
            clock.advance(later)
            after.refusal("relay", payload)

    def test_after_a_restart_with_a_clock_that_was_set_back_it_is_refused(self) -> None:
        watermark = KeptTime()
        with CommandedNode(watermark=watermark) as before:
            payload = switch(before)
            before.send("relay", payload)
        an_hour_ago = VirtualClock(wall_start_ns=before.clock.wall_ns() - 3_600 * NS_PER_S)
        with CommandedNode(clock=an_hour_ago, watermark=watermark) as after:
            an_hour_ago.advance(3_600)
            assert "before a restart" in after.refusal("relay", payload)

    @pytest.mark.parametrize("seconds", [31, 119, 121, 600, 43_200])
    def test_after_the_clock_was_set_back_it_is_refused(self, node: CommandedNode, seconds: float) -> None:
        """Its time is fresh once more, and it is not remembered for so long."""
        payload = switch(node)
        node.send("relay", payload)
        node.clock.advance(seconds)
        node.clock.set_back(seconds)
        node.refusal("relay", payload)

    def test_new_ones_are_followed_again_once_the_clock_that_was_set_back_has_passed_those_before(
        self, node: CommandedNode
    ) -> None:
        node.give("relay", name="fan", state="ON")
        node.clock.advance(600)
        node.clock.set_back(610)
        assert "this node may have followed" in node.refusal("relay", name="fan", state="OFF")
        node.clock.advance(11)
        node.give("relay", name="fan", state="OFF")

    def test_more_transactions_than_are_remembered_are_refused_until_there_is_room(self) -> None:
        clock = VirtualClock()
        freshness = Freshness(clock, KeptTime())

        def use(transaction: str) -> None:
            command = Command(Envelope("crashes", ""), transaction, clock.wall_ns(), {})
            freshness.require_new(command, retained=False, changes=False)

        for number in range(MOST_REMEMBERED):
            use(str(number))
        with pytest.raises(RefusedCommandError, match="wait a minute"):
            use("one more")
        clock.advance(121)
        use("one more")


class TestTimes:
    @pytest.mark.parametrize("seconds", [-61, 61, 86_400, -86_400])
    def test_another_time_is_refused_with_both_times(self, node: CommandedNode, seconds: int) -> None:
        problem = node.refusal("relay", switch(node, time=node.now + seconds))
        assert "the clock of this node says 2024-01-01T12:16:40.000Z" in problem
        assert "timedatectl" in problem

    def test_times_have_two_forms(self, node: CommandedNode) -> None:
        now = datetime.fromtimestamp(node.now, UTC)
        elsewhere = now.astimezone(timezone(timedelta(hours=5, minutes=30)))
        for time in (node.now, int(node.now), now.isoformat(), elsewhere.isoformat(), f"{now:%Y-%m-%dT%H:%M:%SZ}"):
            node.send("relay", switch(node, time=time))
        assert len(node.session.actuations) == 5


class TestTheWatermark:
    def test_it_is_written_once_in_ten_seconds_of_commands(self, node: CommandedNode) -> None:
        for _ in range(40):
            node.clock.advance(0.5)
            node.send("relay", switch(node))
        assert node.watermark.writes <= 20 * NS_PER_S / AHEAD_NS + 1

    def test_after_a_stop_a_new_command_is_followed_at_once(self) -> None:
        clock, watermark = VirtualClock(), KeptTime()
        with CommandedNode(clock=clock, watermark=watermark) as before:
            before.give("relay", name="fan", state="ON")
        clock.advance(1)
        with CommandedNode(clock=clock, watermark=watermark) as after:
            after.give("relay", name="fan", state="OFF")

    def test_after_a_kill_questions_are_answered_at_once_and_commands_within_seconds(self) -> None:
        clock, watermark = VirtualClock(), KeptTime()
        with CommandedNode(clock=clock, watermark=watermark) as before:
            before.give("relay", name="fan", state="ON")
            kept = watermark.time_ns
        watermark.time_ns = kept  # as a kill leaves it
        with CommandedNode(clock=clock, watermark=watermark) as after:
            clock.advance(1)
            after.give("crashes")
            assert "may have followed" in after.refusal("relay", name="fan", state="OFF")
            clock.advance(AHEAD_NS / NS_PER_S)
            after.give("relay", name="fan", state="OFF")

    def test_questions_do_not_write_it(self, node: CommandedNode) -> None:
        node.give("crashes")
        assert not node.watermark.writes

    def test_that_of_a_clock_which_was_years_ahead_forbids_nothing(self) -> None:
        watermark = KeptTime()
        watermark.time_ns = VirtualClock().wall_ns() * 2
        with CommandedNode(watermark=watermark) as node:
            node.give("relay", name="fan", state="ON")

    def test_its_file_keeps_the_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        warnings: list[str] = []
        WatermarkFile(Path("host.toml"), warnings.append).write(1_704_110_400_000_000_000)
        assert WatermarkFile(Path("host.toml"), warnings.append).read() == 1_704_110_400_000_000_000
        assert WatermarkFile(Path("other.toml"), warnings.append).read() == 0
        assert not warnings

    @pytest.mark.parametrize("content", [b"", b"soon", bytes(1_000)])
    def test_a_damaged_file_is_told_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        warnings: list[str] = []
        file = WatermarkFile(Path("host.toml"), warnings.append)
        file.write(1)
        (found,) = (path for path in tmp_path.rglob("*") if path.is_file())
        found.write_bytes(content)
        assert (file.read(), file.read()) == (0, 0)
        assert len(warnings) == 1

    def test_a_folder_that_cannot_be_written_is_told_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
        warnings: list[str] = []
        file = WatermarkFile(Path("host.toml"), warnings.append)
        file.write(1)
        file.write(2)
        assert len(warnings) == 1
        assert "may be repeated within a minute" in warnings[0]
