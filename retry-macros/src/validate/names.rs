//! Names: of arguments to clone, of the attempt, the progress and the idempotency key in the body, and of the HTTP method.

use super::Validator;
use crate::args::key::Key;
use crate::args::key_value::Value;
use crate::faults::Faults;
use crate::item::arguments::BindingKind;
use crate::syntax::{expr, source_text, type_path};
use proc_macro2::Ident;
use reattempt_policy::suggestion::{did_you_mean, listed};

/// The methods of HTTP, and whether each is idempotent (RFC 9110, section 9.2.2).
const METHODS: [(&str, bool); 9] = [
    ("GET", true),
    ("HEAD", true),
    ("OPTIONS", true),
    ("TRACE", true),
    ("PUT", true),
    ("DELETE", true),
    ("POST", false),
    ("PATCH", false),
    ("CONNECT", false),
];

impl Validator<'_> {
    /// Returns the names that the attempt, the progress and the idempotency key get in the body. A key of the caller's own has its name
    /// already.
    pub(super) fn bound_names(&self, faults: &mut Faults) -> [Option<Ident>; 3] {
        const KEYS: [Key; 3] = [Key::Attempt, Key::Progress, Key::Idempotency];
        self.refuse_unknown_argument(faults);
        let bound = KEYS.map(|key| self.bound_name(key, faults));
        let named = || KEYS.iter().zip(&bound).filter_map(|(key, name)| Some((key.name(), name.as_ref()?)));
        for (number, (key, name)) in named().enumerate() {
            if let Some((other, taken)) = named().take(number).find(|(_, taken)| *taken == name) {
                let message =
                    format!("`{other}` and `{key}` cannot both be called `{name}`; give one of them another name");
                faults.between(name.span(), message, taken.span(), "the other name is here");
            }
        }
        bound
    }

    /// Returns a name for the body that is not taken. It would hide an argument of the same name.
    fn bound_name(&self, key: Key, faults: &mut Faults) -> Option<Ident> {
        let Value::Name(name) = &self.arguments.get(key)?.value else { return None };
        if self.function.bindings.iter().all(|binding| binding.name != *name) {
            return Some(name.clone());
        }
        let otherwise = match key {
            Key::Idempotency => format!(", or write `argument({name})` if the argument is the key"),
            _ => String::new(),
        };
        let message = format!(
            "`{name}` is an argument of this function, which the body could not reach any more; give `{}` another name{otherwise}",
            key.name()
        );
        faults.at(name.span(), message);
        None
    }

    /// Refuses `idempotency_key = argument(name)` if the function has no such argument.
    fn refuse_unknown_argument(&self, faults: &mut Faults) {
        let Some(Value::Argument(name)) = self.arguments.get(Key::Idempotency).map(|entry| &entry.value) else {
            return;
        };
        if self.function.bindings.iter().any(|binding| binding.name == *name) {
            return;
        }
        let names: Vec<String> = self.function.bindings.iter().map(|binding| binding.name.to_string()).collect();
        let mut advice = did_you_mean(&name.to_string(), &names);
        if advice.is_empty() {
            advice = format!("; to bind a key that is made for each call, write `idempotency_key = {name}`");
        }
        faults.at(name.span(), format!("`{name}` is no argument of this function{advice}"));
    }

    /// Returns the arguments that are cloned for each attempt.
    pub(super) fn clones(&self, faults: &mut Faults) -> Vec<Ident> {
        let Some(Value::Names(names)) = self.arguments.get(Key::Clone).map(|entry| &entry.value) else {
            return Vec::new();
        };
        let mut known: Vec<Ident> = Vec::new();
        for name in names {
            let binding = self.function.bindings.iter().find(|binding| binding.name == *name);
            let message = match binding.map(|binding| binding.kind) {
                _ if name == "self" => "`self` is not among the arguments that can be cloned; leave it out, and make a copy in the body where `self` is used up".to_owned(),
                _ if known.contains(name) => format!("`{name}` is listed twice; remove one of the two"),
                Some(BindingKind::Value) => {
                    known.push(name.clone());
                    continue;
                }
                Some(_) => format!(
                    "`{name}` is a `&mut` argument, and what is behind it is kept between attempts; remove it from `clone`, \
                     or make a copy in the body"
                ),
                None => {
                    let by_value =
                        self.function.bindings.iter().filter(|binding| binding.kind == BindingKind::Value);
                    let names: Vec<String> = by_value.map(|binding| binding.name.to_string()).collect();
                    let suggestion = did_you_mean(&name.to_string(), &names);
                    format!("`{name}` is no by-value argument of this function{suggestion}")
                }
            };
            faults.at(name.span(), message);
        }
        known
    }

    /// Refuses an unknown method, and one that is not idempotent if no idempotency key is sent.
    pub(super) fn refuse_method(&self, faults: &mut Faults) {
        let Some(written) = self.arguments.expression(Key::Method) else { return };
        let found = match expr::path(written) {
            Some(path) => type_path::names(&path.path).pop(),
            None => expr::text(written).map(syn::LitStr::value),
        };
        let source = source_text::of(written);
        let message = match METHODS.iter().find(|(name, _)| found.as_deref() == Some(name)) {
            None => {
                let names = METHODS.map(|(name, _)| name);
                let mut advice = found.map(|found| did_you_mean(&found, &names)).unwrap_or_default();
                if advice.is_empty() {
                    advice = format!("; methods are {}", listed(&names, "`"));
                }
                format!("unknown method `{source}`{advice}")
            }
            Some((name, _)) if source != *name => {
                format!("`method` expects the bare name of a method, found `{source}`; write `method = {name}`")
            }
            Some((name, false)) if !self.arguments.mentions(Key::Idempotency) => format!(
                "a `{name}` that is sent again may be carried out twice; bind a key with `idempotency_key = key`, or name the argument \
                 that is one, `idempotency_key = argument(key)`, and send it as the `Idempotency-Key` header of each attempt"
            ),
            Some(_) => return,
        };
        faults.on(written, message);
    }
}
