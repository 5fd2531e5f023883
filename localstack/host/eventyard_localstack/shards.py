"""Readers of table streams that remember which shards they have read to the end.

DynamoDB Local ends every shard after seven and a half minutes and goes on in a new one. LocalStack then begins the
whole stream anew: it reads all that was read once more, comes to the end of the first shard, and begins anew. Each
beginning asks for the stream's description, which DynamoDB Local answers by walking through the records of all streams
of all tables, with everybody else waiting.
"""

from typing import Any

from localstack.runtime import hooks


@hooks.on_infra_start(priority=90)  # before services are loaded, which is at 0
def follow_shards() -> None:
    """Has every reader of a table stream go on where a shard ended."""
    from localstack.services.lambda_.event_source_mapping.pollers.dynamodb_poller import DynamoDBPoller

    follow(DynamoDBPoller)


def follow(poller: type) -> None:
    """Replaces what a poller does when it begins a stream, or begins it anew because a shard ended."""
    begin, ask = poller.initialize_shards, poller.get_records

    def get_records(self: Any, iterator: str) -> dict:
        answer = ask(self, iterator)
        if not answer.get("NextShardIterator"):
            ended = {shard for shard, at in self.shards.items() if at == iterator}
            self.shards_ended = _ended(self) | ended
        return answer

    def initialize_shards(self: Any) -> dict[str, str]:
        going_on = {shard: at for shard, at in self.shards.items() if shard not in _ended(self)}
        if len(going_on) < len(self.shards) or (not self.shards and _ended(self)):
            return going_on | _new_shards(self, going_on.keys() | _ended(self))
        # At the beginning, or because iterators were refused: as LocalStack does, without what was read.
        return {shard: at for shard, at in begin(self).items() if shard not in _ended(self)}

    poller.get_records = get_records
    poller.initialize_shards = initialize_shards


def _ended(poller: Any) -> set[str]:
    """The shards that were read to the end."""
    return getattr(poller, "shards_ended", set())


def _new_shards(poller: Any, known: set[str]) -> dict[str, str]:
    """The iterators of shards that came since, each from its beginning, whatever the mapping's starting position."""
    client, stream = poller.source_client, poller.source_arn
    shards = client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    ids = [shard["ShardId"] for shard in shards if shard["ShardId"] not in known]
    start = {"StreamArn": stream, "ShardIteratorType": "TRIM_HORIZON"}
    return {shard: client.get_shard_iterator(ShardId=shard, **start)["ShardIterator"] for shard in ids}
