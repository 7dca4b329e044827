// Stubs: signatures of com.powersync:core 1.13 that generated code uses, written from its sources.
// They hold what they are given, and nothing of what the SDK does.

package com.powersync.db.schema

sealed interface BaseTable

enum class ColumnType { TEXT, INTEGER, REAL }

data class Column(
    val name: String,
    val type: ColumnType,
) {
    companion object {
        fun text(name: String): Column = Column(name, ColumnType.TEXT)

        fun integer(name: String): Column = Column(name, ColumnType.INTEGER)

        fun real(name: String): Column = Column(name, ColumnType.REAL)
    }
}

data class IndexedColumn(
    val column: String,
    val ascending: Boolean = true,
) {
    companion object {
        fun ascending(column: String): IndexedColumn = IndexedColumn(column, true)

        fun descending(column: String): IndexedColumn = IndexedColumn(column, false)
    }
}

data class Index(
    val name: String,
    val columns: List<IndexedColumn>,
) {
    constructor(name: String, vararg columns: IndexedColumn) : this(name, columns.asList())
}

data class TrackPreviousValuesOptions(
    val columnFilter: List<String>? = null,
    val onlyWhenChanged: Boolean = false,
)

data class TableOptions(
    val localOnly: Boolean = false,
    val insertOnly: Boolean = false,
    val trackMetadata: Boolean = false,
    val trackPreviousValues: TrackPreviousValuesOptions? = null,
    val ignoreEmptyUpdates: Boolean = false,
)

data class Table(
    var name: String,
    var columns: List<Column>,
    var indexes: List<Index> = listOf(),
    var options: TableOptions = TableOptions(),
    internal val viewNameOverride: String? = null,
) : BaseTable {
    constructor(
        name: String,
        columns: List<Column>,
        indexes: List<Index> = listOf(),
        localOnly: Boolean = false,
        insertOnly: Boolean = false,
        viewNameOverride: String? = null,
        trackMetadata: Boolean = false,
        trackPreviousValues: TrackPreviousValuesOptions? = null,
        ignoreEmptyUpdates: Boolean = false,
    ) : this(
        name = name,
        columns = columns,
        indexes = indexes,
        viewNameOverride = viewNameOverride,
        options = TableOptions(localOnly, insertOnly, trackMetadata, trackPreviousValues, ignoreEmptyUpdates),
    )

    val viewName: String
        get() = viewNameOverride ?: name
}

@ConsistentCopyVisibility
data class Schema internal constructor(
    val tables: List<Table>,
    val rawTables: List<BaseTable>,
) {
    constructor(tables: List<BaseTable>) : this(tables.filterIsInstance<Table>(), listOf())

    constructor(vararg tables: BaseTable) : this(tables.asList())
}
