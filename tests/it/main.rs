//! Behaviour of `#[retry]`, a module per feature.

mod shapes_sync;
