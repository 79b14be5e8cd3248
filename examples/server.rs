//! The server of the examples. It answers each request as a function says: wrongly, late, or in part.
//!
//! It knows of HTTP how a request ends and how an answer begins, and nothing of retries.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Starts a server on a free port of this machine, and returns its URL. It runs until the program ends.
///
/// `answer` gets the head of a request, and returns the bytes to send. Then the connection is closed.
///
/// # Errors
///
/// Returns an error if no port is free.
pub fn serve(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            // The client sees for itself if its connection is lost.
            thread::spawn(move || respond(&connection, &*answer).ok());
        }
    });
    Ok(url)
}

fn respond(mut connection: &TcpStream, answer: &dyn Fn(&str) -> String) -> io::Result<()> {
    let (mut reader, mut head) = (BufReader::new(connection), String::new());
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    connection.write_all(answer(&head).as_bytes())
}

/// Returns an answer: a status such as `404 Not Found`, lines of the head such as `Retry-After: 1`, and a body.
///
/// If it is cut before it is sent, the client sees a connection that breaks in the middle of the body.
pub fn response(status: &str, lines: &[&str], body: &str) -> String {
    let length = format!("Content-Length: {}", body.len());
    let status = format!("HTTP/1.1 {status}");
    [&[&*status, "Connection: close", &*length], lines, &["", body]].concat().join("\r\n")
}

/// Returns the value of a header in the head of a request, whose name is in small letters.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)))
        .map(|pair| pair.1)
}
