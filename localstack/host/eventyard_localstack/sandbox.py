"""One process of a function: `bootstrap`, its Runtime API and its output, from start to end."""

import os
import signal
import subprocess
import threading
from pathlib import Path

from . import failures, guard
from .exchange import Exchange
from .output import Output
from .runtime_api import RuntimeApi


class Sandbox:
    """Runs one `bootstrap` in a process group of its own, with the code as working directory."""

    def __init__(self, code: Path, environment: dict[str, str]) -> None:
        """Starts the process. One that cannot be started leaves an exchange with an init error."""
        self.exchange = Exchange()
        self.output = Output()
        self._api = RuntimeApi(self.exchange)
        self._process: subprocess.Popen | None = None
        environment = environment | {"AWS_LAMBDA_RUNTIME_API": self._api.address}
        try:
            self._process = _spawn(code, environment, self.output.write_end)
        except OSError as error:
            self.exchange.fail_init(failures.no_entrypoint(f"{code}/bootstrap: {error.strerror}"))
        self.output.start()
        if self._process:
            guard.watch(self._process.pid)
            threading.Thread(target=self._wait, name="lambda-process", daemon=True).start()

    @property
    def is_usable(self) -> bool:
        """Whether the process has become ready, still runs and was not stopped."""
        exchange = self.exchange
        return exchange.ready and exchange.exit_code is None and not exchange.closed

    def stop(self) -> None:
        """Kills the process and whatever it has started; callable twice."""
        self.exchange.close()
        self._api.close()
        self._kill_group()

    def _wait(self) -> None:
        code = self._process.wait()
        self._kill_group()
        guard.forget(self._process.pid)
        self.exchange.process_exited(code)
        self._api.close()

    def _kill_group(self) -> None:
        if self._process:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # nobody is left


def _spawn(code: Path, environment: dict[str, str], output: int) -> subprocess.Popen:
    return subprocess.Popen(
        [str(code / "bootstrap")],
        cwd=code,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
