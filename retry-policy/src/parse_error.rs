//! The error of a text that cannot be read, the place in the text, and what a message shows of it.
//!
//! It knows no grammar.

use core::fmt;
use core::ops::Range;
use std::borrow::Cow;

/// The error of a text that cannot be read. The message says how to correct it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    range: Range<usize>,
}

/// The part of the text that is wrong, and the message.
pub(crate) type Refusal<'t> = (&'t str, String);

/// Returns what a message shows of a text that was found: the whole text, or the beginning of one with more than 100 characters. A message that
/// shows it three times has less than 100 characters of such a text.
pub fn excerpt(text: &str) -> Cow<'_, str> {
    let longest = 100;
    match (text.char_indices().nth(longest), text.char_indices().nth(30)) {
        (Some(_), Some((end, _))) => Cow::Owned(format!("{}...", text.get(..end).unwrap_or_default())),
        _ => Cow::Borrowed(text),
    }
}

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
