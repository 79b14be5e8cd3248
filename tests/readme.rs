//! The README is true: its links lead to files, and the compiler says what it quotes.
//!
//! Its examples are doctests of the facade.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace")
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).expect("the README is there")
}

/// Returns the files of the cases in `ui` whose names end like this.
fn cases(extension: &str) -> Vec<String> {
    let list = |folder: PathBuf| {
        fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry").path())
    };
    let files =
        list(root().join("tests/ui")).flat_map(list).filter(|path| path.extension() == Some(extension.as_ref()));
    files.map(|path| fs::read_to_string(path).expect("the case is text")).collect()
}

#[test]
fn each_link_leads_to_a_file() {
    let readme = readme();
    let links: Vec<_> =
        readme.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link).collect();
    assert!(links.len() > 30, "{links:#?}");
    let broken: Vec<_> = links.iter().filter(|link| !root().join(link).exists()).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_compiler_says_what_is_quoted() {
    let readme = readme();
    let answers = readme.split("```text\n").find(|block| block.starts_with("error")).expect("an answer is quoted");
    let answers: Vec<_> = answers.split("```").next().unwrap_or_default().trim_end().split("\n\n").collect();
    assert_eq!(answers.len(), 3, "{answers:#?}");
    let of_rustc = cases("rs").concat();
    // Without the paths, which are those of the tests.
    let of_ours: Vec<_> = cases("stderr")
        .iter()
        .map(|text| text.lines().filter(|line| !line.starts_with(" --> ")).collect::<Vec<_>>().join("\n"))
        .collect();
    let notes = fs::read_to_string(root().join("retry-runtime/src/failure/classify.rs")).expect("the notes are there");
    for answer in answers {
        match answer.strip_prefix("error[").and_then(|rest| rest.split_once("]: ")) {
            // Such a case has the code, the message and the place. The notes are in the source.
            Some((code, rest)) => {
                let message = rest.lines().next().unwrap_or_default();
                assert!(of_rustc.contains(&format!("//@ {code} | {message} | ")), "{answer}");
                let mut quoted = answer.lines().filter_map(|line| line.split_once("= note: "));
                assert!(quoted.all(|(_, note)| notes.contains(&format!("note = \"{note}\""))), "{answer}");
            }
            None => assert!(of_ours.iter().any(|text| text.trim_end() == answer), "{answer}"),
        }
    }
}
