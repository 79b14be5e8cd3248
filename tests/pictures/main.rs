//! Draws the pictures of the guide from the library's own delays: `cargo run -p reattempt-pictures` writes `docs/pictures`.
//!
//! Seeds are fixed and time is fake, so each run draws the same. A test compares the files with what the program draws.

mod base64;
mod breaker;
mod herd;
mod strategies;
mod svg;

use std::path::{Path, PathBuf};
use std::{fs, io};

/// A picture's name, and what draws it.
type Drawing = (&'static str, fn() -> String);

const PICTURES: [Drawing; 3] = [("breaker", breaker::draw), ("herd", herd::draw), ("strategies", strategies::draw)];

fn main() -> io::Result<()> {
    PICTURES.into_iter().flat_map(files).try_for_each(|(path, content)| fs::write(path, content))
}

/// Returns the two files of a picture: one for viewers of the repository, and one that defines its address as data, for rustdoc.
fn files((name, draw): Drawing) -> [(PathBuf, String); 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
    let svg = draw();
    let definition = format!("[{name}]: data:image/svg+xml;base64,{}\n\n", base64::encode(svg.as_bytes()));
    [(folder.join(name).with_extension("svg"), svg), (folder.join(name).with_extension("txt"), definition)]
}

#[cfg(test)]
mod tests {
    use super::{PICTURES, files};
    use std::fs;

    #[test]
    fn the_files_are_what_the_program_draws() {
        for (path, content) in PICTURES.into_iter().flat_map(files) {
            let file = fs::read_to_string(&path).unwrap_or_default();
            assert!(file == content, "{} is out of date: `cargo run -p reattempt-pictures`", path.display());
        }
    }

    #[test]
    fn a_picture_is_small_enough_to_be_a_part_of_a_page() {
        for (path, content) in PICTURES.into_iter().flat_map(files) {
            assert!(content.len() <= 40 * 1024, "{} has {} bytes", path.display(), content.len());
        }
    }
}
