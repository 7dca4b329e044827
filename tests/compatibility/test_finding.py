"""What is told of a finding, and that the page tells it in the same words."""

from __future__ import annotations

import re
from pathlib import Path

from dualschema.compatibility import Finding, FindingKind, compare, snapshot_of
from dualschema.compatibility.finding import _TOLD
from tests.compatibility.definitions import of, schema
from tests.compatibility.test_compare import CASES

PAGE = Path(__file__).parents[2] / "docs" / "check.md"


def test_every_kind_of_finding_has_a_case_and_its_words() -> None:
    shown = {kind for _, _, expected in CASES.values() for kind, _ in expected}

    elsewhere = {FindingKind.FORM_CHANGED, FindingKind.WIDENED, FindingKind.NOT_SENT}
    assert set(FindingKind) == shown | elsewhere
    assert set(FindingKind) == set(_TOLD)


def test_the_page_has_every_kind_in_the_words_of_findings() -> None:
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", page, re.MULTILINE)

    assert {
        kind.value: _TOLD[kind][0].removeprefix("old clients ") for kind in FindingKind
    } == dict(rows)


def test_a_finding_says_what_changed_what_clients_do_and_the_safe_way() -> None:
    old, new = schema(text=of(str, max_length=80)), schema(text=of(str, max_length=40))

    (finding,) = compare(snapshot_of(old.model), snapshot_of(new.model))

    assert Finding(FindingKind.NARROWED, "notes", "text", "max_length: 80, now 40") == finding
    assert "old clients send values that are now refused" == finding.clients
    assert finding.safe_way.startswith("release clients that write only what the new rule allows")
