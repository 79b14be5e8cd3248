//! Budgets, breakers and cancellations. Calls share them, so they must not be made again at each use, and must be free to borrow.

use super::Validator;
use crate::args::key::Key;
use crate::args::policy_args::PolicyArgs;
use crate::faults::Faults;
use crate::item::arguments::BindingKind;
use crate::model::SharedGuard;
use crate::syntax::{expr, type_path};
use quote::ToTokens;
use reattempt_policy::Setting;
use syn::Expr;

impl Validator<'_> {
    /// Returns a budget, a breaker or a cancellation.
    pub(super) fn guard(&self, key: Key, faults: &mut Faults) -> Option<SharedGuard> {
        let guard = self.function(key, faults)?;
        let (type_name, end) = match key {
            Key::Budget => ("Budget", "would never run out"),
            Key::Cancel => ("Cancellation", "nothing could cancel"),
            _ => ("CircuitBreaker", "would never open"),
        };
        if is_made_here(&guard, type_name) {
            let message = format!(
                "this makes a new `{type_name}` at each use, which {end}; put it into a `static`, and write `{}`",
                key.example()
            );
            faults.on(guard, message);
            return None;
        }
        // A breaker is borrowed while an attempt runs, the others only between attempts.
        if let Some(owner) = self.mutable_owner(&guard).filter(|_| key == Key::Breaker) {
            let place = guard.to_token_stream().to_string().replace(' ', "");
            let message = format!(
                "`breaker` cannot be borrowed from {owner}, which each attempt needs for itself; use a `static`, or keep an `Arc` there \
                 and write `breaker = {place}.clone()`"
            );
            faults.on(guard, message);
            return None;
        }
        let is_item = self.reader.is_constant(&guard);
        Some(SharedGuard { expression: guard, is_item })
    }

    /// Returns a cancellation. It cannot wake a thread that sleeps by a sleeper of the user's.
    pub(super) fn cancel(&self, faults: &mut Faults) -> Option<SharedGuard> {
        let (cancel, sleep) = (self.arguments.get(Key::Cancel)?, self.arguments.get(Key::Sleep));
        if let Some(sleep) = sleep.filter(|_| !self.function.is_async()) {
            let message = "`cancel` cannot end a sleep of a sleeper of your own in a sync function: it is not known how to wake it; \
                           remove `sleep`, or make the function `async`";
            faults.between(cancel.span, message.to_owned(), sleep.span, "the sleeper of your own is here");
        }
        self.guard(Key::Cancel, faults)
    }

    /// Returns whether the call waits for its breaker.
    pub(super) fn waits_for_breaker(&self, policy: &PolicyArgs, faults: &mut Faults) -> bool {
        let Some(entry) = self.arguments.get(Key::WaitForBreaker) else { return false };
        let waits = self.flag(Key::WaitForBreaker, "to wait until the breaker admits the call", faults);
        if waits != Some(true) {
            return false;
        }
        if !self.arguments.mentions(Key::Breaker) {
            let message = "`wait_for_breaker` needs a breaker, because without one nothing is refused; write `breaker = API_BREAKER`, or \
                           remove it";
            faults.at(entry.span, message);
        }
        let deadline = Key::Setting(Setting::Deadline);
        let may_have_deadline = match self.arguments.get(deadline) {
            Some(_) => policy.deadline.is_some(),
            // It may also be the one of `policy`.
            None => self.arguments.mentions(deadline) || self.arguments.mentions(Key::Policy),
        };
        if !may_have_deadline {
            let message = "`wait_for_breaker` needs a deadline, or a call could wait for ever; write `deadline = \"30s\"`, or remove it";
            faults.at(entry.span, message);
        }
        true
    }

    /// Returns the `&mut` argument or `&mut self` that a place belongs to, in words. Results of calls are left to the compiler.
    fn mutable_owner(&self, place: &Expr) -> Option<String> {
        let name = expr::variable(place)?;
        if name == "self" {
            return (self.function.receiver.kind != BindingKind::Value).then(|| "`&mut self`".to_owned());
        }
        let binding = self.function.bindings.iter().find(|binding| binding.name == *name)?;
        (binding.kind != BindingKind::Value).then(|| format!("the `&mut` argument `{name}`"))
    }
}

/// Returns whether the expression is a chain of calls that begins with a constructor of the type: `CircuitBreaker::consecutive(5)`.
fn is_made_here(guard: &Expr, type_name: &str) -> bool {
    const MAKERS: [&str; 5] = ["new", "builder", "default", "consecutive", "rate"];
    match expr::peel(guard) {
        Expr::Reference(reference) => is_made_here(&reference.expr, type_name),
        Expr::MethodCall(call) => is_made_here(&call.receiver, type_name),
        Expr::Try(question) => is_made_here(&question.expr, type_name),
        Expr::Call(call) => match expr::path(&call.func) {
            Some(path) => match type_path::names(&path.path).as_slice() {
                [.., made, maker] => made == type_name && MAKERS.contains(&maker.as_str()),
                _ => false,
            },
            None => is_made_here(&call.func, type_name),
        },
        _ => false,
    }
}
