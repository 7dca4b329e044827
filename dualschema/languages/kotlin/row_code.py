"""Kotlin that generated files have beside the tables' own: rows, checks and errors."""

from __future__ import annotations

from typing import Final

__all__ = ["ROW_CODE"]

ROW_CODE: Final = r"""
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
"""
