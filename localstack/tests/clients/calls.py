"""Calls AWS with boto3: each line of input is `[service, method, arguments]` in JSON, each line of output its answer.

An answer is `{"ok": ...}` or `{"error": code, "message": text}`. Bytes are text, also the tail of a function's log.
`Code.Files`, name to text, is zipped.
"""

import base64
import io
import json
import sys
import zipfile

import boto3


def zipped(files: dict[str, str]) -> bytes:
    """An archive of executable files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)
    return buffer.getvalue()


def text_of(value):
    """What JSON has no form for: the bytes of a body, and times."""
    return value.read().decode() if hasattr(value, "read") else str(value)


def call(service: str, method: str, arguments: dict) -> dict:
    """One call; an error of the service is an answer."""
    code = arguments.get("Code", {})
    if "Files" in code:
        code["ZipFile"] = zipped(code.pop("Files"))
    client = boto3.client(service)
    try:
        answer = getattr(client, method)(**arguments)
    except client.exceptions.ClientError as error:
        found = error.response["Error"]
        return {"error": found["Code"], "message": found["Message"]}
    if "LogResult" in answer:
        answer["LogResult"] = base64.b64decode(answer["LogResult"]).decode()
    return {"ok": answer}


for line in sys.stdin:
    print(json.dumps(call(*json.loads(line)), default=text_of), flush=True)
