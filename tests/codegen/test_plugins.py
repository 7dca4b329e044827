"""Targets that installed packages bring."""

from __future__ import annotations

import pytest

from dualschema.codegen import KnownTarget, find_target, known_targets
from dualschema.errors import GenerationError
from dualschema.targets import ALL_TARGETS
from tests.fixtures.projects import LINES, Project, install


@pytest.mark.parametrize("target", ALL_TARGETS, ids=lambda target: target.name)
def test_the_librarys_own_are_found(target: object) -> None:
    assert target is find_target(target.name)  # type: ignore[attr-defined]  # a target


def test_a_packages_target_is_found_and_listed(importing: Project) -> None:
    found = find_target("lines")

    assert ("lines", "out/lines.txt") == (found.name, found.path)
    assert [
        *(KnownTarget(target.name, "dualschema", target) for target in ALL_TARGETS),
        KnownTarget("lines", "acme-lines", found),
    ] == list(known_targets())


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (
            "powersync-json",
            LINES,
            "dualschema itself and other each have a target of this name: remove one",
        ),
        ("lines", LINES, "acme-lines and other each have a target of this name: remove one"),
        ("broken", "1 / 0", "other cannot be loaded: ZeroDivisionError: division by zero"),
        (
            "broken",
            "",
            "other cannot be loaded: AttributeError: module 'other' has no attribute 'LINES'",
        ),
        ("broken", "LINES = 3", "other:LINES of other is no Target but a int"),
        ("line", LINES, "other calls it 'lines' in its Target: one name is wanted"),
    ],
)
def test_one_that_cannot_be_used_says_which_package_it_is(
    importing: Project, name: str, text: str, reason: str
) -> None:
    install(importing.packages, "other", text, f"{name} = other:LINES")

    with pytest.raises(GenerationError) as caught:
        find_target(name)

    assert f"{name}: {reason}" == str(caught.value)
    assert reason in [each.problem for each in known_targets()]


def test_an_unknown_one_names_the_nearest_or_all(importing: Project) -> None:
    with pytest.raises(
        GenerationError, match=r"^linse: there is no such target; did you mean lines"
    ):
        find_target("linse")
    names = ", ".join([*(target.name for target in ALL_TARGETS), "lines"])
    with pytest.raises(
        GenerationError, match=rf"^zzz: there is no such target; there are {names}$"
    ):
        find_target("zzz")
