"""Swift: what generated code calls to read, write and check cells; Foundation alone."""

from __future__ import annotations

from typing import Final

__all__ = ["ERROR", "HELPERS"]

ERROR: Final = """
/// A cell that cannot be read or written, by the names in the client's database.
struct ColumnError: Error, Hashable, CustomStringConvertible {
  let table: String
  let column: String
  let reason: String

  var description: String { "\\(table).\\(column): \\(reason)" }
}
"""

HELPERS: Final = {
    "Fault": """
/// Why a value is none of its column, without the names.
struct Fault: Error {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}
""",
    "Cells": """
/// A row, with the name of its table for errors.
struct Cells {
  let table: String
  let cursor: any SqlCursor

  func required<T>(
    _ column: String, _ read: (any SqlCursor, Int) throws -> T?
  ) throws -> T {
    guard let value = try optional(column, read) else {
      throw ColumnError(table: table, column: column, reason: "is NULL")
    }
    return value
  }

  func optional<T>(
    _ column: String, _ read: (any SqlCursor, Int) throws -> T?
  ) throws -> T? {
    guard let index = cursor.columnNames[column] else {
      throw ColumnError(table: table, column: column, reason: "is no column of this row")
    }
    do {
      return try read(cursor, index)
    } catch let fault as Fault {
      throw ColumnError(table: table, column: column, reason: fault.reason)
    }
  }
}
""",
    "ensure": """
static func ensure(
  _ table: String, _ column: String, _ reason: String, _ fits: () throws -> Bool
) throws {
  do {
    if try fits() { return }
  } catch let fault as Fault {
    throw ColumnError(table: table, column: column, reason: fault.reason)
  }
  throw ColumnError(table: table, column: column, reason: reason)
}
""",
    "readText": """
static func readText(_ cursor: any SqlCursor, _ index: Int) throws -> String? {
  cursor.getStringOptional(index: index)
}
""",
    "readBool": """
static func readBool(_ cursor: any SqlCursor, _ index: Int) throws -> Bool? {
  switch cursor.getInt64Optional(index: index) {
  case nil: return nil
  case 0: return false
  case 1: return true
  default: throw Fault("is neither 0 nor 1")
  }
}
""",
    "readInt": """
static func readInt(_ cursor: any SqlCursor, _ index: Int) throws -> Int? {
  guard let number = cursor.getInt64Optional(index: index) else { return nil }
  guard let fitting = Int32(exactly: number) else { throw Fault("lies outside 32 bits") }
  return Int(fitting)
}
""",
    "readInt64": """
static func readInt64(_ cursor: any SqlCursor, _ index: Int) throws -> Int64? {
  cursor.getInt64Optional(index: index)
}
""",
    "readDigits": """
static func readDigits(_ cursor: any SqlCursor, _ index: Int) throws -> Int64? {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  guard let number = Int64(text), String(number) == text else {
    throw Fault("is not the text of a whole number of 64 bits")
  }
  return number
}
""",
    "readDouble": """
static func readDouble(_ cursor: any SqlCursor, _ index: Int) throws -> Double? {
  cursor.getDoubleOptional(index: index)
}
""",
    "readDecimal": """
static func readDecimal(
  _ cursor: any SqlCursor, _ index: Int, precision: Int, scale: Int
) throws -> String? {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  return try decimal(text, precision: precision, scale: scale)
}
""",
    "decimal": """
/// A decimal number as Postgres writes it: all digits of the scale, and no sign of zero.
/// With a precision of 0 it has as many digits as it needs.
static func decimal(_ text: String, precision: Int, scale: Int) throws -> String {
  var parts = try decimalParts(text)
  let needed = String(parts.fraction.reversed().drop { $0 == "0" }.reversed())
  let places = precision == 0 ? 16_383 : scale
  let leading = precision == 0 ? 131_072 : precision - scale
  if needed.count > places || parts.whole.count > leading {
    throw Fault("has more digits than the column")
  }
  if precision > 0 {
    parts.fraction = needed + String(repeating: "0", count: scale - needed.count)
  }
  let sign = parts.isNegative ? "-" : ""
  let whole = parts.whole.isEmpty ? "0" : parts.whole
  return parts.fraction.isEmpty ? sign + whole : sign + whole + "." + parts.fraction
}
""",
    "decimalParts": """
/// The sign of a decimal number, its digits before the point without zeros at the front, and the
/// digits behind the point.
static func decimalParts(
  _ text: String
) throws -> (isNegative: Bool, whole: String, fraction: String) {
  let digits = text.hasPrefix("-") ? String(text.dropFirst()) : text
  let parts = digits.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  let areDigits = parts.allSatisfy { part in
    !part.isEmpty && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }
  if parts.count > 2 || !areDigits {
    throw Fault("is not a decimal number of the form -12.50")
  }
  let whole = String(parts[0].drop { $0 == "0" })
  let fraction = parts.count == 2 ? parts[1] : ""
  let isZero = whole.isEmpty && fraction.allSatisfy { $0 == "0" }
  return (text.hasPrefix("-") && !isZero, whole, fraction)
}
""",
    "compareDecimals": """
/// Less than 0, 0 or more than 0, as the first number is less than the second, equal or more.
static func compareDecimals(_ left: String, _ right: String) throws -> Int {
  let (one, other) = (try decimalParts(left), try decimalParts(right))
  if one.isNegative != other.isNegative { return one.isNegative ? -1 : 1 }
  let places = max(one.fraction.count, other.fraction.count)
  let digits = [one, other].map { parts in
    parts.whole + parts.fraction
      + String(repeating: "0", count: places - parts.fraction.count)
  }
  // Digits of one length compare as their numbers do.
  let isShorter = one.whole.count < other.whole.count
  let isSame = one.whole.count == other.whole.count
  if isSame && digits[0] == digits[1] { return 0 }
  let isLess = isShorter || (isSame && digits[0] < digits[1])
  return isLess == one.isNegative ? 1 : -1
}
""",
    "readUUID": """
static func readUUID(_ cursor: any SqlCursor, _ index: Int) throws -> UUID? {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  guard let id = UUID(uuidString: text) else { throw Fault("is no UUID") }
  return id
}
""",
    "readChoice": """
static func readChoice<T: RawRepresentable>(
  _ cursor: any SqlCursor, _ index: Int
) throws -> T? where T.RawValue == String {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  guard let choice = T(rawValue: text) else { throw Fault("is none of the choices") }
  return choice
}
""",
    "readNumber": """
static func readNumber<T: RawRepresentable>(
  _ cursor: any SqlCursor, _ index: Int
) throws -> T? where T.RawValue == Int {
  guard let number = try readInt(cursor, index) else { return nil }
  guard let choice = T(rawValue: number) else { throw Fault("is none of the choices") }
  return choice
}
""",
    "readData": """
static func readData(_ cursor: any SqlCursor, _ index: Int) throws -> Data? {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  guard let data = Data(base64Encoded: text) else { throw Fault("is not base64") }
  return data
}
""",
}
"""What stands in the enum ``Stored``, by name."""
