"""The Lambda Runtime API for one process: HTTP on a free port of 127.0.0.1.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, version 2018-06-01.
"""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from localstack import config

from . import failures
from .exchange import Answer, Exchange, Invocation

NEXT = "/2018-06-01/runtime/invocation/next"
INIT_ERROR = "/2018-06-01/runtime/init/error"
RESULT = re.compile(r"/2018-06-01/runtime/invocation/(?P<id>[^/]+)/(?P<kind>response|error)")


class RuntimeApi:
    """Serves one exchange until it is closed."""

    def __init__(self, exchange: Exchange) -> None:
        handler = type("Handler", (_Handler,), {"exchange": exchange})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._serve, name="lambda-runtime-api", daemon=True).start()

    @property
    def address(self) -> str:
        """Host and port, for `AWS_LAMBDA_RUNTIME_API`."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stops listening. Does not wait: the server looks for this twice a second."""
        threading.Thread(target=self._server.shutdown, daemon=True).start()

    def _serve(self) -> None:
        with self._server:
            self._server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    exchange: Exchange
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer is one write, not one for each header

    def log_message(self, *_args) -> None:
        """Says nothing: each request would be a line on standard error."""

    def do_GET(self) -> None:
        if self.path != NEXT:
            return self._refuse(404, "NotFound")
        invocation = self.exchange.next()
        if invocation is None:
            self.close_connection = True
            return None
        return self._send(200, invocation.payload, _invocation_headers(invocation))

    def do_POST(self) -> None:
        body = self._read_body()
        if self.path == INIT_ERROR:
            self.exchange.fail_init(body)
            return self._accept()
        result = RESULT.fullmatch(self.path)
        if result is None:
            return self._refuse(404, "NotFound")
        return self._take_result(result["id"], result["kind"] == "error", body)

    def _take_result(self, request_id: str, is_error: bool, body: bytes) -> None:
        is_too_large = len(body) > config.LAMBDA_LIMITS_MAX_FUNCTION_PAYLOAD_SIZE_BYTES
        if is_too_large:
            answer = Answer(failures.response_too_large(), is_error=True)
        else:
            answer = Answer(body, is_error)
        if not self.exchange.respond(request_id, answer):
            return self._refuse(400, "InvalidRequestID")
        return self._refuse(413, "RequestEntityTooLarge") if is_too_large else self._accept()

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        # A size may be followed by extensions, after a semicolon.
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        # Trailers, up to an empty line.
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def _accept(self) -> None:
        self._send(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def _refuse(self, status: int, kind: str) -> None:
        body = json.dumps({"errorType": kind, "errorMessage": self.path}).encode()
        self._send(status, body, {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def _invocation_headers(invocation: Invocation) -> dict[str, str]:
    left_s = invocation.deadline - time.monotonic()
    return {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + left_s) * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
        "Lambda-Runtime-Trace-Id": invocation.trace_id,
    }
