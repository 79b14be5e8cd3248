//@ - | unexpected token: `}` | }
//@ - | expected expression, found `;` | ;
//@ - | expected one of `!`, `.`, `::`, `;`, `?`, `else`, `{`, or an operator, found keyword `async` | async
//@ - | expected one of `async`, `|`, or `||`, found `Some` | Some
//@ - | unexpected token: `}` | }
use reattempt::{any_error, retry};
use std::future::Future;
use std::pin::Pin;

#[retry(on = any_error)]
fn no_field(number: Option<u32>) -> Pin<Box<dyn Future<Output = Option<u32>>>> {
    Box::pin(async move { number. })
}

#[retry(on = any_error)]
fn no_value() -> Pin<Box<dyn Future<Output = Option<u32>>>> {
    let number = ;
    Box::pin(async move { number })
}

#[retry(on = any_error)]
fn no_semicolon(number: u32) -> impl Future<Output = Option<u32>> {
    let next = number async move { Some(next) }
}

#[retry(on = any_error)]
fn no_braces(number: u32) -> impl Future<Output = Option<u32>> {
    async move Some(number)
}

#[retry(on = any_error)]
fn no_end(number: u32) -> impl Future<Output = Option<u32>> {
    async move { Some(number) }.
}

fn main() {}
