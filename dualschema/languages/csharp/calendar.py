"""C#: what generated code calls to read and write instants, days and times of day."""

from __future__ import annotations

from typing import Final

__all__ = ["CALENDAR"]

CALENDAR: Final = {
    "WriteInstant": """
public static object? WriteInstant(DateTimeOffset? value, int digits) =>
    value?.UtcDateTime.ToString(
        $"yyyy-MM-dd'T'HH:mm:ss.{new string('f', digits)}'Z'", CultureInfo.InvariantCulture);
""",
    "Instant": """
/// <summary>Reads an instant with up to nine digits, a space for the T, or an offset.</summary>
public static DateTimeOffset? Instant(string text, int digits)
{
    var found = Regex.Match(
        text,
        @"\\A([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?)"
            + @"(?:Z|([+-])([0-9]{2})(?::?([0-9]{2}))?)\\z");
    var style = DateTimeStyles.None;
    var isDay = DateOnly.TryParseExact(
        found.Groups[1].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, style, out var day);
    if (!isDay || Time(found.Groups[2].Value, 7) is not { } clock)
    {
        return null;
    }

    var (hours, minutes) = (Number(found.Groups[4].Value), Number(found.Groups[5].Value));
    var offset = (hours * 60 + minutes) * (found.Groups[3].Value == "-" ? -1 : 1);
    var ticks = day.ToDateTime(clock).Ticks - offset * TimeSpan.TicksPerMinute;
    if (Math.Abs(offset) >= 1440 || ticks < 0 || ticks > DateTime.MaxValue.Ticks)
    {
        return null;
    }

    return new DateTimeOffset(ticks - ticks % Step(digits), TimeSpan.Zero);

    static int Number(string digits) =>
        digits.Length == 0 ? 0 : int.Parse(digits, CultureInfo.InvariantCulture);
}
""",
    "Now": """
/// <summary>The present instant, cut to so many digits of a second.</summary>
public static DateTimeOffset Now(int digits)
{
    var ticks = DateTimeOffset.UtcNow.Ticks;
    return new DateTimeOffset(ticks - ticks % Step(digits), TimeSpan.Zero);
}
""",
    "Step": """
/// <summary>How many steps of 100 ns so many digits of a second tell apart.</summary>
private static long Step(int digits) => digits switch
{
    3 => TimeSpan.TicksPerMillisecond,
    6 => TimeSpan.TicksPerMillisecond / 1000,
    _ => 1,
};
""",
    "WriteDay": """
public static object? WriteDay(DateOnly? value) =>
    value?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
""",
    "WriteTime": """
public static object? WriteTime(TimeOnly? value, int digits) =>
    value?.ToString($"HH:mm:ss.{new string('f', digits)}", CultureInfo.InvariantCulture);
""",
    "Time": """
/// <summary>Reads a time of day with up to nine digits of a second.</summary>
public static TimeOnly? Time(string text, int digits)
{
    var found = Regex.Match(text, @"\\A([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\\.([0-9]{1,9}))?\\z");
    var isClock = TimeOnly.TryParseExact(
        found.Groups[1].Value,
        "HH:mm:ss",
        CultureInfo.InvariantCulture,
        DateTimeStyles.None,
        out var clock);
    if (!isClock)
    {
        return null;
    }

    // A step is 100 ns: seven digits of a second.
    var fraction = found.Groups[2].Value.PadRight(7, '0')[..7];
    var ticks = clock.Ticks + long.Parse(fraction, CultureInfo.InvariantCulture);
    return new TimeOnly(ticks - ticks % Step(digits));
}
""",
    "WriteDuration": """
/// <summary>Whole milliseconds, cut towards the past, as the server does it.</summary>
public static object? WriteDuration(TimeSpan? value)
{
    if (value is not { } given)
    {
        return null;
    }

    var (whole, rest) = Math.DivRem(given.Ticks, TimeSpan.TicksPerMillisecond);
    return rest < 0 ? whole - 1 : whole;
}
""",
}
"""What stands in the class ``Stored``, by name."""
