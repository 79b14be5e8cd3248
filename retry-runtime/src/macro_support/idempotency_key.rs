//! Where the key of a call comes from, for generated code: also where the feature that makes them is off, which is then said in words.

/// What makes the idempotency keys that are compiled in.
#[diagnostic::on_unimplemented(
    message = "`idempotency_key` needs the feature `idempotency` of `reattempt`",
    label = "nothing that makes a key is compiled in",
    note = "add `features = [\"idempotency\"]` to `reattempt` in Cargo.toml; it is on by default"
)]
pub trait KeySource {
    /// The key.
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

/// Makes the key of a call.
pub fn idempotency_key<S: KeySource>(source: S) -> S::Key {
    source.generate()
}
