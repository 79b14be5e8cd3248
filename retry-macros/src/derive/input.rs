//! Judges the attributes of an error type, and builds its cases.

use super::attributes::{self, Attributes};
use super::{Case, Rule, Wait, WaitKind, WaitSource, function_check};
use crate::faults::{self, Faults};
use crate::paths::Paths;
use crate::syntax::expr;
use crate::syntax::source_text;
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use reattempt_policy::duration;
use reattempt_policy::suggestion::{did_you_mean, listed};
use std::time::Duration;
use syn::{Data, DataEnum, DeriveInput, Expr, Fields, Index, Lit, LitStr, Member, Path};

/// Reads the cases of an error type, and the path of the crate. A type without cases is a fault.
pub(super) fn read<'a>(item: &'a DeriveInput, faults: &mut Faults) -> (Paths, Option<Vec<Case<'a>>>) {
    let outer = Attributes::read(&item.attrs, faults);
    let paths = Paths::new(outer.root.as_ref());
    let cases = match &item.data {
        Data::Struct(data) => {
            let place = Place { kind: "struct", name: &item.ident, fields: &data.fields };
            place.case(outer, false, faults).map(|case| vec![case])
        }
        Data::Enum(data) => variants(&outer, data, faults),
        Data::Union(_) => {
            faults
                .on(&item.ident, "`Transient` can be derived for enums and structs only; implement the trait by hand");
            None
        }
    };
    (paths, cases)
}

/// Reads the cases of an enum. Each needs an attribute of its own.
fn variants<'a>(outer: &Attributes, data: &'a DataEnum, faults: &mut Faults) -> Option<Vec<Case<'a>>> {
    for span in [outer.transient, outer.permanent].into_iter().flatten() {
        let message =
            "an attribute on the enum would also decide for variants that are added later; mark each variant instead";
        faults.at(span, message);
    }
    let mut cases = Vec::new();
    for variant in &data.variants {
        let attributes = Attributes::read(&variant.attrs, faults);
        if let Some(root) = &attributes.root {
            let message =
                "`crate` belongs on the enum, not on a variant; write `#[transient(crate = ...)]` above the enum";
            faults.on(root, message);
        }
        let place = Place { kind: "variant", name: &variant.ident, fields: &variant.fields };
        cases.extend(place.case(attributes, outer.is_marked(), faults));
    }
    (cases.len() == data.variants.len()).then_some(cases)
}

/// A variant or a struct.
struct Place<'a> {
    kind: &'static str,
    name: &'a Ident,
    fields: &'a Fields,
}

impl<'a> Place<'a> {
    /// Returns the case that the attributes describe. `None` comes with a reported fault.
    ///
    /// `is_refused`: an attribute in another place is refused already, so a missing one is not reported again.
    fn case(&self, attributes: Attributes, is_refused: bool, faults: &mut Faults) -> Option<Case<'a>> {
        let is_refused = self.refuse_attributes_on_fields(faults) || is_refused;
        if attributes.has_faults || is_refused && !attributes.is_marked() {
            return None;
        }
        let rule = faults.take(self.rule(attributes))?;
        Some(Case { variant: (!self.is_struct()).then_some(self.name), fields: self.fields, rule })
    }

    fn rule(&self, attributes: Attributes) -> syn::Result<Rule> {
        let Attributes { transient, permanent, condition, after, delay, forward, .. } = attributes;
        match (transient, permanent, forward) {
            (None, None, _) => Err(self.unmarked(attributes.misspelt)),
            (None, Some(_), _) => Ok(Rule::Permanent),
            (Some(transient), Some(permanent), _) => {
                let advice = "cannot be both transient and permanent; remove one of the two attributes";
                let mut fault = syn::Error::new(permanent, format!("{} {advice}", self.name()));
                fault.combine(syn::Error::new(transient, "the other attribute is here"));
                Err(fault)
            }
            (Some(_), None, Some((span, _))) if condition.is_some() || after.is_some() || delay.is_some() => {
                let message = "`forward` lets the field decide, so `if`, `after` and `delay` cannot be given beside it; remove one of them";
                Err(syn::Error::new(span, message))
            }
            (Some(_), None, Some((span, field))) => self.forwarded(span, field.as_deref()).map(Rule::Forward),
            (Some(_), None, None) => {
                if let Some(condition) = &condition {
                    let example = match expr::literal(condition) {
                        Some(Lit::Bool(always)) if after.is_none() && always.value => "#[transient]",
                        Some(Lit::Bool(_)) if after.is_none() => "#[permanent]",
                        _ => "if = is_server_side",
                    };
                    let expected = "a function or a closure that returns `bool` or `Verdict`";
                    self.check_function(condition, "if", expected, example)?;
                }
                let wait = match (after, delay) {
                    (Some(_), Some((span, _))) => {
                        let message =
                            "`delay` waits exactly that long, and `after` at least that long; remove one of the two";
                        return Err(syn::Error::new(span, message));
                    }
                    (Some(after), None) => Some(self.hint(after)?),
                    (None, Some((_, delay))) => Some(self.delay(delay)?),
                    (None, None) => None,
                };
                Ok(Rule::Transient { condition, wait })
            }
        }
    }

    /// Returns the fault of a case without attributes.
    fn unmarked(&self, misspelt: Option<(Ident, String)>) -> syn::Error {
        let name = self.name();
        if let Some((misspelt, advice)) = misspelt {
            let message =
                format!("{name} must be marked `#[transient]` or `#[permanent]`, found `#[{misspelt}]`{advice}");
            return syn::Error::new(misspelt.span(), message);
        }
        let all =
            ["`#[transient]`", "`#[permanent]`", "`#[transient(if = function)]`", "`#[transient(after = field)]`"];
        let (ways, last) = match (self.fields.len(), self.is_struct()) {
            (0, false) => (&all[..1], all[1]),
            (0, true) => (&all[..3], all[3]),
            (1, _) => (&all[..], "`#[transient(forward)]`"),
            _ => (&all[..], "`#[transient(forward = field)]`"),
        };
        faults::spanning(self.name, format!("{name} must be marked {} or {last}", listed(ways, "")))
    }

    /// Refuses attributes on fields, which would have no effect. Returns whether there are any.
    fn refuse_attributes_on_fields(&self, faults: &mut Faults) -> bool {
        let mut is_refused = false;
        for (member, field) in self.fields.members().zip(self.fields) {
            for attribute in &field.attrs {
                let Some(found) = attributes::name(attribute) else { continue };
                let meant = match found {
                    "transient" => format!("#[transient(forward = {})]", member.to_token_stream()),
                    _ => "#[permanent]".to_owned(),
                };
                let name = self.name();
                let message = format!("`#[{found}]` has no effect on a field; write `{meant}` above {name}");
                faults.on(attribute.path(), message);
                is_refused = true;
            }
        }
        is_refused
    }

    fn hint(&self, after: Box<Expr>) -> syn::Result<Wait> {
        let kind = WaitKind::Hint;
        if let Some(field) = self.member(&after) {
            return Ok(Wait { kind, source: WaitSource::Field(field) });
        }
        let duration = expr::text(&after).and_then(|text| duration::parse(&text.value()).ok());
        let example = duration.map_or("after = retry_after".to_owned(), |nanos| {
            let parameters = vec!["_"; if self.is_struct() { 1 } else { self.fields.len() }];
            let (unit, number) = match Duration::from_nanos(nanos) {
                whole if whole.subsec_nanos() == 0 => ("secs", whole.as_secs().into()),
                duration => ("millis", duration.as_millis()),
            };
            format!("after = |{}| Duration::from_{unit}({number})", listed(&parameters, ""))
        });
        let expected = "a field, or a function that returns a `Duration` or an `Option<Duration>`";
        self.check_function(&after, "after", expected, &example)?;
        Ok(Wait { kind, source: WaitSource::Function(after) })
    }

    fn delay(&self, delay: Box<Expr>) -> syn::Result<Wait> {
        let kind = WaitKind::Delay;
        if let Some(field) = self.member(&delay) {
            return Ok(Wait { kind, source: WaitSource::Field(field) });
        }
        if let Some(text) =
            expr::text(&delay).map(LitStr::value).filter(|text| text.starts_with(|c: char| c.is_ascii_digit()))
        {
            let parsed = duration::parse(&text).map_err(|error| faults::spanning(&delay, error))?;
            return Ok(Wait { kind, source: WaitSource::Literal(Duration::from_nanos(parsed)) });
        }
        let expected = "a duration, a field, or a function that returns a `Duration` or an `Option<Duration>`";
        self.check_function(&delay, "delay", expected, "delay = \"1s\"")?;
        Ok(Wait { kind, source: WaitSource::Function(delay) })
    }

    /// Refuses expressions that cannot be a function: a literal, the body of a function, and any function for a variant without fields.
    fn check_function(&self, value: &Expr, key: &str, expected: &str, example: &str) -> syn::Result<()> {
        let found = source_text::of(expr::peel(value));
        let quoted = expr::text(value).filter(|text| text.parse_with(Path::parse_mod_style).is_ok()).map(LitStr::value);
        let is_literal = expr::literal(value).is_some() || expr::is_negative(value);
        let message = if let Some(function) = quoted {
            format!("`{key}` expects {expected}, found `{found}`; write `{key} = {function}`")
        } else if is_literal || matches!(expr::peel(value), Expr::Array(_)) {
            format!("`{key}` expects {expected}, found `{found}`; write `{example}`")
        } else if self.fields.is_empty() && !self.is_struct() {
            let advice = match key {
                "if" => "`#[transient]` or `#[permanent]`",
                "delay" => "`delay = \"1s\"`",
                _ => "`#[transient]`",
            };
            format!("{} has no fields that `{key}` could look at; write {advice}", self.name())
        } else if let Some(meant) = function_check::function_for(value, self.fields, self.is_struct()) {
            let given = if self.is_struct() { "the struct" } else { "the variant's fields" };
            format!("`{key}` expects a function of {given}, found `{found}`; write `{key} = {meant}`")
        } else {
            return Ok(());
        };
        Err(faults::spanning(value, message))
    }

    /// Returns the field that `forward` names, or the only one.
    fn forwarded(&self, span: Span, field: Option<&Expr>) -> syn::Result<Member> {
        let members: Vec<Member> = self.fields.members().collect();
        let names: Vec<String> = members.iter().map(|member| member.to_token_stream().to_string()).collect();
        let Some(field) = field else {
            if let [only] = members.as_slice() {
                return Ok(only.clone());
            }
            let message = match names.iter().find(|name| *name == "source").or(names.first()) {
                Some(example) => format!("`forward` must name one of the fields; write `forward = {example}`"),
                None => "there is no field to forward to; write `#[transient]` or `#[permanent]`".to_owned(),
            };
            return Err(syn::Error::new(span, message));
        };
        self.member(field).ok_or_else(|| {
            let found = source_text::of(field);
            let advice = match did_you_mean(&found, &names) {
                _ if names.is_empty() => "; there is none".to_owned(),
                none if none.is_empty() => format!("; fields are {}", listed(&names, "`")),
                advice => advice,
            };
            faults::spanning(field, format!("`forward` expects one of the fields, found `{found}`{advice}"))
        })
    }

    /// Returns the field whose name or number the expression is.
    fn member(&self, value: &Expr) -> Option<Member> {
        let member = match (expr::name(value), expr::literal(value)) {
            (Some(name), _) => Member::Named(name.clone()),
            (_, Some(Lit::Int(number))) => {
                Member::Unnamed(Index { index: number.to_string().parse().ok()?, span: number.span() })
            }
            _ => return None,
        };
        self.fields.members().any(|field| field == member).then_some(member)
    }

    fn is_struct(&self) -> bool {
        self.kind == "struct"
    }

    fn name(&self) -> String {
        format!("the {} `{}`", self.kind, self.name)
    }
}
