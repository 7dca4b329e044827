"""C#: what generated code calls to read, write and check cells; .NET alone."""

from __future__ import annotations

from typing import Final

__all__ = ["ERROR", "HELPERS", "READERS"]

ERROR: Final = """
/// <summary>A cell that cannot be read or written, by the names in the client's database.</summary>
public sealed class ColumnException(string table, string column, string reason)
    : Exception($"{table}.{column}: {reason}")
{
    public string Table { get; } = table;

    public string Column { get; } = column;
}
"""

READERS: Final = {
    "Required": """
public T Required<T>(string column, T? value)
    where T : class => value ?? throw Fault(column, "is NULL");

public T Required<T>(string column, T? value)
    where T : struct => value ?? throw Fault(column, "is NULL");
""",
    "Cell": """
private object? Cell(string column)
{
    if (!row.TryGetValue(column, out var value))
    {
        throw Fault(column, "is no column of this row");
    }

    return value is DBNull ? null : value;
}

private ColumnException Fault(string column, string reason) => new(table, column, reason);
""",
    "ReadText": """
public string? ReadText(string column) => Cell(column) switch
{
    null => null,
    string text => text,
    _ => throw Fault(column, "is not text"),
};
""",
    "ReadInt64": """
public long? ReadInt64(string column) => Cell(column) switch
{
    null => null,
    long number => number,
    int number => number,
    _ => throw Fault(column, "is no whole number"),
};
""",
    "ReadInt32": """
public int? ReadInt32(string column) => ReadInt64(column) switch
{
    null => null,
    >= int.MinValue and <= int.MaxValue and var number => (int)number,
    _ => throw Fault(column, "lies outside 32 bits"),
};
""",
    "ReadBoolean": """
public bool? ReadBoolean(string column) => ReadInt64(column) switch
{
    null => null,
    0 => false,
    1 => true,
    _ => throw Fault(column, "is neither 0 nor 1"),
};
""",
    "ReadDigits": """
public long? ReadDigits(string column)
{
    if (ReadText(column) is not { } text)
    {
        return null;
    }

    var style = NumberStyles.AllowLeadingSign;
    var isNumber = long.TryParse(text, style, CultureInfo.InvariantCulture, out var number);
    return isNumber && number.ToString(CultureInfo.InvariantCulture) == text
        ? number
        : throw Fault(column, "is not the text of a whole number of 64 bits");
}
""",
    "ReadDouble": """
public double? ReadDouble(string column) => Cell(column) switch
{
    null => null,
    double number => number,
    long number => number,
    _ => throw Fault(column, "is no number"),
};
""",
    "ReadDecimal": """
public decimal? ReadDecimal(string column, int precision, int scale)
{
    if (ReadDecimalText(column, precision, scale) is not { } text)
    {
        return null;
    }

    return decimal.Parse(text, CultureInfo.InvariantCulture);
}
""",
    "ReadDecimalText": """
public string? ReadDecimalText(string column, int precision, int scale) =>
    ReadText(column) is not { } text
        ? null
        : DecimalText(text, precision, scale)
            ?? throw Fault(column, "is no decimal number that fits the column");
""",
    "ReadGuid": """
public Guid? ReadGuid(string column) =>
    ReadText(column) is not { } text ? null
    : Guid.TryParseExact(text, "D", out var id) ? id
    : throw Fault(column, "is no UUID");
""",
    "ReadInstant": """
public DateTimeOffset? ReadInstant(string column, int digits) =>
    ReadText(column) is not { } text
        ? null
        : Instant(text, digits)
            ?? throw Fault(column, "is no instant of the form 2024-02-29T12:00:00.000Z");
""",
    "ReadDay": """
public DateOnly? ReadDay(string column) =>
    ReadText(column) is not { } text ? null
    : DateOnly.TryParseExact(
        text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
    : throw Fault(column, "is no day of the form 2024-02-29");
""",
    "ReadTime": """
public TimeOnly? ReadTime(string column, int digits) =>
    ReadText(column) is not { } text
        ? null
        : Time(text, digits) ?? throw Fault(column, "is no time of the form 23:59:59.000");
""",
    "ReadDuration": """
public TimeSpan? ReadDuration(string column)
{
    if (ReadInt64(column) is not { } milliseconds)
    {
        return null;
    }

    // TimeSpan counts steps of 100 ns, and so ends after 29,000 years.
    var longest = long.MaxValue / TimeSpan.TicksPerMillisecond;
    return milliseconds >= -longest && milliseconds <= longest
        ? TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond)
        : throw Fault(column, "is longer than a TimeSpan");
}
""",
    "ReadBytes": """
public byte[]? ReadBytes(string column)
{
    if (ReadText(column) is not { } text)
    {
        return null;
    }

    try
    {
        return Convert.FromBase64String(text);
    }
    catch (FormatException)
    {
        throw Fault(column, "is not base64");
    }
}
""",
    "ReadJson": """
public JsonElement? ReadJson(string column)
{
    if (ReadText(column) is not { } text)
    {
        return null;
    }

    try
    {
        return Json(text);
    }
    catch (JsonException)
    {
        throw Fault(column, "is not the text of a JSON document");
    }
}
""",
    "ReadChoice": """
public T? ReadChoice<T>(string column, Func<string, T?> parse)
    where T : struct =>
    ReadText(column) is not { } text
        ? null
        : parse(text) ?? throw Fault(column, "is none of the choices");
""",
    "ReadNumber": """
public T? ReadNumber<T>(string column, Func<long, T?> parse)
    where T : struct =>
    ReadInt64(column) is not { } number
        ? null
        : parse(number) ?? throw Fault(column, "is none of the choices");
""",
}
"""What stands in the class ``Cells``, by name."""

HELPERS: Final = {
    "Ensure": """
public static void Ensure(bool fits, string table, string column, string reason)
{
    if (!fits)
    {
        throw new ColumnException(table, column, reason);
    }
}
""",
    "Length": """
/// <summary>How many code points a text has.</summary>
public static int Length(string text)
{
    var count = 0;
    foreach (var _ in text.EnumerateRunes())
    {
        count++;
    }

    return count;
}
""",
    "IsUnicode": """
/// <summary>Whether a text holds no NUL and no half of a surrogate pair.</summary>
public static bool IsUnicode(string text)
{
    for (var at = 0; at < text.Length; at++)
    {
        if (char.IsSurrogatePair(text, at))
        {
            at++;
        }
        else if (text[at] == 0 || char.IsSurrogate(text[at]))
        {
            return false;
        }
    }

    return true;
}
""",
    "Matches": """
public static bool Matches(string text, string pattern) =>
    Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant);
""",
    "WriteBoolean": """
public static object? WriteBoolean(bool? value) => value is { } given ? (given ? 1L : 0L) : null;
""",
    "WriteInteger": """
public static object? WriteInteger(long? value) => value;
""",
    "WriteDigits": """
public static object? WriteDigits(long? value) => value?.ToString(CultureInfo.InvariantCulture);
""",
    "WriteDecimal": """
public static object? WriteDecimal(decimal? value, int precision, int scale) =>
    value is { } given
        ? DecimalText(given.ToString(CultureInfo.InvariantCulture), precision, scale)
        : null;
""",
    "WriteDecimalText": """
public static object? WriteDecimalText(string? value, int precision, int scale) =>
    value is null ? null : DecimalText(value, precision, scale);
""",
    "FitsDecimal": """
public static bool FitsDecimal(decimal value, int precision, int scale) =>
    DecimalText(value.ToString(CultureInfo.InvariantCulture), precision, scale) is not null;
""",
    "DecimalText": """
/// <summary>
/// A decimal number as Postgres writes it, with all digits of the scale and no sign of zero; null
/// for what does not fit. With a precision of 0 it has as many digits as it needs.
/// </summary>
public static string? DecimalText(string text, int precision, int scale)
{
    var found = Regex.Match(text, @"\\A(-?)0*([0-9]*)(?:\\.([0-9]+))?\\z");
    if (!found.Success || !Regex.IsMatch(text, @"\\A-?[0-9]"))
    {
        return null;
    }

    var (whole, fraction) = (found.Groups[2].Value, found.Groups[3].Value);
    var needed = fraction.TrimEnd('0');
    var (leading, places) = precision == 0 ? (131_072, 16_383) : (precision - scale, scale);
    if (whole.Length > leading || needed.Length > places)
    {
        return null;
    }

    var shown = precision == 0 ? fraction : needed.PadRight(scale, '0');
    var sign = whole.Length + needed.Length == 0 ? "" : found.Groups[1].Value;
    return sign + (whole.Length == 0 ? "0" : whole) + (shown.Length == 0 ? "" : "." + shown);
}
""",
    "CompareDecimals": """
/// <summary>Compares two decimal numbers, given as text, by value.</summary>
public static int CompareDecimals(string left, string right)
{
    var (one, other) = (DecimalText(left, 0, 0) ?? "0", DecimalText(right, 0, 0) ?? "0");
    var places = Math.Max(Places(one), Places(other));
    return Scaled(one, places).CompareTo(Scaled(other, places));

    static int Places(string text) => text.Contains('.') ? text.Length - text.IndexOf('.') - 1 : 0;

    static BigInteger Scaled(string text, int places) => BigInteger.Parse(
        text.Replace(".", "") + new string('0', places - Places(text)),
        CultureInfo.InvariantCulture);
}
""",
    "WriteGuid": """
public static object? WriteGuid(Guid? value) => value?.ToString("D");
""",
    "WriteBytes": """
public static object? WriteBytes(byte[]? value) =>
    value is null ? null : Convert.ToBase64String(value);
""",
    "WriteJson": """
public static object? WriteJson(JsonElement? value) => value?.GetRawText();
""",
    "Json": """
public static JsonElement Json(string text)
{
    using var document = JsonDocument.Parse(text);
    return document.RootElement.Clone();
}
""",
}
"""What stands in the class ``Stored``, by name."""
