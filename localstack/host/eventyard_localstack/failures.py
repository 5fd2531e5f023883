"""The answers that AWS Lambda gives in place of a function that could not give one.

Each is the JSON that an invoker receives beside `FunctionError: Unhandled`.
"""

import json

from localstack import config


def failure(kind: str, message: str, request_id: str | None = None) -> bytes:
    """The JSON of an error; with a request id in front of its message, as AWS writes it."""
    if request_id:
        message = f"RequestId: {request_id} Error: {message}"
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def exited(code: int, request_id: str | None = None) -> bytes:
    """The process ended while it was starting or had an invocation. A negative code is a signal, as in `Popen`."""
    if code == 0:
        message = "Runtime exited without providing a reason"
    elif code > 0:
        message = f"Runtime exited with error: exit status {code}"
    else:
        message = f"Runtime exited with error: signal: {-code}"
    return failure("Runtime.ExitError", message, request_id)


def timed_out(timeout_s: float, request_id: str | None) -> bytes:
    """The function did not answer within its timeout."""
    return failure("Sandbox.Timedout", f"Task timed out after {timeout_s:.2f} seconds", request_id)


def response_too_large() -> bytes:
    """The function answered with more than an answer may hold."""
    limit = config.LAMBDA_LIMITS_MAX_FUNCTION_PAYLOAD_SIZE_BYTES
    message = f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
    return failure("Function.ResponseSizeTooLarge", message)


def no_entrypoint(reason: str) -> bytes:
    """The code has no `bootstrap`, or one that this machine cannot run."""
    return failure("Runtime.InvalidEntrypoint", reason)
