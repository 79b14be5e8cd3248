//! The error of a text that cannot be read, and the place in the text.
//!
//! It knows no grammar.

use core::fmt;
use core::ops::Range;

/// The error of a text that cannot be read. The message says how to correct it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    range: Range<usize>,
}

/// The part of the text that is wrong, and the message.
pub(crate) type Refusal<'t> = (&'t str, String);

impl ParseError {
    pub(crate) fn new(text: &str, (part, message): Refusal<'_>) -> Self {
        let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
        Self { message, range: start..start.saturating_add(part.len()) }
    }

    /// Returns the range of bytes of the text that is wrong.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for ParseError {}
