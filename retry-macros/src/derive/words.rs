//! Reads the words of an error type's cases, and judges them.

use super::item::{Data, Fields, Item, Member, Variant};
use super::{After, Case, Derived, Kind, Word, body};
use crate::args::duration;
use crate::args::expression::{Expression, Kind as Form};
use crate::faults::{Faults, did_you_mean, listed};
use crate::paths::Paths;
use crate::syntax::attribute::Attribute;
use crate::syntax::scan;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Lit, Token};

const TRANSIENT: &str = "transient";
const PERMANENT: &str = "permanent";

const TAKES: &str =
    "`#[transient(...)]` takes `if = function`, `after = field`, `forward`, and on the type `crate = path`";

/// Builds the model of an enum or a struct; `None` comes with a fault.
pub(super) fn read(item: Item, faults: &mut Faults) -> Option<Derived> {
    let Item { attributes, name, generics, data } = item;
    let (root, kind) = match data {
        Data::Enum(variants) => {
            let said = Said::read(&attributes, &Place::Enum, faults);
            let is_refused = said.transient.is_some() || said.permanent.is_some();
            let (all, mut cases) = (variants.len(), Vec::new());
            for variant in variants {
                cases.extend(read_variant(variant, is_refused, faults));
            }
            if cases.len() < all {
                return None;
            }
            (said.root, Kind::Enum(cases))
        }
        Data::Struct(fields) => {
            let place = Place::Struct(&name);
            let mut said = Said::read(&attributes, &place, faults);
            said.is_refused = refuse_on_fields(&fields, &place, faults);
            let root = said.root.take();
            let word = said.word(&place, &fields, faults)?;
            (root, Kind::Struct(Box::new(Case { fields, word })))
        }
        Data::Union => {
            faults.on(name, "`Transient` is derived for enums and structs; implement the trait by hand here");
            return None;
        }
    };
    Some(Derived { paths: Paths::new(root.as_ref()), name, generics, kind })
}

/// Where the crate is, as far as the words can be read.
pub(super) fn root(item: &Item) -> Paths {
    Paths::new(Said::read(&item.attributes, &Place::Enum, &mut Faults::default()).root.as_ref())
}

fn read_variant(variant: Variant, is_refused: bool, faults: &mut Faults) -> Option<(Ident, Case)> {
    let Variant { attributes, name, fields } = variant;
    let place = Place::Variant(&name);
    let mut said = Said::read(&attributes, &place, faults);
    said.is_refused = refuse_on_fields(&fields, &place, faults) || is_refused;
    let word = said.word(&place, &fields, faults)?;
    Some((name, Case { fields, word }))
}

/// A word on a field would be lost. Answers whether there is one.
fn refuse_on_fields(fields: &Fields, place: &Place<'_>, faults: &mut Faults) -> bool {
    let mut is_refused = false;
    for field in fields.iter().flatten() {
        for attribute in &field.attributes {
            let word = match Name::of(attribute) {
                Some(Name::Transient) => format!("#[transient(forward = {})]", field.member.to_token_stream()),
                Some(Name::Permanent) => "#[permanent]".to_owned(),
                None => continue,
            };
            let path: TokenStream = attribute.parts().0.into_iter().collect();
            let name = place.name();
            faults.on(path, format!("found a word on a field, where none is read; write `{word}` above {name}"));
            is_refused = true;
        }
    }
    is_refused
}

/// What the words stand on.
enum Place<'a> {
    Enum,
    Variant(&'a Ident),
    Struct(&'a Ident),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Transient,
    Permanent,
}

impl Name {
    fn of(attribute: &Attribute) -> Option<Self> {
        match attribute.word()?.to_string().as_str() {
            TRANSIENT => Some(Self::Transient),
            PERMANENT => Some(Self::Permanent),
            _ => None,
        }
    }
}

/// All that is said in one place, each thing at most once.
#[derive(Default)]
struct Said {
    /// The words `#[transient]` and `#[permanent]`: where they stand.
    transient: Option<Span>,
    permanent: Option<Span>,
    condition: Option<Expression>,
    after: Option<Expression>,
    forward: Option<(Span, Option<Expression>)>,
    root: Option<TokenStream>,
    /// An attribute that is no word, but looks like one.
    near: Option<(Ident, String)>,
    has_faults: bool,
    /// Whether a word that stands elsewhere has been refused: that there is none here is the same fault.
    is_refused: bool,
}

impl Said {
    fn read(attributes: &[Attribute], place: &Place<'_>, faults: &mut Faults) -> Self {
        let mut said = Self::default();
        for attribute in attributes {
            let Some(name) = Name::of(attribute) else {
                said.near = said.near.or_else(|| near(attribute));
                continue;
            };
            let (path, rest) = attribute.parts();
            let path: TokenStream = path.into_iter().collect();
            let is_sound = match (rest.as_slice(), name) {
                ([TokenTree::Group(list)], Name::Transient) if !list.stream().is_empty() => {
                    said.read_list(&list.stream(), path.span(), faults)
                }
                ([], _) => said.mark(name, path.span(), faults),
                // Refused, whatever else it says.
                _ if matches!(place, Place::Enum) => said.mark(name, path.span(), faults),
                ([TokenTree::Group(_)], Name::Transient) => {
                    faults.on(path, "`#[transient()]` says nothing more than `#[transient]`; remove the parentheses");
                    false
                }
                ([TokenTree::Group(_)], Name::Permanent) => {
                    faults.on(path, "`#[permanent]` takes nothing; write it alone");
                    false
                }
                ([_, value @ ..], _) => {
                    let found: TokenStream = value.iter().cloned().collect();
                    let message = format!(
                        "found `= {found}`; write `#[transient]`, `#[permanent]`, or what `#[transient(...)]` takes"
                    );
                    faults.on(if value.is_empty() { path } else { found }, message);
                    false
                }
            };
            said.has_faults |= !is_sound;
        }
        said.check_place(place, faults);
        said
    }

    /// Notes the word itself.
    fn mark(&mut self, name: Name, span: Span, faults: &mut Faults) -> bool {
        let (this, word) = match name {
            Name::Transient => (&mut self.transient, TRANSIENT),
            Name::Permanent => (&mut self.permanent, PERMANENT),
        };
        if this.is_some() {
            faults.at(span, format!("`#[{word}]` is given twice; remove one of the two"));
            return false;
        }
        *this = Some(span);
        true
    }

    /// Reads what stands in the parentheses of `#[transient(...)]`.
    fn read_list(&mut self, tokens: &TokenStream, span: Span, faults: &mut Faults) -> bool {
        let mut is_sound = true;
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(fault) = self.read_entry(input, span) {
                    faults.push(fault);
                    is_sound = false;
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
                if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                    let found: TokenTree = input.fork().parse()?;
                    faults.at(
                        found.span(),
                        format!("expected `,` between two words, found `{found}`; put a `,` before it"),
                    );
                    is_sound = false;
                    while !input.is_empty() {
                        input.parse::<TokenTree>()?;
                    }
                }
            }
            Ok(())
        };
        let end = parser.parse2(tokens.clone());
        faults.take(end).is_some() && is_sound
    }

    fn read_entry(&mut self, input: ParseStream<'_>, word: Span) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            let found: TokenTree = input.fork().parse()?;
            return Err(syn::Error::new(found.span(), format!("found `{found}`; {TAKES}")));
        }
        let key = input.call(Ident::parse_any)?;
        let value = |example: &str| {
            if let Ok(TokenTree::Group(group)) = input.fork().parse() {
                let found = group.stream();
                let advice = if found.is_empty() { example.to_owned() } else { format!("{key} = {found}") };
                return Err(syn::Error::new(
                    group.span(),
                    format!("found `{group}` where the `=` of `{key}` should be; write `{advice}`"),
                ));
            }
            if !input.peek(Token![=]) {
                return Err(syn::Error::new(key.span(), format!("`{key}` has no value; write `{example}`")));
            }
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(syn::Error::new(key.span(), format!("`{key}` has no value; write `{example}`")));
            }
            Expression::read(input)
        };
        let is_repeated = match key.to_string().as_str() {
            "if" => self.condition.replace(value("if = is_server_side")?).is_some(),
            "after" => self.after.replace(value("after = retry_after")?).is_some(),
            "forward" => {
                let is_alone = input.is_empty() || input.peek(Token![,]) || input.peek(Ident::peek_any);
                let field = if is_alone { None } else { Some(value("forward = source")?) };
                self.forward.replace((key.span(), field)).is_some()
            }
            "crate" => {
                // A path; whatever else stands there is told of by its own words.
                let path = value("crate = my_reexports::reattempt")?;
                if !scan::is_module_path(path.to_token_stream()) {
                    let found = path.to_token_stream();
                    let message = format!(
                        "`crate` expects the path of a module, found `{found}`; write `crate = my_reexports::reattempt`"
                    );
                    return Err(syn::Error::new_spanned(&path, message));
                }
                self.root.replace(path.to_token_stream()).is_some()
            }
            found => {
                let suggestion = match found {
                    "when" | "on" => "; did you mean `if`?".to_owned(),
                    "source" | "inner" | "transparent" => "; did you mean `forward`?".to_owned(),
                    "hint" | "retry_after" | "delay" => "; did you mean `after`?".to_owned(),
                    _ => did_you_mean(found, &["if", "after", "forward", "crate"]),
                };
                let suggestion = if suggestion.is_empty() { format!("; {TAKES}") } else { suggestion };
                // What belongs to the unknown word is skipped by the caller.
                return Err(syn::Error::new(key.span(), format!("unknown word `{found}`{suggestion}")));
            }
        };
        if is_repeated {
            return Err(syn::Error::new(key.span(), format!("`{key}` is given twice; remove one of the two")));
        }
        if key != "crate" {
            self.transient.get_or_insert(word);
        }
        Ok(())
    }

    /// A word on a whole enum would speak for variants that nobody has thought of; the crate's place is the whole type's.
    fn check_place(&mut self, place: &Place<'_>, faults: &mut Faults) {
        match place {
            Place::Enum => {
                for span in [self.transient, self.permanent].into_iter().flatten() {
                    let message = "a word for the whole enum would decide for variants that are still to come; write one on each variant";
                    faults.at(span, message);
                }
            }
            Place::Variant(_) => {
                if let Some(root) = &self.root {
                    faults.on(root, "`crate` belongs on the enum, not on a variant; write `#[transient(crate = ...)]` above the enum");
                }
            }
            Place::Struct(_) => {}
        }
    }

    /// What is said of a case with these fields; `None` comes with a fault.
    fn word(self, place: &Place<'_>, fields: &Fields, faults: &mut Faults) -> Option<Word> {
        if self.has_faults {
            return None;
        }
        match (self.transient, self.permanent) {
            (Some(transient), Some(permanent)) => {
                let message =
                    format!("{} cannot be both transient and permanent; remove one of the two words", place.name());
                faults.between(permanent, message, transient, "the other word is here");
                None
            }
            (None, Some(_)) => Some(Word::Permanent),
            (None, None) if self.is_refused => None,
            (None, None) => {
                let name = place.name();
                match self.near {
                    Some((near, advice)) => {
                        faults.at(near.span(), format!("`{near}` says nothing on whether {name} may pass{advice}"));
                    }
                    None => faults.at(
                        place.span(),
                        format!("{name} has no word on whether it may pass; {}", ways_out(place, fields)),
                    ),
                }
                None
            }
            (Some(_), None) => self.transient_word(place, fields, faults),
        }
    }

    fn transient_word(self, place: &Place<'_>, fields: &Fields, faults: &mut Faults) -> Option<Word> {
        let Self { condition, after, forward, .. } = self;
        if let Some((span, field)) = forward {
            if condition.is_some() || after.is_some() {
                faults.at(span, "`forward` leaves the decision and the hint to the field, so `if` and `after` have no say beside it; remove one of them");
                return None;
            }
            return forwarded(span, field.as_ref(), fields, faults).map(Word::Forward);
        }
        if let Some(condition) = &condition {
            let example = match condition.literal() {
                Some(Lit::Bool(always)) if after.is_none() => {
                    if always.value {
                        "#[transient]"
                    } else {
                        "#[permanent]"
                    }
                }
                _ => "if = is_server_side",
            };
            refuse_literal(
                condition,
                "if",
                "a function or a closure that answers `bool` or `Verdict`",
                example,
                faults,
            )?;
            if count(fields) == 0 && matches!(place, Place::Variant(_)) {
                let message = format!(
                    "{} has no fields that `if` could look at; write `#[transient]` or `#[permanent]`",
                    place.name()
                );
                faults.on(condition, message);
                return None;
            }
            refuse_body(condition, "if", place, fields, faults)?;
        }
        let after = match after {
            None => None,
            Some(after) => Some(hint(after, place, fields, faults)?),
        };
        Some(Word::Transient { condition: condition.map(Box::new), after })
    }
}

/// The field that `forward` asks.
fn forwarded(span: Span, field: Option<&Expression>, fields: &Fields, faults: &mut Faults) -> Option<Member> {
    let Some(field) = field else {
        let members = members(fields);
        return match members.as_slice() {
            [only] => Some(only.clone()),
            [] => {
                faults.at(span, "there is no field to forward to; write `#[transient]` or `#[permanent]`");
                None
            }
            [first, ..] => {
                let source = members.iter().find(|member| matches!(member, Member::Named(name) if name == "source"));
                let example = source.unwrap_or(first).to_token_stream();
                faults.at(span, format!("`forward` does not say to which of the fields; write `forward = {example}`"));
                None
            }
        };
    };
    let found = member_of(field);
    if let Some(found) = found.clone().filter(|found| members(fields).contains(found)) {
        return Some(found);
    }
    let mut names = Vec::new();
    for member in members(fields) {
        names.push(member.to_token_stream().to_string());
    }
    let tokens = field.to_token_stream();
    let suggestion = did_you_mean(&tokens.to_string(), &names);
    let advice = match (suggestion.is_empty(), names.as_slice()) {
        (false, _) => suggestion,
        (true, []) => "; there is none".to_owned(),
        (true, names) => format!("; fields are {}", listed(names, "`")),
    };
    faults.on(field, format!("`forward` expects one of the fields, found `{tokens}`{advice}"));
    None
}

fn hint(after: Expression, place: &Place<'_>, fields: &Fields, faults: &mut Faults) -> Option<After> {
    if let Some(field) = member_of(&after).filter(|found| members(fields).contains(found)) {
        return Some(After::Field(field));
    }
    let example = match after.literal() {
        Some(Lit::Str(text)) => duration::parse(text).ok().map(|duration| {
            let parameters = vec!["_"; if matches!(place, Place::Struct(_)) { 1 } else { count(fields) }];
            let (unit, number) = match duration.subsec_nanos() {
                0 => ("secs", duration.as_secs().into()),
                _ => ("millis", duration.as_millis()),
            };
            format!("after = |{}| Duration::from_{unit}({number})", listed(&parameters, ""))
        }),
        _ => None,
    };
    refuse_literal(
        &after,
        "after",
        "a field, or a function that answers a `Duration` or an `Option<Duration>`",
        example.as_deref().unwrap_or("after = retry_after"),
        faults,
    )?;
    if count(fields) == 0 && matches!(place, Place::Variant(_)) {
        let message = format!("{} has no fields that `after` could look at; write `#[transient]`", place.name());
        faults.on(after, message);
        return None;
    }
    refuse_body(&after, "after", place, fields, faults)?;
    Some(After::Function(Box::new(after)))
}

/// Refuses what was meant as the body of a function.
fn refuse_body(value: &Expression, key: &str, place: &Place<'_>, fields: &Fields, faults: &mut Faults) -> Option<()> {
    let (whole, asked) = match place {
        Place::Struct(_) => (true, "the struct"),
        Place::Variant(_) | Place::Enum => (false, "the variant's fields"),
    };
    let Some(meant) = body::function_for(value, fields, whole) else { return Some(()) };
    let found = body::text(&value.to_token_stream().into_iter().collect::<Vec<_>>());
    faults.on(value, format!("`{key}` expects a function of {asked}, found `{found}`; write `{key} = {meant}`"));
    None
}

fn refuse_literal(value: &Expression, key: &str, expected: &str, example: &str, faults: &mut Faults) -> Option<()> {
    let advice = match &value.kind {
        Form::Literal(Lit::Str(text)) if text.value().parse().is_ok_and(scan::is_plain_path) => {
            format!("{key} = {}", text.value())
        }
        Form::Literal(_) | Form::Negative | Form::List(_) => example.to_owned(),
        _ => return Some(()),
    };
    let found = body::text(&value.peeled().into_iter().collect::<Vec<_>>());
    faults.on(value, format!("`{key}` expects {expected}, found `{found}`; write `{advice}`"));
    None
}

/// The field that an expression names, if it is a bare name or number.
fn member_of(value: &Expression) -> Option<Member> {
    let mut tokens = value.peeled().into_iter();
    match (tokens.next()?, tokens.next()) {
        (TokenTree::Ident(name), None) => Some(Member::Named(name)),
        (TokenTree::Literal(number), None) => Some(Member::Numbered(number.to_string().parse().ok()?, number.span())),
        _ => None,
    }
}

pub(super) fn members(fields: &Fields) -> Vec<Member> {
    let mut members = Vec::new();
    for field in fields.iter().flatten() {
        members.push(field.member.clone());
    }
    members
}

fn count(fields: &Fields) -> usize {
    fields.as_ref().map_or(0, Vec::len)
}

/// The name of an attribute that is not ours, and which word may have been meant.
fn near(attribute: &Attribute) -> Option<(Ident, String)> {
    let name = attribute.word()?;
    let advice = did_you_mean(&name.to_string(), &[TRANSIENT, PERMANENT]);
    (!advice.is_empty()).then_some((name, advice))
}

fn ways_out(place: &Place<'_>, fields: &Fields) -> String {
    let mut ways = vec!["`#[transient]`".to_owned(), "`#[permanent]`".to_owned()];
    if count(fields) > 0 || matches!(place, Place::Struct(_)) {
        ways.push("`#[transient(if = function)]`".to_owned());
        ways.push("`#[transient(after = field)]`".to_owned());
    }
    match count(fields) {
        0 => {}
        1 => ways.push("`#[transient(forward)]`".to_owned()),
        _ => ways.push("`#[transient(forward = field)]`".to_owned()),
    }
    let last = ways.pop().unwrap_or_default();
    format!("write {} or {last} above it", listed(&ways, ""))
}

impl Place<'_> {
    fn name(&self) -> String {
        match self {
            Self::Enum => "the enum".to_owned(),
            Self::Variant(name) => format!("the variant `{name}`"),
            Self::Struct(name) => format!("the struct `{name}`"),
        }
    }

    fn span(&self) -> Span {
        match self {
            Self::Enum => Span::call_site(),
            Self::Variant(name) | Self::Struct(name) => name.span(),
        }
    }
}
