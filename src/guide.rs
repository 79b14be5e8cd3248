//! The guide: a chapter for each question that the reference of one item does not answer.
//!
//! Texts alone, from `docs/guide`. A picture's address is defined before the chapter, as data that needs no server; in the chapter itself it
//! is a file.

#[doc = include_str!("../docs/guide/getting_started.md")]
pub mod getting_started {}
#[doc = include_str!("../docs/pictures/strategies.txt")]
#[doc = include_str!("../docs/pictures/herd.txt")]
#[doc = include_str!("../docs/guide/strategies.md")]
pub mod strategies {}
#[doc = include_str!("../docs/guide/what_to_retry.md")]
pub mod what_to_retry {}
#[cfg(all(feature = "reqwest-0_13", feature = "ureq-3"))]
#[doc = include_str!("../docs/guide/http.md")]
pub mod http {}
#[cfg(feature = "tokio-postgres-0_7")]
#[doc = include_str!("../docs/guide/transactions.md")]
pub mod transactions {}
#[doc = include_str!("../docs/guide/limits.md")]
pub mod limits {}
#[doc = include_str!("../docs/guide/progress.md")]
pub mod progress {}
#[doc = include_str!("../docs/guide/polling.md")]
pub mod polling {}
#[doc = include_str!("../docs/pictures/breaker.txt")]
#[doc = include_str!("../docs/guide/breakers.md")]
pub mod breakers {}
#[doc = include_str!("../docs/guide/cancelling.md")]
pub mod cancelling {}
#[doc = include_str!("../docs/guide/events.md")]
pub mod events {}
#[cfg(feature = "test-util")]
#[doc = include_str!("../docs/guide/testing.md")]
pub mod testing {}
#[cfg(feature = "serde")]
#[doc = include_str!("../docs/guide/configuration.md")]
pub mod configuration {}
#[doc = include_str!("../docs/guide/closures.md")]
pub mod closures {}
#[doc = include_str!("../docs/guide/runtimes.md")]
pub mod runtimes {}
#[doc = include_str!("../docs/guide/anti_patterns.md")]
pub mod anti_patterns {}
#[doc = include_str!("../docs/guide/coming_from.md")]
pub mod coming_from {}
#[doc = include_str!("../docs/guide/how_it_works.md")]
pub mod how_it_works {}
