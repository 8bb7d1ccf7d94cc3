//! Many calls at a time.

use std::pin::Pin;
use std::task::Poll;

/// Runs one future for each input, at most `at_once` of them at a time, and gives the results in
/// the order of the inputs. An error stops nothing: it is a result like any other.
///
/// The futures run as part of the one that this returns: no task is spawned, and dropping it drops
/// those that are under way. Each wake-up polls all of them, so this is made for tens at a time, not
/// for thousands.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let squares = bce_http::map_concurrent([3, 1, 2], 2, |n| async move { n * n }).await;
/// assert_eq!(squares, [9, 1, 4]);
/// # }
/// ```
pub async fn map_concurrent<T, F, R>(
    inputs: impl IntoIterator<Item = T>,
    at_once: usize,
    mut call: impl FnMut(T) -> F,
) -> Vec<R>
where
    F: Future<Output = R>,
{
    let at_once = at_once.max(1);
    let mut inputs = inputs.into_iter().enumerate().fuse();
    let mut running: Vec<(usize, Pin<Box<F>>)> = Vec::new();
    let mut results: Vec<(usize, R)> = Vec::new();
    std::future::poll_fn(|cx| {
        loop {
            let free = at_once.saturating_sub(running.len());
            running
                .extend((inputs.by_ref().take(free)).map(|(n, input)| (n, Box::pin(call(input)))));
            if running.is_empty() {
                return Poll::Ready(());
            }
            let before = results.len();
            running.retain_mut(|(n, future)| match future.as_mut().poll(cx) {
                Poll::Ready(result) => {
                    results.push((*n, result));
                    false
                }
                Poll::Pending => true,
            });
            if results.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await;
    results.sort_by_key(|(n, _)| *n);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn results_come_in_order_and_no_more_run_at_once_than_allowed() {
        let (running, most) = (Cell::new(0), Cell::new(0));
        let results = map_concurrent(0..20_u64, 4, |n| {
            let (running, most) = (&running, &most);
            async move {
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                tokio::time::sleep(Duration::from_millis(n * 7 % 5)).await;
                running.set(running.get() - 1);
                if n == 3 { Err(n) } else { Ok(n) }
            }
        })
        .await;
        let expected: Vec<_> = (0..20)
            .map(|n| if n == 3 { Err(n) } else { Ok(n) })
            .collect();
        assert_eq!(results, expected);
        assert_eq!(most.get(), 4);
    }

    #[tokio::test]
    async fn nothing_to_do_and_no_room_to_do_it_in_are_fine() {
        let none: Vec<u32> = map_concurrent([], 4, |n: u32| async move { n }).await;
        assert!(none.is_empty());
        assert_eq!(
            map_concurrent([1, 2], 0, |n| async move { n }).await,
            [1, 2]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_one_does_not_hold_the_others_up() {
        let started = tokio::time::Instant::now();
        map_concurrent([10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 2, |seconds| {
            tokio::time::sleep(Duration::from_secs(seconds))
        })
        .await;
        assert_eq!(started.elapsed(), Duration::from_secs(10));
    }
}
