//! 100,000 tasks on tokio, each of which fails three times and waits 1, 4 and 10 ms, and the cells that tasks live in. It needs the
//! allocator `counting`.

use crate::contenders::Contender;
use crate::counting;
use crate::service::Body;
use std::time::Instant;
use std::{error, fs, io};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinError;

/// The number of tasks at once.
pub const TASKS: usize = 100_000;
const WAITING: usize = 512;

/// The runtime of the tasks, and their start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// All are spawned before the first begins, on the thread that they run on.
    OneThread,
    /// All are spawned at once, by another thread than the two that they run on.
    TwoThreads,
    /// On one thread, which runs the ready tasks after each spawn.
    OneByOne,
}

impl Setting {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 3] =
        [("one-thread", Self::OneThread), ("two-threads", Self::TwoThreads), ("one-by-one", Self::OneByOne)];

    fn runtime(self) -> io::Result<Runtime> {
        match self {
            Self::OneThread | Self::OneByOne => Builder::new_current_thread().enable_time().build(),
            Self::TwoThreads => Builder::new_multi_thread().worker_threads(2).enable_time().build(),
        }
    }
}

/// The cost of a contender's tasks.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Milliseconds of CPU for all of them.
    pub cpu: f64,
    /// Milliseconds until the last was done.
    pub wall: f64,
    /// The most bytes of heap at one time, for each task: not all of them wait at the same time.
    pub heap: f64,
}

/// Runs the tasks of a contender.
///
/// # Errors
///
/// A task fails, or the system does not report the CPU time.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn measure(contender: &Contender, setting: Setting) -> Result<Cost, Box<dyn error::Error>> {
    let spawn = contender.spawn.ok_or("it has no tasks")?;
    let runtime = setting.runtime()?;
    let mut handles = Vec::with_capacity(TASKS);
    let before = counting::bytes();
    counting::most_bytes();
    let (cpu, began) = (cpu_nanos()?, Instant::now());
    let succeeded = runtime.block_on(async {
        for _ in 0..TASKS {
            handles.push(spawn());
            if setting == Setting::OneByOne {
                tokio::task::yield_now().await;
            }
        }
        let mut succeeded = 0;
        for handle in handles {
            succeeded += usize::from(handle.await?);
        }
        Ok::<usize, JoinError>(succeeded)
    })?;
    let (cpu, wall) = (cpu_nanos()? - cpu, began.elapsed());
    if succeeded != TASKS {
        return Err(format!("{succeeded} of {TASKS} tasks succeeded").into());
    }
    Ok(Cost {
        cpu: cpu as f64 / 1e6,
        wall: wall.as_secs_f64() * 1e3,
        heap: (counting::most_bytes() - before) as f64 / TASKS as f64,
    })
}

/// Bytes of heap of a task.
#[derive(Debug, Clone, Copy)]
pub struct Heap {
    /// While it runs, or waits for an answer.
    pub running: f64,
    /// While it waits for a retry.
    pub waiting: f64,
}

/// Measures a small number of tasks, so that all of them wait at the same time.
///
/// # Errors
///
/// The contender has no tasks, or one fails.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn heap(contender: &Contender) -> Result<Heap, Box<dyn error::Error>> {
    let spawn = contender.spawn.ok_or("it has no tasks")?;
    let mut handles = Vec::with_capacity(WAITING);
    Ok(Setting::OneThread.runtime()?.block_on(async {
        // The first tasks grow the runtime's queue and its timers to their full size.
        handles.extend((0..WAITING).map(|_| spawn()));
        for handle in handles.drain(..) {
            handle.await?;
        }
        let before = counting::bytes();
        counting::most_bytes();
        // None of them is polled before this task yields.
        handles.extend((0..WAITING).map(|_| spawn()));
        let running = counting::bytes() - before;
        for handle in handles.drain(..) {
            handle.await?;
        }
        let waiting = counting::most_bytes() - before;
        let [running, waiting] = [running, waiting].map(|bytes| bytes as f64 / WAITING as f64);
        Ok::<Heap, JoinError>(Heap { running, waiting })
    })?)
}

/// Bytes of futures, and of the cells that tokio puts them in when they are spawned: before and after each step.
///
/// # Errors
///
/// There is no runtime.
pub fn cells() -> io::Result<[(usize, usize); 6]> {
    Ok(Setting::OneThread.runtime()?.block_on(async {
        // The first task makes the runtime's queue.
        cell::<1>();
        [cell::<3>(), cell::<4>(), cell::<19>(), cell::<20>(), cell::<35>(), cell::<36>()]
    }))
}

fn cell<const WORDS: usize>() -> (usize, usize) {
    let before = counting::bytes();
    let task = tokio::spawn(Body::<WORDS>::default());
    let bytes = counting::bytes() - before;
    task.abort();
    (size_of::<Body<WORDS>>(), bytes)
}

/// Returns the CPU time of all threads.
fn cpu_nanos() -> Result<u64, Box<dyn error::Error>> {
    let mut nanos = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanos += text.split_whitespace().next().ok_or("the system tells no CPU time")?.parse::<u64>()?;
    }
    Ok(nanos)
}
