//! Tests of training jobs.

use aihc::jobs::{
    AdvancedSettings, AlertConfig, DataSource, DataSourceOptions, DataSourceType, Env, ImageConfig,
    JobAlertItem, JobKeywordType, JobMetricType, JobReference, JobResource, JobSpec, JobSpecs,
    JobStatus, JobType,
};
use aihc::{JobPriority, Secret};
use serde_json::{Value, json};

use crate::common::{Service, answering, refused};

/// Returns a call with all members that the creation of a job requires.
fn create(client: &aihc::Client) -> aihc::jobs::CreateJob {
    let spec = JobSpec::new("registry.example/train:1", 2);
    let job = client
        .create_job()
        .resource_pool_id("cce-1")
        .queue_id("default");
    job.name("train")
        .command("python train.py")
        .job_spec(JobSpecs::One(spec))
}

/// Returns the body of the request that creates a job, after `change` has been applied to the call.
async fn sent(change: impl FnOnce(aihc::jobs::CreateJob) -> aihc::jobs::CreateJob) -> Value {
    let service = Service::answering([r#"{"requestId":"r","jobId":"job-1"}"#]);
    change(create(&service.client())).await.unwrap();
    service.only().body
}

/// Returns the description of a job with these members.
async fn job(members: &str) -> aihc::jobs::DescribeJobResponse {
    let body = format!(r#"{{"requestId":"r",{members}}}"#);
    answering(&body)
        .describe_job("p", "q", "job-1")
        .await
        .unwrap()
}

#[tokio::test]
async fn queue_twice_the_body_one_from_the_query_one() {
    let service = Service::answering([r#"{"requestId":"r","jobId":"job-1"}"#]);
    create(&service.client()).await.unwrap();
    let sent = service.only();
    assert_eq!(
        sent.query,
        "action=CreateJob&resourcePoolId=cce-1&queueID=default"
    );
    assert_eq!(sent.body["queue"], "default");
}

#[tokio::test]
async fn jobs_queue_id_is_offered() {
    let service = Service::answering([r#"{"jobs":[]}"#]);
    service
        .client()
        .describe_jobs("p")
        .queue_id("q")
        .await
        .unwrap();
    assert_eq!(
        service.only().query,
        "action=DescribeJobs&resourcePoolId=p&queueID=q"
    );
}

#[tokio::test]
async fn keywork_is_keyword() {
    let service = Service::answering([r#"{"jobs":[]}"#]);
    let list = service
        .client()
        .describe_jobs("p")
        .keyword_type(JobKeywordType::Name);
    list.keyword("train").await.unwrap();
    assert_eq!(
        service.only().body,
        json!({"keywordType": "name", "keyword": "train"})
    );
}

#[tokio::test]
async fn job_nesting_both_shapes() {
    let nested = job(r#""job":{"jobId":"job-1","status":"Running"}"#).await;
    let plain = job(r#""jobId":"job-1","status":"Running""#).await;
    assert_eq!(
        (&nested.job_id, &nested.status),
        (&plain.job_id, &plain.status)
    );
    assert_eq!(plain.status, Some(JobStatus::Running));
}

#[tokio::test]
async fn job_members_every_spelling_and_queue_and_queue_id_apart() {
    let of_table = job(
        r#""jobid":"job-1","Job":{"image":"i","replicas":1},"datasources":[{"type":"pfs","name":"n"}],
           "enableFaultTolerance":true,"faultToleranceArgs":"a","queue":"name","queueId":"id""#,
    );
    let of_example = job(
        r#""jobId":"job-1","jobSpec":{"image":"i","replicas":1},"dataSources":[{"type":"pfs","name":"n"}],
           "enableFaultTolerant":true,"faultTolerantArgs":"a","queue":"name","queueId":"id""#,
    );
    let (of_table, of_example) = (of_table.await, of_example.await);
    assert_eq!(of_table, of_example);
    assert_eq!(
        (of_table.queue.as_str(), of_table.queue_id.as_str()),
        ("name", "id")
    );
    assert!(matches!(of_table.job_spec, Some(JobSpecs::One(spec)) if spec.image == "i"));

    let source = DataSource::new(DataSourceType::Pfs, "pfs-1", "/mnt");
    let body = sent(|create| create.datasources([source])).await;
    assert_eq!(
        body["datasources"],
        json!([{"type": "pfs", "name": "pfs-1", "mountPath": "/mnt"}])
    );
}

#[tokio::test]
async fn job_type_words_are_text_in_answers() {
    for word in ["pytorch", "pytorchjob", "PyTorchJob"] {
        assert_eq!(job(&format!(r#""jobType":"{word}""#)).await.job_type, word);
    }
    assert_eq!(
        sent(|create| create.job_type(JobType::PyTorch)).await["jobType"],
        "PyTorchJob"
    );
}

#[tokio::test]
async fn job_status_words_that_are_new_are_kept() {
    let scheduled =
        job(r#""status":"Scheduled","pods":[{"status":"Stopped"},{"status":"Succeed"}]"#).await;
    assert_eq!(scheduled.status, Some(JobStatus::Scheduled));
    let new = job(r#""status":"Dreaming""#).await.status.unwrap();
    assert_eq!(new.as_str(), "Dreaming");
}

#[tokio::test]
async fn pod_members_creation_has_two_names_and_a_pod_two_states() {
    for name in ["creationAt", "creationTimestamp"] {
        let job = job(&format!(
            r#""pods":[{{"{name}":"t","podPhase":"Running","status":"Running"}}]"#
        ))
        .await;
        assert_eq!(job.pods[0].creation_timestamp, "t");
        assert_eq!(job.pods[0].pod_phase, "Running");
    }
}

#[tokio::test]
async fn event_type_is_text_or_a_number_and_times_are_text() {
    let body = r#"{"requestId":"r","events":[
        {"type":"Normal","firstTimestamp":"2025-05-13 02:22:40 +0000 UTC"},{"type":1,"lastTimestamp":1747102960}]}"#;
    let events = answering(body)
        .describe_job_events("p", "q", "j")
        .await
        .unwrap()
        .events;
    assert_eq!(
        (events[0].r#type.as_str(), events[1].r#type.as_str()),
        ("Normal", "1")
    );
    assert_eq!(events[0].first_timestamp, "2025-05-13 02:22:40 +0000 UTC");
    assert_eq!(events[1].last_timestamp, "1747102960");
}

#[tokio::test]
async fn pod_events_type_is_a_list_of_events() {
    let body = r#"{"requestId":"r","events":[{"reason":"Pulled"}]}"#;
    let call = answering(body).describe_pod_events();
    let call = call
        .resource_pool_id("p")
        .queue_id("q")
        .job_id("j")
        .pod_name("pod");
    assert_eq!(call.await.unwrap().events[0].reason, "Pulled");
}

/// Returns the metrics of a job with this list of pods.
async fn metrics(pods: &str) -> Vec<aihc::jobs::PodMetrics> {
    let body = format!(r#"{{"requestId":"r","jobId":"j","metrics":{pods}}}"#);
    let call = answering(&body).describe_job_metrics();
    let call = call.resource_pool_id("p").queue_id("q").job_id("j");
    call.metric_type(JobMetricType::GpuUsage)
        .await
        .unwrap()
        .metrics
}

#[tokio::test]
async fn metrics_shape_is_a_list_of_pods_with_lists() {
    let pods = metrics(
        r#"[{"podName":"a","metrics":[{"time":1,"value":"2"}]},{"podName":"b","metrics":[]}]"#,
    )
    .await;
    assert_eq!((pods.len(), pods[0].metrics.len()), (2, 1));
}

#[tokio::test]
async fn metric_point_numbers_and_texts_seconds_and_milliseconds() {
    let pods = metrics(
        r#"[{"PodName":"a","metrics":[{"time":1747102960,"value":"0.5"},{"time":"1747102960000","value":1}]}]"#,
    )
    .await;
    assert_eq!(pods[0].pod_name, "a");
    let points = &pods[0].metrics;
    assert_eq!((points[0].value, points[1].value), (Some(0.5), Some(1.0)));
    let times = [0, 1].map(|at| points[at].time.unwrap().to_date_time());
    assert_eq!(times[0], times[1]);
}

#[tokio::test]
async fn numbers_as_text_are_numbers_in_rust() {
    let service = Service::answering([r#"{"requestId":"r","logs":[],"webTerminalUrl":"u"}"#]);
    let client = service.client();
    let logs = client
        .describe_job_logs()
        .resource_pool_id("p")
        .queue_id("q");
    let logs = logs
        .job_id("j")
        .pod_name("pod")
        .max_lines(100)
        .chunk_size(10);
    logs.await.unwrap();
    let terminal = client
        .describe_job_webterminal()
        .resource_pool_id("p")
        .queue_id("q");
    let terminal = terminal.job_id("j").pod_name("pod");
    let terminal = terminal.handshake_timeout_second(30).ping_timeout_second(5);
    terminal.await.unwrap();
    let sent = service.sent();
    let expected = json!({"jobId": "j", "podName": "pod", "maxLines": "100", "chunkSize": "10"});
    assert_eq!(sent[0].body, expected);
    assert_eq!(sent[1].body["handshakeTimeoutSecond"], "30");
    assert_eq!(sent[1].body["pingTimeoutSecond"], "5");
}

#[tokio::test]
async fn job_time_format_seconds_of_logs_and_unchecked_text_elsewhere() {
    let service = Service::answering([r#"{"requestId":"r","logs":[],"events":[]}"#]);
    let client = service.client();
    let logs = client
        .describe_job_logs()
        .resource_pool_id("p")
        .queue_id("q");
    logs.job_id("j")
        .pod_name("pod")
        .start_time(1_747_102_960)
        .await
        .unwrap();
    let events = client
        .describe_job_events("p", "q", "j")
        .start_time("yesterday");
    events.await.unwrap();
    let sent = service.sent();
    assert_eq!(sent[0].body["startTime"], "1747102960");
    assert_eq!(sent[1].body["startTime"], "yesterday");
}

#[tokio::test]
async fn quantity_type_whole_numbers_have_no_fraction_and_texts_are_read() {
    let resources = [JobResource::new("a800", 8.0), JobResource::new("cpu", 0.5)];
    let spec = JobSpec::new("i", 1).resources(resources);
    let body = sent(|create| create.job_spec(spec.into())).await;
    let expected = r#"[{"name":"a800","quantity":8},{"name":"cpu","quantity":0.5}]"#;
    assert_eq!(body["jobSpec"]["resources"].to_string(), expected);
    let read = job(r#""jobSpec":{"image":"i","resources":[{"name":"a800","quantity":"8"}]}"#).await;
    let Some(JobSpecs::One(spec)) = read.job_spec else {
        panic!("one spec")
    };
    assert_eq!(spec.resources.unwrap()[0].quantity, 8.0);
}

#[tokio::test]
async fn source_path_required_it_is_not() {
    let options = DataSourceOptions::new().read_only(true);
    let source = DataSource::new(DataSourceType::Dataset, "ds-1", "/data").options(options);
    let body = sent(|create| create.datasources([source])).await;
    let expected = json!([{"type": "dataset", "name": "ds-1", "mountPath": "/data", "options": {"readOnly": true}}]);
    assert_eq!(body["datasources"], expected);
}

#[tokio::test]
async fn meta_columns_required_members_are_those_of_the_page() {
    let service = Service::default();
    let client = service.client();
    let job = || {
        client
            .create_job()
            .resource_pool_id("p")
            .queue_id("q")
            .command("c")
    };
    refused(job().await, "name", &service);
    refused(job().name("n").await, "jobSpec", &service);
}

#[tokio::test]
async fn ray_roles_and_advanced_settings() {
    let roles = [
        ("Head", JobSpec::new("ray", 1)),
        ("Worker", JobSpec::new("ray", 4)),
    ];
    let roles = roles.map(|(role, spec)| (role.to_owned(), spec));
    let settings = AdvancedSettings::new()
        .runtime_env("{}")
        .submitter_backoff_limit(2);
    let body = sent(|create| {
        let create = create.job_type(JobType::Ray).advanced_settings(settings);
        create.job_spec(JobSpecs::ByRole(roles.into()))
    })
    .await;
    assert_eq!(body["jobType"], "RayJob");
    assert_eq!(body["jobSpec"]["Worker"]["replicas"], 4);
    let read = job(r#""jobSpec":{"Head":{"image":"ray","replicas":1}}"#).await;
    assert!(matches!(read.job_spec, Some(JobSpecs::ByRole(roles)) if roles.contains_key("Head")));
    assert_eq!(
        sent(|create| create.job_type("A-new-type")).await["jobType"],
        "A-new-type"
    );
}

#[tokio::test]
async fn submitter_case_begins_with_a_capital() {
    let settings = AdvancedSettings::new().submitter_backoff_limit(2);
    let body = sent(|create| create.advanced_settings(settings)).await;
    assert_eq!(
        body["advancedSettings"],
        json!({"SubmitterBackoffLimit": 2})
    );
}

#[tokio::test]
async fn alert_members_of_the_python_sdk_are_optional() {
    let alert = AlertConfig::new("cprom-1", [JobAlertItem::JobFailed], "rule-1");
    let body = sent(|create| create.alert_config(alert.clone())).await;
    let expected =
        json!({"instanceId": "cprom-1", "alertItems": ["jobFailed"], "notifyRuleId": "rule-1"});
    assert_eq!(body["alertConfig"], expected);
    let body = sent(|create| create.alert_config(alert.alert_name("n").severity("major"))).await;
    assert_eq!(body["alertConfig"]["severity"], "major");
}

#[tokio::test]
async fn py_nulls_are_left_out() {
    let expected = json!({
        "name": "train", "queue": "default", "command": "python train.py",
        "jobSpec": {"image": "registry.example/train:1", "replicas": 2},
    });
    assert_eq!(sent(|create| create).await, expected);
}

#[tokio::test]
async fn batch_stop_name_is_that_of_the_page_and_failures_are_shown() {
    let answer = r#"{"requestId":"r","result":{"success":false,"failedList":[{"jobId":"job-2","errorMsg":"stopped"}]}}"#;
    let service = Service::answering([answer]);
    let jobs = ["job-1", "job-2"].map(JobReference::new);
    let stopped = service
        .client()
        .batch_stop_jobs("p", "q", jobs)
        .await
        .unwrap();
    assert!(service.only().query.starts_with("action=BatchStopJobs&"));
    let result = stopped.result.unwrap();
    assert_eq!(result.success, Some(false));
    assert_eq!(result.failed_list[0].job_id, "job-2");
}

#[tokio::test]
async fn datasource_type_case_and_unknown_words() {
    let source = DataSource::new(DataSourceType::HostPath, "h", "/data");
    let body = sent(|create| create.datasources([source])).await;
    assert_eq!(body["datasources"][0]["type"], "hostPath");
    let read = job(r#""dataSources":[{"type":"pfsl1"},{"type":"emptydir"},{"type":"tape"}]"#).await;
    let types = read
        .data_sources
        .iter()
        .map(|it| it.r#type.as_ref().unwrap().as_str());
    assert_eq!(types.collect::<Vec<_>>(), ["pfsl1", "emptydir", "tape"]);
}

#[tokio::test]
async fn secrets_of_a_job_are_sent_and_shown_nowhere() {
    let spec = JobSpec::new("i", 1)
        .image_config(ImageConfig::new("robot", "registry-secret"))
        .envs([Env::new().name("TOKEN").value(Secret::new("env-secret"))]);
    let service = Service::answering([r#"{"requestId":"r","jobId":"job-1"}"#]);
    let settings = AdvancedSettings::new().runtime_env("runtime-secret");
    let create = create(&service.client()).priority(JobPriority::High);
    let create = create.job_spec(spec.into()).advanced_settings(settings);
    assert!(!format!("{create:?}").contains("-secret"));
    create.await.unwrap();
    let body = service.only().body.to_string();
    for secret in ["registry-secret", "env-secret", "runtime-secret"] {
        assert!(body.contains(secret), "{secret}");
    }
}
