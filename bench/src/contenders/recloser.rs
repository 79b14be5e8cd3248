//! The crate `recloser`: a breaker.

use super::{Contender, operate};
use crate::service::Refused;
use recloser::Recloser;
use std::hint::black_box;
use std::sync::LazyLock;

pub static CONTENDER: Contender = Contender {
    name: "recloser",
    guards: &[("breaker: window by count", |count| {
        let breaker = &*BY_COUNT;
        operate(count, |number| _ = black_box(black_box(breaker).call(|| Ok::<u64, Refused>(number))));
    })],
    note: "it has no retries, and no window by time",
    ..Contender::NONE
};

static BY_COUNT: LazyLock<Recloser> = LazyLock::new(|| Recloser::custom().error_rate(0.5).closed_len(1_000).build());
