"""What a process writes to its standard output and standard error, in the order of its writes."""

import os
import select
import threading

# The last bytes that are kept of one invocation.
KEPT_BYTES = 256 * 1024


class Output:
    """Reads the pipe of one process as soon as it has something, so that the process never blocks on it."""

    def __init__(self) -> None:
        """Opens the pipe; its `write_end` is for the process, and to be closed here once that has it."""
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._lock = threading.Lock()
        self._kept = bytearray()
        self._is_open = True

    def start(self) -> None:
        """Begins to read, until the last holder of the write end is gone."""
        os.close(self.write_end)
        threading.Thread(target=self._read_all, name="lambda-output", daemon=True).start()

    def take(self) -> str:
        """Everything written since the last call: also what the reading thread has not seen yet."""
        with self._lock:
            self._drain()
            text = self._kept.decode(errors="replace")
            self._kept.clear()
            return text

    def peek(self) -> str:
        """As `take`, but leaves it there."""
        with self._lock:
            self._drain()
            return self._kept.decode(errors="replace")

    def _read_all(self) -> None:
        poll = select.poll()
        poll.register(self._read_end, select.POLLIN)
        while self._is_open:
            poll.poll()
            with self._lock:
                self._drain()
        os.close(self._read_end)

    def _drain(self) -> None:
        while self._is_open:
            try:
                data = os.read(self._read_end, 65536)
            except BlockingIOError:
                return
            self._is_open = bool(data)
            self._kept += data
            del self._kept[:-KEPT_BYTES]
