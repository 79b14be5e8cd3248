//! The bare call: no retry at all.

use super::{Call, Contender, repeat};
use crate::service::{Answer, Server, drive, drive_on};
use std::hint::black_box;

pub static CONTENDER: Contender = Contender {
    name: "bare",
    sync_success: Some(|server, count| repeat(server, count, get)),
    sync_success_by_pointer: Some(|server, count| repeat(server, count, black_box(get as Call))),
    async_success: Some(|server, count| repeat(server, count, |server, input| drive(get_async(server, input)))),
    tokio_success: Some(|runtime, server, count| drive_on(runtime, count, |input| get_async(server, input))),
    note: "it does not retry",
    ..Contender::NONE
};

#[inline]
fn get(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

async fn get_async(server: &'static Server, input: u64) -> Answer {
    server.ask_async(input).await
}
