//! Rules reload when their files change.
//!
//! In: changes in the rules folder and of the overlay. Out: a new rule set in force, stored before it
//! is activated; or, when the files are broken, the error, and the last good set stays in force.

use super::rules_folder::{RulesError, RulesSource};
use super::{EmbeddedBus, Stop};
use eventyard_bus::What;
use eventyard_files::is_rules_file;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Watches until it is dropped.
pub(crate) struct RulesWatch {
    changes: watch::Receiver<u64>,
    // Ends the watch when it goes.
    _watcher: RecommendedWatcher,
}

impl RulesWatch {
    /// Starts watching the folder, and the folder of the overlay: editors replace files.
    pub(crate) fn start(source: &RulesSource) -> notify::Result<Self> {
        let (sender, changes) = watch::channel(0);
        let overlay = source.overlay.clone();
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                // An error of the watch may hide a change: look at the files to be sure.
                let changed = event.map_or(true, |event| concerns(&event, overlay.as_deref()));
                if changed {
                    sender.send_modify(|count| *count += 1);
                }
            })?;
        watcher.watch(&source.folder, RecursiveMode::NonRecursive)?;
        if let Some(parent) = source.overlay.as_deref().map(folder_of)
            && parent != source.folder
        {
            watcher.watch(&parent, RecursiveMode::NonRecursive)?;
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Waits for a change, and then until the files have been quiet for `quiet`.
    async fn changed(&mut self, quiet: Duration) -> bool {
        if self.changes.changed().await.is_err() {
            return false;
        }
        while let Ok(Ok(())) = tokio::time::timeout(quiet, self.changes.changed()).await {}
        true
    }
}

fn concerns(event: &notify::Event, overlay: Option<&Path>) -> bool {
    // Reading the files is reported as well, and must not cause the next reading.
    let is_access = matches!(event.kind, notify::EventKind::Access(_));
    let ours = |path: &PathBuf| {
        is_rules_file(path)
            || overlay.is_some_and(|overlay| overlay.file_name() == path.file_name())
    };
    !is_access && event.paths.iter().any(ours)
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Reloads on every change until the bus stops; `reloaded` changes with the rules.
pub(crate) async fn run(
    bus: Arc<EmbeddedBus>,
    source: RulesSource,
    mut watch: RulesWatch,
    quiet: Duration,
    reloaded: watch::Sender<()>,
    mut stop: Stop,
) {
    loop {
        tokio::select! {
            () = stop.requested() => return,
            changed = watch.changed(quiet) => if !changed { return },
        }
        if reload(&bus, &source).await {
            reloaded.send_replace(());
        }
    }
}

/// Reads the files; puts a good set in force, reports a broken one. Whether the rules changed.
async fn reload(bus: &EmbeddedBus, source: &RulesSource) -> bool {
    let source = source.clone();
    let loaded = tokio::task::spawn_blocking(move || source.load()).await;
    let (error, errors) = match loaded {
        Ok(Ok(rules)) if rules.version == bus.rules().version => return false,
        Ok(Ok(rules)) => match bus.activate(Arc::new(rules)).await {
            Ok(()) => return true,
            Err(error) => (error.to_string(), 1),
        },
        Ok(Err(error @ RulesError::Unreadable(_))) => (error.to_string(), 1),
        Ok(Err(RulesError::Refused(diagnostics))) => (diagnostics.render(false), diagnostics.len()),
        Err(panic) => (format!("rules cannot be read: {panic}"), 1),
    };
    bus.observe(What::RulesRefused { error, errors });
    false
}
