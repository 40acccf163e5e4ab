"""A 32-bit Python is refused in words, because there is no WebAssembly for it."""

from __future__ import annotations

import pytest

from hostcore.errors import HostError
from hostcore.runtime import require_64_bit


def test_a_32_bit_python_is_refused_with_the_way_out() -> None:
    with pytest.raises(HostError, match=r"32 bits.*64-bit Raspberry Pi OS.*getconf LONG_BIT"):
        require_64_bit(2**31 - 1)


def test_a_64_bit_python_is_fine() -> None:
    require_64_bit()
    require_64_bit(2**63 - 1)
