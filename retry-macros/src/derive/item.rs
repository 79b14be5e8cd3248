//! The item that derives: its name, its generics, and the fields of its cases.

use crate::syntax::attribute::Attribute;
use crate::syntax::statement::equals;
use crate::syntax::{
    behind_generics, behind_visibility, group, inside, is_behind_path_separator, is_mark, is_word, part, types,
};
use proc_macro2::{Delimiter, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

/// An enum, a struct or a union.
pub(super) struct Item {
    pub(super) attributes: Vec<Attribute>,
    pub(super) name: Ident,
    pub(super) generics: Generics,
    pub(super) data: Data,
}

/// The cases of an item.
pub(super) enum Data {
    Struct(Fields),
    Enum(Vec<Variant>),
    Union,
}

/// The parameters of an item, and the conditions on them.
pub(super) struct Generics {
    parameters: Vec<Vec<TokenTree>>,
    /// Behind the `where`.
    pub(super) conditions: TokenStream,
}

/// A variant of an enum.
pub(super) struct Variant {
    pub(super) attributes: Vec<Attribute>,
    pub(super) name: Ident,
    pub(super) fields: Fields,
}

/// The fields of a case; `None` where it can have none.
pub(super) type Fields = Option<Vec<Field>>;

/// A field.
pub(super) struct Field {
    pub(super) attributes: Vec<Attribute>,
    pub(super) member: Member,
    pub(super) ty: TokenStream,
}

/// The name of a field, or its number.
#[derive(Clone)]
pub(super) enum Member {
    Named(Ident),
    Numbered(usize, Span),
}

impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Named(one), Self::Named(other)) => one == other,
            (Self::Numbered(one, _), Self::Numbered(other, _)) => one == other,
            _ => false,
        }
    }
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Named(name) => name.to_tokens(tokens),
            Self::Numbered(number, span) => {
                let mut number = Literal::usize_unsuffixed(*number);
                number.set_span(*span);
                tokens.append(number);
            }
        }
    }
}

impl Item {
    /// Reads an item that may derive. The compiler has read it before.
    pub(super) fn read(item: TokenStream) -> syn::Result<Self> {
        let tokens: Vec<TokenTree> = item.into_iter().collect();
        let (attributes, start) = Attribute::outer(&tokens);
        let at = behind_visibility(&tokens, start);
        let unexpected = |at: usize| {
            let expected = "expected an enum or a struct";
            match tokens.get(at).or(tokens.last()) {
                Some(token) => syn::Error::new(token.span(), expected),
                None => syn::Error::new(Span::call_site(), format!("unexpected end of input, {expected}")),
            }
        };
        let (keyword, name) = match (tokens.get(at), tokens.get(at + 1)) {
            (Some(TokenTree::Ident(keyword)), Some(TokenTree::Ident(name))) => (keyword.to_string(), name.clone()),
            _ => return Err(unexpected(at)),
        };
        let behind = if is_mark(tokens.get(at + 2), '<') { behind_generics(&tokens, at + 2) } else { at + 2 };
        let rest = part(&tokens, behind..);
        let braces = || rest.iter().find(|token| group(Some(token), Delimiter::Brace).is_some());
        let data = match keyword.as_str() {
            // Parentheses that do not follow the name belong to conditions.
            "struct" => Data::Struct(rest.first().and_then(fields).or_else(|| fields(braces()?))),
            "enum" => match braces() {
                Some(TokenTree::Group(group)) => Data::Enum(variants(&inside(group))),
                _ => return Err(unexpected(behind)),
            },
            "union" => Data::Union,
            _ => return Err(unexpected(at)),
        };
        let parameters = tokens.get(at + 3..behind.saturating_sub(1)).unwrap_or_default();
        let generics = Generics { parameters: types::split(parameters, ','), conditions: conditions(rest) };
        // A keyword, or `_`, is no name that an `impl` could declare.
        for name in generics.types() {
            syn::parse2::<Ident>(name.into_token_stream())?;
        }
        Ok(Self { attributes, name, generics, data })
    }
}

impl Generics {
    /// The names of the types among them.
    pub(super) fn types(&self) -> Vec<Ident> {
        let names = self.parameters.iter().filter_map(|parameter| match parameter.get(Attribute::outer(parameter).1) {
            Some(TokenTree::Ident(name)) if name != "const" => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// The parameters as an `impl` declares them: without defaults.
    pub(super) fn declared(&self) -> TokenStream {
        let mut declared = TokenStream::new();
        for parameter in &self.parameters {
            let end = equals(parameter, 0).unwrap_or(parameter.len());
            declared.append_all(part(parameter, ..end));
            comma(&mut declared);
        }
        declared
    }

    /// The parameters as arguments: their names.
    pub(super) fn arguments(&self) -> TokenStream {
        let mut arguments = TokenStream::new();
        for parameter in &self.parameters {
            let start = Attribute::outer(parameter).1;
            let start = start + usize::from(is_word(parameter.get(start), "const"));
            let length = if is_mark(parameter.get(start), '\'') { 2 } else { 1 };
            arguments.append_all(parameter.get(start..start + length).unwrap_or_default());
            comma(&mut arguments);
        }
        arguments
    }
}

fn comma(tokens: &mut TokenStream) {
    tokens.append(Punct::new(',', Spacing::Alone));
}

/// What stands between a `where` and the end of it.
fn conditions(tokens: &[TokenTree]) -> TokenStream {
    let mut conditions = TokenStream::new();
    let mut is_inside = false;
    for token in tokens {
        if is_mark(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some() {
            break;
        }
        if is_inside {
            conditions.append(token.clone());
        }
        is_inside |= is_word(Some(token), "where");
    }
    conditions
}

/// The variants between the braces.
fn variants(tokens: &[TokenTree]) -> Vec<Variant> {
    let variants = separated(tokens).into_iter().filter_map(|variant| {
        let (attributes, start) = Attribute::outer(variant);
        let at = behind_visibility(variant, start);
        let TokenTree::Ident(name) = variant.get(at)? else { return None };
        let fields = variant.get(at + 1).and_then(fields);
        Some(Variant { attributes, name: name.clone(), fields })
    });
    variants.collect()
}

/// The parts between commas. In values, generic arguments stand behind a `::`; any other `<` is an operator.
fn separated(tokens: &[TokenTree]) -> Vec<&[TokenTree]> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < tokens.len() {
        if is_mark(tokens.get(at), ',') {
            parts.push(part(tokens, start..at));
            start = at + 1;
        }
        let has_generics = is_mark(tokens.get(at), '<') && is_behind_path_separator(tokens, at);
        at = if has_generics { behind_generics(tokens, at) } else { at + 1 };
    }
    parts.push(part(tokens, start..));
    parts
}

/// The fields in a group: of braces those with names, of parentheses those without. `None` where it is no such group.
fn fields(token: &TokenTree) -> Fields {
    let TokenTree::Group(group) = token else { return None };
    let has_names = group.delimiter() == Delimiter::Brace;
    if !has_names && group.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let fields = types::split(&inside(group), ',').into_iter().enumerate().filter_map(|(number, field)| {
        let (attributes, start) = Attribute::outer(&field);
        let at = behind_visibility(&field, start);
        let (member, ty) = match field.get(at..)? {
            [TokenTree::Ident(name), colon, ty @ ..] if has_names && is_mark(Some(colon), ':') => {
                (Member::Named(name.clone()), ty)
            }
            ty => (Member::Numbered(number, Span::call_site()), ty),
        };
        Some(Field { attributes, member, ty: ty.iter().cloned().collect() })
    });
    Some(fields.collect())
}
