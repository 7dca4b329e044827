"""The page for everybody: names of controls, the keyboard, and texts that can be read."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from tests.studio.browsing import open_row, opened_page, show
from tests.studio.world import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


def test_the_panel_gives_the_focus_back(page: Page) -> None:
    show(page)
    open_row(page, 2)
    assert "panel-title" == page.evaluate("document.activeElement.id")

    page.keyboard.press("Escape")

    assert page.is_hidden("#panel")
    page.wait_for_selector(f"[aria-label='Open the row {uuid.UUID(int=3)}']:focus")


def test_a_table_is_gone_through_and_edited_by_the_keyboard(
    page: Page, studio_of_page: Studio
) -> None:
    show(page)
    assert 1 == page.locator(".tabulator-cell[tabindex='0']").count()
    page.locator(".tabulator-cell[tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_selector(":focus[tabulator-field=title]")

    page.keyboard.press("Enter")
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('tasks.title was saved')")
    assert "By hand" == studio_of_page.db.get(studio_of_page.table("tasks"), uuid.UUID(int=2)).title
    page.wait_for_selector(":focus[tabulator-field=title]")

    page.keyboard.press("Enter")
    page.keyboard.type("Not this")
    page.keyboard.press("Escape")
    page.wait_for_selector(":focus[tabulator-field=title]")
    page.keyboard.press("Control+End")
    page.wait_for_selector(":focus[tabulator-field=project_id]")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel .field")
    assert f"tasks · {uuid.UUID(int=50)}" == page.inner_text("#panel-title")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read_in_light_and_in_dark(
    browser: Browser, studio_of_page: Studio, scheme: str
) -> None:
    """The contrast is at least 4.5 to 1: https://www.w3.org/TR/WCAG22/#contrast-minimum."""
    with opened_page(browser, studio_of_page, write=True, scheme=scheme) as page:
        with studio_of_page.db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE tasks SET due = 'infinity'")
        show(page)
        open_row(page, 1)
        assert [] == page.evaluate(CONTRAST)


def test_narrow_windows_show_the_list_of_tables_when_asked(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    tasks = page.locator(".side a:has-text('tasks')")
    assert not tasks.is_visible()

    page.click("[aria-label='Tables and pages'][aria-expanded=false]")
    tasks.click()

    page.wait_for_selector("h1:has-text('tasks')")
    assert not tasks.is_visible()
    assert 390 == page.evaluate("document.documentElement.scrollWidth")


def test_every_control_has_a_name(page: Page) -> None:
    show(page)
    page.click("button:has-text('Filter')")
    open_row(page, 1)

    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, textarea, a')]
          .filter((each) => each.checkVisibility())
          .filter((each) => !(each.ariaLabel || each.innerText.trim() || each.title
            || [...(each.labels ?? [])].some((label) => label.innerText.trim())))
          .map((each) => each.outerHTML)"""
    )

    assert [] == unnamed


CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const pixel = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const each of colours) {
      canvas.fillStyle = each;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!text || !element.checkVisibility()) continue;
    if (element.closest(':disabled, .hidden, .skip')) continue;
    const behind = [];
    for (let at = element; at; at = at.parentElement) {
      behind.unshift(getComputedStyle(at).backgroundColor);
    }
    const under = light(pixel(behind));
    const over = light(pixel([...behind, getComputedStyle(element).color]));
    const ratio = (Math.max(under, over) + 0.05) / (Math.min(under, over) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.className} ${element.innerText}`);
  }
  return found;
}"""
