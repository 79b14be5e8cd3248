//! Judges what the attributes of an error type say, and builds its cases.

use super::attributes::{self, Attributes};
use super::{Case, Hint, Rule, function_check};
use crate::faults::Faults;
use crate::paths::Paths;
use crate::syntax::expr;
use crate::syntax::source_text;
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use reattempt_policy::duration;
use reattempt_policy::suggestion::{did_you_mean, listed};
use std::time::Duration;
use syn::{Data, DataEnum, DeriveInput, Expr, Fields, Index, Lit, LitStr, Member, Path};

/// Reads the cases of an error type, and where the crate is. Without cases there is a fault.
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

/// Reads the cases of an enum, of which each needs an attribute of its own.
fn variants<'a>(outer: &Attributes, data: &'a DataEnum, faults: &mut Faults) -> Option<Vec<Case<'a>>> {
    let marks: Vec<Span> = [outer.transient, outer.permanent].into_iter().flatten().collect();
    for span in &marks {
        faults.at(
            *span,
            "an attribute on the enum would also decide for variants that are added later; mark each variant instead",
        );
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
        cases.extend(place.case(attributes, !marks.is_empty(), faults));
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
    /// Returns the case that the attributes describe. `None` comes with a fault.
    ///
    /// `is_refused`: an attribute in another place has been refused, which explains why there is none here.
    fn case(&self, attributes: Attributes, is_refused: bool, faults: &mut Faults) -> Option<Case<'a>> {
        let is_refused = self.refuse_attributes_on_fields(faults) || is_refused;
        if attributes.has_faults {
            return None;
        }
        let rule = match (attributes.transient, attributes.permanent) {
            (Some(_), None) => self.transient(attributes, faults)?,
            (None, Some(_)) => Rule::Permanent,
            (Some(transient), Some(permanent)) => {
                let name = self.name();
                let message =
                    format!("{name} cannot be both transient and permanent; remove one of the two attributes");
                faults.between(permanent, message, transient, "the other attribute is here");
                return None;
            }
            (None, None) => {
                if !is_refused {
                    self.refuse_absence(attributes.misspelt, faults);
                }
                return None;
            }
        };
        Some(Case { variant: (!self.is_struct()).then_some(self.name), fields: self.fields, rule })
    }

    fn refuse_absence(&self, misspelt: Option<(Ident, String)>, faults: &mut Faults) {
        let name = self.name();
        if let Some((misspelt, advice)) = misspelt {
            faults.at(
                misspelt.span(),
                format!("{name} must be marked `#[transient]` or `#[permanent]`, found `#[{misspelt}]`{advice}"),
            );
            return;
        }
        let mut ways = vec!["`#[transient]`", "`#[permanent]`"];
        if self.is_struct() || !self.fields.is_empty() {
            ways.extend(["`#[transient(if = function)]`", "`#[transient(after = field)]`"]);
        }
        match self.fields.len() {
            0 => {}
            1 => ways.push("`#[transient(forward)]`"),
            _ => ways.push("`#[transient(forward = field)]`"),
        }
        let last = ways.pop().unwrap_or_default();
        faults.on(self.name, format!("{name} must be marked {} or {last}", listed(&ways, "")));
    }

    /// Refuses attributes on fields, which would be ignored. Returns whether there are any.
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

    fn transient(&self, attributes: Attributes, faults: &mut Faults) -> Option<Rule> {
        let Attributes { condition, after, forward, .. } = attributes;
        if let Some((span, field)) = forward {
            if condition.is_some() || after.is_some() {
                let message = "`forward` lets the field decide, so `if` and `after` cannot be given beside it; remove one of them";
                faults.at(span, message);
                return None;
            }
            return self.forwarded(span, field.as_deref(), faults).map(Rule::Forward);
        }
        if let Some(condition) = &condition {
            let example = match expr::literal(condition) {
                Some(Lit::Bool(always)) if after.is_none() => {
                    if always.value {
                        "#[transient]"
                    } else {
                        "#[permanent]"
                    }
                }
                _ => "if = is_server_side",
            };
            let expected = "a function or a closure that returns `bool` or `Verdict`";
            self.check_function(condition, "if", expected, example, faults)?;
        }
        let hint = match after {
            None => None,
            Some(after) => Some(self.hint(after, faults)?),
        };
        Some(Rule::Transient { condition, hint })
    }

    fn hint(&self, after: Box<Expr>, faults: &mut Faults) -> Option<Hint> {
        if let Some(field) = self.member(&after) {
            return Some(Hint::Field(field));
        }
        let duration =
            expr::text(&after).and_then(|text| duration::parse(&text.value()).ok()).map(Duration::from_nanos);
        let example = duration.map_or_else(
            || "after = retry_after".to_owned(),
            |duration| {
                let parameters = vec!["_"; if self.is_struct() { 1 } else { self.fields.len() }];
                let (unit, number) = match duration.subsec_nanos() {
                    0 => ("secs", duration.as_secs().into()),
                    _ => ("millis", duration.as_millis()),
                };
                format!("after = |{}| Duration::from_{unit}({number})", listed(&parameters, ""))
            },
        );
        let expected = "a field, or a function that returns a `Duration` or an `Option<Duration>`";
        self.check_function(&after, "after", expected, &example, faults)?;
        Some(Hint::Function(after))
    }

    /// Refuses what cannot be a function: a literal, the body of one, and any function of a variant without fields.
    fn check_function(
        &self,
        value: &Expr,
        key: &str,
        expected: &str,
        example: &str,
        faults: &mut Faults,
    ) -> Option<()> {
        let found = source_text::of(expr::peel(value));
        let quoted = expr::text(value).filter(|text| text.parse_with(Path::parse_mod_style).is_ok()).map(LitStr::value);
        let is_literal = expr::literal(value).is_some() || expr::is_negative(value);
        let message = if let Some(function) = quoted {
            format!("`{key}` expects {expected}, found `{found}`; write `{key} = {function}`")
        } else if is_literal || matches!(expr::peel(value), Expr::Array(_)) {
            format!("`{key}` expects {expected}, found `{found}`; write `{example}`")
        } else if self.fields.is_empty() && !self.is_struct() {
            let advice = if key == "if" { "`#[transient]` or `#[permanent]`" } else { "`#[transient]`" };
            format!("{} has no fields that `{key}` could look at; write {advice}", self.name())
        } else if let Some(meant) = function_check::function_for(value, self.fields, self.is_struct()) {
            let given = if self.is_struct() { "the struct" } else { "the variant's fields" };
            format!("`{key}` expects a function of {given}, found `{found}`; write `{key} = {meant}`")
        } else {
            return Some(());
        };
        faults.on(value, message);
        None
    }

    /// Returns the field that `forward` names, or the only one.
    fn forwarded(&self, span: Span, field: Option<&Expr>, faults: &mut Faults) -> Option<Member> {
        let members: Vec<Member> = self.fields.members().collect();
        let Some(field) = field else {
            let source = |member: &&Member| matches!(member, Member::Named(name) if name == "source");
            match (members.as_slice(), members.iter().find(source).or(members.first())) {
                ([only], _) => return Some(only.clone()),
                (_, Some(example)) => {
                    let example = example.to_token_stream();
                    let message = format!("`forward` must name one of the fields; write `forward = {example}`");
                    faults.at(span, message);
                }
                (_, None) => faults.at(span, "there is no field to forward to; write `#[transient]` or `#[permanent]`"),
            }
            return None;
        };
        if let Some(found) = self.member(field) {
            return Some(found);
        }
        let names: Vec<String> = members.iter().map(|member| member.to_token_stream().to_string()).collect();
        let found = source_text::of(field);
        let advice = match did_you_mean(&found, &names) {
            _ if names.is_empty() => "; there is none".to_owned(),
            none if none.is_empty() => format!("; fields are {}", listed(&names, "`")),
            advice => advice,
        };
        faults.on(field, format!("`forward` expects one of the fields, found `{found}`{advice}"));
        None
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
