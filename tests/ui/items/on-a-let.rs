fn main() {
    #[reattempt::retry(on = reattempt::any_error)]
    let _call = || Some(7);
}
