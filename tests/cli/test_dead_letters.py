"""``dualschema dead-letters``: what was refused is found, and replayed or closed."""

from __future__ import annotations

import json
from typing import Any

import pytest

import dualschema as ds
from dualschema.upload import Batch, Operation, Transaction, Uploader
from tests.cli.commands import Done
from tests.cli.letters import Server


def test_without_letters_there_is_nothing_to_list(server: Server) -> None:
    assert Done(0, "no dead letters\n", "") == server("list")
    assert {"letters": []} == server.json("list")
    assert Done(0, "no dead letters wait\n", "") == server("replay", "--all")


def test_letters_are_listed_with_their_reasons(server: Server) -> None:
    folder, page, change = server.a_family()

    done = server("list")

    lines = [line for line in done.out.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    assert (0, "") == (done.code, done.err)
    assert [[folder, "ann"], [page, "ann"], [change, "ann"]] == [each[:2] for each in cells]
    assert ["UNIQUE_VIOLATION", "1", ""] == [cells[0][3], *cells[0][5:]]
    assert "another row has this value" in cells[0][4]
    assert ["BLOCKED", "folder_id: it names a row that is not there", "1", folder] == cells[1][3:]
    assert ["BLOCKED", "the row's own write was refused, and waits", "1", page] == cells[2][3:]


def test_a_list_may_be_of_one_user_or_of_another_state(server: Server) -> None:
    family = server.a_family()
    other = server.refused(Operation("PUT", "pages", "p1", {"folder_id": "no"}), user="eve")
    server("discard", family[2])

    def listed(*arguments: str) -> list[str]:
        return [each["id"] for each in server.json("list", *arguments)["letters"]]

    assert [*family[:2], other] == listed()
    assert [other] == listed("--user", "eve")
    assert [family[2]] == listed("--state", "discarded")
    assert [*family, other] == listed("--state", "all")
    assert [] == listed("--state", "trying")
    assert " state " in server("list", "--state", "all").out
    assert 2 == server("list", "--state", "lost").code


def test_programs_are_told_all_of_a_letter(server: Server) -> None:
    folder, page, _ = server.a_family()

    listed, shown = server.json("list")["letters"][1], server.json("show", page)

    assert folder == listed["blocked_by"][0]
    assert 1 == listed.pop("operations")
    [operation] = shown.pop("operations")
    assert {
        "op": "PUT",
        "table": "pages",
        "id": "p1",
        "op_id": 200,
        "op_data": {"folder_id": "f1", "text": "a"},
    } == operation
    extra = {"resolved_at": None, "transaction_id": 2, "operation_index": 0}
    details = shown.pop("details")
    assert {"table": "pages", "id": "p1", "column": "folder_id", "blocked_by": [folder]} == details
    assert {**listed, **extra} == {**shown, "transaction_id": int(shown["transaction_id"])}
    assert ("ann", "ann's phone", "waiting") == (
        listed["user_id"],
        listed["client_id"],
        listed["state"],
    )


def test_a_letter_is_shown_with_its_operations_and_nothing_steers_the_terminal(
    server: Server,
) -> None:
    letter = server.refused(
        Operation("PATCH", "pages", "p1", {"text": "é\x1b[2J"}),
        Operation("DELETE", "pages", "p\x1b[2J2", {}),
        Operation("PATCH", "nowhere", "p1", {}),
    )

    done = server("show", letter)

    when = server.json("show", letter)["created_at"]
    assert (
        f"id:          {letter}\n"
        "user:        ann\n"
        "client:      ann's phone\n"
        f"when:        {when}\n"
        "state:       waiting\n"
        "refused:     UNKNOWN_TABLE: there is no such table to upload to\n"
        "operation:   2\n"
        '   0  PATCH pages p1  {"text": "é\\u001b[2J"}\n'
        "   1  DELETE pages p\ufffd[2J2\n"
        "   2  PATCH nowhere p1  {}\n"
    ) == done.out
    assert "\x1b" not in server("list").out


def test_a_replay_whose_cause_remains_is_refused_again(server: Server) -> None:
    folder, page, _ = server.a_family()

    done = server("replay", folder)
    reason = server.up.letters.get(folder).message
    assert Done(1, f"{folder}  refused again, UNIQUE_VIOLATION: {reason}\n", "") == done

    done = server("replay", page)
    reason = f"BLOCKED: folder_id: it names a row that is not there; it waits for {folder}"
    assert Done(1, f"{page}  refused again, {reason}\n", "") == done

    done = server("replay", "--all", "--json")
    assert 1 == done.code
    assert ["refused"] * 3 == [each["result"] for each in json.loads(done.out)["letters"]]
    assert {"waiting"} == set(server.states().values())


def test_when_its_cause_is_gone_it_is_replayed_with_those_that_waited(server: Server) -> None:
    family = server.a_family()
    server.free_slug()

    done = server("replay", family[0])

    assert Done(0, "".join(f"{each}  replayed\n" for each in family), "") == done
    assert {"replayed"} == set(server.states().values())
    page = server.db.get(server.table("Page"), "p1")
    assert ("b", "f1", "ann") == (page.text, page.folder_id, page.user_id)


def test_one_that_waited_and_is_refused_for_its_own_reason_is_told(server: Server) -> None:
    server.take_slug()
    folder = server.refused(Operation("PUT", "folders", "f1", {"slug": "home"}))
    page = server.refused(Operation("PUT", "pages", "p1", {"folder_id": "f1"}))
    bad = server.refused(
        Operation("PUT", "pages", "p2", {"folder_id": "f1"}),
        Operation("PATCH", "pages", "p2", {"stars": -1}),
    )
    server.free_slug()

    done = server("replay", folder, "--json")

    told = {each["id"]: each for each in json.loads(done.out)["letters"]}
    assert 1 == done.code
    assert {folder: "replayed", page: "replayed", bad: "refused"} == {
        each: found["result"] for each, found in told.items()
    }
    assert "INVALID_DATA" == told[bad]["error_code"]


def test_all_of_a_user_are_replayed_in_the_order_of_their_age(server: Server) -> None:
    family = server.a_family()
    other = server.refused(Operation("PUT", "folders", "f9", {"slug": "home"}), user="eve")
    server.free_slug()

    done = server("replay", "--all", "--user", "ann", "--json")

    assert (0, list(family)) == (
        done.code,
        [each["id"] for each in json.loads(done.out)["letters"]],
    )
    assert "waiting" == server.states()[other]
    done = server("replay", "--all")
    assert (1, f"{other}  refused again, ") == (done.code, done.out[: len(other) + 17])


def test_letters_are_replayed_by_age_however_they_are_named(server: Server) -> None:
    folder, page, _ = server.a_family()
    server.free_slug()

    assert 0 == server("replay", page, folder).code
    assert {"replayed"} == set(server.states().values())


def test_a_discarded_letter_leaves_those_that_wait_for_it(server: Server) -> None:
    folder, page, change = server.a_family()

    done = server("discard", folder)

    waits = [
        f"{each} waits for it still: --with-blocked discards it, too\n" for each in (page, change)
    ]
    assert Done(0, f"{folder}  discarded\n" + "".join(waits), "") == done
    assert {folder: "discarded", page: "waiting", change: "waiting"} == server.states()


def test_those_that_wait_for_it_may_be_discarded_as_well(server: Server) -> None:
    family = server.a_family()
    other = server.refused(Operation("PUT", "pages", "p9", {"folder_id": "no"}))

    told = server.json("discard", family[0], "--with-blocked")

    assert [{"id": each, "result": "discarded"} for each in family] == told["letters"]
    assert [] == told["still_blocked"]
    assert {**dict.fromkeys(family, "discarded"), other: "waiting"} == server.states()
    assert "discarded" in server("show", family[0]).out


def test_nothing_is_done_where_one_of_the_ids_is_wrong(server: Server) -> None:
    folder, page, _ = server.a_family()
    server("discard", page)
    server.free_slug()

    for command in ("replay", "discard"):
        done = server(command, folder, "nowhere")
        assert Done(2, "", "error: there is no dead letter nowhere\n") == done
        done = server(command, folder, page)
        assert Done(2, "", f"error: the dead letter {page} was discarded already\n") == done
    assert Done(2, "", "error: there is no dead letter nowhere\n") == server("show", "nowhere")
    assert "waiting" == server.states()[folder]


def test_what_a_client_still_sends_is_not_replayed(server: Server) -> None:
    def failing(*_: Any) -> bool:
        raise KeyError("a fault of the application's")

    server.db.run(ds.insert(server.table("Folder")(id="f1", slug="a", user_id="ann")))
    server.up = Uploader(server.db, server.schema, authorise={server.table("Page"): failing})
    operation = Operation("PUT", "pages", "p1", {"folder_id": "f1"}, op_id=1)
    server.up.apply(Batch([Transaction([operation])], "phone"), "ann")
    [letter] = server.states()

    done = server("replay", letter)

    reason = "is not given up yet: its client sends it again"
    assert Done(2, "", f"error: the dead letter {letter} {reason}\n") == done
    assert [letter] == [each["id"] for each in server.json("list", "--state", "trying")["letters"]]


@pytest.mark.parametrize("arguments", [[], ["some-id", "--all"], ["some-id", "--user", "ann"]])
def test_a_replay_is_of_named_letters_or_of_all(server: Server, arguments: list[str]) -> None:
    done = server("replay", *arguments)

    wanted = "error: name the dead letters to replay, or say --all, or --all --user ID\n"
    assert Done(2, "", wanted) == done
