"""Dead letters over the API: listed, shown, replayed, discarded."""

from __future__ import annotations

import json

import pytest

import dualschema as ds
from dualschema.upload import Batch, DeadLetter, Operation, Transaction, Uploader
from tests.studio.world import Studio, make_schema


def states(studio: Studio) -> list[str]:
    return [letter["state"] for letter in studio.get("letters")["letters"]]


def test_a_letter_tells_why_it_was_refused_and_what_it_holds(studio: Studio) -> None:
    letter = studio.refuse()

    [listed] = studio.get("letters", state="waiting")["letters"]
    shown = studio.get(f"letters/{letter}")

    assert (letter, "u1", "waiting", 1) == (
        listed["id"],
        listed["user_id"],
        listed["state"],
        listed["operations"],
    )
    assert listed.items() <= shown.items()
    [entry] = shown["entries"]
    assert ("PUT", "projects", "p9") == (entry["op"], entry["table"], entry["id"])
    assert {"name": "Too long " * 9, "user_id": "u1"} == json.loads(entry["data"])
    assert "name" in shown["message"]
    assert 1 == studio.get("counts")["letters"]


def test_the_newest_letters_are_listed_and_all_are_counted(studio: Studio) -> None:
    letter = studio.db.get(DeadLetter, studio.refuse())
    more = [letter.model_copy(update={"id": f"l{at}"}) for at in range(600)]
    studio.db.run(ds.insert(more))

    found = studio.get("letters")

    assert (601, 500) == (found["total"], len(found["letters"]))
    assert 601 == studio.get("counts")["letters"]


def test_a_letter_whose_fault_is_gone_is_applied_once(studio: Studio) -> None:
    letter = studio.refuse()
    stored = studio.db.get(DeadLetter, letter)
    mended = stored.entries.replace("Too long " * 9, "Short")
    studio.db.run(ds.update(DeadLetter, letter).set(entries=mended))

    first, second = (studio.ask("POST", f"letters/{letter}/replay") for _ in range(2))

    assert (200, {"result": "applied", "followed": 0}) == (first.status_code, first.json())
    assert "Short" == studio.db.get(studio.table("projects"), "p9").name
    assert (404, f"the dead letter {letter} was replayed already") == (
        second.status_code,
        second.json()["error"],
    )
    assert ["replayed"] == states(studio)


def test_letters_that_waited_for_one_are_applied_with_it_and_counted(studio: Studio) -> None:
    first = studio.refuse()
    assert studio.uploader is not None
    for number in (2, 3):
        later = Operation("PATCH", "projects", "p9", {"slug": f"s{number}"})
        studio.uploader.apply(Batch([Transaction([later], number)], "client-1"), "u1")
    assert 3 == studio.get("counts")["letters"]
    stored = studio.db.get(DeadLetter, first)
    mended = stored.entries.replace("Too long " * 9, "Short")
    studio.db.run(ds.update(DeadLetter, first).set(entries=mended))

    done = studio.ask("POST", f"letters/{first}/replay").json()

    assert {"result": "applied", "followed": 2} == done
    assert "s3" == studio.db.get(studio.table("projects"), "p9").slug


def test_a_letter_that_is_refused_again_waits_on(studio: Studio) -> None:
    letter = studio.refuse()

    done = studio.ask("POST", f"letters/{letter}/replay").json()

    assert "refused" == done["result"]
    assert "name" in done["message"]
    assert ["waiting"] == states(studio)


def test_a_letter_is_discarded(studio: Studio) -> None:
    letter = studio.refuse()

    done = studio.ask("POST", f"letters/{letter}/discard")

    assert (200, {"result": "discarded"}) == (done.status_code, done.json())
    assert ["discarded"] == states(studio)
    assert [] == studio.get("letters", state="waiting")["letters"]
    assert studio.get(f"letters/{letter}")["resolved_at"]


@pytest.mark.parametrize("action", ["", "/replay", "/discard"])
def test_an_unknown_letter_is_told(studio: Studio, action: str) -> None:
    response = studio.ask("POST" if action else "GET", f"letters/nope{action}")

    assert 404 == response.status_code


def test_an_unknown_state_is_told(studio: Studio) -> None:
    response = studio.ask("GET", "letters", query={"state": "lost"})

    assert (400, "a state is one of waiting, trying, replayed, discarded") == (
        response.status_code,
        response.json()["error"],
    )


def test_a_database_without_letters_has_none(studio: Studio) -> None:
    without = Studio(studio.db, studio.schema, None)

    assert without.get("schema")["letters"] is False
    assert without.get("counts")["letters"] is None
    assert 404 == without.ask("GET", "letters").status_code


@pytest.mark.parametrize("path", ["schema", "counts", "letters", "tables/tasks/rows"])
def test_a_server_that_does_not_answer_is_told(path: str) -> None:
    schema = make_schema()
    with ds.connect("postgresql://nobody:secret@127.0.0.1:1/none") as db:
        response = Studio(db, schema, Uploader(db, schema)).ask("GET", path)

    assert 503 == response.status_code
    assert "secret" not in response.text
