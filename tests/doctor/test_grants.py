"""Each fault of the role that PowerSync logs in as is found, and its fix puts it right."""

from __future__ import annotations

import pytest

from tests.doctor.conftest import SetUp


def test_a_role_that_is_not_there(healthy: SetUp) -> None:
    healthy.run(f"DROP OWNED BY {healthy.role}; DROP ROLE {healthy.role}")

    ((check, text, fix),) = healthy.faults()

    assert ("grants", f"there is no role {healthy.role}") == (check, text)
    assert fix.startswith("run with psql what `dualschema codegen publication` writes")
    healthy.run_publication()
    assert [] == healthy.faults()


@pytest.mark.parametrize(
    ("spoiling", "text"),
    [
        ("ALTER ROLE {} NOREPLICATION", "{} may not replicate"),
        ("ALTER ROLE {} NOLOGIN NOREPLICATION", "{} may not log in and not replicate"),
        ("REVOKE SELECT ON notes FROM {}", "{} may not read notes"),
        (
            "REVOKE USAGE ON SCHEMA public FROM {}, PUBLIC",
            "{} may not use the schema public",
        ),
        (
            "ALTER TABLE notes ENABLE ROW LEVEL SECURITY",
            "row-level security hides rows of notes from {}",
        ),
        (
            (
                "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
                "CREATE POLICY fewer ON notes AS RESTRICTIVE FOR SELECT TO {} USING (true)"
            ),
            "row-level security hides rows of notes from {}",
        ),
        (
            "REVOKE SELECT ON notes FROM {0}; GRANT SELECT (id, text) ON notes TO {0}",
            "{} may not read notes",
        ),
        ("ALTER ROLE {} VALID UNTIL '2020-01-01'", "the password of {} has expired"),
    ],
    ids=[
        "replication",
        "login",
        "table",
        "schema",
        "row-level security",
        "restrictive policy",
        "some columns",
        "expired",
    ],
)
def test_what_the_role_may_not(healthy: SetUp, spoiling: str, text: str) -> None:
    healthy.run(spoiling.format(healthy.role))

    (found,) = healthy.faults()

    assert ("grants", text.format(healthy.role)) == found[:2]
    healthy.follow(found)
    assert [] == healthy.faults()


def test_membership_stands_for_replication_where_nobody_gets_it(healthy: SetUp) -> None:
    healthy.run(
        f"ALTER ROLE {healthy.role} NOREPLICATION;"
        f"CREATE ROLE rds_replication; GRANT rds_replication TO {healthy.role}"
    )
    try:
        assert [] == healthy.faults()
    finally:
        healthy.run("DROP ROLE rds_replication")


def test_a_role_that_may_not_connect(healthy: SetUp) -> None:
    name = healthy.base.engine.url.database
    healthy.run(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC, {healthy.role}')

    (found,) = healthy.faults()

    text = f"{healthy.role} may not connect to the database {name}"
    assert ("grants", text) == found[:2]
    healthy.follow(found)
    assert [] == healthy.faults()


def test_a_role_that_may_read_each_column(healthy: SetUp) -> None:
    healthy.run(
        f"REVOKE SELECT ON notes FROM {healthy.role};"
        f"GRANT SELECT (id, text, stars, user_id) ON notes TO {healthy.role}"
    )

    assert [] == healthy.faults()


def test_a_policy_for_the_role_lets_it_read(healthy: SetUp) -> None:
    healthy.run(
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY followed ON notes FOR SELECT TO {healthy.role} USING (true)"
    )

    assert [] == healthy.faults()
