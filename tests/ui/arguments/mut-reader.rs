use std::io::{self, Read};

#[reattempt::retry]
fn call(mut r: impl Read + Send) -> io::Result<usize> {
    r.read(&mut [0; 8])
}

fn main() {}
