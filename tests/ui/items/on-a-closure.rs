fn main() {
    let _call = #[reattempt::retry(on = reattempt::any_error)]
    || Some(7);
}
