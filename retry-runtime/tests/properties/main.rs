//! Properties of the delay arithmetic, the builder and the engine, through the public API only.

#![expect(clippy::arithmetic_side_effects, reason = "the numbers here have room; an overflow should fail the test")]

mod builder;
mod delays;
mod generate;
mod session;
