//! Writes attributes and functions. Each byte of the input is one choice. Most results are correct, some do not fit together.
//!
//! If the bytes end, the first and simplest choice is used.

/// The remaining choices.
pub(crate) struct Choices<'a> {
    bytes: &'a [u8],
}

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Returns a number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        usize::from(*first) % end.max(1)
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Returns one of the first entries most of the time. Correct entries are first.
    fn likely<T: Copy>(&mut self, from: &[T]) -> T {
        let at = self.below(256);
        from[at * at * at * from.len() / (256 * 256 * 256)]
    }

    /// Returns `true` once in `times`, and never at the end of the bytes.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    fn list(&mut self, longest: usize, separator: &str, mut write: impl FnMut(&mut Self) -> String) -> String {
        let parts: Vec<String> = (0..self.below(longest + 1)).map(|_| write(self)).collect();
        parts.join(separator)
    }
}

const DURATIONS: &[&str] = &[
    "\"250ms\"",
    "\"1.5s\"",
    "\"2min\"",
    "\"10s\"",
    "\"1_000 us\"",
    "\"0ms\"",
    "\"3d\"",
    "BASE",
    "Self::BASE",
    "timing::CAP",
    "delay",
    "{ DELAY }",
    "Duration::from_secs(1)",
    "(\"1s\")",
    "\"\"",
    "\"-1s\"",
    "5",
    "-5",
    "\"1m30s\"",
    "\"600000d\"",
    "\"0.1ns\"",
    "\"340282366920938463463374607431768211.456us\"",
    "r#\"1s\"#",
    "\"5\u{b5}s\"",
    "\"5\u{3bc}s\"",
];

const NUMBERS: &[&str] = &[
    "3",
    "1",
    "10",
    "4_000_000_000",
    "0x10",
    "0",
    "-1",
    "5u8",
    "MAX",
    "Self::MAX",
    "max",
    "{ MAX }",
    "limit()",
    "\"unlimited\"",
    "\"3\"",
    "4294967296",
    "99999999999999999999999999999999999999999999",
    "2.5",
    "true",
];

const RATIOS: &[&str] = &[
    "2.0",
    "0.2",
    "1",
    "\"full\"",
    "\"equal\"",
    "\"50ms\"",
    "0.0",
    "0.99",
    "1e308",
    "1e999",
    "-0.5",
    "1.5f32",
    "JITTER",
    "jitter()",
    "\"fulll\"",
    "\"\"",
];

const STRATEGIES: &[&str] = &[
    "\"exponential\"",
    "\"constant\"",
    "\"linear\"",
    "\"fibonacci\"",
    "\"immediate\"",
    "\"full_jitter\"",
    "\"equal_jitter\"",
    "\"decorrelated_jitter\"",
    "\"decorrelated_jitter_v2\"",
    "[\"1s\", \"2s\", \"5s\"]",
    "[\"1s\", STEP]",
    "[delay, \"1s\"]",
    "[]",
    "[\"0ms\"; 3]",
    "own_strategy()",
    "exponential(\"1s\", factor = 3)",
    "ExponentialBackoff::from_millis(10).factor(18446744073709551615).map(jitter).take(3)",
    "ConstantBuilder::default().with_delay(d).with_max_times(4294967295)",
    "reattempt::Strategy::Linear",
    "&OWN",
    "exponential",
    "\"exponentiall\"",
    "\"\"",
    "7",
];

const CLASSIFIERS: &[&str] = &[
    "is_transient",
    "|error| error.is_transient()",
    "|error: &Error| matches!(error, Error::Busy)",
    "matches(Error::Busy | Error::Slow { .. })",
    "matches(Error::Code(code) if code >= 500)",
    "matches()",
    "matches!(x, y)",
    "Error::is_transient",
    "self.judge(name)",
    "reattempt::any_error",
    "any_of((is_busy, |error: &Error| error.0))",
    "\"is_transient\"",
    "true",
];

const TYPES: &[&str] = &[
    "Error",
    "Box<dyn std::error::Error + Send>",
    "(u8, &'static str)",
    "impl Trait",
    "[u8; 4]",
    "fn(u8) -> u8",
    "_",
    "!",
    "Self::Error",
    "<T as Tr>::Error",
    "&'a mut T",
    "*const u8",
    "dyn A + 'a",
    "m!()",
];

const EXPRESSIONS: &[&str] = &[
    "value",
    "self.policy",
    "POLICY",
    "policy()",
    "&*shared",
    "if a { b } else { c }",
    "match x { _ => y }",
    "async { 1 }",
    "move || self.sleep()",
    "|| -> u8 { 1 }",
    "a::<T>::b",
    "x as u8 as u16",
    "x[0]..=y",
    "S { a: 1, ..b }",
    "\"name\"",
    "m! { a , b }",
    "return",
    "break 'a",
    "unsafe { *p }",
    "const { 3 }",
    "a?.await",
    "-1",
    "#[cfg(a)] x",
    "self::sleep",
    "r#self",
];

const NAMES: &[&str] = &[
    "name",
    "a",
    "n",
    "payload",
    "attempt",
    "r#type",
    "self",
    "_",
    "__self",
    "r#name",
    "NAME",
    "\u{e9}t\u{e9}",
    "crate",
];

const IDEMPOTENCY_KEYS: &[&str] = &[
    "key",
    "argument",
    "argument(n)",
    "argument(payload,)",
    "argument(missing)",
    "argument()",
    "argument(self)",
    "argument(a, b)",
    "argument(self.key)",
    "argument[n]",
    "r#argument(n)",
    "\"key\"",
];

/// Returns content for the parentheses of `#[retry(...)]`.
pub(crate) fn attribute(choices: &mut Choices<'_>) -> String {
    let mut text = choices.list(4, ", ", entry);
    if choices.once_in(6) {
        text.push(',');
    }
    text
}

fn entry(choices: &mut Choices<'_>) -> String {
    const OTHERS: &[&[&str]] = &[DURATIONS, NUMBERS, RATIOS, STRATEGIES, CLASSIFIERS, TYPES, EXPRESSIONS, NAMES];
    const KEYS: &[(&str, &[&str])] = &[
        ("max", NUMBERS),
        ("base", DURATIONS),
        ("cap", DURATIONS),
        ("strategy", STRATEGIES),
        ("factor", RATIOS),
        ("increment", DURATIONS),
        ("jitter", RATIOS),
        ("deadline", DURATIONS),
        ("final_attempt", &["true", "false", "LAST", "is_last", "\"yes\"", "1"]),
        ("max_hint", DURATIONS),
        ("on", CLASSIFIERS),
        ("on_value", CLASSIFIERS),
        ("error", TYPES),
        ("history", NUMBERS),
        ("policy", EXPRESSIONS),
        ("sleep", EXPRESSIONS),
        ("attempt", NAMES),
        ("timeout", DURATIONS),
        ("idempotency_key", IDEMPOTENCY_KEYS),
        (
            "method",
            &["GET", "POST", "PUT", "PATCH", "get", "\"POST\"", "Method::GET", "POTS", "QUERY", "5", "method()"],
        ),
        ("name", &["\"payments.charge\"", "NAME", "\"\"", "name()", "3"]),
        ("doc", &["false", "true", "FALSE", "\"no\""]),
        ("crate", &["reattempt", "::a::b", "crate::c", "self", "a::<T>::b", "super", "\"reattempt\""]),
        ("clone", &[]),
    ];
    const STRANGE: &[(&str, &[&str])] = &[
        ("maxx", NUMBERS),
        ("retries", NUMBERS),
        ("r#max", NUMBERS),
        ("on_result", CLASSIFIERS),
        ("Max", NUMBERS),
        ("unless", CLASSIFIERS),
        ("timeout_ms", NUMBERS),
        ("maxDelay", DURATIONS),
        ("backoff", STRATEGIES),
        ("exponential", DURATIONS),
        ("stop", &["stop_after_attempt(3)", "wait_exponential(multiplier = 1, min = 4)", "@Backoff(delay = n)"]),
    ];
    let (key, values) = if choices.once_in(30) { choices.pick(STRANGE) } else { choices.pick(KEYS) };
    if key == "clone" && !choices.once_in(8) {
        return format!("clone({})", choices.list(3, ", ", |choices| choices.likely(NAMES).to_owned()));
    }
    let values = if values.is_empty() || choices.once_in(25) { choices.pick(OTHERS) } else { values };
    let value = choices.likely(values);
    match choices.below(60) {
        56 => format!("{key} {} {value}", choices.pick(&["", "==", "=>", ":=", ":", "= =", "->", "=:"])),
        57 => key.to_owned(),
        58 => value.to_owned(),
        59 => format!("{key}({value})"),
        _ => format!("{key} = {value}"),
    }
}

const PARAMETERS: &[&str] = &[
    "name: String",
    "a: &str",
    "mut n: u32",
    "w: &mut Vec<u8>",
    "mut w: &mut Vec<u8>",
    "(a, mut b): (u8, u8)",
    "Point { x, mut y }: Point",
    "Wrap(ref mut inner): Wrap",
    "ref r: String",
    "_: u8",
    "o: Option<&mut u8>",
    "p: Pin<&mut T>",
    "f: impl FnOnce() -> u8",
    "#[cfg(feature = \"x\")] gated: u8",
    "[first, .., last]: [u8; 3]",
    "whole @ Some(part): Option<u8>",
    "r#type: u8",
    "&x: &u8",
    "payload: Vec<u8>",
    "attempt: u8",
    "...",
];

const RECEIVERS: &[&str] = &[
    "&self",
    "&mut self",
    "self: Box<Self>",
    "self: Pin<&mut Self>",
    "mut self: Pin<&mut Self>",
    "self: &mut Self",
    "self: &Self",
    "self: Rc<Self>",
    "&'a self",
    "&'a mut self",
    "self: Option<&mut Self>",
    "#[cfg(a)] &self",
    "self",
    "mut self",
];

const OUTPUTS: &[&str] = &[
    "Result<u8, Error>",
    "Option<T>",
    "Result<u8, RetryError<Error>>",
    "reattempt::RetryError<E>",
    "io::Result<()>",
    "bool",
    "impl Iterator<Item = u8>",
    "Result<impl Display, Error>",
    "&'a str",
    "Pin<Box<dyn Future<Output = Result<u8, Error>> + Send + 'async_trait>>",
    "impl Future<Output = Result<u8, RetryError<Error>>>",
    "BoxFuture<'a, Result<u8, Error>>",
    "LocalBoxFuture<'_, Option<u8>>",
    "impl std::future::Future<Output = Option<u8>> + use<'a>",
    "Alias",
    "Pin<Box<dyn Future>>",
    "!",
    "Self",
    "()",
    "Pin<P>",
    "Result<u8>",
];

const GENERICS: &[&str] = &[
    "",
    "<T>",
    "<'a, T: Clone + 'a, const N: usize>",
    "<'life0, 'async_trait>",
    "<T = u8>",
    "<#[cfg(a)] 'a, BASE>",
    "<const MAX: u32>",
    "<>",
];

const BODIES: &[&str] = &[
    "{ Ok(1) }",
    "{ fallible()?; Ok(name.len()) }",
    "{}",
    "{ #![allow(unused)] //! inner\n Ok(()) }",
    "{ 'a: loop { break 'a; } return Err(Error::Busy); }",
    "{ n += 1; w.push(n); *a = b\"\\xff\"; c\"text\"; 1.5e3_f32; '\\u{1F600}'; r##\"raw\"## }",
    "{ Box::pin(async move { Ok(1) }) }",
    "{ Box::pin(async move { if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<Result<u8, Error>> \
     { #[allow(unreachable_code)] return __ret; } let __self = self; let name = name; let (a, b) = __arg1; \
     let __ret: Result<u8, Error> = { __self.x(name).await }; #[allow(unreachable_code)] __ret }) }",
    "{ Box::pin(async move { let mut __self = self; let mut n = n; let w = w; let __ret: Option<u8> = { n += 1; None }; __ret }) }",
    "{ let copy = name.clone(); let mut w = w; async move { w.push(copy).await } }",
    "{ async { 1 }.boxed() }",
    "{ async move { let p = { let p = p; p }; p.await }.boxed_local() }",
    "{ make_future() }",
    "{ Box::pin(make_future()) }",
    "{ (async { () }) }",
    "{ m! { } fn inner() {} use a::b; let x = |y| y; x(async {}) }",
];

const BROKEN: &[&str] = &[";", "", "{ let = 3; }", "{ Box::pin(async) }", "{ Box::pin(async }", "{ #![a } ", "= 3;"];

/// Returns a function, or something else with an attribute on it.
pub(crate) fn item(choices: &mut Choices<'_>) -> String {
    const OTHERS: &[&str] = &[
        "struct S;",
        "impl S { fn f() {} }",
        "trait T { fn f(); }",
        "mod m;",
        "macro_rules! m { () => {} }",
        "const X: u8 = 1;",
        "static X: u8 = 1;",
        "use a::b;",
        "let x = 1;",
        "enum E {}",
        "union U { a: u8 }",
        "type A = B;",
        "extern \"C\" { fn f(); }",
        "",
        "x",
        "{}",
        "const { f() }",
    ];
    const ATTRIBUTES: &[&str] = &[
        "/// Words.",
        "#[doc = \"words\"]",
        "#[must_use]",
        "#[cfg(a)]",
        "#[track_caller]",
        "#[inline]",
        "#[doc(hidden)]",
        "#[a::b { weird = 1 }]",
        "#[retry]",
        "#[reattempt::retry(max = 3)]",
        "#![inner]",
    ];
    if choices.once_in(30) {
        return choices.pick(OTHERS).to_owned();
    }
    let attributes = if choices.once_in(3) {
        choices.list(3, "\n", |choices| choices.likely(ATTRIBUTES).to_owned()) + "\n"
    } else {
        String::new()
    };
    let visibility =
        choices.likely(&["", "pub ", "pub(crate) ", "pub(in a::b) ", "default ", "pub default ", "crate "]);
    let qualifiers = choices.likely(&[
        "async ",
        "",
        "unsafe ",
        "async unsafe ",
        "extern \"C\" ",
        "unsafe extern ",
        "const ",
        "safe ",
        "const async unsafe extern \"C\" ",
    ]);
    let name = choices.pick(&["f", "f", "f", "r#try", "\u{e9}t\u{e9}", "F", "main"]);
    let generics = choices.pick(GENERICS);
    let mut parameters = choices.list(4, ", ", |choices| choices.pick(PARAMETERS).to_owned());
    if choices.once_in(2) {
        parameters = format!("{}, {parameters}", choices.likely(RECEIVERS));
    }
    let output = match choices.below(40) {
        39 => String::new(),
        38 => format!(" -> {}", choices.pick(TYPES)),
        _ => format!(" -> {}", choices.likely(OUTPUTS)),
    };
    let bounds = choices.pick(&["", "", "", " where T: Clone,", " where Self: 'async_trait, 'life0: 'async_trait"]);
    let body = if choices.once_in(16) { choices.pick(BROKEN) } else { choices.pick(BODIES) };
    format!("{attributes}{visibility}{qualifiers}fn {name}{generics}({parameters}){output}{bounds} {body}")
}

/// Returns an error type, mostly with attributes.
pub(crate) fn error_type(choices: &mut Choices<'_>) -> String {
    const WORDS: &[&str] = &[
        "#[transient]",
        "#[permanent]",
        "#[transient(forward)]",
        "#[transient(after = retry_after)]",
        "#[transient(if = is_busy)]",
        "#[transient(if = |status| *status >= 500)]",
        "#[transient(forward = source)]",
        "#[transient(after = 0)]",
        "#[transient(if = is_busy, after = retry_after)]",
        "#[transient(delay = \"0s\")]",
        "#[transient(delay = 0, if = is_busy)]",
        "#[transient(delay = |_| pause, after = \"1s\")]",
        "#[error(\"words\")]",
        "",
        "#[transient(forward = 1)] #[doc = \"words\"]",
        "#[transient] #[permanent]",
        "#[transient()]",
        "#[permanent(if = x)]",
        "#[transient = 5]",
        "#[transient(crate = a::b)]",
        "#[transient(crate = 5)]",
        "#[transient(if)]",
        "#[transient(if =)]",
        "#[transient(after = \"1s\", after = 2)]",
        "#[transient(forward, if = f)]",
        "#[transient(if = f after = g, forward)]",
        "#[transient[if = f]]",
        "#[transient(,)]",
        "#[transiant]",
        "#[transient(is = f)]",
        "#[a::transient]",
        "#[transient::b(if)]",
    ];
    const FIELDS: &[&str] = &[
        "",
        "(u16)",
        "(Box<E>)",
        "(io::Error, u8)",
        "{ retry_after: Option<Duration> }",
        "{ source: E, retry_after: Duration }",
        "{ #[source] r#source: Box<Self> }",
        "{}",
        "()",
        "(#[transient] u8)",
        "{ #[permanent] a: u8, #[transient(forward)] b: u8 }",
        "(&'a str, [T; N])",
        "(dyn A + B)",
    ];
    let generics = choices.likely(&["", "<E>", "<'a, T: Clone + ?Sized, const N: usize>", "<E = u8>", "<ApiError>"]);
    let bounds = choices.likely(&["", " where E: Clone", " where for<'b> &'b T: Copy,"]);
    let word = |choices: &mut Choices<'_>| choices.likely(WORDS).to_owned();
    if choices.once_in(4) {
        let (word, fields) = (word(choices), choices.likely(FIELDS));
        let end = if fields.ends_with('}') { "" } else { ";" };
        return format!("{word} pub struct ApiError{generics} {fields}{end}");
    }
    let outer = if choices.once_in(8) { word(choices) } else { String::new() };
    let variants = choices.list(4, ", ", |choices| {
        let (word, fields) = (word(choices), choices.likely(FIELDS));
        let value = if choices.once_in(20) { " = 5" } else { "" };
        format!("{word} {} {fields}{value}", choices.pick(&["Busy", "Gone", "r#Loop", "ApiError"]))
    });
    format!("{outer} enum ApiError{generics}{bounds} {{ {variants} }}")
}

/// Returns one token, or a few. Some are not expected by any parser.
pub(crate) fn token(choices: &mut Choices<'_>) -> &'static str {
    choices.pick(&[
        ",",
        "=",
        "a",
        "self",
        "crate",
        "r#self_",
        "_",
        "__self",
        "__ret",
        "::",
        "->",
        "=>",
        "..",
        "..=",
        "<",
        ">",
        "&",
        "&&",
        "|",
        "||",
        "!",
        "?",
        "#",
        "#!",
        "$x",
        "@",
        "-",
        "*",
        "+",
        ";",
        ":",
        ".",
        "'a",
        "'static",
        "'r#a",
        "'c'",
        "b'x'",
        "\"\"",
        "\"1s\"",
        "\"\\u{0}\\u{10FFFF}\"",
        "\"\u{1F980} \u{202e}\"",
        "b\"\\xff\"",
        "c\"text\"",
        "br#\"raw\"#",
        "r\"\"",
        "\"suffixed\"ms",
        "0",
        "1u256",
        "0xFFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF",
        "0b_",
        "1e400",
        "1.",
        "1.0e-400_f64",
        "0x1p3",
        "340282366920938463463374607431768211456",
        "async",
        "move",
        "fn",
        "mut",
        "ref",
        "let",
        "return",
        "break 'a 1",
        "dyn A + B",
        "impl T",
        "where",
        "if",
        "else",
        "match",
        "matches",
        "()",
        "[]",
        "{}",
        "(a, b)",
        "{ a; b }",
        "[\"1s\"; 3]",
        "#[a]",
        "#![a]",
        "m!()",
        "|x| x",
        "on = ",
        "clone(a, a)",
        "max = 3,",
        "unlimited",
        "a.b.c()",
        "Box::pin(async move {})",
        ".boxed()",
        ".await",
    ])
}
