"""What generated Kotlin has beside the tables' own code: functions by their names."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["support"]

_TEXT = r"""
/** A stored value is not of its column; the text never holds the value. */
class StoredValueException(
    val table: String,
    val column: String,
    val reason: String,
) : IllegalArgumentException("$table.$column: $reason")

/** What is wrong with a value of a row; [column] is the column's name in the database. */
data class RowProblem(
    val column: String,
    val reason: String,
)

private class Refusal(
    val reason: String,
) : IllegalArgumentException(reason)

private fun refuse(reason: String): Nothing = throw Refusal(reason)

// What a library throws may hold the value, so it is not passed on.
private inline fun <T> reasonOr(
    attempt: () -> T,
    failed: (String) -> Nothing,
): T =
    try {
        attempt()
    } catch (error: Refusal) {
        failed(error.reason)
    } catch (_: RuntimeException) {
        failed("is not of the column's form")
    }

private class StoredRow(
    private val cursor: SqlCursor,
    private val table: String,
) {
    fun <T : Any> text(
        column: String,
        decode: (String) -> T,
    ): T = present(column, textOrNull(column, decode))

    fun <T : Any> textOrNull(
        column: String,
        decode: (String) -> T,
    ): T? = read(column, cursor::getString, decode)

    fun <T : Any> whole(
        column: String,
        decode: (Long) -> T,
    ): T = present(column, wholeOrNull(column, decode))

    fun <T : Any> wholeOrNull(
        column: String,
        decode: (Long) -> T,
    ): T? = read(column, cursor::getLong, decode)

    fun <T : Any> real(
        column: String,
        decode: (Double) -> T,
    ): T = present(column, realOrNull(column, decode))

    fun <T : Any> realOrNull(
        column: String,
        decode: (Double) -> T,
    ): T? = read(column, cursor::getDouble, decode)

    private fun <T : Any> present(
        column: String,
        value: T?,
    ): T = value ?: throw StoredValueException(table, column, "is NULL")

    // By index: what the SDK reads by name is null, too, where the query lacks the column.
    private fun <S : Any, T : Any> read(
        column: String,
        get: (Int) -> S?,
        decode: (S) -> T,
    ): T? {
        val index = cursor.columnNames[column] ?: throw StoredValueException(table, column, "is not in the result")
        val stored = get(index) ?: return null
        return reasonOr({ decode(stored) }) { throw StoredValueException(table, column, it) }
    }
}

private class StoredValues(
    private val table: String,
) {
    val byColumn = LinkedHashMap<String, Any?>()

    fun put(
        column: String,
        value: Any?,
    ): StoredValues {
        byColumn[column] = value
        return this
    }

    fun <T : Any> put(
        column: String,
        value: T?,
        encode: (T) -> Any,
    ): StoredValues =
        put(
            column,
            value?.let { given -> reasonOr({ encode(given) }) { throw StoredValueException(table, column, it) } },
        )
}

private class Checks {
    val problems = mutableListOf<RowProblem>()

    fun add(
        column: String,
        reason: String,
    ): Checks {
        problems += RowProblem(column, reason)
        return this
    }

    fun text(
        column: String,
        value: String?,
        minimum: Int = 0,
        maximum: Int? = null,
        pattern: Regex? = null,
    ): Checks {
        if (value == null) return this
        val length = value.count { !it.isLowSurrogate() }
        if ('\u0000' in value) add(column, "holds a NUL character")
        if (LONE_SURROGATE.containsMatchIn(value)) add(column, "holds a lone surrogate")
        if (length < minimum) add(column, "has fewer than $minimum characters")
        if (maximum != null && length > maximum) add(column, "has more than $maximum characters")
        if (pattern != null && !pattern.containsMatchIn(value)) add(column, "does not match the pattern ${pattern.pattern}")
        return this
    }

    fun whole(
        column: String,
        value: Long?,
        lowest: Long,
        highest: Long,
    ): Checks = if (value == null || value in lowest..highest) this else add(column, "is not between $lowest and $highest")

    fun <T : Comparable<T>> bounds(
        column: String,
        value: T?,
        atLeast: T? = null,
        above: T? = null,
        atMost: T? = null,
        below: T? = null,
    ): Checks {
        if (value == null) return this
        if (atLeast != null && value < atLeast) add(column, "is less than $atLeast")
        if (above != null && value <= above) add(column, "is not greater than $above")
        if (atMost != null && value > atMost) add(column, "is greater than $atMost")
        if (below != null && value >= below) add(column, "is not less than $below")
        return this
    }

    fun finite(
        column: String,
        value: Double?,
    ): Checks = if (value == null || value.isFinite()) this else add(column, "is not a finite number")

    fun <T : Any> form(
        column: String,
        value: T?,
        encode: (T) -> Any,
    ): Checks {
        if (value == null) return this
        try {
            encode(value)
        } catch (error: Refusal) {
            add(column, error.reason)
        }
        return this
    }
}

private fun insertInto(table: Table): String {
    val names = listOf("id") + table.columns.map { it.name }
    val columns = names.joinToString { name -> "\"$name\"" }
    return "INSERT INTO \"${table.viewName}\" ($columns) VALUES (${names.joinToString { "?" }})"
}

private val LONE_SURROGATE = Regex("[\\uD800-\\uDBFF](?![\\uDC00-\\uDFFF])|(?<![\\uD800-\\uDBFF])[\\uDC00-\\uDFFF]")

private fun decodeBoolean(stored: Long): Boolean =
    when (stored) {
        0L -> false
        1L -> true
        else -> refuse("is neither 0 nor 1")
    }

private fun encodeBoolean(value: Boolean): Long = if (value) 1L else 0L

private fun decodeInt(stored: Long): Int {
    if (stored < Int.MIN_VALUE || stored > Int.MAX_VALUE) refuse("is not a whole number of 32 bits")
    return stored.toInt()
}

private fun decodeLong(stored: String): Long {
    if (!WHOLE.matches(stored)) refuse("is not the text of a whole number")
    return stored.toLongOrNull() ?: refuse("is not a whole number of 64 bits")
}

private val WHOLE = Regex("-?(0|[1-9][0-9]{0,18})")

private fun decodeDecimal(stored: String): BigDecimal = BigDecimal(decodeDigits(stored))

private fun encodeDecimal(
    value: BigDecimal,
    precision: Int? = null,
    scale: Int? = null,
): String = encodeDigits(value.toPlainString(), precision, scale)

private fun decodeDigits(stored: String): String {
    if (!DECIMAL.matches(stored)) refuse("is not the text of a decimal number")
    return stored
}

private fun encodeDigits(
    value: String,
    precision: Int? = null,
    scale: Int? = null,
): String {
    val (sign, lead, rest) = DECIMAL.matchEntire(value)?.destructured ?: refuse("is not the text of a decimal number")
    val whole = lead.trimStart('0')
    val fraction = rest.removePrefix(".")
    if (precision == null || scale == null) {
        if (whole.length > 131072 || fraction.length > 16383) refuse("has more digits than Postgres holds")
    } else {
        if (fraction.trimEnd('0').length > scale) refuse("has more than $scale digits after the point")
        if (whole.length > precision - scale) refuse("has more than ${precision - scale} digits before the point")
    }
    val kept = if (scale == null) fraction else fraction.trimEnd('0').padEnd(scale, '0')
    val number = whole.ifEmpty { "0" } + if (kept.isEmpty()) "" else ".$kept"
    return if (number.all { it == '0' || it == '.' }) number else sign + number
}

private fun decimalOrNull(value: String?): Digits? = value?.takeIf(DECIMAL::matches)?.let(::Digits)

/** A decimal number as text, in the order of numbers. */
private class Digits(
    private val text: String,
) : Comparable<Digits> {
    private val isNegative = text.startsWith("-") && text.any { it in '1'..'9' }
    private val whole = text.trimStart('-').substringBefore('.').trimStart('0')
    private val fraction = text.substringAfter('.', "").trimEnd('0')

    override fun compareTo(other: Digits): Int {
        if (isNegative != other.isNegative) return if (isNegative) -1 else 1
        val sizes = compareBy<Digits>({ it.whole.length }, { it.whole }, { it.fraction }).compare(this, other)
        return if (isNegative) -sizes else sizes
    }

    override fun toString(): String = text
}

private val DECIMAL = Regex("(-?)([0-9]+)(\\.[0-9]+)?")

private fun decodeInstant(
    stored: String,
    digits: Int,
): Instant {
    val found = INSTANT.matchEntire(stored) ?: refuse("is not an instant of the form YYYY-MM-DDTHH:MM:SS.mmmZ")
    val (date, time, fraction, zulu, hours, minutes) = found.destructured
    // What is finer is cut off, as the server does it.
    val kept = fraction.take(digits).padEnd(digits, '0')
    val zone = if (zulu.isEmpty()) "$hours:${minutes.ifEmpty { "00" }}" else "Z"
    val instant =
        try {
            Instant.parse("${date}T$time.$kept$zone")
        } catch (_: IllegalArgumentException) {
            refuse("is no instant of the calendar")
        }
    encodeInstant(instant, digits)
    return instant
}

private val INSTANT =
    Regex("([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\\.([0-9]{1,9}))?(?:(Z)|([+-][0-9]{2}):?([0-9]{2})?)")

private fun encodeInstant(
    value: Instant,
    digits: Int,
): String {
    val text = value.toString()
    if (text[4] != '-' || text.startsWith("0000")) refuse("lies outside the years 1 to 9999")
    val fraction = value.nanosecondsOfSecond.toString().padStart(9, '0')
    return "${text.take(19)}.${fraction.take(digits)}Z"
}

private fun presentInstant(): Instant = Instant.fromEpochMilliseconds(Clock.System.now().toEpochMilliseconds())

private fun newId(): String = Uuid.random().toString()

private fun decodeDate(stored: String): LocalDate {
    val date = LocalDate.parse(stored)
    encodeDate(date)
    return date
}

private fun encodeDate(value: LocalDate): String {
    if (value.year !in 1..9999) refuse("lies outside the years 1 to 9999")
    return value.toString()
}

private fun dateText(value: String): String {
    val (year, month, day) = DATE.matchEntire(value)?.destructured ?: refuse("is not a date of the form YYYY-MM-DD")
    val isLeap = year.toInt() % 4 == 0 && (year.toInt() % 100 != 0 || year.toInt() % 400 == 0)
    val days =
        when (month.toInt()) {
            2 -> if (isLeap) 29 else 28
            4, 6, 9, 11 -> 30
            in 1..12 -> 31
            else -> 0
        }
    if (year == "0000" || day.toInt() !in 1..days) refuse("is no day of the calendar")
    return value
}

private val DATE = Regex("([0-9]{4})-([0-9]{2})-([0-9]{2})")

private fun decodeTime(
    stored: String,
    digits: Int,
): LocalTime = LocalTime.parse(timeText(stored, digits))

private fun encodeTime(
    value: LocalTime,
    digits: Int,
): String {
    val fraction = value.nano.toString().padStart(9, '0')
    return listOf(value.hour, value.minute, value.second).joinToString(":") { it.toString().padStart(2, '0') } + ".${fraction.take(digits)}"
}

private fun timeText(
    value: String,
    digits: Int,
): String {
    val (time, fraction) = TIME.matchEntire(value)?.destructured ?: refuse("is not a time of the form HH:MM:SS.mmm")
    return "$time.${fraction.take(digits).padEnd(digits, '0')}"
}

private val TIME = Regex("((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\\.([0-9]{1,9}))?")

private fun uuidText(value: String): String {
    if (!UUID.matches(value)) refuse("is not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
    return value.lowercase()
}

private val UUID = Regex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

private fun encodeDuration(value: Duration): Long {
    val milliseconds = value.inWholeMilliseconds
    // Whole milliseconds, cut towards the past, as the server does it.
    val cut = if (milliseconds.milliseconds > value) milliseconds - 1 else milliseconds
    if (cut < -9007199254740991L || cut > 9007199254740991L) refuse("is longer than 2^53 - 1 milliseconds")
    return cut
}

private fun decodeBytes(stored: String): ByteArray =
    try {
        Base64.decode(stored)
    } catch (_: IllegalArgumentException) {
        refuse("is not base64")
    }

private fun encodeBytes(value: ByteArray): String = Base64.encode(value)

private fun decodeJsonElement(stored: String): JsonElement =
    try {
        Json.parseToJsonElement(stored)
    } catch (_: RuntimeException) {
        refuse("is not the text of a JSON document")
    }

private fun decodeJsonArray(stored: String): JsonArray = decodeJsonElement(stored) as? JsonArray ?: refuse("is not a JSON array")

private fun decodeJsonObject(stored: String): JsonObject = decodeJsonElement(stored) as? JsonObject ?: refuse("is not a JSON object")

private fun encodeJson(value: JsonElement): String {
    val text = value.toString()
    if (NUL_ESCAPE.containsMatchIn(text)) refuse("holds \\u0000, which Postgres cannot store")
    return text
}

private val NUL_ESCAPE = Regex("(?<!\\\\)(?:\\\\\\\\)*\\\\u0000")

private fun <V, E : Enum<E>> decodeChoice(
    stored: V,
    entries: List<E>,
    valueOf: (E) -> V,
): E = entries.find { valueOf(it) == stored } ?: refuse("is none of the column's choices")
"""


@cache
def _pieces() -> dict[str, str]:
    pieces = {}
    for piece in re.split(r"\n\n(?=\S)", _TEXT.strip("\n")):
        found = _DECLARES.search(piece)
        assert found, piece  # noqa: S101  (the text is ours)
        pieces[found[1]] = piece
    return pieces


_DECLARES = re.compile(
    r"^(?:private |data |inline )*(?:class|fun|val) (?:<.*?> )?(\w+)", re.MULTILINE
)


def support(code: str) -> list[str]:
    """Return the pieces that code calls, and those that they call, each with a line before it."""
    found: set[str] = set()
    new = {code}
    while new:
        used = {word for text in new for word in re.findall(r"\w+", text)}
        names = (used & _pieces().keys()) - found
        found |= names
        new = {_pieces()[name] for name in names}
    wanted = (piece for name, piece in _pieces().items() if name in found)
    return [line for piece in wanted for line in ("", *piece.split("\n"))]
