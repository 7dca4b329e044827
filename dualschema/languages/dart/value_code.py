"""Dart that generated files have beside the tables' own: conversions of values."""

from __future__ import annotations

from typing import Final

__all__ = ["VALUE_CODE"]

VALUE_CODE: Final = r"""
T _same<T>(T value) => value;

String _newId() => uuid.v4();

String _insertInto(Table table) {
  final names = ['id', for (final column in table.columns) column.name];
  final columns = names.map((name) => '"$name"').join(', ');
  final marks = names.map((_) => '?').join(', ');
  return 'INSERT INTO "${table.viewName}" ($columns) VALUES ($marks)';
}

bool _equal(Object? left, Object? right) {
  if (left is List && right is List) {
    if (left.length != right.length) return false;
    for (var at = 0; at < left.length; at++) {
      if (!_equal(left[at], right[at])) return false;
    }
    return true;
  }
  if (left is Map && right is Map) {
    return left.length == right.length &&
        left.keys.every(
          (key) => right.containsKey(key) && _equal(left[key], right[key]),
        );
  }
  return left == right;
}

int _hash(Object? value) => switch (value) {
  List() => Object.hashAll(value.map(_hash)),
  Map() => Object.hashAllUnordered(
    value.entries.map((entry) => Object.hash(entry.key, _hash(entry.value))),
  ),
  _ => value.hashCode,
};

bool _decodeBool(int stored) => switch (stored) {
  0 => false,
  1 => true,
  _ => throw const _Refusal('is neither 0 nor 1'),
};

int _encodeBool(bool value) => value ? 1 : 0;

BigInt _decodeInt64(String stored) {
  if (!_whole.hasMatch(stored)) {
    throw const _Refusal('is not the text of a whole number');
  }
  final value = BigInt.parse(stored);
  _encodeInt64(value);
  return value;
}

String _encodeInt64(BigInt value) {
  if (value.toSigned(64) != value) {
    throw const _Refusal('is not a whole number of 64 bits');
  }
  return value.toString();
}

final _whole = RegExp(r'^-?(0|[1-9][0-9]{0,18})$');

String _decodeDecimal(String stored) {
  if (!_decimal.hasMatch(stored)) {
    throw const _Refusal('is not the text of a decimal number');
  }
  return stored;
}

// All digits of the scale and no sign of zero: one number then has one text.
String _encodeDecimal(String value, [int? precision, int? scale]) {
  final found = _decimal.firstMatch(value);
  if (found == null) {
    throw const _Refusal('is not the text of a decimal number');
  }
  final whole = found[2]!.replaceFirst(_leadingZeros, '');
  var fraction = found[3] ?? '';
  if (precision == null || scale == null) {
    if (whole.length > 131072 || fraction.length > 16383) {
      throw const _Refusal('has more digits than Postgres holds');
    }
  } else {
    fraction = fraction.replaceFirst(_trailingZeros, '');
    if (fraction.length > scale) {
      throw _Refusal('has more than $scale digits after the point');
    }
    if (whole.length > precision - scale) {
      throw _Refusal(
        'has more than ${precision - scale} digits before the point',
      );
    }
    fraction = fraction.padRight(scale, '0');
  }
  final number =
      (whole.isEmpty ? '0' : whole) + (fraction.isEmpty ? '' : '.$fraction');
  return number.contains(_otherThanZero) ? found[1]! + number : number;
}

int _compareDecimals(String left, String right) {
  final parts = [left.split('.'), right.split('.')];
  final fractions = [for (final part in parts) part.elementAtOrNull(1) ?? ''];
  final digits = fractions[0].length > fractions[1].length
      ? fractions[0].length
      : fractions[1].length;
  final numbers = [
    for (var at = 0; at < 2; at++)
      BigInt.parse(parts[at][0] + fractions[at].padRight(digits, '0')),
  ];
  return numbers[0].compareTo(numbers[1]);
}

final _decimal = RegExp(r'^(-?)([0-9]+)(?:\.([0-9]+))?$');

final _leadingZeros = RegExp('^0+');

final _trailingZeros = RegExp(r'0+$');

final _otherThanZero = RegExp('[1-9]');

DateTime _now() {
  final now = DateTime.now().toUtc();
  return DateTime.fromMillisecondsSinceEpoch(
    now.millisecondsSinceEpoch,
    isUtc: true,
  );
}

// What is finer than the digits is cut off, as the server does it.
DateTime _decodeInstant(String stored, int digits) {
  final found = _instant.firstMatch(stored);
  if (found == null) {
    throw const _Refusal(
      'is not an instant of the form YYYY-MM-DDTHH:MM:SS.mmmZ',
    );
  }
  final [year, month, day, hour, minute, second] = [
    for (var group = 1; group <= 6; group++) int.parse(found[group]!),
  ];
  final fraction = (found[7] ?? '').padRight(6, '0').substring(0, digits);
  final micro = int.parse(fraction.padRight(6, '0'));
  final local = DateTime.utc(
    year,
    month,
    day,
    hour,
    minute,
    second,
    micro ~/ 1000,
    micro % 1000,
  );
  // DateTime takes the 30th of February for a day in March.
  if (local.month != month ||
      local.day != day ||
      hour > 23 ||
      minute > 59 ||
      second > 59) {
    throw const _Refusal('is no instant of the calendar');
  }
  // Before Dart 3.5, the web's DateTime has no microseconds.
  if (local.microsecond != micro % 1000) {
    throw const _Refusal('is finer than a DateTime of this platform');
  }
  final offset = Duration(
    hours: int.parse(found[9] ?? '0'),
    minutes: int.parse(found[10] ?? '0'),
  );
  if (offset.inHours > 23) throw const _Refusal('has no offset of a zone');
  final value = found[8] == '-' ? local.add(offset) : local.subtract(offset);
  _encodeInstant(value, digits);
  return value;
}

final _instant = RegExp(
  r'^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})'
  r'(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):?([0-9]{2})?)$',
);

String _encodeInstant(DateTime value, int digits) {
  final utc = value.toUtc();
  if (utc.year < 1 || utc.year > 9999) {
    throw const _Refusal('lies outside the years 1 to 9999');
  }
  final micro = utc.millisecond * 1000 + utc.microsecond;
  final fraction = _padded(micro, 6).substring(0, digits);
  final date = [_padded(utc.year, 4), _padded(utc.month), _padded(utc.day)];
  final time = [utc.hour, utc.minute, utc.second].map(_padded).join(':');
  return '${date.join('-')}T$time.${fraction}Z';
}

String _padded(int number, [int width = 2]) => '$number'.padLeft(width, '0');

String _dateText(String value) {
  final found = _date.firstMatch(value);
  if (found == null) {
    throw const _Refusal('is not a date of the form YYYY-MM-DD');
  }
  final [year, month, day] = [
    for (var group = 1; group <= 3; group++) int.parse(found[group]!),
  ];
  final date = DateTime.utc(year, month, day);
  if (year == 0 || date.month != month || date.day != day) {
    throw const _Refusal('is no day of the calendar');
  }
  return value;
}

final _date = RegExp(r'^([0-9]{4})-([0-9]{2})-([0-9]{2})$');

String _timeText(String value, int digits) {
  final found = _time.firstMatch(value);
  if (found == null) {
    throw const _Refusal('is not a time of the form HH:MM:SS.mmm');
  }
  final fraction = (found[2] ?? '').padRight(6, '0').substring(0, digits);
  return '${found[1]}.$fraction';
}

final _time = RegExp(
  r'^((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]{1,9}))?$',
);

String _uuidText(String value) {
  if (!_uuid.hasMatch(value)) {
    throw const _Refusal(
      'is not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
    );
  }
  return value.toLowerCase();
}

final _uuid = RegExp(r'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$');

// On the web, long ones are not exact: then they are refused.
Duration _decodeDuration(int stored) {
  final value = Duration(milliseconds: stored);
  if (value.inMilliseconds != stored) {
    throw const _Refusal('is longer than a Duration of this platform');
  }
  return value;
}

// Whole milliseconds, cut towards the past, as the server does it.
int _encodeDuration(Duration value) {
  final whole = value.inMilliseconds;
  final cut = value < Duration(milliseconds: whole) ? whole - 1 : whole;
  if (cut < -9007199254740991 || cut > 9007199254740991) {
    throw const _Refusal('is longer than 2^53 - 1 milliseconds');
  }
  return cut;
}

Uint8List _decodeBytes(String stored) {
  if (!_base64.hasMatch(stored)) throw const _Refusal('is not base64');
  return base64.decode(stored);
}

final _base64 = RegExp(
  r'^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
);

Object _decodeJson(String stored) {
  try {
    final Object? document = jsonDecode(stored);
    return document ?? jsonNull;
  } on FormatException {
    throw const _Refusal('is not the text of a JSON document');
  }
}

List<Object?> _decodeJsonList(String stored) => switch (_decodeJson(stored)) {
  final List<Object?> document => document,
  _ => throw const _Refusal('is not a JSON array'),
};

Map<String, Object?> _decodeJsonMap(String stored) =>
    switch (_decodeJson(stored)) {
      final Map<String, Object?> document => document,
      _ => throw const _Refusal('is not a JSON object'),
    };

String _encodeJson(Object value) {
  final String text;
  try {
    text = jsonEncode(value);
  } on JsonUnsupportedObjectError {
    throw const _Refusal('is no JSON document');
  }
  if (_nulEscape.hasMatch(text)) {
    throw const _Refusal('holds \\u0000, which Postgres cannot store');
  }
  return text;
}

final _nulEscape = RegExp(r'(?<!\\)(?:\\\\)*\\u0000');
"""
