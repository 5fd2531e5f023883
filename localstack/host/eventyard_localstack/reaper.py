"""Kills what LocalStack has started when LocalStack is gone; a program of its own, see `guard`.

Reads lines from standard input: `+N` adds process group N, `-N` takes it off. At the end of input it kills what is left.
"""

import os
import signal
import sys


def main() -> None:
    """Returns when the input has ended and the groups are killed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups = set()
    for line in sys.stdin:
        group = int(line[1:])
        groups.add(group) if line[0] == "+" else groups.discard(group)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has ended by itself


if __name__ == "__main__":
    main()
