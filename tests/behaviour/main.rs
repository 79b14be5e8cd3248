//! Behaviour of `#[retry]` and of policies that call closures: a module per feature.

/// The accepted program for each refused one in `tests/ui`.
mod accepted;
/// Attempts: sleepers, time-outs, cancellation, and the facts that a body gets.
mod attempts {
    mod attempt_key;
    mod cancel_key;
    mod cancellation;
    mod idempotency_keys;
    mod progress;
    mod sleepers;
    mod timeouts;
}
/// Calls of closures. Behaviour that the attribute shares is in the module of its feature.
mod closures {
    mod cancel_key;
    mod cancellation;
    mod changed_state;
    mod keys;
    mod sites_and_events;
}
/// The classification of failures, and the error that the caller gets.
mod failure {
    mod classification;
    mod derive_transient;
    mod named_classifiers;
    mod rejected_values;
    mod returned_errors;
    mod sources;
}
/// Events, sites, and disabled retries.
mod observing {
    mod breaker_events;
    mod disabled_retries;
    mod ends;
    mod error_sources;
    mod events;
    mod sites;
}
/// Budgets and circuit breakers.
mod overload {
    mod callbacks;
    mod hints;
    mod keys;
    mod load;
    mod panics;
    mod waiting;
}
/// Delays, limits, and the sources of their settings.
mod policy {
    mod delays;
    mod endless;
    mod final_attempts;
    mod limits;
    mod names_of_libraries;
    mod own_delays;
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
/// Helpers for tests of several features.
mod support {
    pub(crate) mod api;
    pub(crate) mod liveness;
    pub(crate) mod polling;
    pub(crate) mod runs;
}
