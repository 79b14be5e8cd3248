//! What does not compile, and what the compiler says then: each case is the smallest program with one fault.
//!
//! The texts beside the cases belong to one toolchain. `TRYBUILD=overwrite cargo test --test ui` writes them anew.

use std::process::Command;

/// The toolchain whose words the expected texts have.
const TOOLCHAIN: &str = "rustc 1.95.";

#[test]
fn faults_are_told_on_the_wrong_token() {
    let version = Command::new("rustc").arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.starts_with(TOOLCHAIN) {
        eprintln!("NOT RUN: the expected texts are those of {TOOLCHAIN}x, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
