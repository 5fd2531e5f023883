"""What LocalStack calls to run a function: the `process` executor, chosen by `LAMBDA_RUNTIME_EXECUTOR=process`.

LocalStack makes one executor for each execution environment, and as many environments as there are invocations at the
same time. As on AWS, an environment survives its process: when that crashes, exits or times out, the next invocation
in the environment starts a fresh process first (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html,
"Failures during the invoke phase").
"""

import logging
import os
import time

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import (
    LambdaRuntimeException,
    RuntimeExecutor,
)

from . import failures
from .exchange import Answer, Invocation
from .sandbox import Sandbox

LOG = logging.getLogger(__name__)

# What a process has to become ready, before the function's timeout begins to count.
INIT_SECONDS = 10.0


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """Names the executor for `LAMBDA_RUNTIME_EXECUTOR`."""

    name = "process"

    def load(self, *_args, **_kwargs) -> type[RuntimeExecutor]:
        """The class that LocalStack makes its executors of."""
        return ProcessExecutor


class ProcessExecutor(RuntimeExecutor):
    """One execution environment: at most one process, and one invocation at a time."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id=id, function_version=function_version)
        self._code = function_version.config.code.get_unzipped_code_location()
        self._environment: dict[str, str] = {}
        self._sandbox: Sandbox | None = None
        self._is_stopped = False

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpacks the code, so that `bootstrap` can be executed where it lies."""
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Nothing to do: LocalStack deletes the code itself."""

    def get_address(self) -> str:
        """Where LocalStack finds the function: on this machine."""
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        """Where the function finds LocalStack: on this machine. Becomes part of its `AWS_ENDPOINT_URL`."""
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        """The callback of LocalStack's own runtime, which is not used here."""
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def get_logs(self) -> str:
        """What the process has written since its last invocation."""
        return self._sandbox.output.peek() if self._sandbox else ""

    def start(self, env_vars: dict[str, str]) -> None:
        """Starts the process and waits until it asks for work.

        Raises `StatusErrorException` with the answer for the invoker when the process fails to start, or is still not
        ready after the time for that and the function's timeout.
        """
        self._environment = _environment(str(self._code), env_vars)
        failed = self._renew(time.monotonic() + INIT_SECONDS + self._timeout_s)
        if failed:
            raise StatusErrorException("the process of the function did not start", failed.body)

    def stop(self) -> None:
        """Kills the process; an invocation that it has fails. Callable twice."""
        self._is_stopped = True
        if self._sandbox:
            self._sandbox.stop()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Hands one invocation to the process; the answer is an error when it crashes or is too late."""
        begin = time.monotonic()
        invocation = Invocation(
            request_id=payload["invoke-id"],
            function_arn=payload["invoked-function-arn"],
            trace_id=payload["trace-id"],
            payload=payload["payload"].encode(),
            deadline=begin + self._timeout_s,
        )
        answer = self._answer(invocation)
        logs = self._report(invocation, time.monotonic() - begin)
        return InvocationResult(invocation.request_id, answer.body, answer.is_error, logs)

    @property
    def _timeout_s(self) -> float:
        return float(self.function_version.config.timeout)

    def _answer(self, invocation: Invocation) -> Answer:
        # Twice, because a process may turn out to be gone when it is offered something; one that
        # took the invocation is not given it again.
        for _ in range(2):
            if not self._sandbox.is_usable:
                failed = self._renew(invocation.deadline, invocation.request_id)
                if failed:
                    return failed
            exchange = self._sandbox.exchange
            answer = exchange.invoke(invocation)
            if answer:
                return answer
            self._refuse_if_stopped()
            if exchange.exit_code is None:
                return self._time_out(invocation.request_id)
            if exchange.is_taken:
                break
        return Answer(failures.exited(exchange.exit_code, invocation.request_id), is_error=True)

    def _renew(self, deadline: float, request_id: str | None = None) -> Answer | None:
        """Starts a process in place of the one before; the answer says why it did not become ready."""
        self._sandbox = Sandbox(self._code, self._environment)
        if self._is_stopped:
            self._sandbox.stop()
        exchange = self._sandbox.exchange
        is_known = exchange.wait_until_started(deadline)
        self._refuse_if_stopped()
        if exchange.ready:
            return None
        if not is_known:
            return self._time_out(request_id)
        error = exchange.init_error or failures.exited(exchange.exit_code, request_id)
        self._sandbox.stop()
        name = self.function_version.id.function_name
        LOG.warning("%s: %s\n%s", name, error.decode(errors="replace"), self.get_logs())
        return Answer(error, is_error=True)

    def _time_out(self, request_id: str | None) -> Answer:
        self._sandbox.stop()
        return Answer(failures.timed_out(self._timeout_s, request_id), is_error=True)

    def _refuse_if_stopped(self) -> None:
        if self._is_stopped:
            raise LambdaRuntimeException("the execution environment was stopped")

    def _report(self, invocation: Invocation, duration_s: float) -> str:
        """What the process wrote, between the lines that AWS adds."""
        written = self._sandbox.output.take()
        if written and not written.endswith("\n"):
            written += "\n"
        name = f"RequestId: {invocation.request_id}"
        return (
            f"START {name} Version: {self.function_version.id.qualifier}\n{written}END {name}\n"
            f"REPORT {name}\tDuration: {duration_s * 1000:.2f} ms\t"
            f"Memory Size: {self.function_version.config.memory_size} MB\n"
        )


def _environment(code: str, env_vars: dict[str, str]) -> dict[str, str]:
    """LocalStack's variables and the function's own; nothing else of this machine but its `PATH`."""
    own = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", "_HANDLER": "bootstrap"}
    given = {name: str(value) for name, value in env_vars.items()}
    return own | given | {"LAMBDA_TASK_ROOT": code}
