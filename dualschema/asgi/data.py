"""The route of uploads."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dualschema.asgi.identity import Verifier, user_of_token
from dualschema.asgi.serving import Endpoint, json_response
from dualschema.upload import Limits, Uploader
from dualschema.upload.wire import Answer, read_request, upload
from dualschema.upload.wire.body import check_media_type, check_size

__all__ = ["data_endpoint"]


def data_endpoint(uploader: Uploader, verifier: Verifier) -> Endpoint:
    """Return the endpoint that applies what clients wrote."""

    async def post_data(request: Request) -> Response:
        user = await user_of_token(request, verifier)
        headers = request.headers
        check_media_type(headers.get("content-type"), headers.get("content-encoding"))
        body = await _body(request, uploader.limits)
        client = headers.get("x-client-id") or None

        def apply() -> Answer:
            received = read_request(body, uploader.limits, method=request.method, client=client)
            return upload(uploader, received, user.id)

        answer = await run_in_threadpool(apply)
        return json_response(answer.body, answer.status, answer.headers)

    return post_data


async def _body(request: Request, limits: Limits) -> bytes:
    """Return a request's body; of one that is too large, nothing is kept."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and len(declared) < 20:
        check_size(int(declared), limits)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        check_size(size, limits)
        chunks.append(chunk)
    return b"".join(chunks)
