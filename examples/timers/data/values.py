"""The values that the generator draws from: ordinary ones, and those that break careless code.

They are lists of plain values. Characters that cannot be seen, or that join the one before them,
are written as escapes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

__all__ = [
    "DOCUMENTS",
    "INSTANTS",
    "INT4_MAX",
    "NAMES",
    "ODD_NAMES",
    "ODD_TODOS",
    "SOURCES",
    "TODOS",
]

INT4_MAX: Final = 2**31 - 1
"""The greatest value of Postgres's ``integer``: as milliseconds, 24 days and 20 hours."""

NAMES: Final = (
    *("Green tea", "Black tea", "Pasta", "Soft-boiled eggs", "Sourdough", "Pizza dough", "Rice"),
    *("Morning run", "Evening run", "5 km", "Intervals", "Plank", "Stretching", "Swimming"),
    *("Deep work", "Reading", "Writing", "Inbox", "Code review", "Invoices", "Planning"),
    *("Stand-up", "Call with the bank", "Parking meter", "Laundry", "Dryer", "Dishwasher"),
    *("Piano", "Guitar scales", "Spanish vocabulary", "Chess game", "Board game, round 2"),
    *("Meditation", "Power nap", "Screen break", "Water the plants", "Oven pre-heat"),
    *("Thesis chapter 3", "Exam practice", "Lecture", "Lab: incubation", "Bike commute"),
)

ODD_NAMES: Final = (
    # What looks like another type, to a converter that guesses by looks.
    *("", " ", "10.5", "007", "1e3", "-0", "0x1F", "Infinity", "NaN", "null", "NULL", "None"),
    *("true", "false", "undefined", "2024-01-01", "2024-01-01T00:00:00.000Z", "[]", "{}", '""'),
    # What ends a string in some language.
    *("'; DROP TABLE timers;--", "Mum's bread", 'The "long" one', "C:\\temp\\new", "\\N", "\\."),
    *("%s {0} ${name} %(id)s", "<b>bold</b> & co", "a,b;c|d", "`tick`", "$$", "\\u0000"),
    # Blanks and what is not printed.
    *("  leading", "trailing  ", "tab\there", "two\nlines", "Windows\r\nlines", "\u00a0nbsp\u00a0"),
    *("zero\u200bwidth", "line\u2028separator", "bell\x07", "\ufeffbyte order mark"),
    # Letters: composed and decomposed (two names, not one), right to left, beyond the first plane.
    *("Café crème", "Cafe\u0301 cre\u0300me", "Z\u0351\u036b\u0343a\u0363\u035c\u034dlgo", "ﬁle"),
    *("شاي أخضر", "תה ירוק 3 דקות", "\u200fabc\u200f שלום", "緑茶", "녹차", "हरी चाय", "ชาเขียว"),
    *(
        "🍵",
        "👩\u200d🍳 Küche",
        "👍🏽 done",
        "🇫🇷🇯🇵",
        "❤\ufe0f",
        "𝕿𝖎𝖒𝖊𝖗",
        "İstanbul ı",
        "STRASSE straße",
    ),
    "very " * 60 + "long",
    "長い名前" * 100,
)

TODOS: Final = (
    *("Buy filters for the coffee machine", "Descale the kettle", "Book the dentist"),
    *("Return the library books", "Renew the parking permit", "Back up the photos"),
    *("Order new running shoes", "Send the invoice for May", "Clean the bike chain"),
    *("Call the landlord about the heating", "Reply to the tax office", "Feed the starter"),
    *("Sharpen the knives", "Cancel the trial subscription", "Pay the electricity bill"),
    *("Find the charger", "Water the balcony", "Print the boarding passes", "Defrost the freezer"),
    *("Prepare the slides for Monday", "Write the release notes", "Review the budget"),
    *("Try the 50/10 pomodoro", "Export last month's times", "Delete the old timers"),
    *("Ask for the recipe", "Fix the squeaky door", "Replace the smoke detector's battery"),
)

ODD_TODOS: Final = (
    *("", "\n", "0", "null", "false", "3.0", "1,000", "2024-02-30", '{"text": "not JSON"}'),
    *("- [ ] milk\n- [x] eggs\n\t- [ ] free-range", "a\tb\tc\n1\t2\t3\n", "  two blanks before"),
    *('He said: "it\'s \\ late"', "SELECT * FROM todos WHERE 'a'='a'; --", "naïve façade, 50 €"),
    *("شراء الحليب 🥛 (x2)", "לקנות חלב", "買い物：牛乳、卵", "Đi chợ", "e\u0301 = é?", "🛒🥖🧀"),
    *("½ cup ≈ 120 ml; 5 °C; −3; x²", "paragraph one\u2029paragraph two", "\u2003em space\u2003"),
    "Notes from the meeting.\n\n" + "* A point that goes on for a while, and then a bit.\n" * 40,
)


def _moments() -> tuple[datetime, ...]:
    """Return instants where clocks, calendars or formats do something special."""
    turns = (
        datetime(2017, 1, 1, tzinfo=UTC),  # after the last leap second, 2016-12-31T23:59:60Z
        datetime(2024, 3, 1, tzinfo=UTC),  # after a leap day
        datetime(2024, 3, 10, 10, tzinfo=UTC),  # Los Angeles goes to summer time
        datetime(2024, 3, 31, 1, tzinfo=UTC),  # Europe goes to summer time
        datetime(2024, 10, 27, 1, tzinfo=UTC),  # and back: 01:30 in London is there twice
        datetime(2024, 11, 3, 9, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),  # a new year
        datetime(2025, 1, 1, 8, tzinfo=UTC),  # a new year in Los Angeles
    )
    tick = timedelta(milliseconds=1)
    around = tuple(turn + step for turn in turns for step in (-tick, tick * 0, tick))
    return (
        *around,
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),  # 01:30 in London, for the first time
        datetime(2024, 10, 27, 1, 30, tzinfo=UTC),  # and for the second
        datetime(2024, 2, 29, 12, 0, 0, 1_000, tzinfo=UTC),
        datetime(2024, 5, 6, 7, 8, 9, 10_000, tzinfo=UTC),
        datetime(2024, 5, 6, 7, 8, 9, 100_000, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),  # a phone whose clock was never set
    )


INSTANTS: Final = _moments()

SOURCES: Final[tuple[dict[str, Any], ...]] = (
    {"source": "web"},
    {"source": "phone", "offline": True},
    {"source": "phone", "offline": False, "battery": 0.42},
    {"source": "web", "tab": 3, "shortcut": "space"},
    {"source": "watch", "heartRate": [92, 97, 104]},
)

DOCUMENTS: Final[tuple[dict[str, Any] | None, ...]] = (
    None,
    {},
    {"": "the empty key"},
    {"note": "a", "Note": "b", "note ": "c", " note": "d", "NOTE": "e"},
    {"caf\u00e9": 1, "cafe\u0301": 2},
    {"a.b": 1, "a": {"b": 2}, "$.a": 3, "a[0]": 4, '"': 5, "\\": 6, "'": 7},
    {"zero": 0, "no": False, "nothing": None, "empty": "", "list": [], "object": {}},
    {"text": "1", "integer": 1, "real": 1.0, "true": True, "word": "true"},
    {"safe": 2**53 - 1, "unsafe": 2**53 + 1, "int8": -(2**63), "more": 10**30},
    {"tenth": 0.1, "sum": 0.1 + 0.2, "third": 1 / 3, "price": 19.9, "rate": -0.005},
    {"avogadro": 6.02214076e23, "planck": 6.62607015e-34, "whole": 1e21, "tiny": 5e-324},
    {"text": 'line\nfeed\ttab "quoted" \\ / \u2028 \x7f \x1b[31m', "html": "</script>"},
    {"emoji": "👩\u200d🍳", "🍵": "as a key", "rtl": "שלום", "plane 16": "\U0010fffd"},
    {"edits": [{"from": 0, "to": 60_000, "by": {"device": {"os": "x", "tags": ["a", ["b", []]]}}}]},
    {"deep": {"1": {"2": {"3": {"4": {"5": {"6": {"7": {"8": [[[[["bottom"]]]]]}}}}}}}}},
    {"__proto__": {"polluted": True}, "constructor": None, "length": -1},
)
