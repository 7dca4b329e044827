// Stubs: signatures of com.powersync:core 1.13 that generated code uses, written from its sources.

package com.powersync.db

interface SqlCursor {
    fun getBoolean(index: Int): Boolean?

    fun getBytes(index: Int): ByteArray?

    fun getDouble(index: Int): Double?

    fun getLong(index: Int): Long?

    fun getString(index: Int): String?

    fun columnName(index: Int): String?

    val columnCount: Int

    val columnNames: Map<String, Int>
}

fun SqlCursor.getString(name: String): String = getString(columnNames.getValue(name))!!

fun SqlCursor.getLong(name: String): Long = getLong(columnNames.getValue(name))!!

fun SqlCursor.getDouble(name: String): Double = getDouble(columnNames.getValue(name))!!
