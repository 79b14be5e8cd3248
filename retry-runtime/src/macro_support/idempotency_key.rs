//! The source of a call's idempotency key, for generated code. Without the feature `idempotency` it gives a compiler message.

/// A source of idempotency keys. There is one if the feature is enabled.
#[diagnostic::on_unimplemented(
    message = "`idempotency_key` needs the feature `idempotency` of `reattempt`",
    label = "nothing that makes a key is compiled in",
    note = "add `features = [\"idempotency\"]` to `reattempt` in Cargo.toml; it is on by default"
)]
pub trait KeySource {
    /// The type of a key.
    type Key;
    /// Makes a key.
    fn generate(self) -> Self::Key;
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct OsRandomness;

#[cfg(feature = "idempotency")]
impl KeySource for OsRandomness {
    type Key = crate::idempotency::IdempotencyKey;

    fn generate(self) -> Self::Key {
        crate::idempotency::IdempotencyKey::generate()
    }
}
