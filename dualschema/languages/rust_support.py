"""Rust: what generated code calls to read, write and check cells; std and the SDK's SQLite alone."""

from __future__ import annotations

from typing import Final

__all__ = ["MODULE", "PUBLIC"]

_ERROR = '''
/// A cell that cannot be read or written, by the names in the client's database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnError {
    pub table: &'static str,
    pub column: &'static str,
    pub reason: &'static str,
}

impl std::fmt::Display for ColumnError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}: {}", self.table, self.column, self.reason)
    }
}

impl std::error::Error for ColumnError {}

impl From<ColumnError> for rusqlite::Error {
    fn from(error: ColumnError) -> Self {
        // usize::MAX is rusqlite's own sign for a column without a number.
        Self::FromSqlConversionFailure(usize::MAX, rusqlite::types::Type::Null, Box::new(error))
    }
}
'''

_TIMESTAMP = '''
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

    /// `2024-02-29T12:00:00.000Z`, with so many digits of the second, up to six; it cuts the others.
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
'''

PUBLIC: Final = {"ColumnError": _ERROR, "Timestamp": _TIMESTAMP}
"""Types that stand beside the tables', by name."""

MODULE: Final = {
    "Cells": '''
/// A row, with the name of its table for errors.
pub struct Cells<'a, 'r> {
    table: &'static str,
    row: &'a rusqlite::Row<'r>,
}

impl<'a, 'r> Cells<'a, 'r> {
    pub fn of(table: &'static str, row: &'a rusqlite::Row<'r>) -> Self {
        Self { table, row }
    }

    pub fn required<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(ValueRef<'_>) -> Read<T>,
    ) -> Result<T, ColumnError> {
        self.optional(column, read)?
            .ok_or_else(|| self.fault(column, "is NULL"))
    }

    pub fn optional<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(ValueRef<'_>) -> Read<T>,
    ) -> Result<Option<T>, ColumnError> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => Ok(None),
            Ok(cell) => read(cell)
                .map(Some)
                .map_err(|reason| self.fault(column, reason)),
            Err(_) => Err(self.fault(column, "is no column of this row")),
        }
    }

    fn fault(&self, column: &'static str, reason: &'static str) -> ColumnError {
        ColumnError {
            table: self.table,
            column,
            reason,
        }
    }
}
''',
    "optional": '''
pub fn optional<'a, T>(value: &'a Option<T>, write: impl FnOnce(&'a T) -> Value) -> Value {
    value.as_ref().map_or(Value::Null, write)
}
''',
    "read_text": '''
pub fn read_text(cell: ValueRef<'_>) -> Read<String> {
    str_of(cell).map(str::to_owned)
}
''',
    "str_of": '''
fn str_of(cell: ValueRef<'_>) -> Read<&str> {
    match cell {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_err(|_| "is not UTF-8"),
        _ => Err("is not text"),
    }
}
''',
    "write_text": '''
#[allow(clippy::ptr_arg)]
pub fn write_text(value: &String) -> Value {
    Value::Text(value.clone())
}
''',
    "read_boolean": '''
pub fn read_boolean(cell: ValueRef<'_>) -> Read<bool> {
    match cell {
        ValueRef::Integer(0) => Ok(false),
        ValueRef::Integer(1) => Ok(true),
        _ => Err("is neither 0 nor 1"),
    }
}
''',
    "write_boolean": '''
pub fn write_boolean(value: &bool) -> Value {
    Value::Integer(i64::from(*value))
}
''',
    "read_i32": '''
pub fn read_i32(cell: ValueRef<'_>) -> Read<i32> {
    i32::try_from(read_i64(cell)?).map_err(|_| "lies outside 32 bits")
}
''',
    "write_i32": '''
pub fn write_i32(value: &i32) -> Value {
    Value::Integer(i64::from(*value))
}
''',
    "read_i64": '''
pub fn read_i64(cell: ValueRef<'_>) -> Read<i64> {
    match cell {
        ValueRef::Integer(number) => Ok(number),
        _ => Err("is no whole number"),
    }
}
''',
    "write_i64": '''
pub fn write_i64(value: &i64) -> Value {
    Value::Integer(*value)
}
''',
    "read_digits": '''
pub fn read_digits(cell: ValueRef<'_>) -> Read<i64> {
    let text = str_of(cell)?;
    let number = text
        .parse::<i64>()
        .ok()
        .filter(|number| number.to_string() == text);
    number.ok_or("is not the text of a whole number of 64 bits")
}
''',
    "write_digits": '''
pub fn write_digits(value: &i64) -> Value {
    Value::Text(value.to_string())
}
''',
    "read_f64": '''
pub fn read_f64(cell: ValueRef<'_>) -> Read<f64> {
    match cell {
        ValueRef::Real(number) => Ok(number),
        ValueRef::Integer(number) => Ok(number as f64),
        _ => Err("is no number"),
    }
}
''',
    "write_f64": '''
pub fn write_f64(value: &f64) -> Value {
    Value::Real(*value)
}
''',
    "read_decimal": '''
pub fn read_decimal<const P: usize, const S: usize>(cell: ValueRef<'_>) -> Read<String> {
    decimal::<P, S>(str_of(cell)?)
}
''',
    "write_decimal": '''
#[allow(clippy::ptr_arg)]
pub fn write_decimal<const P: usize, const S: usize>(value: &String) -> Value {
    Value::Text(decimal::<P, S>(value).unwrap_or_else(|_| value.clone()))
}
''',
    "decimal": '''
/// A decimal number as Postgres writes it: all `S` digits of the scale, and no sign of zero.
/// With `P` of 0 it has as many digits as it needs.
pub fn decimal<const P: usize, const S: usize>(text: &str) -> Read<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return Err("is not a decimal number of the form -12.50");
    }
    let whole = whole.trim_start_matches('0');
    let needed = fraction.trim_end_matches('0');
    let (precision, scale) = if P == 0 {
        (131_072 + 16_383, 16_383)
    } else {
        (P, S)
    };
    if needed.len() > scale || whole.len() > precision - scale {
        return Err("has more digits than the column");
    }
    let sign = if text.len() > digits.len() && !(whole.is_empty() && needed.is_empty()) {
        "-"
    } else {
        ""
    };
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if P == 0 {
        fraction.to_owned()
    } else {
        format!("{needed:0<S$}")
    };
    let has_point = if P == 0 { digits.contains('.') } else { S > 0 };
    if has_point {
        Ok(format!("{sign}{whole}.{fraction}"))
    } else {
        Ok(format!("{sign}{whole}"))
    }
}
''',
    "compare_decimals": '''
/// How two decimal numbers compare, or nothing where one of them is none.
pub fn compare_decimals(left: &str, right: &str) -> Option<std::cmp::Ordering> {
    let (left, right) = (decimal::<0, 0>(left).ok()?, decimal::<0, 0>(right).ok()?);
    let size = |text: &str| {
        let digits = text.trim_start_matches('-');
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        (
            whole.len(),
            whole.to_owned(),
            fraction.trim_end_matches('0').to_owned(),
        )
    };
    let sizes = size(&left).cmp(&size(&right));
    Some(match (left.starts_with('-'), right.starts_with('-')) {
        (false, false) => sizes,
        (true, true) => sizes.reverse(),
        (is_negative, _) if is_negative => std::cmp::Ordering::Less,
        _ => std::cmp::Ordering::Greater,
    })
}
''',
    "read_uuid": '''
pub fn read_uuid(cell: ValueRef<'_>) -> Read<String> {
    uuid(str_of(cell)?)
}
''',
    "write_uuid": '''
#[allow(clippy::ptr_arg)]
pub fn write_uuid(value: &String) -> Value {
    Value::Text(value.to_ascii_lowercase())
}
''',
    "uuid": '''
pub fn uuid(text: &str) -> Read<String> {
    let is_mark = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    if text.len() != 36 || !text.bytes().enumerate().all(is_mark) {
        return Err("is no UUID");
    }
    Ok(text.to_ascii_lowercase())
}
''',
    "new_id": '''
/// A new random UUID (RFC 9562, version 4), from the random keys of std's hash maps.
pub fn new_id() -> String {
    use std::hash::{BuildHasher, Hasher};
    let random = || {
        std::collections::hash_map::RandomState::new()
            .build_hasher()
            .finish()
    };
    let (high, low) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}
''',
    "read_timestamp": '''
pub fn read_timestamp<const DIGITS: usize>(cell: ValueRef<'_>) -> Read<Timestamp> {
    let found = Timestamp::parse(str_of(cell)?).map(cut::<DIGITS>);
    found.ok_or("is no instant of the form 2024-02-29T12:00:00.000Z")
}
''',
    "write_timestamp": '''
pub fn write_timestamp<const DIGITS: usize>(value: &Timestamp) -> Value {
    Value::Text(value.to_text(DIGITS))
}
''',
    "cut": '''
pub fn cut<const DIGITS: usize>(value: Timestamp) -> Timestamp {
    let step = if DIGITS == 3 { 1000 } else { 1 };
    Timestamp::from_micros(value.micros().div_euclid(step) * step).unwrap_or(value)
}
''',
    "now": '''
pub fn now<const DIGITS: usize>() -> Timestamp {
    cut::<DIGITS>(Timestamp::now())
}
''',
    "read_date": '''
pub fn read_date(cell: ValueRef<'_>) -> Read<String> {
    date(str_of(cell)?)
}
''',
    "date": '''
pub fn date(text: &str) -> Read<String> {
    let found = day_number(text).map(|_| text.to_owned());
    found.ok_or("is no day of the form 2024-02-29")
}
''',
    "read_time": '''
pub fn read_time<const DIGITS: usize>(cell: ValueRef<'_>) -> Read<String> {
    time::<DIGITS>(str_of(cell)?)
}
''',
    "write_time": '''
#[allow(clippy::ptr_arg)]
pub fn write_time<const DIGITS: usize>(value: &String) -> Value {
    Value::Text(time::<DIGITS>(value).unwrap_or_else(|_| value.clone()))
}
''',
    "time": '''
pub fn time<const DIGITS: usize>(text: &str) -> Read<String> {
    let found = micros_of_day(text).map(|micros| clock_of_micros(micros, DIGITS));
    found.ok_or("is no time of the form 23:59:59.000")
}
''',
    "DAY_MICROS": """
pub const DAY_MICROS: i64 = 86_400_000_000;
""",
    "day_number": '''
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
''',
    "date_of_day": '''
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
''',
    "micros_of_day": '''
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
''',
    "clock_of_micros": '''
pub fn clock_of_micros(micros: i64, digits: usize) -> String {
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = format!("{micros:06}");
    format!(
        "{hour:02}:{minute:02}:{second:02}.{}",
        &fraction[..digits.min(6)]
    )
}
''',
    "offset_micros": '''
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
''',
    "digits_of": '''
fn digits_of(text: &str, count: usize) -> Option<i64> {
    let are_digits =
        count > 0 && text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if are_digits {
        text.parse().ok()
    } else {
        None
    }
}
''',
    "read_choice": '''
pub fn read_choice<T: std::str::FromStr>(cell: ValueRef<'_>) -> Read<T> {
    str_of(cell)?.parse().map_err(|_| "is none of the choices")
}
''',
    "write_choice": '''
pub fn write_choice<T: Copy + Into<&'static str>>(value: &T) -> Value {
    let text: &'static str = (*value).into();
    Value::Text(text.to_owned())
}
''',
    "read_number": '''
pub fn read_number<T: TryFrom<i64>>(cell: ValueRef<'_>) -> Read<T> {
    T::try_from(read_i64(cell)?).map_err(|_| "is none of the choices")
}
''',
    "write_number": '''
pub fn write_number<T: Copy + Into<i64>>(value: &T) -> Value {
    Value::Integer((*value).into())
}
''',
    "read_bytes": '''
pub fn read_bytes(cell: ValueRef<'_>) -> Read<Vec<u8>> {
    from_base64(str_of(cell)?).ok_or("is not base64")
}
''',
    "from_base64": '''
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() % 4 != 0 || text.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits.bytes() {
        bits = bits << 6 | BASE64.iter().position(|each| *each == digit)? as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}
''',
    "write_bytes": '''
pub fn write_bytes(value: &Vec<u8>) -> Value {
    let mut text = String::with_capacity(value.len().div_ceil(3) * 4);
    for part in value.chunks(3) {
        let bits = part
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - part.len()));
        for place in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > part.len() {
                '='
            } else {
                char::from(digit)
            });
        }
    }
    Value::Text(text)
}
''',
    "BASE64": '''
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
''',
    "instant": '''
pub fn instant(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("an instant of the years 1 to 9999")
}
''',
    "base64": '''
pub fn base64(text: &str) -> Vec<u8> {
    from_base64(text).expect("base64")
}
''',
    "matches": '''
pub fn matches(cache: &OnceLock<Regex>, pattern: &str, value: &str) -> bool {
    cache
        .get_or_init(|| Regex::new(pattern).expect("a pattern"))
        .is_match(value)
}
''',
}
"""What stands in the module ``stored``, by name."""
