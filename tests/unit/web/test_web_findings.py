"""``/api/findings``: what the diagnosis finds wrong, for programs."""

from __future__ import annotations

import json

from hostcore.events import Confidence, Evidence, Finding, FindingRaised
from hostcore.place import BusName
from hostcore.web.frames import USUAL_KINDS, event_frame

EVIL = "\u001b[31m\ud800</script>\n"


def test_a_raised_finding_is_one_event_whatever_stands_in_it() -> None:
    finding = Finding("x", EVIL, EVIL, Confidence.LIKELY, (Evidence(EVIL),), bus=BusName("i2c-1"), address=0x76)
    name, data = event_frame(FindingRaised(2, finding, 1), 7).decode("ascii").splitlines()[1:3]
    assert name == "event: finding"
    assert json.loads(data.removeprefix("data: "))["finding"]["sentence"] == EVIL


def test_readers_who_name_no_kinds_hear_of_findings() -> None:
    assert {"finding", "finding-cleared"} <= USUAL_KINDS
