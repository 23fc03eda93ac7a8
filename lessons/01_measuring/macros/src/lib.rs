//! The attribute of `measuring::test`. An attribute can only come from a crate of its own kind, so this one holds
//! nothing else.

#![forbid(unsafe_code)]

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// A test that ends: `#[test]`, with its body run by `measuring::in_time`.
///
/// It is for functions without arguments and without a result, and stands where `#[test]` would. Other attributes of a
/// test (`#[should_panic]`, `#[ignore]`) go with it.
#[proc_macro_attribute]
pub fn test(_arguments: TokenStream, function: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = function.into_iter().collect();
    let body = match tokens.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
        _ => return error("#[measuring::test] stands above a function with a body"),
    };
    let mut timed: TokenStream = "::measuring::in_time".parse().unwrap_or_default();
    let mut closure: TokenStream = "||".parse().unwrap_or_default();
    closure.extend([TokenTree::Group(body)]);
    timed.extend([TokenTree::Group(Group::new(
        Delimiter::Parenthesis,
        closure,
    ))]);
    let mut test: TokenStream = "#[::core::prelude::v1::test]".parse().unwrap_or_default();
    test.extend(tokens);
    test.extend([TokenTree::Group(Group::new(Delimiter::Brace, timed))]);
    test
}

fn error(message: &str) -> TokenStream {
    format!("::core::compile_error!({message:?});")
        .parse()
        .unwrap_or_default()
}
