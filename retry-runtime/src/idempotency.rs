//! Idempotency keys. A server uses them to recognize a request that was sent again.
//!
//! A key is made from the randomness of the operating system, not from the generator of the jitter. So a test's seed never repeats a key.

use core::fmt;

/// A key for all attempts of one call: a random UUID (version 4 of [RFC 9562](https://www.rfc-editor.org/rfc/rfc9562#section-5.4)).
///
/// `#[retry(idempotency_key = key)]` makes one key for each call and binds it in the body. It is the same for each attempt. The body sends
/// it with its request. A server that knows the key returns the first response again, instead of acting again.
///
/// `Display` writes it with hyphens and lower-case letters: `8e03978e-40d5-43dd-bc93-6894a57f9324`. With the feature `http` it can be
/// converted into header values.
///
/// # Examples
///
/// ```
/// use reattempt::IdempotencyKey;
///
/// let key = IdempotencyKey::generate();
/// assert_eq!(key.to_string().len(), 36);
/// assert_ne!(key, IdempotencyKey::generate());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey([u8; 16]);

impl IdempotencyKey {
    /// Makes a new key: 122 random bits from the operating system.
    ///
    /// # Panics
    ///
    /// Panics if the operating system has no random numbers.
    #[must_use]
    pub fn generate() -> Self {
        let mut bytes = [0; 16];
        if let Err(error) = getrandom::fill(&mut bytes) {
            panic!("no idempotency key could be made: the operating system gives no random numbers: {error}");
        }
        Self::from_random(bytes)
    }

    /// Makes a key from random bytes: sets version and variant.
    fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// Returns the bytes of the UUID, such as for a UUID type of another crate.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Returns the value for an `Idempotency-Key` header by the
    /// [IETF's draft](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/). It is in quotes, because it is a string of a
    /// structured field.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt::IdempotencyKey;
    ///
    /// let key = IdempotencyKey::generate();
    /// assert_eq!(key.to_header_value(), format!("\"{key}\"").as_str());
    /// assert_eq!(key.to_bare_header_value(), key.to_string().as_str());
    /// ```
    #[cfg(feature = "http")]
    pub fn to_header_value(&self) -> http::HeaderValue {
        header_value(&format_args!("\"{self}\""))
    }

    /// Returns the value without quotes, as payment services expect it.
    #[cfg(feature = "http")]
    pub fn to_bare_header_value(&self) -> http::HeaderValue {
        header_value(self)
    }
}

#[cfg(feature = "http")]
fn header_value(text: &dyn fmt::Display) -> http::HeaderValue {
    http::HeaderValue::try_from(text.to_string()).expect("quotes, hexadecimal digits and hyphens may stand in a header")
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdempotencyKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn it_is_written_as_a_uuid_of_version_four() {
        let key = IdempotencyKey::from_random([0xff; 16]);
        assert_eq!(key.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(format!("{key:?}"), "IdempotencyKey(ffffffff-ffff-4fff-bfff-ffffffffffff)");
        assert_eq!(IdempotencyKey::from_random([0; 16]).to_string(), "00000000-0000-4000-8000-000000000000");
        assert_eq!(
            IdempotencyKey::from_random(*b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef")
                .to_string(),
            "01234567-89ab-4def-8123-456789abcdef"
        );
    }

    #[test]
    fn each_is_another_and_each_free_bit_is_random() {
        let keys: Vec<_> = (0..1_000).map(|_| IdempotencyKey::generate()).collect();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        let (mut ones, mut zeros) = ([0; 16], [0; 16]);
        for key in &keys {
            for (index, byte) in key.as_bytes().iter().enumerate() {
                ones[index] |= byte;
                zeros[index] |= !byte;
            }
        }
        let always_one: Vec<u8> = zeros.iter().map(|seen| !seen).collect();
        let always_zero: Vec<u8> = ones.iter().map(|seen| !seen).collect();
        assert_eq!(always_one, [0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(always_zero, [0, 0, 0, 0, 0, 0, 0xb0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[cfg(feature = "test-util")]
    #[test]
    fn a_seed_for_the_jitter_repeats_no_key() {
        crate::time::testing::seed(7);
        let first = IdempotencyKey::generate();
        crate::time::testing::seed(7);
        assert_ne!(first, IdempotencyKey::generate());
    }

    #[cfg(feature = "http")]
    #[test]
    fn header_values_come_in_quotes_and_bare() {
        let key = IdempotencyKey::from_random([0; 16]);
        assert_eq!(key.to_header_value(), "\"00000000-0000-4000-8000-000000000000\"");
        assert_eq!(key.to_bare_header_value(), "00000000-0000-4000-8000-000000000000");
    }
}
