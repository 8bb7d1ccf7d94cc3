//! Searches for jobs in the lists of pools and queues.

use std::collections::{BTreeMap, HashSet};

use aihc::jobs::{DescribeJobs, JobItem, JobKeywordType};
use aihc::{Client, Error};

use super::super::names::Candidate;
use super::super::page::LARGEST_PAGE;
use super::find::{JobPlace, Source};
use crate::exit::Failure;

/// If at most this many names of jobs are searched for, each list is searched for one name at a
/// time. For more names, the lists are read completely.
const FEW: usize = 4;
/// Jobs with other names than those searched for are remembered until there are this many jobs.
/// They serve to suggest a similar name for a mistyped one.
const FOR_SLIPS: usize = 500;

/// A search for jobs in the lists of pools and queues, and what it has found so far.
pub(super) struct Search<'a> {
    client: &'a Client,
    sources: Vec<Source>,
    names: HashSet<String>,
    /// Jobs that have one of the names searched for, and some other jobs for suggestions.
    pub(super) candidates: Vec<Candidate>,
    /// The pools and the queues of the jobs that were found, by the id of the job.
    pub(super) places: BTreeMap<String, JobPlace>,
    /// Whether all lists in which the names were searched for have been read completely.
    pub(super) whole: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(client: &'a Client, sources: Vec<Source>, names: HashSet<String>) -> Self {
        Self {
            client,
            sources,
            names,
            candidates: Vec::new(),
            places: BTreeMap::new(),
            whole: true,
        }
    }

    pub(super) fn listed_has(&self, name: &str) -> bool {
        self.candidates.iter().any(|one| one.name == name)
    }

    /// Finds all jobs that have one of the names. Several jobs may have the same name. If a list
    /// cannot be read, reports that, and sets `whole` to `false`. Also sets `whole` to `false` if
    /// the service has not listed all jobs.
    pub(super) async fn by_name(&mut self) {
        if self.names.is_empty() {
            return;
        }
        for source in self.sources.clone() {
            let list = source.list(self.client);
            let lists: Vec<_> = match self.names.len() <= FEW {
                // The service returns the jobs whose names contain the keyword.
                true => (self.names.iter())
                    .map(|name| {
                        list.clone()
                            .keyword_type(JobKeywordType::Name)
                            .keyword(name)
                    })
                    .collect(),
                false => vec![list],
            };
            for list in lists {
                if let Err(error) = self.read(&source, list).await {
                    self.whole = false;
                    Failure::from(error).report_about(Some(&source.name()));
                }
            }
        }
    }

    /// Reads the lists until all of these ids have been found, or the lists end. If a list cannot
    /// be read, reports that, and continues with the next list.
    pub(super) async fn by_id(&mut self, mut ids: HashSet<String>) {
        for source in self.sources.clone() {
            let mut items = source.list(self.client).page_size(LARGEST_PAGE).items();
            loop {
                ids.retain(|id| !self.places.contains_key(id));
                if ids.is_empty() {
                    return;
                }
                match items.try_next().await {
                    Ok(Some(job)) => {
                        if ids.contains(&job.job_id) {
                            let place = source.place_of(&job);
                            self.places.insert(job.job_id.clone(), place);
                        }
                        self.remember(job);
                    }
                    Ok(None) => break,
                    Err(error) => {
                        Failure::from(error).report_about(Some(&source.name()));
                        break;
                    }
                }
            }
        }
    }

    async fn read(&mut self, source: &Source, list: DescribeJobs) -> Result<(), Error> {
        let mut items = list.page_size(LARGEST_PAGE).items();
        while let Some(job) = items.try_next().await? {
            if self.names.contains(&job.name) {
                let place = source.place_of(&job);
                self.places.insert(job.job_id.clone(), place);
            }
            self.remember(job);
        }
        self.whole &= items.missing().is_none();
        Ok(())
    }

    fn remember(&mut self, job: JobItem) {
        if self.names.contains(&job.name) || self.candidates.len() < FOR_SLIPS {
            let state = job.status.map(|status| status.as_str().to_owned());
            self.candidates.push(Candidate {
                id: job.job_id,
                name: job.name,
                state: state.unwrap_or_default(),
            });
        }
    }
}
