//@ - | expected parameter name, found `,` | ,
//@ - | expected type, found `)` | )
//@ - | expected one of `:`, `@`, or `|`, found `)` | )
//@ - | expected one of `!`, `(`, `)`, `+`, `,`, `::`, or `<`, found `two` | two
//@ - | expected one of `extern`, `fn`, `gen`, `safe`, or `unsafe`, found keyword `async` | async
//@ - | parameter defaults are not supported | = 3
//@ - | expected one of `!`, `(`, `+`, `,`, `::`, `<`, or `>`, found `)` | )
//@ - | expected type, found keyword `mut` | mut
//@ - | invalid `?` in type | ?
//@ - | expected one of `:` or `|`, found `)` | )
//@ - | expected one of `)` or `,`, found `number` | number
//@ - | unexpected `self` parameter in function | &self
//@ - | cannot pass `self` by raw pointer | self
//@ - | expected parameter name, found `)` | )
//@ - | equality constraints are not yet supported in `where` clauses | T = u32
//@ - | at least one trait must be specified | impl
//@ - | functions cannot be both `const` and `async` | const
//@ E0658 | C-variadic functions are unstable | unsafe extern "C" fn variadic(number: u32, ...) -> Option<u32> {     None }
use reattempt::{any_error, retry};

#[retry(on = any_error)]
fn two_commas(number: u32,,) -> Option<u32> {
    None
}

#[retry(on = any_error)]
fn no_type_name(number: ) -> Option<u32> {
    None
}

#[retry(on = any_error)]
fn no_type(number) -> Option<u32> {
    None
}

#[retry(on = any_error)]
async fn no_comma(one: u32 two: u32) -> Option<u32> {
    None
}

#[retry(on = any_error)]
async async fn twice() -> Option<u32> {
    None
}

#[retry(on = any_error)]
fn default(number: u32 = 3) -> Option<u32> {
    None
}

#[retry(on = any_error)]
fn open(list: Vec<u32) -> Option<u32> {
    None
}

#[retry(on = any_error)]
fn late_mut(number: mut u32) -> Option<u32> {
    None
}

#[retry(on = any_error)]
fn equal<T>(value: T) -> Option<u32> where T = u32 {
    None
}

#[retry(on = any_error)]
fn no_bound() -> impl {
    Some(1)
}

#[retry(on = any_error)]
fn question() -> Option<u32>? {
    None
}

#[retry(on = any_error)]
fn no_pattern(_) -> Option<u32> {
    None
}

#[retry(on = any_error)]
const async fn both() -> Option<u32> {
    None
}

#[retry(on = any_error)]
unsafe extern "C" fn variadic(number: u32, ...) -> Option<u32> {
    None
}

struct Client;

impl Client {
    #[retry(on = any_error)]
    fn after_self(&self number: u32) -> Option<u32> {
        None
    }

    #[retry(on = any_error)]
    async fn late_self(number: u32, &self) -> Option<u32> {
        None
    }

    #[retry(on = any_error)]
    fn pointer(*self) -> Option<u32> {
        None
    }

    #[retry(on = any_error)]
    fn only_mut(&mut) -> Option<u32> {
        None
    }
}

fn main() {}
