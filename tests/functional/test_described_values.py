"""What a driver states of its values goes through a whole host, before the readings for which it holds."""

from __future__ import annotations

from hostcore.events import Level, PageRendered, ReadingPublished, ValuesDescribed
from hostcore.quantities import Quantity
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

DESCRIBED = 'import host\nhost.describe("count", unit="K", decimals=0)\n' + COUNTER
PAGE = """
import host
def render(readings):
    return host.quantity("driver", "count").unit
"""


def test_the_statement_comes_before_the_first_reading_and_only_once(supervised: SupervisedHost) -> None:
    supervised.write("driver", DESCRIBED)
    supervised.start()
    supervised.reading("driver", lambda reading: reading["count"] >= 3)
    (described,) = supervised.of(ValuesDescribed, "driver")
    assert [(each.key, each.quantity) for each in described.values] == [("count", Quantity("K", decimals=0))]
    assert described.time_ns <= supervised.of(ReadingPublished, "driver")[0].time_ns


def test_a_driver_that_states_nothing_causes_no_event(supervised: SupervisedHost) -> None:
    supervised.write("driver", COUNTER)
    supervised.start()
    supervised.reading("driver", lambda reading: reading["count"] >= 2)
    assert supervised.of(ValuesDescribed) == []


def test_a_new_version_that_states_nothing_takes_the_statement_back(supervised: SupervisedHost) -> None:
    supervised.write("driver", DESCRIBED)
    supervised.start()
    supervised.reading("driver")
    supervised.write("driver", COUNTER)
    assert supervised.wait_for(ValuesDescribed, "driver", lambda event: not event.values)


def test_a_mistake_is_a_warning_of_the_host_and_the_driver_reads(supervised: SupervisedHost) -> None:
    supervised.write("driver", 'import host\nhost.describe("count", unit="C", device_class="temperature")\n' + COUNTER)
    supervised.start()
    line = supervised.line("driver", "line 2 describes")
    assert line.text == (
        'line 2 describes "count": found the unit "C" for device_class "temperature", allowed is °C or °F or K'
    )
    assert (line.level, line.by_host) == (Level.WARNING, True)
    assert supervised.reading("driver")


def test_a_page_writes_the_units_that_drivers_state(supervised: SupervisedHost) -> None:
    supervised.write("driver", DESCRIBED)
    supervised.write("page", PAGE)
    supervised.start()
    assert supervised.wait_for(PageRendered, "page", lambda event: event.html == "K")


def test_the_units_that_a_script_prints_are_those_of_its_values(supervised: SupervisedHost) -> None:
    supervised.write("driver", "import time\nwhile True:\n    print('Light: 5 lx')\n    time.sleep(0.05)\n")
    supervised.start()
    supervised.reading("driver")
    (described,) = supervised.of(ValuesDescribed, "driver")
    assert [(each.key, each.quantity.unit, each.quantity.is_guessed) for each in described.values] == [
        ("Light", "lx", False)
    ]


def test_a_script_states_what_the_numbers_measure_that_it_prints(supervised: SupervisedHost) -> None:
    supervised.write(
        "driver",
        """
        import time, host
        host.describe("count", unit="K")
        while True:
            print("count: 5")
            time.sleep(0.05)
        """,
    )
    supervised.start()
    supervised.reading("driver")
    (described,) = supervised.of(ValuesDescribed, "driver")
    assert described.values[0].quantity.unit == "K"
