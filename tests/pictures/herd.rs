//! When clients that failed at the same moment come back, with and without jitter.

use crate::svg::Picture;
use reattempt::{Jitter, Policy, PolicyBuilder, Strategy, testing};

const CLIENTS: u32 = 1_000;
const ATTEMPTS: u32 = 5;

/// The width of a slot, in milliseconds, and their number.
const SLOT: usize = 10;
const SLOTS: usize = 190;

const LEFT: f64 = 20.0;
const TOP: f64 = 112.0;
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 72.0;
const STEP: f64 = 108.0;

pub(crate) fn draw() -> String {
    let policy = |strategy| Policy::builder().strategy(strategy).max(ATTEMPTS);
    let rows: [(&str, &str, PolicyBuilder); 4] = [
        ("exponential", "orange", policy(Strategy::Exponential)),
        ("exponential, jitter = 0.2", "blue", policy(Strategy::Exponential).jitter(Jitter::Ratio(0.2))),
        ("equal_jitter", "blue", policy(Strategy::EqualJitter)),
        ("full_jitter", "blue", policy(Strategy::FullJitter)),
    ];
    let mut picture = Picture::new(
        558.0,
        "Without jitter, 1,000 clients come back all at once, four times",
        "The number of attempts in each 10 ms after 1,000 clients failed at the same moment, for four strategies.",
    );
    let explanation = "Attempts in each 10 ms. The server stays down, and each client makes 4 retries (base = 100 ms).";
    picture.text("quiet", LEFT, 56.0, explanation);
    for (row, (name, class, policy)) in (0_u8..).zip(rows) {
        let bottom = TOP + HEIGHT + f64::from(row) * STEP;
        let slots = attempts(policy);
        let most = *slots.iter().max().expect("there are slots");
        picture.text("name", LEFT, bottom - HEIGHT - 16.0, name);
        let label = format_args!("at most {} in 10 ms", thousands(most)).to_string();
        picture.text("small end", LEFT + WIDTH, bottom - HEIGHT - 16.0, label);
        picture.line("grid", (LEFT, bottom - HEIGHT), (LEFT + WIDTH, bottom - HEIGHT));
        let width = WIDTH / f64::from(u32::try_from(SLOTS).expect("a small number"));
        let bars = (0_u32..).zip(slots).map(|(slot, attempts)| {
            let height = HEIGHT * f64::from(attempts) / f64::from(CLIENTS);
            (LEFT + f64::from(slot) * width, bottom, bottom - height)
        });
        picture.bars(class, width - 0.5, bars);
        picture.line("axis", (LEFT, bottom), (LEFT + WIDTH, bottom));
    }
    let bottom = TOP + HEIGHT + 3.0 * STEP;
    for (place, label) in [(0.0, "they fail"), (0.5, "0.5 s later"), (1.0, "1 s"), (1.5, "1.5 s")] {
        let x = LEFT + WIDTH * place / 1.9;
        picture.line("axis", (x, bottom), (x, bottom + 5.0));
        picture.text(if place == 0.0 { "small quiet" } else { "small quiet middle" }, x, bottom + 20.0, label);
    }
    picture.finish()
}

/// Returns the number of attempts in each slot, without the first ones. An attempt takes no time.
fn attempts(policy: PolicyBuilder) -> Vec<u32> {
    let policy = policy.build().expect("a good policy");
    let mut slots = vec![0; SLOTS];
    testing::seed(1);
    for _ in 0..CLIENTS {
        let mut now = 0;
        for delay in policy.delays() {
            now += delay.as_nanos();
            slots[usize::try_from(now / 1_000_000).expect("a short time") / SLOT] += 1;
        }
    }
    slots
}

fn thousands(number: u32) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}
