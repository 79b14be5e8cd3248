//! Names that cannot be looked up.

use crate::statuses::{blocking_client, client};
use reattempt::reqwest_0_13::{error, not_sent};
use reattempt::{RetryError, StopReason, Verdict, retry};
use reqwest_0_13::dns::{Name, Resolve, Resolving};
use reqwest_0_13::{Client, Error, blocking};
use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

type Cause = Box<dyn StdError + Send + Sync>;

/// A resolver that fails each time, and counts.
struct Failing {
    fail: fn() -> Cause,
    asked: AtomicU32,
}

impl Resolve for Failing {
    fn resolve(&self, _: Name) -> Resolving {
        self.asked.fetch_add(1, Relaxed);
        let error = (self.fail)();
        Box::pin(async { Err(error) })
    }
}

/// Makes an error as the standard library words it.
fn lookup(detail: &str) -> Cause {
    io::Error::other(format!("failed to lookup address information: {detail}")).into()
}

#[tokio::test]
async fn a_resolver_that_could_not_say_is_asked_again_and_one_that_said_no_is_not() {
    #[retry(strategy = "immediate", on = error)]
    async fn call(client: &Client) -> Result<String, RetryError<Error>> {
        client.get("http://scripted.invalid/").send().await?.text().await
    }
    let table: [(fn() -> Cause, u32); 8] = [
        (|| lookup("Temporary failure in name resolution"), 3),
        (|| lookup("Try again"), 3),
        (|| io::Error::from_raw_os_error(11_002).into(), 3),
        (|| io::Error::from(io::ErrorKind::TimedOut).into(), 3),
        (|| lookup("Name or service not known"), 1),
        (|| lookup("nodename nor servname provided, or not known"), 1),
        (|| io::Error::from_raw_os_error(11_001).into(), 1),
        (|| "an error of a resolver of one's own".into(), 1),
    ];
    for (fail, lookups) in table {
        let resolver = Arc::new(Failing { fail, asked: AtomicU32::new(0) });
        let client = Client::builder().no_proxy().dns_resolver(Arc::clone(&resolver)).build().unwrap();
        let failed = call(&client).await.unwrap_err();
        assert_eq!((failed.attempts(), resolver.asked.load(Relaxed)), (lookups, lookups), "{failed:?}");
        // A name without an address is a request that never left.
        let last = failed.last().unwrap();
        assert_eq!(not_sent(last), if lookups == 1 { Verdict::Stop } else { Verdict::Retry }, "{last:?}");
    }
}

/// Returns a name that is too long a label for any resolver, so that it is refused without a question to the network.
pub(crate) fn impossible() -> String {
    format!("http://{}.invalid/", "a".repeat(64))
}

#[tokio::test]
async fn a_name_that_cannot_exist_is_permanent() {
    #[retry(strategy = "immediate", on = error)]
    async fn call(client: &Client, url: &str) -> Result<String, RetryError<Error>> {
        client.get(url).send().await?.text().await
    }
    let failed = call(&client(), &impossible()).await.unwrap_err();
    assert_eq!((failed.reason(), failed.attempts()), (StopReason::Permanent, 1), "{failed:?}");
}

#[test]
fn a_name_that_cannot_exist_is_permanent_for_a_blocking_client() {
    #[retry(strategy = "immediate", on = error)]
    fn call(client: &blocking::Client, url: &str) -> Result<String, RetryError<Error>> {
        client.get(url).send()?.text()
    }
    let failed = call(&blocking_client(), &impossible()).unwrap_err();
    assert_eq!((failed.reason(), failed.attempts()), (StopReason::Permanent, 1), "{failed:?}");
}
