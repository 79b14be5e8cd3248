//! Behaviour of `#[retry]`, a module per feature.

mod attempts;
mod deciding;
mod delays;
mod endings;
mod policies;
mod runs;
mod shapes_sync;
mod sleeping;
mod stopping;
