"""Where LocalStack and one process of a function meet.

LocalStack brings an invocation and waits for its answer; the process asks for the next invocation and answers it. Each
waits for the other on one condition. An exchange belongs to one process: when that ends, the exchange is closed, so that
no late request of a dead process can take an invocation from its successor.
"""

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Invocation:
    """One request: what the process receives, and until when it may answer (seconds of the monotonic clock)."""

    request_id: str
    function_arn: str
    trace_id: str
    payload: bytes
    deadline: float


@dataclass
class Answer:
    """What the process said: the bytes, and whether they are an error."""

    body: bytes
    is_error: bool


@dataclass
class Exchange:
    """Is `ready` once the process has asked for work; `exit_code` is set when it has ended."""

    ready: bool = False
    init_error: bytes | None = None
    exit_code: int | None = None
    closed: bool = False
    current: Invocation | None = None
    is_taken: bool = False
    answer: Answer | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    # For the process, through its HTTP requests.

    def next(self) -> Invocation | None:
        """Waits for an invocation; none when the exchange is closed or the process is gone."""
        with self._changed:
            self.ready = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_over() or self._is_offered())
            if self._is_over():
                return None
            self.is_taken = True
            return self.current

    def respond(self, request_id: str, answer: Answer) -> bool:
        """Takes the answer to the current invocation; false when that is another one, or has been answered."""
        with self._changed:
            current = self.current
            if not current or current.request_id != request_id or self.answer:
                return False
            self.answer = answer
            self._changed.notify_all()
            return True

    def fail_init(self, body: bytes) -> None:
        """Takes the error that kept the process from becoming ready."""
        with self._changed:
            self.init_error = self.init_error or body
            self._changed.notify_all()

    # For LocalStack.

    def wait_until_started(self, deadline: float) -> bool:
        """Waits until the process is ready, has failed or is gone; false when the deadline came first."""

        def is_known() -> bool:
            return self.ready or self.init_error is not None or self._is_over()

        with self._changed:
            return self._changed.wait_for(is_known, _seconds_until(deadline))

    def invoke(self, invocation: Invocation) -> Answer | None:
        """Offers the invocation and waits for its answer; none at the deadline or when the process is gone."""
        with self._changed:
            self.current, self.answer, self.is_taken = invocation, None, False
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self.answer or self._is_over(), _seconds_until(invocation.deadline)
            )
            answer, self.current = self.answer, None
            return answer

    def process_exited(self, code: int) -> None:
        """Wakes everyone: there will be no more requests."""
        with self._changed:
            self.exit_code = code
            self._changed.notify_all()

    def close(self) -> None:
        """Wakes everyone: LocalStack has no more use for the process."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _is_offered(self) -> bool:
        return self.current is not None and not self.is_taken

    def _is_over(self) -> bool:
        return self.closed or self.exit_code is not None


def _seconds_until(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
