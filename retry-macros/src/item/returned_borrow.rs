//! Return types that borrow from what the next attempt has to borrow uniquely again.
//!
//! The compiler refuses the loop written by hand as well, but in words about closures. Only signatures that leave no doubt are
//! refused here; it looks at lifetimes alone and knows no key.

use crate::faults::Faults;
use crate::syntax::signature::{Argument, Receiver, Signature};
use crate::syntax::types::{self, Reference};
use crate::syntax::{behind_type, inside, is_mark, is_word};
use proc_macro2::{Delimiter, Span, TokenTree};

/// Refuses a return type that borrows from a `&mut` argument.
pub(crate) fn refuse(sig: &Signature, returned: &[TokenTree], faults: &mut Faults) {
    let returned = Borrows::of(returned);
    if returned.0.is_empty() {
        return;
    }
    let receiver = sig.receiver.iter().map(Input::of_receiver);
    let inputs: Vec<Input> = receiver.chain(sig.inputs.iter().map(Input::of)).collect();
    let source = returned.0.iter().find_map(|borrow| {
        let source = match borrow.name.as_str() {
            ELIDED => elided_source(&inputs),
            name => named_source(&inputs, name),
        };
        source.map(|source| (source, borrow.span))
    });
    if let Some((source, span)) = source {
        let message = format!(
            "the return type borrows from {source}, which each attempt needs for itself (a loop written by hand does not compile \
             either); return an owned value, or write `'static` if nothing is borrowed"
        );
        faults.at(span, message);
    }
}

/// What an elided lifetime of the return type borrows from, if that is a unique reference.
fn elided_source(inputs: &[Input]) -> Option<&str> {
    if let Some(receiver) = inputs.iter().find(|input| input.is_receiver) {
        return receiver.unique.as_ref().map(|_| receiver.name.as_str());
    }
    let mut elided = inputs.iter().filter(|input| input.borrows.0.iter().any(|borrow| borrow.name == ELIDED));
    match (elided.next(), elided.next()) {
        (Some(only), None) if only.unique.as_deref() == Some(ELIDED) && only.borrows.count(ELIDED) == 1 => {
            Some(&only.name)
        }
        _ => None,
    }
}

/// What a named lifetime of the return type borrows from, if that is a unique reference alone.
fn named_source<'a>(inputs: &'a [Input], name: &str) -> Option<&'a str> {
    let mut users = inputs.iter().filter(|input| input.borrows.count(name) > 0);
    match (users.next(), users.next()) {
        (Some(only), None) if only.unique.as_deref() == Some(name) && only.borrows.count(name) == 1 => Some(&only.name),
        _ => None,
    }
}

/// An argument, by its lifetimes.
struct Input {
    /// As messages name it.
    name: String,
    is_receiver: bool,
    /// The lifetime's name of the argument's own `&mut`, if it is one.
    unique: Option<String>,
    borrows: Borrows,
}

impl Input {
    fn of(argument: &Argument) -> Self {
        let name = match argument.name() {
            Some(name) => format!("the `&mut` argument `{name}`"),
            None => "a `&mut` argument".to_owned(),
        };
        Self { name, is_receiver: false, unique: unique(&argument.ty), borrows: Borrows::of(&argument.ty) }
    }

    fn of_receiver(receiver: &Receiver) -> Self {
        let name = "`&mut self`".to_owned();
        let (unique, borrows) = match &receiver.reference {
            Some(reference) => {
                let lifetime = lifetime_name(reference);
                let borrow = Borrow { name: lifetime.clone(), span: reference.and };
                (reference.is_unique.then_some(lifetime), Borrows(vec![borrow]))
            }
            None => (unique(&receiver.ty), Borrows::of(&receiver.ty)),
        };
        Self { name, is_receiver: true, unique, borrows }
    }
}

fn unique(ty: &[TokenTree]) -> Option<String> {
    types::reference(&types::peel(ty))
        .filter(|reference| reference.is_unique)
        .map(|reference| lifetime_name(&reference))
}

/// The name of a lifetime that is not written, or written as `'_`.
const ELIDED: &str = "_";

fn lifetime_name(reference: &Reference) -> String {
    reference.lifetime.as_ref().map_or_else(|| ELIDED.to_owned(), ToString::to_string)
}

/// The lifetimes in a type, elided ones of references included.
struct Borrows(Vec<Borrow>);

struct Borrow {
    /// `_` where it is elided.
    name: String,
    span: Span,
}

impl Borrows {
    fn of(ty: &[TokenTree]) -> Self {
        let mut borrows = Self(Vec::new());
        borrows.find(ty);
        borrows
    }

    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|borrow| borrow.name == name).count()
    }

    fn find(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1);
            match (token, next) {
                (TokenTree::Punct(mark), Some(TokenTree::Ident(name))) if mark.as_char() == '\'' => {
                    self.0.push(Borrow { name: name.to_string(), span: mark.span() });
                }
                (TokenTree::Punct(mark), _) if mark.as_char() == '&' && !is_mark(next, '\'') => {
                    self.0.push(Borrow { name: ELIDED.to_owned(), span: mark.span() });
                }
                // The elided lifetimes of `fn(&T) -> &U` and `Fn(&T) -> &U` are their own.
                (TokenTree::Ident(_), Some(TokenTree::Group(inputs)))
                    if inputs.delimiter() == Delimiter::Parenthesis && !is_keyword(token) =>
                {
                    at = match tokens.get(at + 2) {
                        arrow if is_mark(arrow, '-') => behind_type(tokens, at + 4),
                        _ => at + 2,
                    };
                    continue;
                }
                (TokenTree::Group(group), _) => self.find(&inside(group)),
                _ => {}
            }
            at += 1;
        }
    }
}

/// Whether a word before parentheses leaves them a type's.
fn is_keyword(word: &TokenTree) -> bool {
    ["dyn", "impl", "mut", "const"].iter().any(|keyword| is_word(Some(word), keyword))
}
