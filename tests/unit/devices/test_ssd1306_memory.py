"""The SSD1306's display memory: where data lands, by its data sheet (Rev 1.1)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ssd1306_display import command, data, lit_pixels, memory_in, upright


class TestAddressing:
    """Section 10.1.3."""

    def test_the_lowest_bit_of_a_byte_is_the_top_row_of_its_page(self):
        decoder = upright()
        data(decoder, b"\x01\x80")
        assert lit_pixels(decoder.picture()) == {(0, 0), (1, 7)}

    def test_page_addressing_is_the_reset_mode_and_wraps_within_the_page(self):
        decoder = upright()
        data(decoder, bytes([0x55] * 128) + b"\x01\x02")
        pages = memory_in(decoder.picture())
        assert pages[0] == b"\x01\x02" + bytes([0x55] * 126)
        assert not any(pages[1])

    def test_page_and_column_of_page_addressing_are_set_with_b0_and_two_nibbles(self):
        decoder = upright()
        command(decoder, 0xB3, 0x05, 0x12)
        data(decoder, b"\xff")
        assert lit_pixels(decoder.picture()) == {(0x25, y) for y in range(24, 32)}

    @pytest.mark.parametrize("high_nibble", [0x17, 0x1F])
    def test_a_column_nibble_beyond_the_last_column_does_not_count(self, high_nibble):
        decoder = upright()
        command(decoder, 0x0E, high_nibble)
        data(decoder, b"\x01\x02\x04")
        assert lit_pixels(decoder.picture()) == {(126, 0), (127, 1), (0, 2)}

    def test_horizontal_addressing_fills_the_window_row_by_row_and_starts_over(self):
        decoder = upright()
        command(decoder, 0x20, 0x00, 0x21, 5, 7, 0x22, 2, 3)
        data(decoder, bytes(range(1, 9)))
        pages = memory_in(decoder.picture())
        assert pages[2][4:9] == bytes([0, 7, 8, 3, 0])
        assert pages[3][4:9] == bytes([0, 4, 5, 6, 0])

    def test_vertical_addressing_fills_the_window_column_by_column_and_starts_over(self):
        decoder = upright()
        command(decoder, 0x20, 0x01, 0x21, 5, 7, 0x22, 2, 3)
        data(decoder, bytes(range(1, 9)))
        pages = memory_in(decoder.picture())
        assert pages[2][4:9] == bytes([0, 7, 3, 5, 0])
        assert pages[3][4:9] == bytes([0, 8, 4, 6, 0])

    def test_setting_a_window_puts_the_pointer_to_its_start(self):
        decoder = upright()
        command(decoder, 0x20, 0x00)
        data(decoder, bytes(300))
        command(decoder, 0x21, 9, 20, 0x22, 6, 7)
        data(decoder, b"\x42")
        assert memory_in(decoder.picture())[6][9] == 0x42

    def test_parameter_bits_beyond_the_addresses_do_not_count(self):
        decoder = upright()
        command(decoder, 0x20, 0xFC, 0x22, 0xF9, 0xFF, 0x21, 0x83, 0xFF)
        data(decoder, b"\x42")
        assert memory_in(decoder.picture())[1][3] == 0x42

    def test_the_invalid_mode_changes_nothing(self):
        decoder = upright()
        command(decoder, 0x20, 0x01, 0x20, 0x03)
        data(decoder, b"\x01\x02")
        assert memory_in(decoder.picture())[1][0] == 0x02

    def test_page_and_nibbles_move_the_pointer_in_horizontal_mode_too_as_libraries_rely_on(self):
        decoder = upright()
        command(decoder, 0x20, 0x00, 0xB4, 0x03, 0x11)
        data(decoder, b"\x42")
        assert memory_in(decoder.picture())[4][0x13] == 0x42

    def test_a_pointer_beyond_its_window_runs_on_to_the_edge_and_comes_in_again(self):
        decoder = upright()
        command(decoder, 0x20, 0x00, 0x21, 2, 4, 0x0E, 0x17)
        data(decoder, bytes(range(1, 9)))
        pages = memory_in(decoder.picture())
        assert pages[0][126:] == b"\x01\x02"
        assert pages[0][:5] == b"\x03\x04\x05\x06\x07"
        assert pages[1][2] == 0x08

    @settings(deadline=None)
    @given(
        mode=st.sampled_from([0, 1, 2]),
        remap=st.sampled_from([0xA0, 0xA1]),
        columns=st.tuples(st.integers(0, 127), st.integers(0, 127)).map(sorted),
        pages=st.tuples(st.integers(0, 7), st.integers(0, 7)).map(sorted),
        payload=st.binary(max_size=300),
        repeats=st.integers(1, 8),
    )
    def test_any_run_of_data_lands_where_the_rules_put_it_byte_by_byte(
        self, mode, remap, columns, pages, payload, repeats
    ):
        decoder = upright()
        command(decoder, remap, 0x20, (mode + 1) % 3, 0x20, mode, 0x21, *columns, 0x22, *pages)
        expected = [bytearray(128) for _ in range(8)]
        column, page = columns[0], pages[0]
        for byte in payload * repeats:
            expected[page][column if remap == 0xA1 else 127 - column] = byte
            if mode == 1:
                page, carry = (page + 1, False) if page < pages[1] else (pages[0], True)
                column += carry
                column = columns[0] if column > columns[1] else column
            else:
                column, carry = (column + 1, False) if column < columns[1] else (columns[0], True)
                page += carry and mode == 0
                page = pages[0] if page > pages[1] else page
        for _ in range(repeats):
            data(decoder, payload)
        assert memory_in(decoder.picture()) == expected


class TestSegmentRemap:
    """Section 10.1.8."""

    def test_it_mirrors_what_is_written_from_then_on_only(self):
        decoder = upright()
        data(decoder, b"\x01")
        command(decoder, 0xA0)
        assert lit_pixels(decoder.picture()) == {(0, 0)}
        data(decoder, b"\x02")
        assert lit_pixels(decoder.picture()) == {(0, 0), (126, 1)}

    def test_without_remap_and_with_normal_scan_the_module_is_upside_down(self):
        decoder = upright()
        command(decoder, 0xA0, 0xC0)
        data(decoder, b"\x01")
        assert lit_pixels(decoder.picture()) == {(127, 63)}

    def test_the_scan_direction_flips_at_once(self):
        decoder = upright()
        data(decoder, b"\x01")
        command(decoder, 0xC0)
        assert lit_pixels(decoder.picture()) == {(0, 63)}
