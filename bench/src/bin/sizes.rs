//! Bytes of a future of each contender, around bodies of 8, 128, 1024 and 4096 bytes.

use reattempt_bench::contenders::ALL;

fn main() {
    for contender in ALL {
        if let Some(future_bytes) = contender.future_bytes {
            let [tiny, small, large, huge] = future_bytes();
            println!("{}\t{tiny}\t{small}\t{large}\t{huge}", contender.name);
        }
    }
}
