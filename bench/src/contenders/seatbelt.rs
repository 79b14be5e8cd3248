//! `retry` of the crate `seatbelt`.

use super::Contender;
use crate::service::{Answer, Body, drive_on};
use layered::{Execute, Service, Stack};
use seatbelt::retry::{Backoff, Retry};
use seatbelt::{RecoveryInfo, ResilienceContext};
use std::time::Duration;
use tick::Clock;
use tokio::runtime::Runtime;

pub static CONTENDER: Contender = Contender {
    name: "seatbelt",
    tokio_success: Some(|runtime, server, count| {
        let service = service(runtime, move |input| server.ask_async(input));
        drive_on(runtime, count, |input| service.execute(input));
    }),
    future_bytes: Some(|| [sized::<1>(), sized::<16>(), sized::<128>(), sized::<512>()]),
    note: "it has no sync calls; its clock lives in a runtime; its factor is 2",
    ..Contender::NONE
};

fn service<F>(
    runtime: &Runtime,
    call: impl Fn(u64) -> F + Send + Sync + Clone + 'static,
) -> impl Service<u64, Out = Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let _entered = runtime.enter();
    let context = ResilienceContext::new(Clock::new_tokio());
    let layers = (
        Retry::layer("retry", &context)
            .clone_input()
            .max_retry_attempts(3)
            .backoff(Backoff::Exponential)
            .base_delay(Duration::from_millis(100))
            .max_delay(Duration::from_secs(5))
            .recovery_with(|answer: &Answer, _| match answer {
                Err(fault) if fault.is_transient() => RecoveryInfo::retry(),
                _ => RecoveryInfo::never(),
            }),
        Execute::new(call),
    );
    layers.into_service()
}

fn sized<const WORDS: usize>() -> usize {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return 0 };
    let service = service(&runtime, |_| Body::<WORDS>::default());
    size_of_val(&service.execute(1))
}
