//! Behaviour of `#[retry]` and of policies that call closures: a module per feature.

/// The accepted program for each refused one in `tests/ui`.
mod accepted;
/// How attempts follow each other: between them, around them, and what a body knows of its own.
mod attempts {
    mod attempt_key;
    mod cancellation;
    mod idempotency_keys;
    mod sleepers;
    mod timeouts;
}
/// Calls of closures: what is theirs alone, the rest is in the module of its feature.
mod closures {
    mod cancellation;
    mod keys;
    mod sites_and_events;
}
/// Which failures are transient, and which error the caller gets.
mod failure {
    mod classification;
    mod derive_transient;
    mod returned_errors;
}
/// What can be seen of calls while they run, and how retries are disabled.
mod observing {
    mod breaker_events;
    mod disabled_retries;
    mod events;
    mod sites;
}
/// Budgets and circuit breakers.
mod overload {
    mod keys;
    mod load;
}
/// Delays, limits, and where their settings come from.
mod policy {
    mod delays;
    mod limits;
    mod policies;
}
/// Every form of function that can be annotated.
mod shapes {
    mod argument_patterns;
    mod arguments;
    mod async_functions;
    mod async_trait_defaults;
    mod async_trait_impls;
    mod attributes;
    mod bodies;
    mod declarative_macros;
    mod drop_order;
    mod hygiene;
    mod receivers;
    mod return_types;
    mod returned_future_scopes;
    mod returned_futures;
    mod send_futures;
    mod sync_functions;
}
/// What tests of several features use.
mod support {
    pub(crate) mod liveness;
    pub(crate) mod runs;
}
