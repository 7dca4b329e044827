"""Kotlin that generated files have beside the tables' own: conversions of values."""

from __future__ import annotations

from typing import Final

__all__ = ["VALUE_CODE"]

VALUE_CODE: Final = r"""
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
