"""``openapi``: the document that describes the routes, made from the types of the wire."""

from __future__ import annotations

from typing import Any, Final, Unpack

from pydantic import TypeAdapter

from dualschema.asgi import contract
from dualschema.asgi.parts import Parts
from dualschema.upload.wire.identity import LONGEST_IDENTITY

__all__ = ["openapi"]

_TYPES: Final = tuple(contract.__all__)

_BEARER: Final = [{"bearer": list[str]()}]


def openapi(**parts: Unpack[Parts]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the routes that the same parts make.

    Args:
        parts: as keywords; see ``Parts``.
    """
    prefix = parts.get("prefix", "/api")
    limits = parts["uploader"].limits
    schemas = _schemas()
    schemas["WriteRequest"]["properties"]["transactions"]["maxItems"] = limits.transactions
    paths: dict[str, Any] = {f"{prefix}/data": _data()}
    if parts.get("issuer") is not None:
        paths[f"{prefix}/auth/token"] = {"get": _token()}
    if parts.get("keys") is not None:
        paths[f"{prefix}/auth/keys"] = {"get": _keys()}
    if parts.get("broadcaster") is not None:
        paths[f"{prefix}/events"] = {"get": _events()}
    paths[f"{prefix}/openapi.json"] = {"get": _document()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "dualschema",
            "version": "1",
            "description": "Uploads of PowerSync clients, their tokens, and events.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _schemas() -> dict[str, Any]:
    adapters = [(name, "validation", TypeAdapter(getattr(contract, name))) for name in _TYPES]
    template = "#/components/schemas/{model}"
    _, made = TypeAdapter.json_schemas(adapters, ref_template=template)  # type: ignore[arg-type]  # its modes are texts
    found: dict[str, Any] = made["$defs"]
    return found


def _data() -> dict[str, Any]:
    client = {
        "name": "X-Client-Id",
        "in": "header",
        "description": "which of the user's client databases it is, where the body does not say",
        "schema": {"type": "string", "maxLength": LONGEST_IDENTITY},
    }
    several = ("WriteRequest", "DemoRequest", "SdkRequest", "SdkEntry")
    entries = {"type": "array", "items": _reference("SdkEntry")}
    requests = {"anyOf": [*map(_reference, several), entries]}
    posted = _upload("Apply what a client wrote", "post_data", requests)
    one = _reference("VerbRequest")
    return {
        "parameters": [client],
        "post": posted,
        **{
            verb: _upload(f"Apply one operation: {verb.upper()}", f"{verb}_data", one)
            for verb in ("put", "patch", "delete")
        },
    }


def _upload(summary: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": summary,
        "operationId": name,
        "security": _BEARER,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": _answer("What became of each transaction.", "WriteResults"),
            "400": _answer("The body is malformed, or has too many transactions.", "Message"),
            "401": _unauthorized(),
            "413": _answer("The body is too large, or has too many operations.", "Message"),
            "415": _answer("The body is no JSON, or compressed.", "Message"),
            "500": _answer("The server failed.", "Message"),
            "503": _later("To an older client: all of it is to be sent again.", "OlderResults"),
        },
    }


def _token() -> dict[str, Any]:
    return {
        "summary": "Get a token",
        "operationId": "get_token",
        "description": "Who asks is told by the application's own means.",
        "responses": {
            "200": _answer("A token.", "TokenAnswer"),
            "401": _unauthorized(),
            "500": _answer("The server failed.", "Message"),
        },
    }


def _keys() -> dict[str, Any]:
    return {
        "summary": "Get the public keys of tokens",
        "operationId": "get_keys",
        "responses": {
            "200": _answer("The keys.", "JwkSet"),
            "500": _answer("The server failed.", "Message"),
        },
    }


def _events() -> dict[str, Any]:
    channels = {
        "name": "channels",
        "in": "query",
        "required": True,
        "description": "names of channels, with commas between them",
        "schema": {"type": "string", "minLength": 1},
    }
    last = {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "the id of the last event that the client has",
        "schema": {"type": "string", "pattern": "^[0-9]{0,18}$"},
    }
    stream = {
        "description": "Server-sent events, whose data are a Connected, then EventMessages.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
    return {
        "summary": "Hear events",
        "operationId": "get_events",
        "security": _BEARER,
        "parameters": [channels, last],
        "responses": {
            "200": stream,
            "400": _answer("No channel is named, or too many.", "Message"),
            "401": _unauthorized(),
            "403": _answer("A channel may not be heard.", "Message"),
            "500": _answer("The server failed.", "Message"),
            "503": _later("Events cannot be heard now.", "Message"),
        },
    }


def _document() -> dict[str, Any]:
    shown = {"application/json": {"schema": {"type": "object"}}}
    return {
        "summary": "Get this document",
        "operationId": "get_openapi",
        "responses": {"200": {"description": "OpenAPI 3.1.", "content": shown}},
    }


def _answer(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": _reference(schema)}}
    return {"description": description, "content": content}


def _unauthorized() -> dict[str, Any]:
    header = {"schema": {"type": "string"}}
    answered = _answer("Nobody is known to ask, or the token is refused.", "Message")
    return {**answered, "headers": {"WWW-Authenticate": header}}


def _later(description: str, schema: str) -> dict[str, Any]:
    header = {"description": "in seconds", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
    return {**_answer(description, schema), "headers": {"Retry-After": header}}


def _reference(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
