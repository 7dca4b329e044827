"""Rust: what generated code calls to read, write and check cells, by std alone."""

from __future__ import annotations

from typing import Final

__all__ = ["ERROR", "MODULE"]

ERROR: Final = """
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
"""

MODULE: Final = {
    "Cells": """
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
""",
    "optional": """
pub fn optional<'a, T>(value: &'a Option<T>, write: impl FnOnce(&'a T) -> Value) -> Value {
    value.as_ref().map_or(Value::Null, write)
}
""",
    "read_text": """
pub fn read_text(cell: ValueRef<'_>) -> Read<String> {
    str_of(cell).map(str::to_owned)
}
""",
    "str_of": """
fn str_of(cell: ValueRef<'_>) -> Read<&str> {
    match cell {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_err(|_| "is not UTF-8"),
        _ => Err("is not text"),
    }
}
""",
    "write_text": """
#[allow(clippy::ptr_arg)]
pub fn write_text(value: &String) -> Value {
    Value::Text(value.clone())
}
""",
    "read_boolean": """
pub fn read_boolean(cell: ValueRef<'_>) -> Read<bool> {
    match cell {
        ValueRef::Integer(0) => Ok(false),
        ValueRef::Integer(1) => Ok(true),
        _ => Err("is neither 0 nor 1"),
    }
}
""",
    "write_boolean": """
pub fn write_boolean(value: &bool) -> Value {
    Value::Integer(i64::from(*value))
}
""",
    "read_i32": """
pub fn read_i32(cell: ValueRef<'_>) -> Read<i32> {
    i32::try_from(read_i64(cell)?).map_err(|_| "lies outside 32 bits")
}
""",
    "write_i32": """
pub fn write_i32(value: &i32) -> Value {
    Value::Integer(i64::from(*value))
}
""",
    "read_i64": """
pub fn read_i64(cell: ValueRef<'_>) -> Read<i64> {
    match cell {
        ValueRef::Integer(number) => Ok(number),
        _ => Err("is no whole number"),
    }
}
""",
    "write_i64": """
pub fn write_i64(value: &i64) -> Value {
    Value::Integer(*value)
}
""",
    "read_digits": """
pub fn read_digits(cell: ValueRef<'_>) -> Read<i64> {
    let text = str_of(cell)?;
    let number = text
        .parse::<i64>()
        .ok()
        .filter(|number| number.to_string() == text);
    number.ok_or("is not the text of a whole number of 64 bits")
}
""",
    "write_digits": """
pub fn write_digits(value: &i64) -> Value {
    Value::Text(value.to_string())
}
""",
    "read_f64": """
pub fn read_f64(cell: ValueRef<'_>) -> Read<f64> {
    match cell {
        ValueRef::Real(number) => Ok(number),
        ValueRef::Integer(number) => Ok(number as f64),
        _ => Err("is no number"),
    }
}
""",
    "write_f64": """
pub fn write_f64(value: &f64) -> Value {
    Value::Real(*value)
}
""",
    "read_decimal": """
pub fn read_decimal<const P: usize, const S: usize>(cell: ValueRef<'_>) -> Read<String> {
    decimal::<P, S>(str_of(cell)?)
}
""",
    "write_decimal": """
#[allow(clippy::ptr_arg)]
pub fn write_decimal<const P: usize, const S: usize>(value: &String) -> Value {
    Value::Text(decimal::<P, S>(value).unwrap_or_else(|_| value.clone()))
}
""",
    "decimal": """
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
""",
    "compare_decimals": """
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
""",
    "read_uuid": """
pub fn read_uuid(cell: ValueRef<'_>) -> Read<String> {
    uuid(str_of(cell)?)
}
""",
    "write_uuid": """
#[allow(clippy::ptr_arg)]
pub fn write_uuid(value: &String) -> Value {
    Value::Text(value.to_ascii_lowercase())
}
""",
    "uuid": """
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
""",
    "new_id": """
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
""",
    "read_choice": """
pub fn read_choice<T: std::str::FromStr>(cell: ValueRef<'_>) -> Read<T> {
    str_of(cell)?.parse().map_err(|_| "is none of the choices")
}
""",
    "write_choice": """
pub fn write_choice<T: Copy + Into<&'static str>>(value: &T) -> Value {
    let text: &'static str = (*value).into();
    Value::Text(text.to_owned())
}
""",
    "read_number": """
pub fn read_number<T: TryFrom<i64>>(cell: ValueRef<'_>) -> Read<T> {
    T::try_from(read_i64(cell)?).map_err(|_| "is none of the choices")
}
""",
    "write_number": """
pub fn write_number<T: Copy + Into<i64>>(value: &T) -> Value {
    Value::Integer((*value).into())
}
""",
    "read_bytes": """
pub fn read_bytes(cell: ValueRef<'_>) -> Read<Vec<u8>> {
    from_base64(str_of(cell)?).ok_or("is not base64")
}
""",
    "from_base64": """
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() & 3 != 0 || text.len() - digits.len() > 2 {
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
""",
    "write_bytes": """
#[allow(clippy::ptr_arg)]
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
""",
    "BASE64": """
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
""",
    "base64": """
pub fn base64(text: &str) -> Vec<u8> {
    from_base64(text).expect("base64")
}
""",
    "matches": """
pub fn matches(cache: &OnceLock<Regex>, pattern: &str, value: &str) -> bool {
    cache
        .get_or_init(|| Regex::new(pattern).expect("a pattern"))
        .is_match(value)
}
""",
}
"""What stands in the module ``stored``, by name."""
