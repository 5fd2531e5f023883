"""A consumer as its users write it: boto3, and nothing that knows Eventyard. The endpoint comes from AWS_ENDPOINT_URL."""

import json

import boto3
from botocore.exceptions import ClientError

events, sqs = boto3.client("events"), boto3.client("sqs")


def receive(url, **options):
    options = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 5, "MessageSystemAttributeNames": ["All"], **options}
    return sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], **options).get("Messages", [])


def drain(url, wanted):
    """Receives and deletes until `wanted` messages came."""
    got = []
    while len(got) < wanted:
        messages = receive(url)
        assert messages, f"{len(got)} of {wanted} messages came"
        got += messages
        entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)]
        assert len(sqs.delete_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == len(entries)
    return got


# Ten events in one call; each is routed once.
entries = [{"Source": "shop", "DetailType": "OrderPlaced", "Detail": json.dumps({"n": n})} for n in range(10)]
answer = events.put_events(Entries=entries)
assert answer["FailedEntryCount"] == 0, answer
payments = sqs.get_queue_url(QueueName="payments")["QueueUrl"]
messages = drain(payments, 10)
assert sorted(json.loads(m["Body"])["data"]["n"] for m in messages) == list(range(10))
assert all(m["MessageAttributes"]["eventyard-delivery"]["StringValue"] for m in messages)
assert len({m["MessageAttributes"]["eventyard-delivery"]["StringValue"] for m in messages}) == 10

# Visibility: what is being worked on is not given out again, and comes back when it is released.
sqs.send_message(QueueUrl=payments, MessageBody="work", MessageAttributes={"k": {"DataType": "String", "StringValue": "v"}})
(first,) = receive(payments, VisibilityTimeout=600)
assert first["MessageAttributes"]["k"]["StringValue"] == "v"
assert receive(payments, WaitTimeSeconds=0) == []
sqs.change_message_visibility(QueueUrl=payments, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
(again,) = receive(payments)
assert again["MessageId"] == first["MessageId"] and again["Attributes"]["ApproximateReceiveCount"] == "2", again
sqs.delete_message(QueueUrl=payments, ReceiptHandle=again["ReceiptHandle"])
assert receive(payments, WaitTimeSeconds=0) == []

# FIFO: in order within a group, one group's work does not hold up another, a repeated deduplication id is one message.
ordered = sqs.get_queue_url(QueueName="ordered.fifo")["QueueUrl"]
for body, group in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("a2", "a")]:
    sqs.send_message(QueueUrl=ordered, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=body)
(head,) = receive(ordered, MaxNumberOfMessages=1)
assert head["Body"] == "a1", head
(other,) = receive(ordered)
assert other["Body"] == "b1", "group a waits for its head, group b does not"
sqs.delete_message(QueueUrl=ordered, ReceiptHandle=head["ReceiptHandle"])
(second,) = receive(ordered)
assert second["Body"] == "a2" and second["Attributes"]["MessageGroupId"] == "a", second
sqs.delete_message(QueueUrl=ordered, ReceiptHandle=second["ReceiptHandle"])
sqs.delete_message(QueueUrl=ordered, ReceiptHandle=other["ReceiptHandle"])
assert receive(ordered, WaitTimeSeconds=0) == [], "the repeated a2 is not a message"

# A queue that is not there, a handle that is none, a message without its group: refused as AWS refuses them.
for code, call in [
    ("AWS.SimpleQueueService.NonExistentQueue", lambda: sqs.receive_message(QueueUrl=payments.replace("payments", "none"))),
    ("ReceiptHandleIsInvalid", lambda: sqs.delete_message(QueueUrl=payments, ReceiptHandle="nonsense")),
    ("MissingParameter", lambda: sqs.send_message(QueueUrl=ordered, MessageBody="x")),
]:
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
    else:
        raise AssertionError(f"accepted, and should be refused with {code}")
