"""Studios on databases of each kind, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from tests.crud.books import open_space
from tests.fixtures.missing import fail_or_skip
from tests.studio.browsing import opened_page
from tests.studio.world import Studio, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing of the browser's own reaches out, and it starts as root, too.
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def studios(
    postgres_connection: psycopg.Connection[tuple[Any, ...]],
) -> Iterator[dict[str, Studio]]:
    with ExitStack() as stack:
        yield {
            "sqlite": stack.enter_context(opened("sqlite://", "portable")),
            "postgres-portable": stack.enter_context(
                opened(stack.enter_context(open_space(postgres_connection)).url, "portable")
            ),
            "postgres-native": stack.enter_context(
                opened(stack.enter_context(open_space(postgres_connection)).url, "native")
            ),
        }


@pytest.fixture(params=["sqlite", "postgres-portable", "postgres-native"])
def studio(request: pytest.FixtureRequest, studios: dict[str, Studio]) -> Studio:
    """Give a studio with some rows, on a database of each kind."""
    made = studios[request.param]
    made.clear()
    made.fill()
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a Chromium without a window; its profile is new and goes with it.

    Only for a module: while playwright runs, this thread can run no event loop of its own.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        fail_or_skip("playwright is not installed: python3 dev.py test")
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        fail_or_skip("there is no Chromium: install the package chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=[*_FLAGS])
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser, studio_of_page: Studio) -> Iterator[Page]:
    with opened_page(browser, studio_of_page, write=True) as made:
        yield made


@pytest.fixture
def studio_of_page(studios: dict[str, Studio]) -> Studio:
    made = studios["postgres-native"]
    made.clear()
    made.fill()
    return made
