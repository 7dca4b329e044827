"""Dart that generated files have beside the tables' own: rows, checks and errors."""

from __future__ import annotations

from typing import Final

__all__ = ["ROW_CODE"]

ROW_CODE: Final = r"""
/// A stored value is not of its column; the text never holds the value.
final class StoredValueException implements Exception {
  const StoredValueException(this.table, this.column, this.reason);

  final String table;
  final String column;
  final String reason;

  @override
  String toString() => '$table.$column: $reason';
}

/// What is wrong with a value of a row.
final class RowProblem {
  const RowProblem(this.column, this.reason);

  /// The column's name in the database.
  final String column;
  final String reason;

  @override
  String toString() => '$column $reason';
}

/// JSON's own null as a document, where `null` is SQL's NULL.
final class JsonNull {
  const JsonNull._();

  Object? toJson() => null;
}

/// The only [JsonNull].
const jsonNull = JsonNull._();

final class _Refusal implements Exception {
  const _Refusal(this.reason);

  final String reason;
}

final class _StoredRow {
  const _StoredRow(this._table, this._row);

  final String _table;
  final Map<String, Object?> _row;

  T text<T extends Object>(String column, T Function(String) decode) =>
      _present(column, textOrNull(column, decode));

  T? textOrNull<T extends Object>(String column, T Function(String) decode) =>
      _read(column, (stored) {
        if (stored is! String) throw const _Refusal('is not text');
        return decode(stored);
      });

  T whole<T extends Object>(String column, T Function(int) decode) =>
      _present(column, wholeOrNull(column, decode));

  T? wholeOrNull<T extends Object>(String column, T Function(int) decode) =>
      _read(column, (stored) {
        if (stored is! int) throw const _Refusal('is not a whole number');
        return decode(stored);
      });

  T real<T extends Object>(String column, T Function(double) decode) =>
      _present(column, realOrNull(column, decode));

  T? realOrNull<T extends Object>(String column, T Function(double) decode) =>
      _read(column, (stored) {
        if (stored is! num) throw const _Refusal('is not a number');
        return decode(stored.toDouble());
      });

  T _present<T extends Object>(String column, T? value) =>
      value ?? (throw StoredValueException(_table, column, 'is NULL'));

  T? _read<T extends Object>(String column, T Function(Object) decode) {
    final stored = _row[column];
    if (stored == null) {
      if (_row.containsKey(column)) return null;
      throw StoredValueException(_table, column, 'is not in the result');
    }
    try {
      return decode(stored);
    } on _Refusal catch (refusal) {
      throw StoredValueException(_table, column, refusal.reason);
    } on FormatException {
      throw StoredValueException(_table, column, 'is not of the right form');
    }
  }
}

final class _StoredValues {
  _StoredValues(this._table);

  final String _table;
  final Map<String, Object?> byColumn = {};

  void put<T extends Object>(
    String column,
    T? value,
    Object Function(T) encode,
  ) {
    try {
      byColumn[column] = value == null ? null : encode(value);
    } on _Refusal catch (refusal) {
      throw StoredValueException(_table, column, refusal.reason);
    }
  }
}

final class _Checks {
  final List<RowProblem> problems = [];

  void add(String column, String reason) {
    problems.add(RowProblem(column, reason));
  }

  void text(
    String column,
    String? value, {
    int minimum = 0,
    int? maximum,
    RegExp? pattern,
  }) {
    if (value == null) return;
    final length = value.runes.length;
    if (value.contains('\u0000')) add(column, 'holds a NUL character');
    if (value.runes.any((rune) => rune >= 0xD800 && rune <= 0xDFFF)) {
      add(column, 'holds a lone surrogate');
    }
    if (length < minimum) {
      add(column, 'has fewer than $minimum characters');
    }
    if (maximum != null && length > maximum) {
      add(column, 'has more than $maximum characters');
    }
    if (pattern != null && !pattern.hasMatch(value)) {
      add(column, 'does not match the pattern ${pattern.pattern}');
    }
  }

  void whole(String column, int? value, int lowest, int highest) {
    if (value == null || (value >= lowest && value <= highest)) return;
    add(column, 'is not between $lowest and $highest');
  }

  void int64(String column, BigInt? value, String lowest, String highest) {
    if (value == null) return;
    if (value < BigInt.parse(lowest) || value > BigInt.parse(highest)) {
      add(column, 'is not between $lowest and $highest');
    }
  }

  void real(
    String column,
    double? value, {
    double? atLeast,
    double? above,
    double? atMost,
    double? below,
  }) {
    if (value == null) return;
    if (!value.isFinite) add(column, 'is not a finite number');
    if (atLeast != null && value < atLeast) {
      add(column, 'is less than $atLeast');
    }
    if (above != null && value <= above) {
      add(column, 'is not greater than $above');
    }
    if (atMost != null && value > atMost) {
      add(column, 'is greater than $atMost');
    }
    if (below != null && value >= below) {
      add(column, 'is not less than $below');
    }
  }

  void decimal(
    String column,
    String? value, {
    String? atLeast,
    String? above,
    String? atMost,
    String? below,
  }) {
    if (value == null || !_decimal.hasMatch(value)) return;
    if (atLeast != null && _compareDecimals(value, atLeast) < 0) {
      add(column, 'is less than $atLeast');
    }
    if (above != null && _compareDecimals(value, above) <= 0) {
      add(column, 'is not greater than $above');
    }
    if (atMost != null && _compareDecimals(value, atMost) > 0) {
      add(column, 'is greater than $atMost');
    }
    if (below != null && _compareDecimals(value, below) >= 0) {
      add(column, 'is not less than $below');
    }
  }

  void form<T extends Object>(
    String column,
    T? value,
    Object Function(T) encode,
  ) {
    if (value == null) return;
    try {
      encode(value);
    } on _Refusal catch (refusal) {
      add(column, refusal.reason);
    }
  }
}
"""
