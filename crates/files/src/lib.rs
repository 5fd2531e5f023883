#![forbid(unsafe_code)]
//! The rules files of a folder, as texts: what the pure crates are given by whoever runs them.

use eventyard_rules::SourceText;
use std::io;
use std::path::Path;

/// The endings of rules files.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The texts of every `*.yaml`, `*.yml` and `*.json` file of a folder, not of its subfolders, in
/// file-name order.
///
/// Each is named by its path as the caller gave the folder (`rules/shop.yaml`): diagnostics show it so.
///
/// # Errors
/// What the operating system says: no such folder, a file that cannot be read, a text that is not UTF-8.
/// The message names the path.
pub fn rules_files(folder: &Path) -> io::Result<Vec<SourceText>> {
    let entries = std::fs::read_dir(folder).map_err(|error| naming(folder, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| naming(folder, &error))?.path();
        if is_rules_file(&path) && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    paths.iter().map(|path| rules_file(path)).collect()
}

/// The text of one rules file or overlay.
///
/// # Errors
/// As [`rules_files`].
pub fn rules_file(path: &Path) -> io::Result<SourceText> {
    let text = std::fs::read_to_string(path).map_err(|error| naming(path, &error))?;
    Ok(SourceText::new(path.display().to_string(), text))
}

/// Whether a file of that name is a rules file; editors' hidden and temporary files are not.
#[must_use]
pub fn is_rules_file(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    let extension = path.extension().and_then(|extension| extension.to_str());
    !hidden && extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
}

fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::rules_files;

    #[test]
    fn a_folder_gives_its_rules_files_by_name_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| std::fs::write(folder.path().join(name), name).unwrap();
        for name in ["b.yml", "a.yaml", "c.json", "notes.txt", ".hidden.yaml", "a.yaml~"] {
            write(name);
        }
        std::fs::create_dir(folder.path().join("tests")).unwrap();
        write("tests/d.yaml");
        let files = rules_files(folder.path()).unwrap();
        let texts: Vec<_> = files.iter().map(|file| &*file.text).collect();
        assert_eq!(texts, ["a.yaml", "b.yml", "c.json"]);
        assert!(files[0].name.ends_with("/a.yaml"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_names_it() {
        let error = rules_files("no/such/folder".as_ref()).unwrap_err();
        assert!(error.to_string().starts_with("`no/such/folder`: "), "{error}");
    }
}
