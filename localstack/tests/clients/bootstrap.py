#!/usr/bin/python3 -S
"""A Lambda runtime in one file, which does what its payload says: `{"mode": ..}`, or a batch of SQS messages.

With `FAIL_INIT` in its environment it does not come so far: `error` reports an error, `exit` just ends, `hang` waits.
"""

import http.client
import json
import os
import sys
import time

API = "/2018-06-01/runtime"
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def request(method, path, body=None, chunked=False):
    """One request over the kept connection: its headers and body."""
    body = iter([body[:3], body[3:]]) if chunked else body
    connection.request(method, API + path, body, encode_chunked=chunked)
    response = connection.getresponse()
    return response.headers, response.read()


def answer(payload, context):
    """The answer of each mode."""
    mode = payload.get("mode")
    if "Records" in payload:
        bad = [r["messageId"] for r in payload["Records"] if r["body"].startswith("bad")]
        return {"batchItemFailures": [{"itemIdentifier": id} for id in bad]}
    if mode == "crash":
        os._exit(7)
    if mode == "hang":
        time.sleep(60)
    if mode == "meet":
        # Waits until another process has come to the same place: two run at the same time.
        os.makedirs(payload["place"], exist_ok=True)
        open(f"{payload['place']}/{os.getpid()}", "w").close()
        while len(os.listdir(payload["place"])) < 2:
            time.sleep(0.01)
    if mode == "large":
        return "x" * payload["bytes"]
    if mode == "raise":
        raise ValueError("as asked")
    print("says", mode)
    sys.stdout.flush()
    names = ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_LAMBDA_FUNCTION_NAME", "_HANDLER",
             "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "LAMBDA_TASK_ROOT", "COLOUR"]
    environment = {name: os.environ.get(name) for name in names}
    left_ms = int(context["Lambda-Runtime-Deadline-Ms"]) - time.time() * 1000
    return {"payload": payload, "pid": os.getpid(), "cwd": os.getcwd(), "environment": environment,
            "leftMs": left_ms, "arn": context["Lambda-Runtime-Invoked-Function-Arn"]}


def main():
    """Takes invocations until the process is killed."""
    failure = os.environ.get("FAIL_INIT")
    if failure == "error":
        request("POST", "/init/error", json.dumps({"errorType": "Init.Bad", "errorMessage": "as asked"}))
    if failure == "hang":
        time.sleep(600)
    if failure:
        sys.exit(3)
    while True:
        context, body = request("GET", "/invocation/next")
        path = f"/invocation/{context['Lambda-Runtime-Aws-Request-Id']}"
        payload = json.loads(body)
        try:
            result = json.dumps(answer(payload, context)).encode()
            request("POST", path + "/response", result, chunked=payload.get("chunked", False))
        except ValueError as error:
            request("POST", path + "/error", json.dumps({"errorType": "ValueError", "errorMessage": str(error)}))


main()
