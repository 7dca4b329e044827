"""The page in a browser, as tests use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dualschema.studio import create_app
from tests.asgi.serving import served_by_port
from tests.studio.world import TOKEN, Studio

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["ROW", "column", "open_row", "opened_page", "show"]

ROW = ".tabulator-row"


@contextmanager
def opened_page(
    browser: Browser, studio: Studio, *, write: bool, scheme: str = "light"
) -> Iterator[Page]:
    """Give the studio's page; it may say nothing on the console and ask no other machine."""

    def make(port: int) -> object:
        return create_app(
            studio.db,
            studio.schema,
            token=TOKEN,
            port=port,
            write=write,
            uploader=studio.uploader,
        )

    said: list[str] = []
    asked: list[str] = []
    with served_by_port(make) as url:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{url}/?token={TOKEN}")
        page.wait_for_selector(".side a[aria-current]")
        yield page
        context.close()
    # What the server refuses is also told by the browser itself.
    refused = re.compile(r"error: Failed to load resource: .* status of 4\d\d")
    assert [] == [text for text in said if not refused.match(text)]
    assert [] == [each for each in asked if not each.startswith((f"{url}/", "blob:"))]
    assert {TOKEN in each for each in asked[1:]} == {False}


def show(page: Page, table: str = "tasks") -> None:
    page.click(f".side a:has-text('{table}')")
    page.wait_for_selector(f"h1:has-text('{table}')")
    page.wait_for_selector(ROW)


def column(page: Page, name: str) -> list[str]:
    """Return a column's cells, as far as they are drawn."""
    return page.locator(f"{ROW} [tabulator-field={name}]").all_inner_texts()


def open_row(page: Page, number: int) -> Locator:
    """Open a row by the keyboard."""
    page.locator(f"{ROW} button").nth(number).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel .field")
    return page.locator("#panel")
