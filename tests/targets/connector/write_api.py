"""A stub of the backend: the write API as its draft has it, tokens, and an idle sync service."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

__all__ = ["WriteApi", "fatal", "retryable", "success", "token"]

MOST: Final = 50
OPERATIONS: Final = ("PUT", "PATCH", "DELETE")

Answer = tuple[int, Any]


def token(name: str, /, *, seconds: float = 3600, **claims: Any) -> str:
    """Return a JWT that expires; nobody here checks its signature."""
    payload = {"sub": name, "exp": int(time.time() + seconds), **claims}
    parts = [{"alg": "none"}, payload]
    encoded = [json.dumps(part, ensure_ascii=False).encode() for part in parts]
    return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in [*encoded, b"x"])


def retryable(**fields: Any) -> dict[str, Any]:
    """Return a result that is to be tried again."""
    return {"status": "retryable_error", **fields}


def success(**fields: Any) -> dict[str, Any]:
    """Return the result of a transaction that is done, with what our backend adds."""
    return {"status": "success", **fields}


def fatal(*, asks: bool, code: str = "CONSTRAINT_VIOLATION", **failed: Any) -> dict[str, Any]:
    """Return a result that is final, or asks the client."""
    failed_operation = {"error_code": code, **failed}
    return {
        "status": "fatal_error",
        "requires_client_handling": asks,
        "failed_operation": failed_operation,
        "message": "refused",
    }


class WriteApi:
    """The backend's state, and its server.

    Attributes:
        verdicts: results by the id of a transaction's first row; without one, it succeeds.
        skips: whether it goes on after a fatal error that is the backend's to decide.
        answers: answers to the next posts, in place of the contract's.
        malformed: ids of rows that make a body malformed.
        token: the token that is good, and given out; without one nobody is signed in.
        accepts: the token that is good, if another than the one that is given out.
        applied: the ids of rows in transactions that succeeded, in order.
        posts: the bodies that were posted, with a good token or not.
        tokens: the headers of requests for tokens.
    """

    def __init__(self) -> None:
        self.verdicts: dict[str, dict[str, Any]] = {}
        self.skips = False
        self.answers: list[Answer | Callable[[], Answer]] = []
        self.malformed: set[str] = set()
        self.token: str | None = token("first")
        self.accepts: str | None = None
        self.headers: dict[str, str] = {}
        self.applied: list[str] = []
        self.posts: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        self.tokens: list[dict[str, str]] = []
        self.port = 0
        self.stopped = threading.Event()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[WriteApi]:
        """Serve, on the same port each time."""
        server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        server.daemon_threads = True
        self.port = server.server_port
        self.stopped.clear()
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self.stopped.set()
            server.shutdown()
            thread.join()
            server.server_close()

    def get_token(self, headers: dict[str, str]) -> Answer:
        """Answer a request for a token."""
        self.tokens.append(headers)
        if self.token is None:
            return 401, {"message": "nobody is signed in"}
        return 200, {"token": self.token, "powersync_url": f"{self.url}/"}

    def post_data(self, authorization: str | None, text: bytes) -> Answer:
        """Answer an upload."""
        body = json.loads(text)
        self.posts.append(body)
        self.authorizations.append(authorization)
        if self.answers:
            answer = self.answers.pop(0)
            return answer() if callable(answer) else answer
        if authorization != f"Bearer {self.accepts or self.token}":
            return 401, {"message": "the token is no good"}
        if fault := self.fault(body):
            return 400, {"message": fault}
        return 200, {"results": self.apply(body["transactions"])}

    def fault(self, body: Any) -> str | None:
        """Return what is wrong with a body by the contract."""
        transactions = body.get("transactions")
        if not isinstance(transactions, list) or not 1 <= len(transactions) <= MOST:
            return "1 to 50 transactions"
        for transaction in transactions:
            if not isinstance(transaction.get("transaction_id", 0), int):
                return "transaction_id is an integer"
            for entry in transaction["crud"]:
                if fault := self.fault_of_entry(entry):
                    return fault
        return None

    def fault_of_entry(self, entry: dict[str, Any]) -> str | None:
        """Return what is wrong with an operation."""
        if entry["id"] in self.malformed:
            return f"{entry['id']} is malformed"
        types = {"id": str, "table": str, "op": str}
        optional = {
            "op_id": int,
            "transaction_id": int,
            "op_data": dict,
            "previous_values": dict,
            "metadata": str,
        }
        for name, value in entry.items():
            if not isinstance(value, (types | optional).get(name, ())):
                return f"{name} is not what the contract says"
        return None if types.keys() <= entry.keys() and entry["op"] in OPERATIONS else "incomplete"

    def apply(self, transactions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Apply transactions in order, until one stops the batch."""
        results: list[dict[str, Any]] = []
        for transaction in transactions:
            ids = [entry["id"] for entry in transaction["crud"]]
            result = self.verdicts.get(ids[0], {"status": "success"})
            results.append(result)
            if result["status"] == "success":
                self.applied += ids
            elif not (self.skips and result.get("requires_client_handling") is False):
                break
        rest = len(transactions) - len(results)
        return [*results, *({"status": "not_attempted"} for _ in range(rest))]


def _handler(api: WriteApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/api/auth/token":
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.answer(*api.get_token(headers))
            elif self.path.startswith("/write-checkpoint2.json"):
                self.answer(200, {"data": {"write_checkpoint": "1"}})
            else:
                self.answer(404, {"message": "nothing is here"})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/api/data":
                self.answer(*api.post_data(self.headers["Authorization"], text))
            elif self.path == "/sync/stream":
                self.stream()
            else:
                self.answer(404, {"message": "nothing is here"})

        def answer(self, status: int, body: Any) -> None:
            text = body if isinstance(body, str) else json.dumps(body)
            self.send_response(status)
            for name, value in api.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def stream(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ndjson")
            self.end_headers()
            self.wfile.write(b'{"token_expires_in": 3600}\n')
            self.wfile.flush()
            api.stopped.wait()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
