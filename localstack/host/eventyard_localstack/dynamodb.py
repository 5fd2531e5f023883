"""DynamoDB Local from the folder `DDB_LOCAL_HOME`, on the Java of the `PATH`.

LocalStack would download DynamoDB Local, a Java for it, and an agent that lifts a limit of indexes. Nothing of that is
needed: the folder holds `DynamoDBLocal.jar` and `DynamoDBLocal_lib`, as Amazon packs them.
"""

import os

from localstack.runtime import hooks


@hooks.on_infra_start(priority=90)  # before services are loaded, which is at 0
def use_local_jar() -> None:
    """Replaces what LocalStack would install by what lies in the folder."""
    from localstack.services.dynamodb.packages import DynamoDBLocalPackageInstaller as Installer
    from localstack.services.dynamodb.server import DynamodbServer as Server

    home = os.environ["DDB_LOCAL_HOME"]
    command = Server._create_shell_command
    Installer.install = lambda *_args, **_kwargs: None
    Installer.get_java_env_vars = lambda _self: {}
    Installer.get_ddb_agent_jar_path = lambda _self: "none"
    Server.jar_path = property(lambda _self: f"{home}/DynamoDBLocal.jar")
    Server.library_path = property(lambda _self: f"{home}/DynamoDBLocal_lib")
    Server._create_shell_command = lambda self: _without_agent(command(self))


def _without_agent(command: list[str]) -> list[str]:
    return [word for word in command if not word.startswith("-javaagent")]
