"""DynamoDB Local from the folder `DDB_LOCAL_HOME`, on the Java of the `PATH`.

LocalStack would download DynamoDB Local, a Java for it, and an agent that lifts a limit of indexes. Nothing of that is
needed: the folder holds `DynamoDBLocal.jar` and `DynamoDBLocal_lib`, as Amazon packs them.
"""

import os
from collections.abc import Callable
from functools import partial

from localstack.runtime import hooks


@hooks.on_infra_start(priority=90)  # before services are loaded, which is at 0
def use_local_jar() -> None:
    """Replaces what LocalStack would install by what lies in the folder, and keeps the streams of its version working."""
    from localstack.services.dynamodb.packages import DynamoDBLocalPackageInstaller as Installer
    from localstack.services.dynamodb.server import DynamodbServer as Server
    from localstack.services.dynamodbstreams.v2.provider import DynamoDBStreamsProvider as Streams

    home = os.environ["DDB_LOCAL_HOME"]
    command = Server._create_shell_command
    Installer.install = lambda *_args, **_kwargs: None
    Installer.get_java_env_vars = lambda _self: {}
    Installer.get_ddb_agent_jar_path = lambda _self: "none"
    Server.jar_path = property(lambda _self: f"{home}/DynamoDBLocal.jar")
    Server.library_path = property(lambda _self: f"{home}/DynamoDBLocal_lib")
    Server._create_shell_command = lambda self: _without_agent(command(self))
    localized = Streams.modify_stream_arn_for_ddb_local
    Streams.modify_stream_arn_for_ddb_local = lambda self, text: _keep_prefix(text, partial(localized, self))


def _without_agent(command: list[str]) -> list[str]:
    return [word for word in command if not word.startswith("-javaagent")]


def _keep_prefix(text: str, localized: Callable[[str], str]) -> str:
    """LocalStack takes a shard iterator for an ARN. This version's iterators have something in front of theirs."""
    prefix, arn, rest = text.partition("arn:")
    return prefix + localized(arn + rest)
