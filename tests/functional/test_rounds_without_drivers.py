"""A round without drivers is a round: displays and pages get it, no matter why there is no reading."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.events import PageRendered, RoundCompleted, State, StateChanged, TransferCompleted
from hostcore.session import Order
from tests.supervised import COUNTER, SupervisedHost, Tables

pytest_plugins = ["tests.supervised_fixture"]

DISPLAY = "def update(readings): print('shown', sorted(readings), flush=True)"
SLOW = "import time\ndef read(): time.sleep(1000)"


def stop_it(host: SupervisedHost) -> None:
    host.reaches("driver", State.RUNNING)
    host.host.order("driver", Order.STOP)


@pytest.mark.parametrize(
    ("driver", "tables", "then", "shown"),
    [
        pytest.param(COUNTER, {"plugins.driver": {"enabled": False}}, None, "['timestamp']", id="disabled"),
        pytest.param(
            SLOW,
            {"plugins.driver.limits": {"call_seconds": 600}},
            stop_it,
            "['timestamp']",
            id="stopped in its first reading",
        ),
        pytest.param(
            SLOW,
            {"plugins.driver.limits": {"call_seconds": 0.05}},
            None,
            "['driver', 'timestamp']",
            id="never delivers",
        ),
        pytest.param("def read(): 1 / 0", {}, None, "['driver', 'timestamp']", id="always crashes"),
        pytest.param("1 / 0", {}, None, "['driver', 'timestamp']", id="crashes while it loads"),
        pytest.param("def red(): pass", {}, None, "['driver', 'timestamp']", id="file of no use"),
        pytest.param(
            COUNTER, {"plugins.driver": {"interval": 3600}}, None, "['driver', 'timestamp']", id="reads once an hour"
        ),
    ],
)
def test_a_display_gets_rounds_beside_a_driver_that_does_not_read(
    supervised: SupervisedHost,
    driver: str,
    tables: Tables,
    then: Callable[[SupervisedHost], None] | None,
    shown: str,
) -> None:
    supervised.configure(tables)
    supervised.write("driver", driver)
    supervised.write("display", DISPLAY)
    supervised.start()
    if then:
        then(supervised)
    supervised.line("display", f"shown {shown}")
    supervised.line("display", f"shown {shown}")
    assert [event.number for event in supervised.of(RoundCompleted)][:2] == [1, 2]


def test_a_page_alone_is_rendered(supervised: SupervisedHost) -> None:
    supervised.write("page", "def render(readings): return f'{len(readings)} keys'")
    supervised.start()
    assert supervised.wait_for(PageRendered, "page").html == "1 keys"


def test_the_shipped_display_alone_says_that_there_are_no_readings(supervised: SupervisedHost) -> None:
    supervised.configure({"plugins.oled": {"permissions": ["i2c:1:0x3c:write"]}})
    supervised.write("oled", (shipped.folder() / "plugins" / "oled.py").read_text(encoding="utf-8"))
    supervised.start()

    def draws(event: TransferCompleted) -> bool:
        return any(len(each.data) == 1025 and any(each.data[1:]) for each in event.messages)

    supervised.wait_for(TransferCompleted, "oled", draws)


def test_a_version_is_known_from_the_first_load_on(supervised: SupervisedHost) -> None:
    path: Path = supervised.write("driver", COUNTER)
    supervised.start()
    expected = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    assert supervised.wait_for(StateChanged, "driver", lambda e: e.after is State.RUNNING).version == expected
