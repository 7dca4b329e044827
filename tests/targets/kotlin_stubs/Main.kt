// Reads rows from standard input, a JSON object a line, and writes them as generated code encodes
// them. The test writes `again` and `schemas`, which know the generated classes.

import com.powersync.db.SqlCursor
import com.powersync.db.schema.Schema
import com.powersync.db.schema.Table
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.quote

class MapCursor(
    private val cells: Map<String, Any?>,
) : SqlCursor {
    private val values = cells.values.toList()

    override fun getBoolean(index: Int): Boolean? = getLong(index)?.let { it != 0L }

    override fun getBytes(index: Int): ByteArray? = error("PowerSync has no blobs")

    override fun getDouble(index: Int): Double? = (values[index] as Number?)?.toDouble()

    override fun getLong(index: Int): Long? = (values[index] as Number?)?.toLong()

    override fun getString(index: Int): String? = values[index]?.toString()

    override fun columnName(index: Int): String? = cells.keys.toList()[index]

    override val columnCount: Int = cells.size

    override val columnNames: Map<String, Int> = cells.keys.withIndex().associate { it.value to it.index }
}

fun cell(value: JsonPrimitive): Any? =
    when {
        value is JsonNull -> null
        value.isString -> value.content
        else -> value.content.toLongOrNull() ?: value.content.toDouble()
    }

fun text(value: Any?): String =
    when (value) {
        null -> "null"
        is String -> quote(value)
        is Map<*, *> -> value.entries.joinToString(",", "{", "}") { "${quote(it.key as String)}:${text(it.value)}" }
        is List<*> -> value.joinToString(",", "[", "]") { text(it) }
        else -> value.toString()
    }

fun described(table: Table): Map<String, Any?> =
    mapOf(
        "name" to table.name,
        "view_name" to table.viewName,
        "columns" to table.columns.map { mapOf("name" to it.name, "type" to it.type.name) },
        "indexes" to
            table.indexes.map { index ->
                mapOf(
                    "name" to index.name,
                    "columns" to
                        index.columns.map { indexed ->
                            val type = table.columns.first { it.name == indexed.column }.type
                            mapOf("name" to indexed.column, "ascending" to indexed.ascending, "type" to type.name)
                        },
                )
            },
        "local_only" to table.options.localOnly,
        "insert_only" to table.options.insertOnly,
        "include_old" to (table.options.trackPreviousValues?.let { it.columnFilter ?: true } ?: false),
        "include_old_only_when_changed" to (table.options.trackPreviousValues?.onlyWhenChanged ?: false),
        "include_metadata" to table.options.trackMetadata,
        "ignore_empty_update" to table.options.ignoreEmptyUpdates,
    )

fun described(schema: Schema): Map<String, Any?> = mapOf("tables" to schema.tables.map(::described), "raw_tables" to listOf<Any>())

fun main() {
    val out = java.io.PrintStream(java.io.FileOutputStream(java.io.FileDescriptor.out), false, "UTF-8")
    out.println(text(schemas().mapValues { described(it.value) }))
    out.println(text(news()))
    for (line in System.`in`.bufferedReader(Charsets.UTF_8).lineSequence()) {
        val given = Json.parseToJsonElement(line) as JsonObject
        val pattern = given["pattern"] as JsonPrimitive?
        if (pattern != null) {
            val regex = Regex(pattern.content)
            out.println(text((given["texts"] as JsonArray).map { regex.containsMatchIn((it as JsonPrimitive).content) }))
            continue
        }
        val of = (given["of"] as JsonPrimitive).content
        val cells = (given["row"] as JsonObject).mapValues { cell(it.value as JsonPrimitive) }
        val made =
            try {
                again(of, MapCursor(cells))
            } catch (error: IllegalArgumentException) {
                mapOf("error" to error.message)
            }
        out.println(text(made))
    }
    out.flush()
}
