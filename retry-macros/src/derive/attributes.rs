//! Reads the `#[transient]` and `#[permanent]` attributes of a type, a variant or a field. Each key may occur once.
//!
//! It judges no values and does not know the fields.

use crate::faults::{self, Faults};
use crate::syntax::{expr, is_end, source_text, tokens_to_comma};
use proc_macro2::{Ident, Span, TokenTree};
use reattempt_policy::suggestion::did_you_mean;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Meta, MetaList, Path, Token};

const TRANSIENT: &str = "transient";
const PERMANENT: &str = "permanent";

const TAKES: &str = "`#[transient(...)]` takes `if = function`, `after = field`, `delay = \"1s\"`, `forward`, and on the type `crate = path`";

/// The attributes of one place.
#[derive(Default)]
pub(super) struct Attributes {
    /// The spans of `#[transient]` and `#[permanent]`.
    pub(super) transient: Option<Span>,
    pub(super) permanent: Option<Span>,
    pub(super) condition: Option<Box<Expr>>,
    pub(super) after: Option<Box<Expr>>,
    /// The span of the key, and its value.
    pub(super) delay: Option<(Span, Box<Expr>)>,
    pub(super) forward: Option<(Span, Option<Box<Expr>>)>,
    pub(super) root: Option<Path>,
    /// An attribute whose name resembles one of the two, and the end of a message that names it.
    pub(super) misspelt: Option<(Ident, String)>,
    pub(super) has_faults: bool,
}

/// Returns the name of the attribute, if it is `transient` or `permanent`.
pub(super) fn name(attribute: &Attribute) -> Option<&'static str> {
    [TRANSIENT, PERMANENT].into_iter().find(|name| attribute.path().is_ident(name))
}

impl Attributes {
    /// Reads the attributes of a type or a variant.
    pub(super) fn read(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let mut this = Self::default();
        for attribute in attributes {
            let path = attribute.path();
            let Some(name) = name(attribute) else {
                this.misspelt = this.misspelt.or_else(|| misspelt(path));
                continue;
            };
            let result = match &attribute.meta {
                Meta::Path(_) => this.mark(name, path.span()),
                Meta::List(_) if name == PERMANENT => {
                    Err(faults::spanning(path, "`#[permanent]` takes no arguments; remove the parentheses"))
                }
                Meta::List(list) if list.tokens.is_empty() => Err(faults::spanning(
                    path,
                    "`#[transient()]` is the same as `#[transient]`; remove the parentheses",
                )),
                Meta::List(list) => this.read_list(list, faults),
                Meta::NameValue(meta) => {
                    let found = source_text::of(&meta.value);
                    let message = format!(
                        "`#[{name}]` takes no value, found `= {found}`; write `#[transient]`, `#[permanent]` or `#[transient(...)]`"
                    );
                    Err(faults::spanning(&meta.value, message))
                }
            };
            this.has_faults |= faults.take(result).is_none();
        }
        this
    }

    /// Returns whether there is one of the two attributes.
    pub(super) fn is_marked(&self) -> bool {
        self.transient.is_some() || self.permanent.is_some()
    }

    fn mark(&mut self, name: &str, span: Span) -> syn::Result<()> {
        let mark = if name == TRANSIENT { &mut self.transient } else { &mut self.permanent };
        match mark.replace(span) {
            None => Ok(()),
            Some(_) => Err(syn::Error::new(span, format!("`#[{name}]` is given twice; remove one of the two"))),
        }
    }

    /// Reads the content of `#[transient(...)]`. After a fault it goes on at the next comma.
    fn read_list(&mut self, list: &MetaList, faults: &mut Faults) -> syn::Result<()> {
        list.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(fault) = self.read_entry(input, list.path.span()) {
                    faults.push(fault);
                    self.has_faults = true;
                    tokens_to_comma(input);
                }
                if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                    let found: TokenTree = input.parse()?;
                    while input.parse::<TokenTree>().is_ok() {}
                    let message = format!("expected `,` between two keys, found `{found}`; put a `,` before it");
                    return Err(syn::Error::new(found.span(), message));
                }
            }
            Ok(())
        })
    }

    fn read_entry(&mut self, input: ParseStream<'_>, attribute: Span) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            let found: TokenTree = input.fork().parse()?;
            return Err(syn::Error::new(found.span(), format!("found `{found}`; {TAKES}")));
        }
        let key = input.call(Ident::parse_any)?;
        let is_repeated = match key.to_string().as_str() {
            "if" => self.condition.replace(value(&key, input, "if = is_server_side")?).is_some(),
            "after" => self.after.replace(value(&key, input, "after = retry_after")?).is_some(),
            "delay" => self.delay.replace((key.span(), value(&key, input, "delay = \"1s\"")?)).is_some(),
            "forward" => {
                let is_alone = is_end(input) || input.peek(Ident::peek_any);
                let field = if is_alone { None } else { Some(value(&key, input, "forward = source")?) };
                self.forward.replace((key.span(), field)).is_some()
            }
            "crate" => self.root.replace(module_path(&*value(&key, input, CRATE)?)?).is_some(),
            found => {
                let suggestion = match found {
                    "when" | "on" => "; did you mean `if`?".to_owned(),
                    "source" | "inner" | "transparent" => "; did you mean `forward`?".to_owned(),
                    "hint" | "retry_after" => "; did you mean `after`?".to_owned(),
                    "in" | "retry_in" | "wait" => "; did you mean `delay`?".to_owned(),
                    _ => did_you_mean(found, &["if", "after", "delay", "forward", "crate"]),
                };
                let suggestion = if suggestion.is_empty() { format!("; {TAKES}") } else { suggestion };
                return Err(syn::Error::new(key.span(), format!("unknown key `{found}`{suggestion}")));
            }
        };
        if is_repeated {
            return Err(syn::Error::new(key.span(), format!("`{key}` is given twice; remove one of the two")));
        }
        if key != "crate" {
            self.transient.get_or_insert(attribute);
        }
        Ok(())
    }
}

const CRATE: &str = "crate = my_reexports::reattempt";

/// Reads `= value` after a key.
fn value(key: &Ident, input: ParseStream<'_>, example: &str) -> syn::Result<Box<Expr>> {
    if let Ok(TokenTree::Group(group)) = input.fork().parse() {
        let found = group.stream();
        let advice = if found.is_empty() { example.to_owned() } else { format!("{key} = {found}") };
        let message = format!("found `{group}` where the `=` of `{key}` should be; write `{advice}`");
        return Err(syn::Error::new(group.span(), message));
    }
    if input.parse::<Token![=]>().is_err() || is_end(input) {
        return Err(syn::Error::new(key.span(), format!("`{key}` has no value; write `{example}`")));
    }
    expr::parse(input).map(Box::new)
}

/// Returns the value as the path of a module. `Self` is refused, since it has no modules.
fn module_path(value: &Expr) -> syn::Result<Path> {
    let is_module = |path: &Path| path.segments.iter().all(|part| part.arguments.is_none() && part.ident != "Self");
    let path = expr::path(value).filter(|path| path.qself.is_none() && is_module(&path.path));
    path.map(|path| path.path.clone()).ok_or_else(|| {
        let found = source_text::of(value);
        let message = format!("`crate` expects the path of a module, found `{found}`; write `{CRATE}`");
        faults::spanning(value, message)
    })
}

fn misspelt(path: &Path) -> Option<(Ident, String)> {
    let name = path.get_ident()?;
    let advice = did_you_mean(&name.to_string(), &[TRANSIENT, PERMANENT]);
    (!advice.is_empty()).then(|| (name.clone(), advice))
}
