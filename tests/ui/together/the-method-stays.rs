struct Client;

impl Client {
    #[reattempt::retry(max = 0, on = reattempt::any_error)]
    async fn call(&self) -> Option<u32> {
        Some(1)
    }
}

async fn caller(client: &Client) -> u32 {
    client.call().await.unwrap_or(2)
}

fn main() {}
