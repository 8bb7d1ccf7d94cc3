//! Calls all operations of dev instances and of STS, and captures each call before it is sent, and
//! then its response or its error. The operations of `aihc` are in `platform.rs`.

use std::fmt::Debug;
use std::time::Duration;

use aihc_dev::model::{
    Cds, DevInstanceConf, DevInstanceDetail, Image, ResourcePool, Resources, VisibleScope,
    VolumeConf, VolumeType,
};
use aihc_dev::{DevInstanceChange, DevInstanceSettings, Secret};
use bce_http::Error;
use bce_http::rt::codec::Wire;
use bce_testing::ManualClock;

use crate::capture::Capture;

/// The number of operations: eleven of dev instances, two of STS.
pub(crate) const OPERATIONS: usize = 13;
/// The time by which the clock of the emulator is advanced before a call that needs an instance in
/// its next state. It is long enough for the instance to reach that state.
const STEP: Duration = Duration::from_secs(60);

/// What is needed to call all operations: two clients, their clock, and the recorder of the output.
pub(crate) struct Walk<'a> {
    pub(crate) capture: &'a Capture,
    pub(crate) clock: &'a ManualClock,
    pub(crate) aihc: aihc_dev::Client,
    pub(crate) sts: bce_sts::Client,
    /// The id of the instance on which the operations are called; it may be invalid. `None` stands
    /// for the id of the instance that is created first, or for an invented id if the creation
    /// fails.
    pub(crate) id: Option<&'static str>,
    pub(crate) password: &'static str,
}

impl Walk<'_> {
    /// Calls all operations on one dev instance, and returns the number of operations that
    /// succeeded.
    pub(crate) async fn all_operations(&self) -> usize {
        let (aihc, sts) = (&self.aihc, &self.sts);
        self.capture.debug(aihc);
        self.capture.debug(sts);
        let mut succeeded = 0;
        let mut count = |success: bool| succeeded += usize::from(success);

        count(self.call(sts.get_session_token()).await.is_some());
        count(
            self.call(sts.assume_role("account", "role"))
                .await
                .is_some(),
        );

        let create = aihc
            .create_dev_instance()
            .name("instance")
            .conf(self.conf(2))
            .creator("owner")
            .creator_id("owner-id");
        let created = self
            .call(create.visible_scope(VisibleScope::default()))
            .await;
        count(created.is_some());
        let created = created.map(|created| created.dev_instance_id);
        let id = self.id.map(str::to_owned).or(created);
        let id = id.as_deref().unwrap_or("dv-00000000");
        self.clock.advance(STEP.try_into().unwrap());

        count(self.call(aihc.list_dev_instances()).await.is_some());
        count(
            self.call(aihc.query_dev_instance_detail(id))
                .await
                .is_some(),
        );
        let now = self.clock.now();
        let events = aihc.list_dev_instance_events(id, now - 10 * STEP, now);
        count(self.call(events).await.is_some());
        let timed = aihc
            .timed_stop_dev_instance(id)
            .enable(true)
            .delay_sec(36_000);
        count(self.call(timed).await.is_some());

        let (registry, password) = ("registry.example.com", self.password);
        let pack = aihc
            .create_dev_instance_image_pack_job()
            .dev_instance_id(id)
            .image_name("image")
            .image_tag("tag")
            .registry(registry)
            .namespace("namespace")
            .username("robot")
            .password(password);
        let job = self.call(pack).await;
        count(job.is_some());
        let job = job.map_or_else(|| "tk-00000000".to_owned(), |job| job.image_pack_job_id);
        let detail = aihc.query_dev_instance_image_pack_job_detail(id, job);
        count(self.call(detail).await.is_some());
        self.clock.advance(STEP.try_into().unwrap());

        let update = aihc
            .update_dev_instance()
            .id(id)
            .name("instance")
            .conf(self.conf(4))
            .creator("owner")
            .creator_id("owner-id");
        count(self.call(update).await.is_some());
        self.edit(id).await;
        self.clock.advance(STEP.try_into().unwrap());
        count(self.call(aihc.stop_dev_instance(id)).await.is_some());
        self.clock.advance(STEP.try_into().unwrap());
        count(self.call(aihc.start_dev_instance(id)).await.is_some());
        self.clock.advance(STEP.try_into().unwrap());
        count(self.call(aihc.delete_dev_instance(id)).await.is_some());
        self.documents().await;
        self.helpers(id).await;
        succeeded
    }

    /// Reads the settings of an instance, and changes them without sending the change. Captures
    /// both the settings that were read and the changed ones.
    async fn edit(&self, id: &str) {
        match self.aihc.edit_dev_instance(id).await {
            Ok(mut edit) => {
                self.capture.debug(&edit);
                edit.settings_mut().conf = self.conf(8);
                self.capture.debug(&edit);
                self.capture.serialized(edit.settings());
            }
            Err(error) => self.capture.error(error),
        }
    }

    /// Calls STS operations with an attachment, and with access control lists that are given as
    /// JSON text. Some of these texts are invalid, and it does not matter whether the calls
    /// succeed.
    async fn documents(&self) {
        let sts = &self.sts;
        let document = r#"{"accessControlList":[]}"#;
        self.call(sts.get_session_token().attachment("text")).await;
        self.call(sts.get_session_token().acl_document(document))
            .await;
        let role = || sts.assume_role("account", "role");
        self.call(role().acl_document(document)).await;
        // A text that is not a document is refused. The builder may show it, but the error may not.
        let quoted = serde_json::to_string(self.password).unwrap();
        for broken in [
            self.password,
            &quoted,
            &format!("[{quoted}]"),
            &format!("{{{quoted}:1,"),
        ] {
            self.end(sts.get_session_token().acl_document(broken).await);
            self.end(role().acl_document(broken).await);
        }
    }

    /// Captures the `Debug` output and the errors of functions that make several calls, and models
    /// in the formats in which programs store them. It does not matter whether the calls succeed.
    async fn helpers(&self, id: &str) {
        let (capture, moment) = (self.capture, Duration::from_millis(10));
        let wait = self.aihc.wait_until_running(id).timeout(moment);
        let wait = wait.start_grace(Duration::ZERO);
        capture.debug(&wait);
        if let Err(error) = wait.await {
            capture.debug(error.warnings());
            capture.error(error);
        }
        let items = self.aihc.list_dev_instances().items();
        capture.debug(&items);
        let mut pages = self.aihc.list_dev_instances().pages();
        capture.debug(&pages);
        match pages.try_next().await {
            Ok(page) => capture.debug(&page),
            Err(error) => capture.client_error(error),
        }
        capture.debug(&pages);
        let change = |conf: &mut DevInstanceConf| conf.resources.cpus += 1;
        if let Err(error) = self.aihc.change_dev_instance(id, change).await {
            capture.error(error);
        }
        let conf = self.conf(4);
        capture.debug(&Wire(&conf));
        capture.serialized(&conf);
        capture.serialized(&conf.image);
        capture.serialized(&conf.image.password);
        capture.serialized(&conf.envs);
        let mut masked = conf.clone();
        masked.image.password = Some(Secret::new(Secret::MASK));
        let refused = self
            .aihc
            .create_dev_instance()
            .name("instance")
            .conf(masked)
            .creator("owner")
            .creator_id("owner-id");
        self.call(refused).await;
        let mut wanted = DevInstanceSettings::default();
        wanted.conf = self.conf(4);
        capture.debug(&wanted);
        capture.serialized(&wanted);
        capture.debug(&Wire(&wanted));
        let change = DevInstanceChange::new(&DevInstanceDetail::default(), &wanted);
        capture.debug(&change);
        let guard = self.aihc.guard_dev_instance(id);
        capture.debug(&guard);
        drop(guard);
    }

    async fn call<C, T>(&self, call: C) -> Option<T>
    where
        C: IntoFuture<Output = Result<T, Error>> + Debug,
        T: Debug,
    {
        self.capture.debug(&call);
        self.end(call.await)
    }

    fn end<T: Debug>(&self, outcome: Result<T, Error>) -> Option<T> {
        match outcome {
            Ok(response) => {
                self.capture.debug(&response);
                Some(response)
            }
            Err(error) => {
                self.capture.client_error(error);
                None
            }
        }
    }

    /// Returns a configuration that contains a secret wherever one is allowed.
    fn conf(&self, cpus: i64) -> DevInstanceConf {
        let image = Image::new(0, "registry.example.com/team/image:tag");
        let image = image.username("robot").password(self.password);
        let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
        let (pool, resources) = (ResourcePool::new("queue"), Resources::new(cpus, 8));
        DevInstanceConf::new()
            .resource_pool(pool)
            .resources(resources)
            .image(image)
            .volume_confs([disk])
            .envs([("TOKEN", self.password)])
    }
}
