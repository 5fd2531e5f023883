//! Ends LocalStack and with it everything that it has started.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::prerequisites;
use crate::record::Record;
use crate::settings::Settings;

/// How long LocalStack may take to end its services, before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// How long the plug-in's reaper may take after that.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks the process to end, kills it when it does not, and waits until its ports are free: then its children, which the
/// plug-in's reaper kills, are gone as well. A process that is gone already is fine.
///
/// # Errors
/// When something still has a port.
pub fn stop(settings: &Settings, pid: u32) -> Result<()> {
    if is_localstack(pid) {
        signal("TERM", pid);
        wait_until(GRACE, || !is_localstack(pid));
        // The group, because LocalStack may have ended before something that it started in it.
        signal("KILL", pid);
        let is_free = || prerequisites::check_ports(settings).is_ok();
        ensure!(wait_until(PATIENCE, is_free), "LocalStack was killed, and still has its port");
    }
    Record::remove(settings)
}

/// Whether the process runs and is LocalStack's: a number may have been given to another since.
pub fn is_localstack(pid: u32) -> bool {
    command_line(pid).contains("localstack.runtime.main")
}

/// Nothing where there is no such process, and for one that has ended and waits for its parent.
fn command_line(pid: u32) -> String {
    let bytes = if Path::new("/proc/self/cmdline").exists() {
        std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default()
    } else {
        let pid = pid.to_string();
        let output = Command::new("ps").args(["-o", "command=", "-p", &pid]).output();
        output.map(|output| output.stdout).unwrap_or_default()
    };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// To the whole process group. The shell's own `kill`: not every machine has the program.
fn signal(name: &str, group: u32) {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("kill -s {name} -- -{group}")]).stderr(Stdio::null());
    // One that has ended already cannot be signalled.
    let _ = shell.status();
}

/// Whether `condition` came to hold in time.
fn wait_until(patience: Duration, condition: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > patience {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    true
}
