"""Who may ask the studio: nobody without the token, and no other page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.asgi.api import Client
from tests.studio.world import PORT, TOKEN, opened

HOST = f"127.0.0.1:{PORT}"
ASKED = {"Host": HOST, "X-Dualschema-Studio": TOKEN}
ROW = "/api/tables/projects/row?key=%22p1%22"


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with opened("sqlite://", "portable") as studio:
        studio.fill(3)
        yield studio.client(write=True)


@pytest.mark.parametrize("path", ["/", "/api/schema", "/static/app.js", ROW])
def test_the_token_opens_everything(client: Client, path: str) -> None:
    assert 200 == client.get(path, headers=ASKED).status_code


@pytest.mark.parametrize("path", ["/api/schema", ROW, "/api/letters", "/nowhere", "/static"])
@pytest.mark.parametrize("given", [None, "", "1", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), "\xe9"])
def test_nothing_of_the_database_is_told_without_the_token(
    client: Client, path: str, given: str | None
) -> None:
    headers = [(b"host", HOST.encode()), (b"cookie", f"token={TOKEN}".encode())]
    if given is not None:
        headers.append((b"x-dualschema-studio", given.encode("latin-1")))

    response = client.get(f"{path}?token={TOKEN}", headers=headers)

    assert 403 == response.status_code
    assert "Open the address that `dualschema studio` printed: it has a token.\n" == response.text


@pytest.mark.parametrize("path", ["/", f"/?token={TOKEN}", "/static/app.js"])
def test_the_page_itself_has_no_secret_and_sets_no_cookie(client: Client, path: str) -> None:
    response = client.get(path, headers={"Host": HOST})

    assert 200 == response.status_code
    assert TOKEN not in response.text
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("token", ["", "x", TOKEN + "x", "é"])
def test_a_wrong_token_is_not_kept_by_the_page(client: Client, token: str) -> None:
    assert 403 == client.get("/", params={"token": token}, headers=ASKED).status_code


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", "[::1]:80", ""]
)
def test_another_name_that_leads_here_is_refused(client: Client, host: str) -> None:
    asked = client.get("/api/schema", headers={**ASKED, "Host": host})
    opened = client.get("/", params={"token": TOKEN}, headers={"Host": host})

    assert (421, 421) == (asked.status_code, opened.status_code)


def test_localhost_is_this_machine_too(client: Client) -> None:
    response = client.get("/api/schema", headers={**ASKED, "Host": f"localhost:{PORT}"})

    assert 200 == response.status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},  # another port of this machine
    ],
)
def test_another_page_of_the_browser_is_refused(client: Client, headers: dict[str, str]) -> None:
    read = client.get("/api/schema", headers={**ASKED, **headers})
    written = client.request("DELETE", ROW, headers={**ASKED, **headers})
    script = client.get("/static/app.js", headers={**ASKED, **headers})

    assert (403, 403, 403) == (read.status_code, written.status_code, script.status_code)
    assert "access-control-allow-origin" not in read.headers


@pytest.mark.parametrize(("dest", "status"), [("document", 200), ("iframe", 403), ("empty", 403)])
def test_a_link_of_another_page_opens_the_studio_but_no_frame(
    client: Client, dest: str, status: int
) -> None:
    sent = {"Host": HOST, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": dest}

    page = client.get("/", params={"token": TOKEN}, headers=sent)
    data = client.get("/api/schema", headers={**ASKED, **sent})

    assert (status, 403) == (page.status_code, data.status_code)


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT", "OPTIONS"])
def test_what_may_change_something_needs_the_token_in_the_header(
    client: Client, method: str
) -> None:
    headers = {"Host": HOST, "Origin": f"http://{HOST}", "Cookie": f"token={TOKEN}"}

    assert 403 == client.request(method, ROW, headers=headers).status_code


@pytest.mark.parametrize("path", ["/", "/api/schema", "/static/style.css", "/nowhere"])
@pytest.mark.parametrize("headers", [ASKED, {"Host": HOST}], ids=["open", "closed"])
def test_every_answer_forbids_what_the_page_does_not_do(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    response = client.get(path, headers=headers)

    policy = response.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" == policy[0]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "no-store" == response.headers["cache-control"]
    assert "nosniff" == response.headers["x-content-type-options"]
    assert "no-referrer" == response.headers["referrer-policy"]


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/"])
def test_only_the_files_of_the_page_are_served(client: Client, path: str) -> None:
    assert 404 == client.get(path, headers=ASKED).status_code


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app.js", "text/javascript; charset=utf-8"),
        ("vendor/tabulator/tabulator_esm.min.mjs", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_files_have_their_types_whatever_the_system_says(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str, expected: str
) -> None:
    monkeypatch.setattr("mimetypes.guess_type", lambda *_, **__: ("text/plain", None))

    response = client.get(f"/static/{path}", headers=ASKED)

    assert (200, expected) == (response.status_code, response.headers["content-type"])
