"""The page in a real browser: what is seen, what is written, and what never leaves the machine."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

import dualschema as ds
from dualschema.upload import DeadLetter
from tests.asgi.serving import served
from tests.studio.browsing import ROW, column, open_row, opened_page, show
from tests.studio.world import TOKEN, Studio

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

SECOND = uuid.UUID(int=2)


def test_the_address_forgets_the_token(page: Page) -> None:
    assert TOKEN not in page.url
    assert "writes" in page.inner_text("#about")
    assert "#/table/projects" in page.url  # the first table is shown
    page.wait_for_selector(ROW)
    assert ["Garden", "Kitchen", "Workshop"] == column(page, "name")


def test_a_link_elsewhere_opens_it_and_no_other_port_is_given_the_token(page: Page) -> None:
    told: list[Any] = []

    async def other(scope: Any, receive: Any, send: Any) -> None:
        told.append(scope)
        link = f'<a href="{page.url.partition("#")[0]}?token={TOKEN}">open</a>'
        head = {"type": "http.response.start", "status": 200}
        await send({**head, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": link.encode()})

    with served(other) as url:
        tab = page.context.new_page()
        tab.goto(url.replace("127.0.0.1", "localhost"))
        tab.click("a")
        tab.wait_for_selector(ROW)
        assert TOKEN not in tab.url
        tab.goto(url)
        tab.close()

    assert 2 <= len(told)
    assert TOKEN not in str(told)


def test_a_table_is_filtered_sorted_and_paged(page: Page) -> None:
    show(page)
    assert "120 rows" == page.inner_text(".total")

    page.click("button:has-text('Filter')")
    page.select_option("[aria-label=Column]", "priority")
    page.select_option("[aria-label=Operator]", "≥")
    page.fill(".filter [aria-label=Value]", "8")
    page.wait_for_selector(".total:text-is('24 rows')")
    assert {"8", "9"} == set(column(page, "priority"))

    page.locator(".title:has-text('price')").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".tabulator-col[tabulator-field=price][aria-sort=ascending]")
    page.wait_for_selector(f"{ROW}:first-child [tabulator-field=price]:has-text('14.00')")
    prices = [float(text) for text in column(page, "price") if text != "NULL"]
    assert prices == sorted(prices)

    page.reload()  # the address holds all of it
    page.wait_for_selector(".total:text-is('24 rows')")
    assert "8" == page.input_value(".filter [aria-label=Value]")

    page.click("[aria-label='Remove the filter of priority']")
    page.wait_for_selector(".total:text-is('120 rows')")
    assert "1–50 of 120 rows" == page.inner_text(".place")
    page.click("[aria-label='Next page']")
    page.wait_for_selector(".place:text-is('51–100 of 120 rows')")
    page.click("[aria-label='Last page']")
    page.wait_for_selector(".place:text-is('71–120 of 120 rows')")
    assert page.is_disabled("[aria-label='Next page']")
    page.click("[aria-label='Previous page']")
    page.wait_for_selector(".place:text-is('21–70 of 120 rows')")
    page.click("[aria-label='Previous page']")
    page.wait_for_selector(".place:text-is('1–50 of 120 rows')")


def test_a_wrong_filter_is_told_and_the_page_stays(page: Page) -> None:
    show(page)
    page.click("button:has-text('Filter')")
    page.select_option("[aria-label=Column]", "due")
    page.fill(".filter [aria-label=Value]", "soon")

    page.wait_for_selector(".failure:has-text('tasks.due: not an instant')")

    page.fill(".filter [aria-label=Value]", "2026-02-01T12:00:00Z")
    page.wait_for_selector(".failure", state="hidden")


def test_values_are_shown_as_each_side_stores_them(page: Page) -> None:
    show(page)
    assert "false" == column(page, "is_done")[1]

    page.check("input[value=client]", force=True)
    page.wait_for_selector(f"{ROW}:nth-child(2) [tabulator-field=is_done]:has-text('0')")

    panel = open_row(page, 1)
    due = panel.locator("[data-column=due]")
    assert "2026-01-31T13:00:00.000Z" == due.locator("input[type=text]").input_value()
    assert ["2026-01-31 13:00:00+00:00", "2026-01-31T13:00:00.000Z"] == due.locator(
        "dd"
    ).all_inner_texts()


def test_a_document_is_a_tree_with_exact_numbers(page: Page) -> None:
    show(page)
    panel = open_row(page, 1)

    tree = panel.locator("[data-column=data] .tree")
    assert str(2**60 + 1) in tree.inner_text()
    assert "näh" in tree.inner_text()
    assert f'"n": {2**60 + 1}' in panel.locator("#field-data").input_value()

    tree.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert not tree.locator("details").first.evaluate("element => element.open")


def test_an_edit_is_checked_and_then_saved(page: Page, studio_of_page: Studio) -> None:
    show(page)
    panel = open_row(page, 1)
    assert panel.locator("button:has-text('Save')").is_disabled()

    panel.locator("#field-priority").fill("40")
    panel.locator("#field-title").fill("")
    panel.locator("button:has-text('Save')").click()
    page.wait_for_selector("#field-priority[aria-invalid]")
    fault = panel.locator("[data-column=priority] .fault").inner_text()
    assert "Input should be less than or equal to 9" == fault
    assert "tasks.title: " in panel.locator("[role=alert]").inner_text()
    assert page.evaluate("document.activeElement.id") == "field-title"

    panel.locator("#field-priority").fill("4")
    panel.locator("#field-title").fill("Whet the knives")
    panel.locator("#field-is_done").select_option("true")
    panel.locator("#field-data").fill('{"n": 123456789012345678901234567890}')
    panel.locator("[data-column=weight] input[type=checkbox]").check()
    panel.locator("button:has-text('Save')").click()
    page.wait_for_selector(".toast:has-text('saved')")

    row = studio_of_page.db.get(studio_of_page.table("tasks"), SECOND)
    assert ("Whet the knives", 4, True, None) == (row.title, row.priority, row.is_done, row.weight)
    assert {"n": 123456789012345678901234567890} == row.data
    page.wait_for_selector(f"{ROW} :text-is('Whet the knives')")


def test_a_cell_is_edited_in_its_place(page: Page, studio_of_page: Studio) -> None:
    show(page)
    cells = page.locator(f"{ROW} [tabulator-field=priority]")

    cells.nth(1).dblclick()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('tasks.priority was saved')")
    assert 7 == studio_of_page.db.get(studio_of_page.table("tasks"), SECOND).priority

    cells.nth(1).dblclick()
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast.error:has-text('tasks.priority: Input should be less than')")
    assert "7" == cells.nth(1).inner_text()

    cells.nth(1).dblclick()
    page.keyboard.type("3")
    page.keyboard.press("Escape")
    assert "7" == cells.nth(1).inner_text()
    assert 7 == studio_of_page.db.get(studio_of_page.table("tasks"), SECOND).priority


def test_a_row_is_made_and_removed(page: Page, studio_of_page: Studio) -> None:
    page.click("button:has-text('New row')")
    panel = page.locator("#panel")
    panel.locator("button:has-text('Insert')").click()
    page.wait_for_selector("#field-name[aria-invalid]")

    panel.locator("#field-id").fill("p9")
    panel.locator("#field-name").fill("Cellar")
    panel.locator("#field-user_id").fill("u2")
    panel.locator("button:has-text('Insert')").click()
    page.wait_for_selector(".toast:has-text('inserted')")
    project = studio_of_page.table("projects")
    assert ("Cellar", None) == (
        studio_of_page.db.get(project, "p9").name,
        studio_of_page.db.get(project, "p9").slug,
    )

    panel.locator("button:has-text('Delete')").click()
    page.click("dialog button:has-text('Cancel')")
    assert studio_of_page.db.get_or_none(project, "p9")
    panel.locator("button:has-text('Delete')").click()
    page.click("dialog button:has-text('Delete')")
    page.wait_for_selector(".toast:has-text('deleted')")
    assert studio_of_page.db.get_or_none(project, "p9") is None


def test_edits_are_not_lost_by_a_key(page: Page) -> None:
    show(page)
    panel = open_row(page, 1)
    panel.locator("#field-title").fill("Half")

    page.keyboard.press("Escape")
    page.click("dialog button:has-text('Cancel')")
    assert "Half" == panel.locator("#field-title").input_value()

    page.keyboard.press("Escape")
    page.click("dialog button:has-text('Leave')")
    page.wait_for_selector("#panel", state="hidden")


def test_a_link_and_the_way_back_ask_before_edits_are_lost(page: Page) -> None:
    show(page, "projects")
    show(page)
    title = open_row(page, 1).locator("#field-title")
    for leave in (lambda: page.click(".side a:has-text('projects')"), page.go_back):
        title.fill("Half")
        leave()
        page.click("dialog button:has-text('Cancel')")
        assert ("Half", "tasks") == (title.input_value(), page.inner_text("h1"))
        assert page.url.endswith("#/table/tasks")

    page.click(".side a:has-text('projects')")
    page.click("dialog button:has-text('Leave')")
    page.wait_for_selector("h1:has-text('projects')")
    page.wait_for_selector("#panel", state="hidden")
    assert page.url.endswith("#/table/projects")


def test_a_wrong_value_is_marked_and_mended(page: Page, studio_of_page: Studio) -> None:
    with studio_of_page.db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE tasks SET due = 'infinity' WHERE id = '{SECOND}'")
    show(page)
    assert "Not a value of due: not an instant" in column(page, "due")[1]
    panel = open_row(page, 1)
    due = panel.locator("[data-column=due]")
    assert "Stored is what the column does not take: infinity" in due.inner_text()

    due.locator("input[type=text]").fill("2026-02-01T00:00:00Z")
    panel.locator("button:has-text('Save')").click()
    page.wait_for_selector(".toast:has-text('saved')")

    assert "Stored is" not in due.inner_text()
    page.wait_for_selector(f"{ROW} [tabulator-field=due]:has-text('2026-02-01T00:00:00.000Z')")


def test_a_row_that_somebody_changed_is_loaded_again_with_what_was_typed(
    page: Page, studio_of_page: Studio
) -> None:
    show(page)
    panel = open_row(page, 1)
    task = studio_of_page.table("tasks")
    studio_of_page.db.run(ds.update(task, SECOND).set(title="Theirs", priority=8))

    panel.locator("#field-title").fill("Mine")
    panel.locator("button:has-text('Save')").click()
    panel.locator("button:has-text('Load the row again')").click()
    page.wait_for_selector("#panel dd code:text-is('Theirs')")
    assert "8" == panel.locator("#field-priority").input_value()
    panel.locator("button:has-text('Save')").click()
    page.wait_for_selector(".toast:has-text('saved')")

    assert "Mine" == studio_of_page.db.get(task, SECOND).title


def test_a_foreign_key_leads_to_its_row(page: Page) -> None:
    show(page)
    page.locator(f"{ROW} [tabulator-field=project_id] a").nth(1).evaluate("link => link.click()")

    page.wait_for_selector("h1:has-text('projects')")
    page.wait_for_selector(".total:text-is('1 row')")
    assert ["Kitchen"] == column(page, "name")
    page.go_back()
    page.wait_for_selector("h1:has-text('tasks')")


def test_texts_of_rows_are_no_markup(page: Page, studio_of_page: Studio) -> None:
    hostile = "<img src=x onerror=alert(1)><b>x</b>"
    task = studio_of_page.table("tasks")
    values = {"title": hostile, "data": {hostile: hostile}, "tags": [hostile]}
    studio_of_page.db.run(ds.update(task, SECOND).set(values))

    show(page)
    panel = open_row(page, 1)

    assert hostile == column(page, "title")[1]
    assert json.dumps(hostile) in panel.locator("[data-column=data] .tree").inner_text()
    assert 0 == page.locator("main img, #panel img, main b:text-is('x')").count()


def test_a_dead_letter_is_shown_and_replayed(page: Page, studio_of_page: Studio) -> None:
    letter = studio_of_page.refuse()
    page.click(".side a:has-text('Dead letters')")
    page.click("[aria-label^='Open the letter']")
    panel = page.locator("#panel")
    page.wait_for_selector("#panel .operations")
    assert "Too long Too long" in panel.locator(".operations").inner_text()

    panel.locator("button:has-text('Replay')").click()
    page.wait_for_selector("#panel .outcome:has-text('Refused again, for the same reason')")

    stored = studio_of_page.db.get(DeadLetter, letter)
    mended = stored.entries.replace("Too long " * 9, "Short")
    studio_of_page.db.run(ds.update(DeadLetter, letter).set(entries=mended))
    panel.locator("button:has-text('Replay')").click()
    page.wait_for_selector("#panel .outcome:has-text('Applied: 1 operation')")
    assert "Short" == studio_of_page.db.get(studio_of_page.table("projects"), "p9").name
    assert 0 == panel.locator("button:has-text('Replay')").count()
    page.wait_for_selector(".empty:has-text('No dead letters that are waiting')")


def test_the_diagram_lights_up_what_a_table_is_joined_to(page: Page) -> None:
    page.click(".side a:has-text('Schema diagram')")
    page.wait_for_selector(".diagram svg")
    assert 4 == page.locator(".diagram .table").count()

    page.locator(".diagram [data-table=projects]").focus()
    lit = page.locator(".diagram .table.lit").evaluate_all("all => all.map(a => a.dataset.table)")
    assert ["projects", "tasks"] == lit

    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('projects')")


def test_without_write_nothing_can_be_changed(browser: Browser, studio_of_page: Studio) -> None:
    studio_of_page.refuse()
    with opened_page(browser, studio_of_page, write=False) as page:
        assert "read-only" in page.inner_text("#about")
        show(page)
        page.locator(f"{ROW} [tabulator-field=priority]").nth(1).dblclick()
        page.wait_for_selector("#panel .field")
        assert 0 == page.locator("#panel input, #panel textarea, #panel select").count()
        assert 0 == page.locator("button:has-text('Save'), button:has-text('New row')").count()
        page.click(".side a:has-text('Dead letters')")
        page.click("[aria-label^='Open the letter']")
        page.wait_for_selector("#panel .operations")
        assert 0 == page.locator("button:has-text('Replay')").count()
