//! What is wrong with a text, and where in it.
//!
//! It knows no grammar.

use core::fmt;
use core::ops::Range;

/// Why a text cannot be read, with a way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    range: Range<usize>,
}

/// What is wrong: the part of the text, and the message.
pub(crate) type Refusal<'t> = (&'t str, String);

impl ParseError {
    pub(crate) fn new(text: &str, (part, message): Refusal<'_>) -> Self {
        let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
        Self { message, range: start..start.saturating_add(part.len()) }
    }

    /// The bytes of the text that are wrong.
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
