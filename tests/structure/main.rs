//! The structure of the library's crates: no modules import each other in a circle, and layers import only what is below them. And that the docs
//! name the features that there are.
//!
//! ARCHITECTURE.md shows the layers; these tests read its tables.

mod features;
mod layers;
mod modules;
mod source;

use features::Features;
use layers::Layers;
use modules::Modules;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 3] = ["retry-policy", "retry-macros", "retry-runtime"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace")
}

fn modules_of(name: &str) -> Modules {
    let modules = Modules::read(&root().join(name).join("src"));
    assert!(modules.imports.len() > 3, "{name}: {:?} is all that was found", modules.imports.keys());
    modules
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let mut found = String::new();
    for name in CRATES {
        let modules = modules_of(name);
        for (kind, modules) in [("files", &modules), ("top-level modules", &modules.top_level())] {
            for circle in modules.circles() {
                let ties = modules.describe(&circle);
                write!(found, "{name}/src: {} {kind} in a circle\n{ties}", circle.len()).expect("a string takes it");
            }
        }
    }
    assert!(found.is_empty(), "move what ties them to a module below both, or to the one that uses it:\n{found}");
}

#[test]
fn layers_import_only_what_their_row_allows() {
    let text = read("ARCHITECTURE.md");
    let mut found = String::new();
    for name in CRATES {
        let layers = Layers::read(&text, name).unwrap_or_else(|| panic!("ARCHITECTURE.md has no layers of {name}"));
        for broken in layers.broken(&modules_of(name)) {
            writeln!(found, "{name}/src: {broken}").expect("a string takes it");
        }
    }
    assert!(found.is_empty(), "ARCHITECTURE.md, \"Layers\":\n{found}");
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the texts that users read: the README, the guide, and the facade's own docs.
fn texts() -> Vec<PathBuf> {
    let mut texts = vec![PathBuf::from("README.md"), PathBuf::from("src/lib.rs")];
    for folder in ["docs", "docs/guide"] {
        let entries = fs::read_dir(root().join(folder)).expect("the folder is there");
        let entries = entries.map(|entry| Path::new(folder).join(entry.expect("it can be read").file_name()));
        texts.extend(entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    texts
}

#[test]
fn the_docs_name_the_features_that_there_are() {
    let features = Features::read(&read("Cargo.toml"));
    assert!(features.names().len() > 10, "{features:?} are all that were found");
    let runtime = Features::read(&read("retry-runtime/Cargo.toml"));
    let sorted = |features: &Features| {
        let mut names: Vec<_> = features.names().into_iter().map(str::to_owned).collect();
        names.sort();
        names
    };
    assert_eq!(sorted(&features), sorted(&runtime), "the facade has the features of retry-runtime, and no others");

    assert_eq!(features::tables(&read("src/lib.rs")).len(), 1, "src/lib.rs has the table of features");
    let mut found = String::new();
    for path in texts() {
        let text = read(&path);
        let in_tables = features::tables(&text).into_iter().flat_map(|table| features.wrong_in_table(&table));
        let dependencies = features.wrong_in_dependencies(&text);
        let in_dependencies = dependencies.into_iter().map(|name| format!("`{name}` is no feature"));
        for wrong in in_tables.chain(in_dependencies) {
            writeln!(found, "{}: {wrong}", path.display()).expect("a string takes it");
        }
    }
    assert!(found.is_empty(), "Cargo.toml has other features:\n{found}");
}

/// Returns the source files in a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn the_examples_import_what_users_import() {
    let mut examples = 0;
    let mut found = String::new();
    for folder in CRATES.into_iter().chain(["."]) {
        for path in sources(&root().join(folder).join("src")) {
            for (number, line) in (1..).zip(read(&path).lines()) {
                let line = line.trim_start();
                if line.starts_with("///") || line.starts_with("//!") {
                    examples += usize::from(line.contains(" use reattempt::"));
                    if line.contains("retry_runtime::") {
                        writeln!(found, "{}:{number}: {line}", path.display()).expect("a string takes it");
                    }
                }
            }
        }
    }
    assert!(examples > 50, "{examples} examples are all that were found");
    assert!(found.is_empty(), "users have no `retry_runtime`; write `reattempt`:\n{found}");
}
