"""What each type reads and refuses, and the one spelling that it writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import dualschema as ds
from dualschema.convert import converter_of
from dualschema.testing.strategies import make_table

Instant = datetime(2026, 3, 4, 5, 6, 7, 123000, UTC)


def stored(annotation: Any, value: Any, side: Any = "sqlite", **options: Any) -> Any:
    table: Any = make_table("t", {"v": (annotation, options)})
    return ds.encode(table(id="a", v=value), side)["v"]


def read(annotation: Any, value: Any, side: Any = "sqlite", **options: Any) -> Any:
    table: Any = make_table("t", {"v": (annotation, options)})
    return ds.decode(table, {"id": "a", "v": value}, side).v


def reason(annotation: Any, value: Any, side: Any = "sqlite", **options: Any) -> str:
    with pytest.raises(ds.DecodeError) as caught:
        read(annotation, value, side, **options)
    assert ("t", "v", side) == (caught.value.table, caught.value.column, caught.value.side)
    assert str(caught.value) == f"t.v: {caught.value.reason}"
    return caught.value.reason


class TestTimestamps:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-04T05:06:07.123Z",  # JavaScript, and PowerSync cut to milliseconds
            "2026-03-04T05:06:07.123000Z",  # PowerSync, editions 2 and 3
            "2026-03-04 05:06:07.123Z",  # PowerSync, edition 1
            "2026-03-04 05:06:07.123000Z",
            "2026-03-04 05:06:07.123+00",  # Postgres
            "2026-03-04T07:06:07.123+02:00",
            "2026-03-04T00:36:07.123-0430",
            "2026-03-04T05:06:07.123456789Z",  # finer than is kept: cut
        ],
    )
    def test_every_spelling_is_read(self, text: str) -> None:
        for side in ("sqlite", "postgres", "json"):
            assert Instant == read(datetime, text, side)

    def test_whole_seconds_are_read(self) -> None:
        second = Instant.replace(microsecond=0)

        assert second == read(datetime, "2026-03-04T05:06:07Z")
        assert second == read(datetime, "2026-03-04 05:06:07Z")
        assert second == read(datetime, "2026-03-04T05:06:07.000000Z")

    def test_one_spelling_is_written(self) -> None:
        assert stored(datetime, Instant) == "2026-03-04T05:06:07.123Z"
        assert stored(datetime, Instant.replace(microsecond=0)) == "2026-03-04T05:06:07.000Z"
        assert stored(datetime, Instant, precision=6) == "2026-03-04T05:06:07.123000Z"
        assert stored(datetime, datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000Z"

    def test_text_sorts_as_time_does(self) -> None:
        instants = sorted(Instant + timedelta(milliseconds=n * 333) for n in range(-20, 20))

        texts = [stored(datetime, instant) for instant in instants]

        assert texts == sorted(texts)

    def test_the_row_holds_what_is_stored(self) -> None:
        """Cut and in UTC from the start, so that no step changes it."""
        table: Any = make_table("t", {"v": (datetime, {})})
        zone = timezone(timedelta(hours=2))

        row = table(id="a", v=datetime(2026, 3, 4, 7, 6, 7, 123999, zone))

        assert row.v == Instant
        assert row.v.tzinfo is UTC

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("2026-03-04T05:06:07.123", "not an instant of the form"),  # naive
            ("2026-03-04", "not an instant of the form"),
            ("2026-W10-3T05:06:07.123Z", "not an instant of the form"),
            ("20260304T050607Z", "not an instant of the form"),
            ("1772600767", "not an instant of the form"),
            ("2026-02-30T05:06:07.123Z", "no instant of the calendar"),
            ("2026-03-04T24:00:00.000Z", "no instant of the calendar"),
            ("2026-03-04T05:06:60.000Z", "no instant of the calendar"),
            ("0000-01-01T00:00:00.000Z", "no instant of the calendar"),  # PowerSync's -infinity
            ("0001-01-01T00:00:00+14:00", "in UTC it lies outside the years 1 to 9999"),
            ("", "not an instant of the form"),
        ],
    )
    def test_anything_else_is_refused(self, text: str, why: str) -> None:
        assert why in reason(datetime, text)

    def test_numbers_are_no_instants(self) -> None:
        assert reason(datetime, 1772600767) == "Input should be a valid datetime"
        assert reason(datetime, True) == "Input should be a valid datetime"

    def test_naive_datetimes_are_refused(self) -> None:
        naive = Instant.replace(tzinfo=None)

        assert reason(datetime, naive, "postgres") == "Input should have timezone info"


def test_times_are_read_in_every_spelling_and_written_in_one() -> None:
    half = time(5, 6, 7, 500_000)

    assert {half} == {read(time, text) for text in ("05:06:07.5", "05:06:07.500000")}
    assert stored(time, half) == "05:06:07.500"
    assert stored(time, half, precision=6) == "05:06:07.500000"
    assert "not a time of the form" in reason(time, "05:06:07+02")
    assert "no time of day" in reason(time, "24:00:00")


def test_dates_are_days() -> None:
    assert stored(date, date(26, 3, 4)) == "0026-03-04"
    assert read(date, "2026-03-04") == date(2026, 3, 4)
    assert "not a date of the form" in reason(date, "20260304")
    assert "not a date of the form" in reason(date, "0044-03-15 BC")
    assert reason(date, Instant, "postgres") == "Input should be a valid date"


def test_uuids_are_read_in_either_case_and_written_in_lower() -> None:
    upper = "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"

    assert read(UUID, upper) == UUID(upper)
    assert stored(UUID, UUID(upper)) == upper.lower()
    for text in (upper.replace("-", ""), f"{{{upper}}}", f"urn:uuid:{upper}", upper + "\n"):
        assert "not a UUID of the form" in reason(UUID, text)


def test_booleans_are_0_and_1() -> None:
    assert (stored(bool, True), stored(bool, False)) == (1, 0)
    assert stored(bool, True, "json") is True
    assert read(bool, 1) is True
    assert read(bool, False) is False
    for value in (2, -1, 1.0, "1", "true", b"1"):
        assert reason(bool, value) == "Input should be a valid boolean"


def test_whole_numbers_are_whole_and_within_their_bounds() -> None:
    for annotation, limit in ((int, 2**31 - 1), (ds.BigInt, 2**53 - 1), (ds.Int64, 2**63 - 1)):
        assert read(annotation, limit) == limit
        assert "less than or equal" in reason(annotation, limit + 1)
    for value in (1.0, True, "7", None):
        assert reason(int, value)
    assert stored(ds.Int64, 2**63 - 1) == "9223372036854775807"
    assert stored(ds.Int64, 2**63 - 1, "postgres") == 2**63 - 1
    assert read(ds.Int64, "-9223372036854775808") == -(2**63)
    for text in ("007", "+1", "1e3", "1.0", " 1", "", "-"):
        assert reason(ds.Int64, text)


def test_floats_are_finite() -> None:
    assert read(float, 1) == 1.0
    assert isinstance(read(float, 1), float)
    for value in (float("nan"), float("inf"), "1.5", True, 2**53 + 1, 10**400):
        assert reason(float, value)


def test_decimals_are_never_rounded() -> None:
    assert stored(Decimal, Decimal("1E+3")) == "1000"
    assert stored(Decimal, Decimal("0.10"), precision=4, scale=2) == "0.10"
    assert read(Decimal, "9.50", precision=4, scale=2) == Decimal("9.5")
    assert "no more than 2 decimal places" in reason(Decimal, "10.005", precision=5, scale=2)
    assert "no more than" in reason(Decimal, "1000.00", precision=5, scale=2)
    assert "a float is not exact" in reason(Decimal, 0.1)
    for value in ("NaN", "Infinity", "abc", ""):
        assert reason(Decimal, value)


def test_durations_are_milliseconds() -> None:
    table: Any = make_table("t", {"v": (timedelta, {})})

    assert stored(timedelta, timedelta(days=-1, milliseconds=1)) == -86_399_999
    assert read(timedelta, 1500) == timedelta(seconds=1.5)
    assert table(id="a", v=timedelta(microseconds=1999)).v == timedelta(milliseconds=1)
    assert "at most 2^53 - 1 milliseconds" in reason(timedelta, 2**53)
    assert reason(timedelta, 1.5)


def test_bytes_are_base64() -> None:
    assert stored(bytes, b"\x00\xff\x10") == "AP8Q"
    assert read(bytes, "AP8Q") == b"\x00\xff\x10"
    for text in ("AP8", "A P8Q", "AP-_", "=", "ä"):
        assert "not base64" in reason(bytes, text)


def test_text_is_any_unicode_but_nul_and_lone_surrogates() -> None:
    for text in ("10.5", "null", "true", "😀", "\ufeff", ""):
        assert read(str, text) == text
    assert "may hold no NUL" in reason(str, "a\0b")
    assert "may hold no lone surrogate" in reason(str, "\ud800")
    for value in (12, 1.5, True, b"x", ["x"]):
        assert reason(str, value) == "Input should be a valid string"


def test_lengths_and_patterns_are_checked_on_the_way_in() -> None:
    assert "at least 2 characters" in reason(str, "😀", min_length=2)
    assert "at most 2 characters" in reason(str, "abc", max_length=2)
    assert read(str, "😀😀", max_length=2) == "😀😀"
    assert "should match pattern" in reason(str, "ab\n", pattern="^ab$")
    assert "should match pattern" in reason(str, "٣", pattern=r"^\d$")


def test_a_cell_is_converted_by_itself() -> None:
    table = make_table("timers", {"value": (int, {})})
    converter = converter_of(table, "sqlite")
    column = converter.model.by_name["value"]

    assert converter.decode_cell(column, 5) == 5
    assert converter.encode_cell(column, 5) == 5
    with pytest.raises(ds.DecodeError, match=r"^timers\.value: Input should be a valid integer$"):
        converter.decode_cell(column, "5")
    with pytest.raises(ds.EncodeError, match=r"^timers\.value: Input should be a valid integer$"):
        converter.encode_cell(column, "5")
