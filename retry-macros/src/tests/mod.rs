//! Tests of the macros as a whole: tokens in, tokens out.

mod grammar;
mod mutation;
mod names;
mod oracle;
mod robust;
mod snapshots;
