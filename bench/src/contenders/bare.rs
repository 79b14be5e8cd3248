//! The bare call: no retry at all.

use super::Contender;
use crate::service::{Answer, Server, drive, drive_on};

pub const CONTENDER: Contender = Contender {
    name: "bare",
    sync_success: Some(get),
    async_success: Some(|server, input| drive(get_async(server, input))),
    tokio_success: Some(|runtime, server, count| drive_on(runtime, count, |input| get_async(server, input))),
    note: "it does not retry",
    ..Contender::NONE
};

fn get(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

async fn get_async(server: &'static Server, input: u64) -> Answer {
    server.ask_async(input).await
}
