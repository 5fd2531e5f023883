"""A stream whose shards end, and a poller as LocalStack has it; prints what was read."""

import json

from eventyard_localstack import shards


class Stream:
    """Shards of records; the one that ended has no next iterator at its end."""

    def __init__(self) -> None:
        self.records = {"first": [1, 2]}
        self.ended: set[str] = set()
        self.described = 0

    def describe_stream(self, **_arguments: str) -> dict:
        self.described += 1
        return {"StreamDescription": {"Shards": [{"ShardId": shard} for shard in self.records]}}

    def get_shard_iterator(self, **arguments: str) -> dict:
        shard = arguments["ShardId"]
        at = 0 if arguments["ShardIteratorType"] == "TRIM_HORIZON" else len(self.records[shard])
        return {"ShardIterator": f"{shard}:{at}"}

    def get_records(self, iterator: str) -> tuple[list[int], str | None]:
        shard, at = iterator.split(":")
        records = self.records[shard][int(at) :]
        end = int(at) + len(records)
        return records, None if shard in self.ended else f"{shard}:{end}"


class Poller:
    """Begins anew whenever a shard has ended."""

    source_arn = "arn:stream"

    def __init__(self, stream: Stream, start: str) -> None:
        self.source_client, self.start = stream, start
        self.shards: dict[str, str] = {}
        self.read: list[int] = []

    def initialize_shards(self) -> dict[str, str]:
        described = self.source_client.describe_stream(StreamArn=self.source_arn)
        ids = [shard["ShardId"] for shard in described["StreamDescription"]["Shards"]]
        ask = self.source_client.get_shard_iterator
        return {shard: ask(ShardId=shard, ShardIteratorType=self.start)["ShardIterator"] for shard in ids}

    def get_records(self, iterator: str) -> dict:
        records, following = self.source_client.get_records(iterator)
        return {"Records": records, "NextShardIterator": following}

    def poll_events_from_shard(self, shard: str, iterator: str) -> None:
        answer = self.get_records(iterator)
        self.read += answer["Records"]
        if following := answer["NextShardIterator"]:
            self.shards[shard] = following
        else:
            self.shards = self.initialize_shards()

    def poll(self) -> None:
        self.shards = self.shards or self.initialize_shards()
        for shard, iterator in list(self.shards.items()):
            self.poll_events_from_shard(shard, iterator)

    def refused(self) -> None:
        """An iterator that is too old begins the stream anew."""
        self.shards = self.initialize_shards()


def read(start: str) -> dict:
    stream = Stream()
    poller = Poller(stream, start)
    poller.poll()
    stream.ended.add("first")
    poller.poll()  # its end is seen, and what follows it is not there yet
    stream.records["second"] = [3]
    poller.poll()
    stream.records["second"] += [4]
    stream.records["third"] = [5]
    stream.ended.add("second")
    for _ in range(5):
        poller.poll()
    poller.refused()
    stream.records["third"] += [6]
    poller.poll()
    return {"read": poller.read, "described": stream.described}


shards.follow(Poller)
print(json.dumps({start: read(start) for start in ["TRIM_HORIZON", "LATEST"]}))
