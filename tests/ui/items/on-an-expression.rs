fn main() {
    #[reattempt::retry(on = reattempt::any_error)]
    drop(7);
}
