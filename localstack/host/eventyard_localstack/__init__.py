"""LocalStack as a plain process, without Docker.

In the order in which an invocation passes them: `executor` is what LocalStack calls, `sandbox` is one process of one
function, `runtime_api` serves the process, `exchange` is where the two meet, `failures` are the answers of AWS when
something goes wrong, `output` is what the process writes. Beside them `dynamodb` points LocalStack at a DynamoDB Local
on disk, `shards` keeps the readers of table streams going, and `guard` sees to it that no process outlives LocalStack.
"""
