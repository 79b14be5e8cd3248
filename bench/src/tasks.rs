//! 100,000 tasks on one thread of tokio, each of which fails three times and waits 1, 3 and 9 ms. It needs the allocator `counting`.

use crate::contenders::Contender;
use crate::counting;
use std::time::Instant;
use std::{error, fs};
use tokio::runtime::Builder;

/// How many tasks there are at once.
pub const TASKS: usize = 100_000;
const WAITING: usize = 512;

/// What the tasks of a contender cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Milliseconds of CPU for all of them.
    pub cpu: f64,
    /// Milliseconds until the last was done.
    pub wall: f64,
    /// The most bytes of heap at one time, for each task: not all of them wait at the same time.
    pub heap: f64,
    /// Bytes of heap of a task that waits.
    pub heap_waiting: f64,
}

/// Runs the tasks of a contender.
///
/// # Errors
///
/// A task fails, or the system does not tell the CPU time.
///
/// # Panics
///
/// The contender has no tasks.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn measure(contender: &Contender) -> Result<Cost, Box<dyn error::Error>> {
    let spawn = contender.spawn.ok_or("it has no tasks")?;
    let heap_waiting = heap_waiting(contender)?;
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let mut handles = Vec::with_capacity(TASKS);
    let before = counting::bytes();
    counting::most_bytes();
    let (cpu, began) = (cpu_nanos()?, Instant::now());
    let succeeded = runtime.block_on(async {
        handles.extend((0..TASKS).map(|_| spawn()));
        let mut succeeded = 0;
        for handle in handles {
            succeeded += usize::from(handle.await?);
        }
        Ok::<usize, tokio::task::JoinError>(succeeded)
    })?;
    let (cpu, wall) = (cpu_nanos()? - cpu, began.elapsed());
    if succeeded != TASKS {
        return Err(format!("{succeeded} of {TASKS} tasks succeeded").into());
    }
    Ok(Cost {
        cpu: cpu as f64 / 1e6,
        wall: wall.as_secs_f64() * 1e3,
        heap: (counting::most_bytes() - before) as f64 / TASKS as f64,
        heap_waiting,
    })
}

/// So few tasks that all of them wait at the same time.
///
/// # Errors
///
/// The contender has no tasks, or one fails.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn heap_waiting(contender: &Contender) -> Result<f64, Box<dyn error::Error>> {
    let spawn = contender.spawn.ok_or("it has no tasks")?;
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let mut handles = Vec::with_capacity(WAITING);
    Ok(runtime.block_on(async {
        // The first tasks make the runtime's queue and its timers as large as they have to be.
        handles.extend((0..WAITING).map(|_| spawn()));
        for handle in handles.drain(..) {
            handle.await?;
        }
        let before = counting::bytes();
        counting::most_bytes();
        handles.extend((0..WAITING).map(|_| spawn()));
        for handle in handles.drain(..) {
            handle.await?;
        }
        Ok::<f64, tokio::task::JoinError>((counting::most_bytes() - before) as f64 / WAITING as f64)
    })?)
}

/// The CPU time of this thread.
fn cpu_nanos() -> Result<u64, Box<dyn error::Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split_whitespace().next().ok_or("the system tells no CPU time")?.parse()?)
}
