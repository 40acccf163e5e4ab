"""What answers of the web say."""

from __future__ import annotations

import re

from tests.web_visitor import Answer, Served


def still_serves(served: Served) -> bool:
    """Whether the next visitor is served."""
    return served.visitor.get("/api/readings").status == 200


def status_of(received: bytes) -> int:
    """The status of a whole answer."""
    found = re.match(rb"HTTP/1\.[01] ([0-9]{3}) ", received)
    assert found, received[:100]
    return int(found[1])


def refused(answer: Answer, status: int, words: str) -> bool:
    """Whether an answer in JSON has this status, and these words say why."""
    return answer.status == status and words in answer.json["error"]
