//! Lists as streams.

use bce_http::Error;
use bce_http::pager::{Items, Page, Paged, Pages};

use crate::model::{DevInstanceBrief, Event};
use crate::operation::{ListDevInstanceEvents, ListDevInstances};

/// All pages of the list; [`pager`](crate::pager) says what the streams guarantee.
impl ListDevInstances {
    /// The instances of all pages, as a stream. A page number that was set has no effect.
    ///
    /// Instances may come and go while the list is read; no id comes twice. At the end
    /// [`missing`](Items::missing) says how many the service counts but does not list.
    pub fn items(self) -> Items<Self> {
        Items::new(self)
    }

    /// As [`items`](Self::items), page by page.
    pub fn pages(self) -> Pages<Self> {
        Pages::new(self)
    }
}

impl Paged for ListDevInstances {
    type Item = DevInstanceBrief;

    async fn page(self, number: i64) -> Result<Page<DevInstanceBrief>, Error> {
        let response = self.page_number(number).send().await?;
        Ok(Page::new(response.dev_instances, response.total_count))
    }

    fn key(instance: &DevInstanceBrief) -> String {
        if instance.id.is_empty() {
            return format!("{instance:?}");
        }
        instance.id.clone()
    }
}

/// All pages of the list; [`pager`](crate::pager) says what the streams guarantee.
impl ListDevInstanceEvents {
    /// The events of all pages, as a stream. A page number that was set has no effect.
    ///
    /// Events have no id: those that agree in every member count as one, and one that has happened
    /// again while the list is read may come again, with its new count. At the end
    /// [`missing`](Items::missing) says how many the service counts but does not list.
    pub fn items(self) -> Items<Self> {
        Items::new(self)
    }

    /// As [`items`](Self::items), page by page.
    pub fn pages(self) -> Pages<Self> {
        Pages::new(self)
    }
}

impl Paged for ListDevInstanceEvents {
    type Item = Event;

    async fn page(self, number: i64) -> Result<Page<Event>, Error> {
        let response = self.page_number(number).send().await?;
        Ok(Page::new(response.events, response.total_count))
    }

    fn key(event: &Event) -> String {
        format!("{event:?}")
    }
}
