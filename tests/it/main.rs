//! Behaviour of `#[retry]`, a module per feature.

mod attempts;
mod deciding;
mod delays;
mod derives;
mod endings;
mod idempotency;
mod policies;
mod runs;
mod shapes_arguments;
mod shapes_async;
mod shapes_attributes;
mod shapes_bodies;
mod shapes_boxed;
mod shapes_boxed_defaults;
mod shapes_drops;
mod shapes_futures;
mod shapes_hygiene;
mod shapes_macros;
mod shapes_receivers;
mod shapes_returns;
mod shapes_send;
mod shapes_sync;
mod sleeping;
mod stopping;
mod timeouts;
mod twins;
