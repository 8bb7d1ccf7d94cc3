//! Finds the pool and the queue of a job, which every request about the job must contain.

use aihc::jobs::{DescribeJobs, JobItem};
use aihc::pools::{ResourcePool, ResourcePoolType};
use aihc::{Client, Error};
use clap::Args;

use super::super::names::{self, Kind, Listed, Resolved, Settled};
use super::super::places::{Kinds, SERVERLESS, pools, queues_of_pool};
use super::search::Search;
use crate::client::Context;
use crate::exit::{Exit, Failure};
use crate::language::text;
use crate::options::not_empty;

/// The options that select the pools and the queues to be searched.
#[derive(Args, Clone, Default)]
pub(super) struct PlaceOptions {
    /// Only in this pool; `serverless` for managed ones [default: in all pools].
    #[arg(long, value_name = "ID", value_parser = not_empty)]
    pub(super) pool: Option<String>,
    /// Only in this queue of the pool: its name, or its id in a managed pool.
    #[arg(long, value_name = "NAME", value_parser = not_empty, requires = "pool")]
    pub(super) queue: Option<String>,
}

/// The pool and the queue of a job, as requests contain them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct JobPlace {
    pub(super) pool: String,
    pub(super) queue: String,
}

/// What one list of jobs covers: a pool, or one of its queues.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    pool: String,
    queue: Option<String>,
}

impl Source {
    /// Returns the request that lists the jobs of the pool or of the queue.
    pub(super) fn list(&self, client: &Client) -> DescribeJobs {
        let list = client.describe_jobs(&self.pool);
        match &self.queue {
            // Jobs of managed pools are selected with `queueID`; the documentation mentions both
            // names.
            Some(queue) if self.pool == SERVERLESS => list.queue_id(queue).queue(queue),
            Some(queue) => list.queue(queue),
            None => list,
        }
    }

    /// Returns the pool and the queue of a job that the list contains.
    pub(super) fn place_of(&self, job: &JobItem) -> JobPlace {
        let mut names = [&job.queue, &job.queue_id].into_iter();
        let named = names.find(|name| !name.is_empty()).cloned();
        let queue = match (&self.queue, self.pool == SERVERLESS) {
            (Some(queue), true) => queue.clone(),
            (own, _) => named.or_else(|| own.clone()).unwrap_or_default(),
        };
        JobPlace {
            pool: self.pool.clone(),
            queue,
        }
    }

    /// Returns the pool, and the queue if there is one, for messages.
    pub(super) fn name(&self) -> String {
        match &self.queue {
            Some(queue) => format!("{} {queue}", self.pool),
            None => self.pool.clone(),
        }
    }
}

impl PlaceOptions {
    /// Returns the lists of jobs that have to be read for the pool and the queue in the options.
    /// Unless the options name one pool by its id, reports the errors of the pools that cannot be
    /// read, and returns the worst exit code for them.
    pub(super) async fn sources(&self, client: &Client) -> Result<(Vec<Source>, Exit), Failure> {
        let source = |pool: &str, queue: Option<&String>| Source {
            pool: pool.to_owned(),
            queue: queue.cloned(),
        };
        let (found, mut exit) = match (self.pool.as_deref(), &self.queue) {
            (Some("serverless" | SERVERLESS), Some(queue)) => {
                return Ok((vec![source(SERVERLESS, Some(queue))], Exit::Ok));
            }
            (Some(pool), Some(queue)) => return Ok((vec![source(pool, Some(queue))], Exit::Ok)),
            (Some("serverless" | SERVERLESS), None) => {
                pools(client, Kinds::managed(), None).await?
            }
            (Some(pool), None) => {
                let known = client.describe_resource_pool(pool).await?;
                if known.r#type != Some(ResourcePoolType::DedicatedV2) {
                    return Ok((vec![source(pool, None)], Exit::Ok));
                }
                return Ok((queues_of_managed(client, pool).await?, Exit::Ok));
            }
            (None, _) => pools(client, Kinds::of(None), None).await?,
        };
        let mut sources = Vec::new();
        for ResourcePool {
            resource_pool_id: id,
            r#type: kind,
            ..
        } in &found
        {
            if *kind != Some(ResourcePoolType::DedicatedV2) {
                sources.push(source(id, None));
                continue;
            }
            match queues_of_managed(client, id).await {
                Ok(queues) => sources.extend(queues),
                Err(error) => exit = exit.max(Failure::from(error).report_about(Some(id))),
            }
        }
        Ok((sources, exit))
    }

    /// Resolves arguments, which are ids or names of jobs, to jobs with their pools and queues. If
    /// the options name both a pool and a queue, an id is assumed to be that of a job in this
    /// queue. All other jobs are searched for in the lists of the pools and queues.
    ///
    /// # Errors
    ///
    /// If a name does not match exactly one job, or if the pools cannot be listed. An id that
    /// occurs in no list is not an error.
    pub(super) async fn find(
        &self,
        context: &Context,
        client: &Client,
        typed: Vec<String>,
    ) -> Result<Vec<Sought>, Failure> {
        let words = names::words(context, typed).await?;
        let is_id = |word: &str| Kind::Job.is_id(word);
        let known = self.known();
        if let Some(place) = known
            .as_ref()
            .filter(|_| words.iter().all(|word| is_id(word)))
        {
            let sought = words.into_iter().map(|id| Sought {
                one: Resolved::by_id(id),
                place: Some(place.clone()),
            });
            return Ok(sought.collect());
        }
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let (sources, exit) = self.sources(client).await?;
        let names = words.iter().filter(|word| !is_id(word)).cloned();
        let mut search = Search::new(client, sources, names.collect());
        search.whole = exit == Exit::Ok;
        search.by_name().await;
        // The pool and the queue of an id are either known or searched for.
        let ids = words.iter().filter(|word| match is_id(word) {
            true => known.is_none(),
            false => !search.listed_has(word),
        });
        let ids = ids.cloned().collect();
        search.by_id(ids).await;
        let Search {
            candidates,
            places,
            whole,
            ..
        } = search;
        let listed = Listed { candidates, whole };
        let settled = Settled::new(Kind::Job, words, &listed, |word| places.contains_key(word));
        let sought = settled.into_result()?.into_iter().map(|one| Sought {
            place: places.get(&one.id).or(known.as_ref()).cloned(),
            one,
        });
        Ok(sought.collect())
    }

    /// Returns the pool and the queue that the options name; `None` if they do not name both.
    fn known(&self) -> Option<JobPlace> {
        let pool = match self.pool.as_deref()? {
            "serverless" => SERVERLESS,
            pool => pool,
        };
        Some(JobPlace {
            pool: pool.to_owned(),
            queue: self.queue.clone()?,
        })
    }

    /// Resolves a single argument, the id or the name of a job, to a job with its pool and queue.
    /// Fails if a name does not match exactly one job, or if the pool and the queue of an id are
    /// unknown.
    pub(super) async fn find_one(
        &self,
        context: &Context,
        client: &Client,
        typed: &str,
    ) -> Result<(Resolved, JobPlace), Failure> {
        let word = names::one_word(context, typed).await?;
        let found = self.find(context, client, vec![word]).await?.pop();
        let Sought { one, place } = found.ok_or_else(|| unknown(typed))?;
        let place = place.ok_or_else(|| unknown(&one.id))?;
        Ok((one, place))
    }
}

/// A job that the user has named in an argument.
#[derive(Clone, Debug)]
pub(super) struct Sought {
    pub(super) one: Resolved,
    /// The pool and the queue of the job; `None` if they are unknown.
    pub(super) place: Option<JobPlace>,
}

impl Sought {
    pub(super) fn place(&self) -> Result<JobPlace, Failure> {
        self.place.clone().ok_or_else(|| unknown(&self.one.id))
    }
}

/// Returns the failure for a job that no list contains.
fn unknown(id: &str) -> Failure {
    Failure::unfit(text!(
        "job {id} is in no list; `aihc-dev jobs list --all-pages` shows the ids, --pool and \
         --queue give the place of a job that is not listed, and each region has its own jobs",
        id = id
    ))
}

async fn queues_of_managed(client: &Client, pool: &str) -> Result<Vec<Source>, Error> {
    let queues = queues_of_pool(client, pool).await?;
    let sources = queues.into_iter().map(|queue| Source {
        pool: SERVERLESS.to_owned(),
        queue: Some(queue.queue_id),
    });
    Ok(sources.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place(source: (&str, Option<&str>), job: serde_json::Value) -> (String, String) {
        let source = Source {
            pool: source.0.to_owned(),
            queue: source.1.map(str::to_owned),
        };
        let place = source.place_of(&serde_json::from_value(job).unwrap());
        (place.pool, place.queue)
    }

    #[test]
    fn a_job_of_a_common_pool_goes_by_the_name_of_its_queue_and_others_by_the_id() {
        let job = json!({"queue": "default", "queueId": "queue-1"});
        let found = place(("cce-1", None), job.clone());
        assert_eq!(found, ("cce-1".to_owned(), "default".to_owned()));
        let found = place((SERVERLESS, Some("queue-1")), job);
        assert_eq!(found, (SERVERLESS.to_owned(), "queue-1".to_owned()));
        let found = place(("cce-1", Some("asked")), json!({}));
        assert_eq!(found, ("cce-1".to_owned(), "asked".to_owned()));
        let found = place(("cce-1", None), json!({"queueId": "listed"}));
        assert_eq!(found.1, "listed");
    }
}
