"""What is said over the control socket: each message is one line, and anything else is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.control.message_lines import answer_line, parse_answer, parse_request, request_line
from hostcore.control.messages import (
    FactsRequest,
    Failure,
    Operation,
    Report,
    Request,
    ScanReport,
    ScanRequest,
    TransferReport,
    TransferRequest,
)
from hostcore.errors import AccessDeniedError, HostError, NoAcknowledgeError
from hostcore.events import Presence, Probed
from hostcore.events.facts import ScanMode
from tests.control_desk import REPORT

OPERATIONS = st.builds(Operation, st.none() | st.binary(max_size=20), st.integers(0, 8192))
REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.just(FactsRequest()),
    st.builds(ScanRequest, st.integers(0, 255), st.sampled_from(ScanMode)),
    st.builds(
        TransferRequest, st.integers(0, 255), st.integers(0, 127), st.lists(OPERATIONS).map(tuple), st.booleans()
    ),
)
REPORTS: st.SearchStrategy[Report] = st.one_of(
    st.just(REPORT),
    st.builds(TransferReport, st.lists(st.binary(max_size=20)).map(tuple)),
    st.builds(
        ScanReport,
        st.lists(st.builds(Probed, st.integers(8, 119), st.sampled_from(Presence), st.text())).map(tuple),
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["facts", "transfer", "scan", "bus"]), inner),
    max_leaves=8,
)


class TestTheLines:
    @given(REQUESTS)
    def test_a_request_arrives_as_it_was(self, request_: Request) -> None:
        line = request_line(request_)
        assert line.count(b"\n") == 1
        assert parse_request(line[:-1]) == request_

    @given(REPORTS)
    def test_so_does_an_answer(self, report: Report) -> None:
        line = answer_line(report)
        assert line.count(b"\n") == 1
        assert parse_answer(line[:-1], type(report)) == report

    @given(st.binary() | JSON.map(lambda found: json.dumps(found).encode()))
    def test_anything_else_is_refused_in_one_line(self, line: bytes) -> None:
        try:
            request = parse_request(line)
        except ValueError as error:
            assert str(error)
        else:
            assert parse_request(request_line(request)[:-1]) == request

    def test_nothing_nests_too_deep(self) -> None:
        with pytest.raises(ValueError, match="too many levels"):
            parse_request(b"[" * 100_000)

    @pytest.mark.parametrize("error", [NoAcknowledgeError("nobody"), AccessDeniedError("no"), HostError("odd")])
    def test_an_error_of_the_hosts_is_the_commands_own(self, error: HostError) -> None:
        line = answer_line(Failure(type(error).__name__, str(error)))
        with pytest.raises(HostError) as caught:
            parse_answer(line, TransferReport)
        assert (type(caught.value), str(caught.value)) == (type(error), str(error))

    @pytest.mark.parametrize("kind", ["annotations", "PluginCrashedError", "ConfigError", "os", ""])
    def test_an_error_of_another_kind_is_a_plain_one(self, kind: str) -> None:
        assert type(Failure(kind, "text").error()) is HostError
