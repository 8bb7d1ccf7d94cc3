//! Tests of inference services.

use aihc::ErrorKind;
use aihc::services::{
    AccessConf, AiGatewayConf, CanaryStrategyConf, ContainerConf, DeployConf, ExecAction,
    ImageConf, LifecycleHandler, PfsConfig, PortConf, PortName, ProbeConf, ProbeHandlerConf,
    ResourcePoolConf, ServiceConf, ServiceImageType, ServiceOrderBy, TcpSocketAction, WorkloadType,
};
use aihc::{SortOrder, error_code};
use serde_json::{Value, json};

use crate::common::{Service, answering, refused};

fn container() -> ContainerConf {
    let image = ImageConf::new(ServiceImageType::Preset, "registry.example/vllm:1");
    ContainerConf::new()
        .name("main")
        .cpus(1)
        .memory(2)
        .accelerator_count(0)
        .image(image)
}

/// Returns the smallest configuration that the API accepts.
fn conf() -> ServiceConf {
    ServiceConf::new()
        .name("chat")
        .accelerator_type("")
        .workload_type(WorkloadType::Single)
        .instance_count(1)
        .resource_pool(ResourcePoolConf::new("cce-1", "default"))
        .containers([container()])
}

const CREATED: &str = r#"{"requestId":"r","serviceId":"s-1"}"#;

/// Returns the body that the creation of a service with this configuration sends.
async fn sent(conf: ServiceConf) -> Value {
    let service = Service::answering([CREATED]);
    service
        .client()
        .create_service()
        .service_conf(conf)
        .await
        .unwrap();
    service.only().body
}

/// Asserts that a configuration is refused because of this member.
async fn refuses(conf: ServiceConf, member: &str) {
    let service = Service::default();
    refused(
        service.client().create_service().service_conf(conf).await,
        member,
        &service,
    );
}

#[tokio::test]
async fn modify_service_members_what_was_read_is_changed_and_sent_whole() {
    // Like responses, without values that are 0, false or empty.
    let described = r#"{"requestId":"r","service":{"name":"chat","instanceCount":1,
        "resourcePool":{"resourcePoolId":"cce-1","queueName":"default"},
        "access":{"publicAccess":true},
        "containers":[{"name":"main","cpus":1,"memory":2,"image":{"imageUrl":"registry.example/vllm:1"}}]}}"#;
    let service = Service::answering([described, r#"{"requestId":"r"}"#]);
    let client = service.client();
    let mut conf = client
        .describe_service("s-1")
        .await
        .unwrap()
        .service
        .unwrap();
    conf.instance_count = 2;
    client
        .modify_service()
        .service_id("s-1")
        .service_conf(conf)
        .await
        .unwrap();
    let expected = json!({
        "name": "chat", "acceleratorType": "", "workloadType": "", "instanceCount": 2,
        "resourcePool": {"resourcePoolId": "cce-1", "queueName": "default"},
        "access": {"publicAccess": true},
        "containers": [{
            "name": "main", "cpus": 1, "memory": 2, "acceleratorCount": 0,
            "image": {"imageType": 0, "imageUrl": "registry.example/vllm:1"},
        }],
    });
    assert_eq!(service.sent()[1].body, expected);
}

#[tokio::test]
async fn ins_count_is_instance_count() {
    let service = Service::answering([r#"{"requestId":"r"}"#]);
    service
        .client()
        .modify_service_replicas("s-1", 3)
        .await
        .unwrap();
    let expected = "action=ModifyServiceReplicas&serviceId=s-1&instanceCount=3";
    assert_eq!(service.only().query, expected);
}

#[tokio::test]
async fn gateway_members_all_optional_but_enable_auth() {
    let access = |gateway| AccessConf::new().ai_gateway(gateway);
    let body = sent(conf().access(access(AiGatewayConf::new().enable_auth(true)))).await;
    assert_eq!(body["access"]["aiGateway"], json!({"enableAuth": true}));
    refuses(
        conf().access(access(AiGatewayConf::new())),
        "access.aiGateway.enableAuth",
    )
    .await;
}

#[tokio::test]
async fn pfs_instance_case_both_are_read_and_one_is_sent() {
    for name in ["instanceId", "InstanceId"] {
        let pfs: PfsConfig = serde_json::from_str(&format!(r#"{{"{name}":"pfs-1"}}"#)).unwrap();
        assert_eq!(pfs.instance_id, "pfs-1");
        let sent = serde_json::to_value(&pfs).unwrap();
        assert_eq!(sent["instanceId"], "pfs-1");
    }
}

#[tokio::test]
async fn pool_name_required_it_is_not() {
    let body = sent(conf()).await;
    assert_eq!(
        body["resourcePool"],
        json!({"resourcePoolId": "cce-1", "queueName": "default"})
    );
}

#[tokio::test]
async fn schedule_default_is_the_service_s() {
    let deploy = DeployConf::new().schedule(aihc::services::ServiceScheduleConf::new());
    assert_eq!(
        sent(conf().deploy(deploy)).await["deploy"],
        json!({"schedule": {}})
    );
}

#[tokio::test]
async fn canary_default_is_the_service_s_and_both_zero_are_refused() {
    let canary = |strategy| conf().deploy(DeployConf::new().canary_strategy(strategy));
    let strategy = CanaryStrategyConf::new;
    let body = sent(canary(strategy().max_surge(25))).await;
    assert_eq!(body["deploy"]["canaryStrategy"], json!({"maxSurge": 25}));
    refuses(
        canary(strategy().max_surge(0).max_unavailable(0)),
        "deploy.canaryStrategy.maxSurge",
    )
    .await;
}

#[tokio::test]
async fn zero_members_required_ones_are_sent_and_missing_ones_are_read() {
    let body = sent(conf()).await;
    assert_eq!(
        (&body["acceleratorType"], &body["workloadType"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(body["containers"][0]["acceleratorCount"], 0);
    assert_eq!(body["containers"][0]["image"]["imageType"], 0);
    assert!(body.get("storage").is_none());

    let read = r#"{"requestId":"r","pods":[{"instanceId":"i","status":{"status":"Running"}}]}"#;
    let pods = answering(read)
        .describe_service_pods("s-1")
        .await
        .unwrap()
        .pods;
    assert_eq!(pods[0].status.as_ref().unwrap().blocked, Some(false));
    let conf: ServiceConf = serde_json::from_str("{}").unwrap();
    assert_eq!(
        (conf.workload_type, conf.instance_count),
        (Some(WorkloadType::Single), 0)
    );
}

#[tokio::test]
async fn sort_create_at_is_created_at() {
    let service = Service::answering([r#"{"services":[]}"#]);
    let list = service.client().describe_services();
    list.order_by(ServiceOrderBy::CreatedAt)
        .order(SortOrder::Asc)
        .await
        .unwrap();
    let expected = "action=DescribeServices&orderBy=createdAt&order=asc";
    assert_eq!(service.only().query, expected);
}

#[test]
fn service_source_is_not_offered() {
    let spec = include_str!("../../../../xtask/spec/aihc.json");
    let spec: Value = serde_json::from_str(spec).unwrap();
    let operations = spec["operations"].as_array().unwrap();
    let list = operations
        .iter()
        .find(|it| it["name"] == "DescribeServices")
        .unwrap();
    let parameters = list["parameters"].as_array().unwrap();
    assert!(!parameters.is_empty() && parameters.iter().all(|it| it["name"] != "source"));
}

#[tokio::test]
async fn service_token_is_read_and_a_secret() {
    let body = r#"{"requestId":"r","status":{"aiGateway":{"basePath":"/x","tokens":{"serveless":"bearer-token-1"}}}}"#;
    let read = answering(body).describe_service("s-1").await.unwrap();
    assert!(!format!("{read:?}").contains("bearer-token-1"));
    let gateway = read.status.unwrap().ai_gateway.unwrap();
    assert_eq!(
        gateway.tokens.unwrap().serverless.expose(),
        "bearer-token-1"
    );
}

#[tokio::test]
async fn handler_names_probes_and_life_cycles_have_their_own() {
    let handler = ProbeHandlerConf::new().tcp_socket_action(TcpSocketAction::new(80));
    let probe = ProbeConf::new()
        .initial_delay_seconds(0)
        .timeout_seconds(1)
        .period_seconds(1);
    let probe = probe.success_threshold(1).failure_threshold(1);
    let stop = LifecycleHandler::new().tcp_socket(TcpSocketAction::new(80));
    let container = container().readiness_probe(probe.clone().handler(handler.clone()));
    let body = sent(conf().containers([container.pre_stop(stop)])).await;
    let sent = &body["containers"][0];
    assert_eq!(
        sent["readinessProbe"]["handler"],
        json!({"tcpSocketAction": {"port": 80}})
    );
    assert_eq!(sent["preStop"], json!({"tcpSocket": {"port": 80}}));

    let both = handler.exec(ExecAction::new(["true"]));
    for (handler, member) in [(ProbeHandlerConf::new(), "exec"), (both, "tcpSocketAction")] {
        let container =
            crate::services::container().readiness_probe(probe.clone().handler(handler));
        let member = format!("containers[0].readinessProbe.handler.{member}");
        refuses(conf().containers([container]), &member).await;
    }
}

#[tokio::test]
async fn block_default_there_is_none() {
    let service = Service::default();
    refused(
        service.client().disable_service_pod("s-1", "i").await,
        "block",
        &service,
    );
}

#[tokio::test]
async fn changelog_sort_takes_both_or_none() {
    let service = Service::answering([r#"{"changeLogs":[],"services":[]}"#]);
    let client = service.client();
    let list = || client.describe_service_changelogs("s-1");
    refused(list().order(SortOrder::Asc).await, "orderBy", &service);
    refused(
        list().order_by(ServiceOrderBy::CreatedAt).await,
        "order",
        &service,
    );
    refused(
        client.describe_services().order(SortOrder::Asc).await,
        "orderBy",
        &service,
    );
    list()
        .order(SortOrder::Asc)
        .order_by(ServiceOrderBy::CreatedAt)
        .await
        .unwrap();
}

#[test]
fn service_logs_name_is_not_of_this_client() {
    let spec = include_str!("../../../../xtask/spec/aihc.json");
    let spec: Value = serde_json::from_str(spec).unwrap();
    let left_out = spec["not_included"].as_array().unwrap();
    assert!(
        left_out
            .iter()
            .any(|it| it["action"] == "DescribeServiceLogs")
    );
    let operations = spec["operations"].as_array().unwrap();
    assert!(
        operations
            .iter()
            .all(|it| it["name"] != "DescribeServiceLogs")
    );
}

#[tokio::test]
async fn not_found_status_the_code_decides() {
    let service = Service::default();
    service.then(403, r#"{"code":"NotFound","requestId":"r"}"#);
    service.then(403, r#"{"code":"Forbidden","requestId":"r"}"#);
    service.then(400, r#"{"code":"DuplicatedName","requestId":"r"}"#);
    let client = service.client();
    let missing = client.describe_service("s-1").await.unwrap_err();
    assert!(missing.is_not_found() && !missing.is_forbidden());
    let forbidden = client.describe_service("s-1").await.unwrap_err();
    assert!(forbidden.is_forbidden() && !forbidden.is_not_found());
    let taken = client
        .create_service()
        .service_conf(conf())
        .await
        .unwrap_err();
    assert_eq!(taken.code(), Some(error_code::DUPLICATED_NAME));
    assert!(!taken.may_have_been_applied());
}

#[tokio::test]
async fn uint32_times_are_read_beyond_32_bits() {
    let body = r#"{"requestId":"r","createdAt":1747102960000,"updatedAt":4294967296,
        "service":{"instanceCount":4294967296}}"#;
    let read = answering(body).describe_service("s-1").await.unwrap();
    assert_eq!(read.updated_at.unwrap().raw(), 4_294_967_296);
    assert_eq!(read.service.unwrap().instance_count, 4_294_967_296);
}

#[tokio::test]
async fn a_creation_is_repeated_only_with_the_caller_s_token() {
    for (token, requests) in [(None, 1), (Some("token-1"), 2)] {
        let service = Service::default();
        service.then(500, r#"{"code":"InternalError","requestId":"r"}"#);
        service.then(200, CREATED);
        let mut create = service.client().create_service().service_conf(conf());
        if let Some(token) = token {
            create = create.client_token(token);
        }
        let outcome = create.await;
        let sent = service.sent();
        assert_eq!((sent.len(), outcome.is_ok()), (requests, token.is_some()));
        let sends_token = |sent: &crate::common::Sent| sent.query.contains("clientToken=token-1");
        assert!(
            sent.iter().all(|sent| sends_token(sent) == token.is_some()),
            "{sent:?}"
        );
        if let Err(error) = outcome {
            assert!(error.may_have_been_applied());
            assert_eq!(error.kind(), ErrorKind::Service);
        }
    }
}

#[tokio::test]
async fn members_by_name_are_those_of_the_whole_configuration() {
    let service = Service::answering([CREATED]);
    let conf = conf().containers([container().ports([PortConf::new(PortName::Http, 8000)])]);
    let create = service.client().create_service().service_conf(conf.clone());
    create.instance_count(4).await.unwrap();
    let mut expected = sent(conf).await;
    expected["instanceCount"] = json!(4);
    assert_eq!(service.only().body, expected);
}
