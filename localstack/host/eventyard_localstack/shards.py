"""Readers of table streams that remember which shards they have read to the end.

DynamoDB Local ends every shard after seven and a half minutes and goes on in a new one. LocalStack then begins the
whole stream anew: it reads all that was read once more, comes to the end of the first shard, and begins anew. Each
beginning asks for the stream's description, which DynamoDB Local answers by walking through the records of all streams
of all tables; meanwhile it refuses writes as `InternalFailure`.
"""

from typing import Any

from localstack.runtime import hooks


@hooks.on_infra_start(priority=90)  # before services are loaded, which is at 0
def follow_shards() -> None:
    """Has every reader of a table stream go on where a shard ended."""
    from localstack.services.lambda_.event_source_mapping.pollers.dynamodb_poller import DynamoDBPoller

    follow(DynamoDBPoller)


def follow(poller: type) -> None:
    """Replaces the two methods of a poller that begin a stream and read a shard of it."""
    begin, read = poller.initialize_shards, poller.poll_events_from_shard

    def poll_events_from_shard(self: Any, shard: str, iterator: str) -> None:
        self.shard_read = shard
        try:
            read(self, shard, iterator)
        finally:
            self.shard_read = None

    def initialize_shards(self: Any) -> dict[str, str]:
        """At the beginning as LocalStack does; afterwards called when the shard that is read has ended."""
        if not hasattr(self, "shards_ended"):
            self.shards_ended = set()
            return begin(self)
        if self.shard_read is not None:
            self.shards_ended.add(self.shard_read)
        going_on = {shard: at for shard, at in self.shards.items() if shard not in self.shards_ended}
        return going_on | _new_shards(self, going_on.keys() | self.shards_ended)

    poller.poll_events_from_shard = poll_events_from_shard
    poller.initialize_shards = initialize_shards


def _new_shards(poller: Any, known: set[str]) -> dict[str, str]:
    """The iterators of shards that came since, each from its beginning, whatever the mapping's starting position."""
    client, stream = poller.source_client, poller.source_arn
    shards = client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    ids = [shard["ShardId"] for shard in shards if shard["ShardId"] not in known]
    start = {"StreamArn": stream, "ShardIteratorType": "TRIM_HORIZON"}
    return {shard: client.get_shard_iterator(ShardId=shard, **start)["ShardIterator"] for shard in ids}
