"""No process outlives LocalStack, also when LocalStack is killed.

A second process, `reaper`, holds the other end of a pipe and knows the process groups that LocalStack has started.
When LocalStack ends, in whichever way, the pipe is closed, and the reaper kills the groups.
"""

import subprocess
import sys
from functools import cache
from pathlib import Path
from threading import Lock

from localstack.runtime import hooks

_LOCK = Lock()


def watch(group: int) -> None:
    """Kills the process group with LocalStack."""
    _tell(f"+{group}\n")


def forget(group: int) -> None:
    """The group is gone; its number may be given to another."""
    _tell(f"-{group}\n")


@hooks.on_infra_start(priority=90)  # before services are loaded, which is at 0
def watch_children() -> None:
    """Guards the programs that LocalStack starts by itself, such as DynamoDB Local."""
    from localstack.utils import run as module

    run = module.run

    def guarded(*args, **kwargs):
        started = run(*args, **kwargs)
        if isinstance(started, subprocess.Popen):
            watch(started.pid)
        return started

    module.run = guarded


def _tell(line: str) -> None:
    with _LOCK:
        pipe = _reaper().stdin
        pipe.write(line.encode())
        pipe.flush()


@cache
def _reaper() -> subprocess.Popen:
    script = Path(__file__).with_name("reaper.py")
    command = [sys.executable, "-I", "-S", str(script)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
