//! A Redis server of a test's own, which it may kill, start again and configure as it likes.

use crate::service;
use redis_1::{Client, Cmd, FromRedisValue, RedisError};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

/// It goes with the value, and so does its folder.
pub(crate) struct Server {
    folder: PathBuf,
    port: u16,
    options: Vec<&'static str>,
    process: Option<Child>,
}

impl Server {
    /// Starts one with options for the command line.
    pub(crate) fn new(options: &[&'static str]) -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("reattempt-redis-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder can be written to");
        let mut server = Self { folder, port, options: options.to_vec(), process: None };
        server.start();
        server
    }

    /// Starts the server, and comes back when it answers, be it with an error.
    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Does the same with more options, for this once.
    pub(crate) fn start_with(&mut self, more: &[&'static str]) {
        let log = File::create(self.folder.join("log")).expect("the folder can be written to");
        let mut process = Command::new(service("REATTEMPT_REDIS_SERVER"))
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"])
            .arg(&self.folder)
            .args(&self.options)
            .args(more)
            .stdin(Stdio::null())
            .stdout(log)
            .spawn()
            .expect("the variable names the program");
        while !self.answers() {
            let ended = process.try_wait().expect("the process is ours");
            assert!(ended.is_none(), "it ended: {}", fs::read_to_string(self.folder.join("log")).unwrap_or_default());
            thread::sleep(Duration::from_millis(5));
        }
        self.process = Some(process);
    }

    fn answers(&self) -> bool {
        match self.ask::<()>(&["PING"]) {
            Ok(()) => true,
            Err(error) => error.code().is_some(),
        }
    }

    /// Kills the server without a warning.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("the process is ours");
            process.wait().expect("the process is ours");
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::open(self.url("")).expect("the URL is right")
    }

    /// Returns the URL for a user, such as `:password@`.
    pub(crate) fn url(&self, user: &str) -> String {
        format!("redis://{user}127.0.0.1:{}/", self.port)
    }

    /// Runs a command on the server that is not under test.
    pub(crate) fn order<T: FromRedisValue>(&self, words: &[&str]) -> T {
        self.ask(words).expect("the server obeys")
    }

    pub(crate) fn ask<T: FromRedisValue>(&self, words: &[&str]) -> Result<T, RedisError> {
        let mut command = Cmd::new();
        for word in words {
            command.arg(*word);
        }
        command.query(&mut self.client().get_connection()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        // A folder that cannot be removed stays. That does not matter to a test.
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Below the ports that the system gives to outgoing connections: one of those could take it while a server is down.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 100).unwrap_or_default() * 100;
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
