//! Whether statements use a variable of the function, told from what else may have its name.
//!
//! It knows scopes, and no types: in the arguments of a macro every word counts.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Block, Expr, ExprClosure, ExprForLoop, ExprIf, ExprPath, ExprWhile, Item, Macro, Pat, PatIdent, Stmt};

/// Whether the block uses a variable of that name that is not its own.
pub(crate) fn in_block(block: &Block, name: &Ident) -> bool {
    let mut finder = UseFinder { name, found: false };
    finder.visit_block_mut(&mut block.clone());
    finder.found
}

/// Whether a pattern binds the name.
pub(crate) fn binds(pattern: &Pat, name: &Ident) -> bool {
    let mut finder = BindingFinder { name, found: false };
    finder.visit_pat_mut(&mut pattern.clone());
    finder.found
}

struct BindingFinder<'a> {
    name: &'a Ident,
    found: bool,
}

impl VisitMut for BindingFinder<'_> {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.found |= pattern.ident == *self.name;
        visit_mut::visit_pat_ident_mut(self, pattern);
    }

    // Patterns in it bind for itself.
    fn visit_block_mut(&mut self, _: &mut Block) {}
}

struct UseFinder<'a> {
    name: &'a Ident,
    found: bool,
}

impl UseFinder<'_> {
    /// Whether the patterns of a condition bind the name for what it guards.
    fn binds_in(&self, condition: &Expr) -> bool {
        let mut finder = BindingFinder { name: self.name, found: false };
        finder.visit_expr_mut(&mut condition.clone());
        finder.found
    }
}

impl VisitMut for UseFinder<'_> {
    fn visit_expr_path_mut(&mut self, expression: &mut ExprPath) {
        self.found |= expression.path.is_ident(self.name);
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.found |= mentions(call.tokens.clone(), self.name);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        for statement in &mut block.stmts {
            self.visit_stmt_mut(statement);
            // What follows means the new one.
            if matches!(statement, Stmt::Local(local) if binds(&local.pat, self.name)) {
                return;
            }
        }
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        if !closure.inputs.iter().any(|input| binds(input, self.name)) {
            visit_mut::visit_expr_closure_mut(self, closure);
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        if !binds(&arm.pat, self.name) {
            visit_mut::visit_arm_mut(self, arm);
        }
    }

    fn visit_expr_if_mut(&mut self, branch: &mut ExprIf) {
        self.visit_expr_mut(&mut branch.cond);
        if !self.binds_in(&branch.cond) {
            self.visit_block_mut(&mut branch.then_branch);
        }
        if let Some((_, otherwise)) = &mut branch.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_expr_while_mut(&mut self, repeated: &mut ExprWhile) {
        self.visit_expr_mut(&mut repeated.cond);
        if !self.binds_in(&repeated.cond) {
            self.visit_block_mut(&mut repeated.body);
        }
    }

    fn visit_expr_for_loop_mut(&mut self, repeated: &mut ExprForLoop) {
        self.visit_expr_mut(&mut repeated.expr);
        if !binds(&repeated.pat, self.name) {
            self.visit_block_mut(&mut repeated.body);
        }
    }

    // Items see no variables.
    fn visit_item_mut(&mut self, item: &mut Item) {
        if let Item::Macro(definition) = item {
            self.visit_macro_mut(&mut definition.mac);
        }
    }
}

/// Whether the tokens have the word in them.
fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        // In a format string: `{x}`, `{x:?}`.
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            text.match_indices(&format!("{{{name}")).any(|(at, found)| text[at + found.len()..].starts_with(['}', ':']))
        }
        TokenTree::Punct(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn uses(block: &str) -> bool {
        let parsed = syn::parse_str(block);
        in_block(&parsed.expect(block), &Ident::new("x", Span::call_site()))
    }

    #[test]
    fn a_variable_is_used_wherever_it_is_named_in_an_expression() {
        for block in [
            "{ x }",
            "{ x.len(); }",
            "{ y[x] }",
            "{ Y { x } }",
            "{ let x = x + 1; }",
            "{ y.find(|y| y == x) }",
            "{ async move { async { x.await } } }",
            "{ if let Some(x) = x { 1 } }",
            "{ match y { x if false => 1, _ => x } }",
            "{ assert_eq!(y, x); }",
            "{ println!(\"x is {x}\"); }",
            "{ println!(\"{x:?}\"); }",
            "{ { let x = 1; } x }",
        ] {
            assert!(uses(block), "{block}");
        }
    }

    #[test]
    fn another_thing_of_the_name_is_no_use_of_the_variable() {
        for block in [
            "{ self.x; y.x(); x::y(); y::x() }",
            "{ Y { x: 1 } }",
            "{ println!(\"x {xs} {{x\"); }",
            "{ let x = 1; x + 1 }",
            "{ y.find(|x| x == 1) }",
            "{ if let Some(x) = y { x } }",
            "{ while let Some(Y { x, .. }) = y { x } }",
            "{ for x in y { x } }",
            "{ match y { x => x } }",
            "{ fn f(x: u8) -> u8 { x } }",
        ] {
            assert!(!uses(block), "{block}");
        }
    }
}
