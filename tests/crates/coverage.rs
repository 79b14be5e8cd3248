//! Coverage reports count the lines of a body as often as they ran, in each kind of function.

use crate::package::{ASYNC_TRAIT, Package, WITHOUT_SLEEPER, fixtures, markers, not_run, rustc};
use std::path::PathBuf;
use std::process::Command;

/// Returns the folder of the toolchain's LLVM tools, if they are installed.
fn llvm_tools() -> Option<PathBuf> {
    let output = rustc().args(["--print", "target-libdir"]).output().expect("rustc runs");
    let libraries = PathBuf::from(String::from_utf8(output.stdout).expect("the path is UTF-8").trim());
    let tools = libraries.with_file_name("bin");
    tools.join("llvm-cov").with_extension(std::env::consts::EXE_EXTENSION).exists().then_some(tools)
}

#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

#[test]
fn lines_of_a_body_are_counted_as_often_as_they_ran() {
    let Some(tools) = llvm_tools() else {
        not_run("there are no LLVM tools; `rustup component add llvm-tools`");
        return;
    };
    let source = "coverage.rs";
    let package = Package::program("coverage", "2024", source, &[WITHOUT_SLEEPER, ASYNC_TRAIT]);
    let program = package.build(&["-C", "instrument-coverage"]);
    let (raw, profile) = (program.with_extension("profraw"), program.with_extension("profdata"));
    run(Command::new(&program).env("LLVM_PROFILE_FILE", &raw));
    run(Command::new(tools.join("llvm-profdata")).args(["merge", "-sparse", "-o"]).args([&profile, &raw]));
    let mut export = Command::new(tools.join("llvm-cov"));
    export.args(["export", "--format=lcov", "--instr-profile"]).args([&profile, &program, &fixtures().join(source)]);

    let report = run(&mut export);
    let counts: Vec<(usize, String)> = report
        .lines()
        .filter_map(|line| line.strip_prefix("DA:")?.split_once(','))
        .map(|(line, count)| (line.parse().expect("lines are numbers"), count.to_owned()))
        .collect();
    let mut expected = markers(source, "// runs: ");
    assert!(expected.len() > 30, "the fixture says how often its lines run");
    expected.retain(|line| !counts.contains(line));
    assert_eq!(expected, [], "these lines did not run as often as the fixture says: {report}");
}
