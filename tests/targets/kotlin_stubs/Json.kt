// Stubs: signatures of kotlinx-serialization-json that generated code uses, with as much of a parser
// and a writer as the tests need. Numbers keep their text, as the library keeps it.

package kotlinx.serialization.json

sealed class JsonElement

sealed class JsonPrimitive : JsonElement() {
    abstract val content: String
    abstract val isString: Boolean
}

data class JsonLiteral(
    override val content: String,
    override val isString: Boolean,
) : JsonPrimitive() {
    override fun toString(): String = if (isString) quote(content) else content
}

data object JsonNull : JsonPrimitive() {
    override val content: String = "null"
    override val isString: Boolean = false

    override fun toString(): String = content
}

class JsonArray(
    private val content: List<JsonElement>,
) : JsonElement(),
    List<JsonElement> by content {
    override fun equals(other: Any?): Boolean = content == other

    override fun hashCode(): Int = content.hashCode()

    override fun toString(): String = content.joinToString(",", "[", "]")
}

class JsonObject(
    private val content: Map<String, JsonElement>,
) : JsonElement(),
    Map<String, JsonElement> by content {
    override fun equals(other: Any?): Boolean = content == other

    override fun hashCode(): Int = content.hashCode()

    override fun toString(): String = content.entries.joinToString(",", "{", "}") { "${quote(it.key)}:${it.value}" }
}

object Json {
    fun parseToJsonElement(string: String): JsonElement = Parser(string).whole()
}

fun quote(text: String): String =
    buildString {
        append('"')
        for (char in text) {
            when {
                char == '"' || char == '\\' -> append('\\').append(char)
                char < ' ' -> append("\\u").append(char.code.toString(16).padStart(4, '0'))
                else -> append(char)
            }
        }
        append('"')
    }

private class Parser(
    private val text: String,
) {
    private var at = 0

    fun whole(): JsonElement = value().also { require(skip() == null) { "something follows" } }

    private fun skip(): Char? {
        while (at < text.length && text[at] in " \t\r\n") at++
        return text.getOrNull(at)
    }

    private fun take(char: Char): Boolean = (skip() == char).also { if (it) at++ }

    private fun value(): JsonElement =
        when (skip()) {
            '{' -> JsonObject(linkedMapOf<String, JsonElement>().also { into -> list('{', '}') { member(into) } })
            '[' -> JsonArray(mutableListOf<JsonElement>().also { into -> list('[', ']') { into += value() } })
            '"' -> JsonLiteral(string(), true)
            else -> bare()
        }

    private fun member(into: MutableMap<String, JsonElement>) {
        require(skip() == '"') { "no key" }
        val key = string()
        require(take(':')) { "no colon" }
        into[key] = value()
    }

    private fun list(
        open: Char,
        close: Char,
        one: () -> Unit,
    ) {
        take(open)
        if (take(close)) return
        do one() while (take(','))
        require(take(close)) { "no $close" }
    }

    private fun bare(): JsonElement {
        val token = Regex("[-+.0-9A-Za-z]+").matchAt(text, at)?.value.orEmpty()
        at += token.length
        if (token == "null") return JsonNull
        require(token == "true" || token == "false" || token.toBigDecimalOrNull() != null) { "no value" }
        return JsonLiteral(token, false)
    }

    private fun string(): String =
        buildString {
            at++
            while (text[at] != '"') {
                if (text[at] != '\\') {
                    append(text[at++])
                    continue
                }
                val mark = text[at + 1]
                at += 2
                when (mark) {
                    'u' -> append(text.substring(at, at + 4).toInt(16).toChar()).also { at += 4 }
                    else -> append(mapOf('n' to '\n', 't' to '\t', 'r' to '\r', 'b' to '\b', 'f' to '\u000C')[mark] ?: mark)
                }
            }
            at++
        }
}
