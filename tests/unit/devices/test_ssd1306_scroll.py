"""The SSD1306's scrolling, by section 10.2 of its data sheet (Rev 1.1)."""

from __future__ import annotations

import pytest

from hostcore.clock import VirtualClock
from tests.ssd1306_display import command, data, draw_diagonal, lit_pixels, memory_rows_shown, upright

FRAME_S = 54 * 64 / 370_000
"""A frame after a reset: 54 clocks a row, 64 rows, 370 kHz (section 8.3)."""


class TestScrolling:
    """Section 10.2."""

    @pytest.mark.parametrize(
        ("interval", "frames"), [(0, 5), (1, 64), (2, 128), (3, 256), (4, 3), (5, 4), (6, 25), (7, 2)]
    )
    def test_the_picture_moves_right_by_one_column_every_so_many_frames(self, interval, frames):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        data(decoder, b"\x01")
        clock.advance(10)
        command(decoder, 0x26, 0x00, 0, interval, 7, 0x00, 0xFF, 0x2F)
        clock.advance((frames - 0.5) * FRAME_S)
        assert lit_pixels(decoder.picture()) == {(0, 0)}
        clock.advance(FRAME_S)
        assert lit_pixels(decoder.picture()) == {(1, 0)}

    @pytest.mark.parametrize("orientation", [(0xA1, 0xC8), (0xA0, 0xC0)])
    def test_left_and_right_are_a_persons_however_the_module_is_turned(self, orientation):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        command(decoder, *orientation)
        data(decoder, b"\x00" * 10 + b"\x01")
        (start,) = lit_pixels(decoder.picture())
        command(decoder, 0x27, 0x00, 0, 7, 7, 0x00, 0xFF, 0x2F)
        clock.advance(2 * 3.5 * FRAME_S)
        ((x, _),) = lit_pixels(decoder.picture())
        assert x - start[0] == (-3 if orientation == (0xA1, 0xC8) else 3)

    def test_only_the_pages_asked_for_move_and_wrap_around(self):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        command(decoder, 0x20, 0x01)
        data(decoder, bytes([0x01] * 8))
        command(decoder, 0x27, 0x00, 2, 7, 3, 0x00, 0xFF, 0x2F)
        clock.advance(2 * 1.5 * FRAME_S)
        assert {x for x, y in lit_pixels(decoder.picture()) if y in (16, 24)} == {127}
        assert {x for x, y in lit_pixels(decoder.picture()) if y not in (16, 24)} == {0}

    def test_how_often_one_looks_makes_no_difference(self):
        clock = VirtualClock()
        watched, unwatched = upright(clock=clock), upright(clock=clock)
        for decoder in (watched, unwatched):
            draw_diagonal(decoder)
            command(decoder, 0x29, 0x00, 0, 7, 5, 3, 0x2F)
        for _ in range(50):
            clock.advance(0.0123)
            watched.picture()
        assert watched.picture() == unwatched.picture()

    def test_diagonal_scrolling_moves_the_rows_of_the_area_up(self):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        draw_diagonal(decoder)
        command(decoder, 0xA3, 8, 16, 0x2A, 0x00, 7, 7, 7, 5, 0x2F)
        clock.advance(2 * 1.5 * FRAME_S)
        rows = memory_rows_shown(decoder.picture())
        assert rows[:8] == list(range(8))
        assert rows[8:24] == [*range(13, 24), *range(8, 13)]
        assert rows[24:56] == list(range(24, 56))

    @pytest.mark.parametrize(
        ("area", "expected"),
        [((0, 0), list(range(64))), ((60, 100), [*range(60), 61, 62, 63, 60])],
        ids=["no rows", "more rows than there are"],
    )
    def test_an_area_that_cannot_be_harms_nothing(self, area, expected):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        draw_diagonal(decoder)
        command(decoder, 0xA3, *area, 0x29, 0x00, 7, 7, 6, 1, 0x2F)
        clock.advance(2 * 1.5 * FRAME_S)
        assert memory_rows_shown(decoder.picture()) == expected

    def test_the_dummy_bytes_of_a_sideways_scroll_move_no_rows(self):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        data(decoder, b"\x01")
        command(decoder, 0x26, 0xFF, 0, 7, 7, 0xFF, 0xFF, 0x2F)
        clock.advance(2 * 1.5 * FRAME_S)
        assert lit_pixels(decoder.picture()) == {(1, 0)}

    def test_deactivating_stops_it_what_moved_sideways_stays_and_rows_go_back(self):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        data(decoder, b"\x01")
        command(decoder, 0x29, 0x00, 0, 7, 7, 1, 0x2F)
        clock.advance(2 * 4.5 * FRAME_S)
        assert lit_pixels(decoder.picture()) == {(4, 60)}
        command(decoder, 0x2E)
        stopped = decoder.revision
        clock.advance(10)
        assert decoder.revision == stopped
        assert lit_pixels(decoder.picture()) == {(4, 0)}

    def test_activating_without_a_setup_moves_nothing(self):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        data(decoder, b"\x01")
        command(decoder, 0x2F)
        clock.advance(10)
        assert lit_pixels(decoder.picture()) == {(0, 0)}

    def test_slower_frames_make_slower_scrolling(self):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        data(decoder, b"\x01")
        command(decoder, 0xD5, 0x83, 0x26, 0x00, 0, 7, 7, 0x00, 0xFF, 0x2F)
        clock.advance(4 * 2 * 1.5 * FRAME_S)
        assert lit_pixels(decoder.picture()) == {(1, 0)}

    def test_each_step_counts_as_a_change(self):
        clock = VirtualClock()
        decoder = upright(clock=clock)
        data(decoder, b"\x01")
        command(decoder, 0x26, 0x00, 0, 7, 7, 0x00, 0xFF, 0x2F)
        before = decoder.revision
        clock.advance(2 * 1.5 * FRAME_S)
        assert decoder.revision > before
