//! The structure of the library's crates: no modules import each other in a circle, and layers import only what is below them.
//!
//! ARCHITECTURE.md shows the layers; these tests read its tables.

mod layers;
mod modules;
mod source;

use layers::Layers;
use modules::Modules;
use std::fmt::Write;
use std::fs;
use std::path::Path;

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
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map is there");
    let mut found = String::new();
    for name in CRATES {
        let layers = Layers::read(&text, name).unwrap_or_else(|| panic!("ARCHITECTURE.md has no layers of {name}"));
        for broken in layers.broken(&modules_of(name)) {
            writeln!(found, "{name}/src: {broken}").expect("a string takes it");
        }
    }
    assert!(found.is_empty(), "ARCHITECTURE.md, \"Layers\":\n{found}");
}
