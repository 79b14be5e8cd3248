//! Measures what a retry costs: by `#[retry]`, by a loop written by hand, and by other crates.
//!
//! | module | owns |
//! |---|---|
//! | `service` | what is retried: a server that fails on demand, bodies of a given size, the least that a call can be |
//! | `contenders` | the same tasks, by each contender |
//! | `counting` | an allocator that counts |
//! | `scenarios` | what contenders are asked for, by name |
//! | `callgrind`, `times` | instructions of a call, by valgrind; its time, as a ratio |
//! | `tasks`, `compile` | 100,000 tasks and their cells; cold builds, crates, sizes of programs |
//! | `expansion` | what the compiler does with annotated functions, and with loops by hand |
//! | `figures` | the file of figures that may not grow |

pub mod callgrind;
pub mod compile;
pub mod contenders;
pub mod counting;
pub mod expansion;
pub mod figures;
pub mod scenarios;
pub mod service;
pub mod tasks;
pub mod times;
