"""Swift: what generated code calls to read and write instants, days and times of day."""

from __future__ import annotations

from typing import Final

__all__ = ["CALENDAR"]

CALENDAR: Final = {
    "readInstant": """
static func readInstant(_ cursor: any SqlCursor, _ index: Int) throws -> Date? {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  return instant(floored(try micros(text), 1000))
}
""",
    "readInstantText": """
static func readInstantText(_ cursor: any SqlCursor, _ index: Int) throws -> String? {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  return try instantText(text)
}
""",
    "instant": """
/// The instant so many milliseconds after 1970 began.
static func instant(_ milliseconds: Int64) -> Date {
  Date(timeIntervalSince1970: Double(milliseconds) / 1000)
}
""",
    "now": """
/// The present instant, cut to milliseconds.
static func now() -> Date {
  instant(Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
}
""",
    "nowText": """
/// The present instant, to the microsecond.
static func nowText() -> String {
  instantText(micros: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)), digits: 6)
}
""",
    "instantText": """
static func instantText(_ date: Date) throws -> String {
  let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
  guard milliseconds >= -62_135_596_800_000 && milliseconds < 253_402_300_800_000 else {
    throw Fault("lies outside the years 1 to 9999")
  }
  return instantText(micros: Int64(milliseconds) * 1000, digits: 3)
}

static func instantText(_ text: String) throws -> String {
  instantText(micros: try micros(text), digits: 6)
}

private static func instantText(micros: Int64, digits: Int) -> String {
  let day = floored(micros, dayMicros)
  let clock = clockText(micros - day * dayMicros, digits: digits)
  return "\\(dayText(day))T\\(clock)Z"
}
""",
    "micros": """
/// Microseconds since 1970 began, of `2024-02-29T12:00:00.000Z`: it may have up to nine digits, a
/// space for the T, or an offset.
static func micros(_ text: String) throws -> Int64 {
  let bytes = Array(text.utf8)
  let zoneMarks: [UInt8] = [0x5A, 0x2B, 0x2D]
  guard bytes.count >= 20, bytes[10] == 0x54 || bytes[10] == 0x20,
    let zone = bytes[11...].firstIndex(where: { zoneMarks.contains($0) }),
    let day = dayNumber(bytes[..<10]), let clock = clockMicros(bytes[11..<zone]),
    let offset = offsetMicros(bytes[zone...])
  else { throw Fault("is no instant of the form 2024-02-29T12:00:00.000Z") }
  let micros = day * dayMicros + clock - offset
  guard micros >= -62_135_596_800_000_000 && micros < 253_402_300_800_000_000 else {
    throw Fault("lies outside the years 1 to 9999")
  }
  return micros
}
""",
    "dayMicros": """
static let dayMicros: Int64 = 86_400_000_000
""",
    "readDay": """
static func readDay(_ cursor: any SqlCursor, _ index: Int) throws -> String? {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  return try day(text)
}
""",
    "day": """
static func day(_ text: String) throws -> String {
  guard dayNumber(Array(text.utf8)[...]) != nil else {
    throw Fault("is no day of the form 2024-02-29")
  }
  return text
}
""",
    "readTime": """
static func readTime(_ cursor: any SqlCursor, _ index: Int, digits: Int) throws -> String? {
  guard let text = cursor.getStringOptional(index: index) else { return nil }
  return try time(text, digits: digits)
}
""",
    "time": """
static func time(_ text: String, digits: Int) throws -> String {
  guard let micros = clockMicros(Array(text.utf8)[...]) else {
    throw Fault("is no time of the form 23:59:59.000")
  }
  return clockText(micros, digits: digits)
}
""",
    "dayNumber": """
/// Days from 1970-01-01 to `2024-02-29`, by the calendar of today for all years.
static func dayNumber(_ bytes: ArraySlice<UInt8>) -> Int64? {
  let parts = bytes.split(separator: 0x2D, omittingEmptySubsequences: false)
  guard parts.count == 3, let year = number(parts[0], count: 4),
    let month = number(parts[1], count: 2), let day = number(parts[2], count: 2),
    year > 0, (1...12).contains(month)
  else { return nil }
  let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  guard (1...lengths[Int(month) - 1]).contains(day) else { return nil }
  // The year that begins in March: its leap day is its last.
  let (start, passed) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
  let days = start * 365 + start / 4 - start / 100 + start / 400
  return days + (153 * passed + 2) / 5 + day - 719_469
}
""",
    "dayText": """
static func dayText(_ number: Int64) -> String {
  let shifted = number + 719_468
  let era = floored(shifted, 146_097)
  let rest = shifted - era * 146_097
  let year = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365
  let passed = rest - (365 * year + year / 4 - year / 100)
  let month = (5 * passed + 2) / 153
  let day = passed - (153 * month + 2) / 5 + 1
  let start = era * 400 + year
  return month < 10
    ? "\\(padded(start, 4))-\\(padded(month + 3, 2))-\\(padded(day, 2))"
    : "\\(padded(start + 1, 4))-\\(padded(month - 9, 2))-\\(padded(day, 2))"
}
""",
    "clockMicros": """
/// Microseconds since midnight, of `23:59:59` with up to nine digits behind a point.
static func clockMicros(_ bytes: ArraySlice<UInt8>) -> Int64? {
  let halves = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
  let parts = halves[0].split(separator: 0x3A, omittingEmptySubsequences: false)
  guard halves.count <= 2, parts.count == 3, let hour = number(parts[0], count: 2),
    let minute = number(parts[1], count: 2), let second = number(parts[2], count: 2),
    hour < 24, minute < 60, second < 60
  else { return nil }
  let seconds = (hour * 60 + minute) * 60 + second
  guard halves.count == 2 else { return seconds * 1_000_000 }
  guard halves[1].count <= 9, number(halves[1], count: halves[1].count) != nil else { return nil }
  let digits = Array((halves[1] + [UInt8](repeating: 0x30, count: 6)).prefix(6))
  return seconds * 1_000_000 + (number(digits[...], count: 6) ?? 0)
}
""",
    "clockText": """
static func clockText(_ micros: Int64, digits: Int) -> String {
  let seconds = micros / 1_000_000
  let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
  return clock.joined(separator: ":") + "." + String(padded(micros % 1_000_000, 6).prefix(digits))
}
""",
    "offsetMicros": """
/// Microseconds of `Z`, `+02`, `+0200` or `+02:00`.
static func offsetMicros(_ bytes: ArraySlice<UInt8>) -> Int64? {
  let rest = bytes.dropFirst()
  if bytes.first == 0x5A { return rest.isEmpty ? 0 : nil }
  let digits = rest.dropFirst(2)
  let minutes = digits.first == 0x3A ? digits.dropFirst() : digits
  guard let hour = number(rest.prefix(2), count: 2),
    let minute = digits.isEmpty ? 0 : number(minutes, count: 2), hour * 60 + minute < 1440
  else { return nil }
  return (bytes.first == 0x2D ? -1 : 1) * (hour * 60 + minute) * 60_000_000
}
""",
    "number": """
static func number(_ bytes: ArraySlice<UInt8>, count: Int) -> Int64? {
  guard count > 0, bytes.count == count, bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
    return nil
  }
  return bytes.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
}
""",
    "padded": """
static func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
""",
    "floored": """
static func floored(_ number: Int64, _ step: Int64) -> Int64 {
  number >= 0 ? number / step : (number + 1) / step - 1
}
""",
}
"""What stands in the enum ``Stored``, by name."""
