//! Follows `docs/first-service.md` word for word, but for the ports, up to where AWS begins.
#![allow(clippy::unwrap_used, missing_docs)]

use eventyard_tests::command::{self, root};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The blocks of the chapter in this language, in their order.
fn blocks(language: &str) -> Vec<String> {
    let chapter = std::fs::read_to_string(root().join("docs/first-service.md")).unwrap();
    let fence = format!("```{language}\n");
    let blocks = chapter.split(&fence).skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Runs one line of the chapter in a folder, as a shell would; `eventyard` is the command of this build.
fn line(line: &str, folder: &Path) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[0], "eventyard", "{line}");
    let output = Command::new(command::binary().unwrap())
        .args(&words[1..])
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .unwrap();
    let (out, error) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr));
    assert!(output.status.success(), "{line}: {out}{}", error.unwrap());
    out
}

/// Polls until there is an answer; the deadline is there to end a broken test.
fn eventually<T>(what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = check() {
            return found;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_service_of_the_chapter_is_the_one_that_is_built_here() {
    let written = blocks("rust").join("\n");
    let built =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/main.rs")).unwrap();
    assert_eq!(written, built);
}

#[test]
fn the_chapter_leads_to_a_paid_order() {
    let chapter = blocks("sh");
    let [rules, bus, service, send, asks, ..] = &*chapter else { panic!("{chapter:?}") };
    let home = tempfile::tempdir().unwrap();
    let mut lines = rules.lines();
    line(lines.next().unwrap(), home.path());
    let shop = home.path().join(lines.next().unwrap().strip_prefix("cd ").unwrap());
    let tested = line(lines.next().unwrap(), &shop);
    assert!(tested.contains("0 failed"), "{tested}");

    // The service first, as a test needs to know its port: the bus waits for whoever is not there.
    let data = shop.join(".eventyard");
    let (_bus, bus_url, service) = {
        let words: Vec<&str> = service.split_whitespace().collect();
        assert_eq!(words[2..], ["cargo", "run"], "{service}");
        let listen = free_port();
        let consume = bus.trim().replace("http://127.0.0.1:9000", &format!("http://{listen}"));
        let bus = start_bus(&consume, &shop);
        let url = eventually("the bus is there", || {
            let url = std::fs::read_to_string(data.join("url")).ok()?;
            Some(url.trim().to_owned()).filter(|url| !url.is_empty())
        });
        assert_eq!(words[0], "EVENTYARD_URL=http://127.0.0.1:4400");
        let journal = words[1].split_once('=').unwrap();
        let service = Command::new(env!("CARGO_BIN_EXE_payments"))
            .env("EVENTYARD_URL", &url)
            .env(journal.0, journal.1)
            .env("EVENTYARD_LISTEN", &listen)
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .current_dir(&shop)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        (bus, url, (Running(service), listen))
    };
    assert!(bus_url.starts_with("http://127.0.0.1:"));
    let mut lines = send.lines();
    assert!(line(lines.next().unwrap(), &shop).contains("accepted"));
    let events = lines.next().unwrap();
    eventually("the payment is an event", || {
        line(events, &shop).contains("PaymentProcessed").then_some(())
    });
    let (_service, listen) = service;
    let question = asks.lines().next().unwrap().split('\'').nth(1).unwrap();
    assert!(ask(&listen, question).contains(r#"{"parked":[]}"#));
    assert!(shop.join("payments.redb").exists());
}

fn start_bus(command: &str, shop: &Path) -> Running {
    let words: Vec<&str> = command.split_whitespace().collect();
    assert_eq!(words[..2], ["eventyard", "dev"]);
    let bus = Command::new(command::binary().unwrap())
        .args(&words[1..])
        .args(["--listen", "127.0.0.1:0"])
        .current_dir(shop)
        .stdout(Stdio::null())
        .spawn();
    Running(bus.unwrap())
}

fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// The chapter's `curl`, by hand.
fn ask(listen: &str, question: &str) -> String {
    let mut stream = TcpStream::connect(listen).unwrap();
    let length = question.len();
    write!(
        stream,
        "POST /2015-03-31/functions/payments/invocations HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{question}"
    )
    .unwrap();
    let mut answer = String::new();
    BufReader::new(&mut stream).read_to_string(&mut answer).unwrap();
    assert!(answer.as_bytes().lines().next().unwrap().unwrap().contains("200"), "{answer}");
    answer
}
