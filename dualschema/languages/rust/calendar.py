"""Rust: what generated code calls to read and write instants, days and times of day."""

from __future__ import annotations

from typing import Final

__all__ = ["CALENDAR", "TIMESTAMP"]

TIMESTAMP: Final = """
/// An instant in UTC, to the microsecond, in the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    micros: i64,
}

impl Timestamp {
    /// The instant so many microseconds after 1970 began, or before.
    pub fn from_micros(micros: i64) -> Option<Self> {
        let years_1_to_9999 = -62_135_596_800_000_000..253_402_300_800_000_000;
        years_1_to_9999.contains(&micros).then_some(Self { micros })
    }

    /// The present instant.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let micros = since.map_or(0, |passed| passed.as_micros() as i64);
        Self { micros }
    }

    /// Microseconds since 1970 began.
    pub fn micros(self) -> i64 {
        self.micros
    }

    /// Reads `2024-02-29T12:00:00.000Z` with up to nine digits, a space for the T, or an offset.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = (text.get(..10)?, text.get(11..)?);
        let (clock, zone) = rest.split_at_checked(rest.find(['Z', '+', '-'])?)?;
        if !matches!(text.as_bytes()[10], b'T' | b' ') {
            return None;
        }
        let micros = stored::day_number(date)? * stored::DAY_MICROS + stored::micros_of_day(clock)?;
        Self::from_micros(micros - stored::offset_micros(zone)?)
    }

    /// `2024-02-29T12:00:00.000Z`, cut to so many digits of a second, at most six.
    pub fn to_text(self, digits: usize) -> String {
        let (day, micros) = (
            self.micros.div_euclid(stored::DAY_MICROS),
            self.micros.rem_euclid(stored::DAY_MICROS),
        );
        let (date, clock) = (
            stored::date_of_day(day),
            stored::clock_of_micros(micros, digits),
        );
        format!("{date}T{clock}Z")
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_text(6))
    }
}
"""

CALENDAR: Final = {
    "read_timestamp": """
pub fn read_timestamp<const DIGITS: usize>(cell: ValueRef<'_>) -> Read<Timestamp> {
    let found = Timestamp::parse(str_of(cell)?).map(cut::<DIGITS>);
    found.ok_or("is no instant of the form 2024-02-29T12:00:00.000Z")
}
""",
    "write_timestamp": """
pub fn write_timestamp<const DIGITS: usize>(value: &Timestamp) -> Value {
    Value::Text(value.to_text(DIGITS))
}
""",
    "cut": """
pub fn cut<const DIGITS: usize>(value: Timestamp) -> Timestamp {
    let step = if DIGITS == 3 { 1000 } else { 1 };
    Timestamp::from_micros(value.micros().div_euclid(step) * step).unwrap_or(value)
}
""",
    "now": """
pub fn now<const DIGITS: usize>() -> Timestamp {
    cut::<DIGITS>(Timestamp::now())
}
""",
    "read_date": """
pub fn read_date(cell: ValueRef<'_>) -> Read<String> {
    date(str_of(cell)?)
}
""",
    "date": """
pub fn date(text: &str) -> Read<String> {
    let found = day_number(text).map(|_| text.to_owned());
    found.ok_or("is no day of the form 2024-02-29")
}
""",
    "read_time": """
pub fn read_time<const DIGITS: usize>(cell: ValueRef<'_>) -> Read<String> {
    time::<DIGITS>(str_of(cell)?)
}
""",
    "write_time": """
#[allow(clippy::ptr_arg)]
pub fn write_time<const DIGITS: usize>(value: &String) -> Value {
    Value::Text(time::<DIGITS>(value).unwrap_or_else(|_| value.clone()))
}
""",
    "time": """
pub fn time<const DIGITS: usize>(text: &str) -> Read<String> {
    let found = micros_of_day(text).map(|micros| clock_of_micros(micros, DIGITS));
    found.ok_or("is no time of the form 23:59:59.000")
}
""",
    "DAY_MICROS": """
pub const DAY_MICROS: i64 = 86_400_000_000;
""",
    "day_number": """
/// Days from 1970-01-01 to `2024-02-29`, by the calendar of today for all years.
pub fn day_number(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = digits_of(parts.next()?, 4)?;
    let month = digits_of(parts.next()?, 2)?;
    let day = digits_of(parts.next()?, 2)?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_day = (1..=12).contains(&month) && (1..=last).contains(&day);
    if parts.next().is_some() || year == 0 || !is_day {
        return None;
    }
    // The year that begins in March: its leap day is its last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400;
    Some(days + (153 * month + 2) / 5 + day - 719_469)
}
""",
    "date_of_day": """
pub fn date_of_day(day: i64) -> String {
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}
""",
    "micros_of_day": """
pub fn micros_of_day(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':').map(|part| digits_of(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let is_clock = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    if !is_clock || fraction.len() > 9 {
        return None;
    }
    let nanos = digits_of(fraction, fraction.len())? * 10_i64.pow(9 - fraction.len() as u32);
    Some(((hour * 60 + minute) * 60 + second) * 1_000_000 + nanos / 1000)
}
""",
    "clock_of_micros": """
pub fn clock_of_micros(micros: i64, digits: usize) -> String {
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = format!("{micros:06}");
    format!(
        "{hour:02}:{minute:02}:{second:02}.{}",
        &fraction[..digits.min(6)]
    )
}
""",
    "offset_micros": """
pub fn offset_micros(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, offset) = (if zone.starts_with('-') { -1 } else { 1 }, zone.get(1..)?);
    let (hours, minutes) = offset.split_at_checked(2)?;
    let minutes = minutes.strip_prefix(':').unwrap_or(minutes);
    let minutes = if offset.len() == 2 {
        0
    } else {
        digits_of(minutes, 2)?
    };
    let minutes = digits_of(hours, 2)? * 60 + minutes;
    (minutes < 1440).then_some(sign * minutes * 60_000_000)
}
""",
    "digits_of": """
fn digits_of(text: &str, count: usize) -> Option<i64> {
    let are_digits =
        count > 0 && text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if are_digits {
        text.parse().ok()
    } else {
        None
    }
}
""",
    "instant": """
pub fn instant(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("an instant of the years 1 to 9999")
}
""",
}
"""What stands in the module ``stored``, by name."""
