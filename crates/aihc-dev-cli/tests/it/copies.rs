//! Tests of the command `clone`, and of `create` with a file that `show` has written.

use aihc_dev::model::{
    Access, Bos, Cds, Cfs, DevInstanceConf, Image, NotifyDetail, Pfs, PortInfo, ResourcePool,
    Resources, ScheduleConf, VisibleScope, VolumeConf, VolumeType,
};
use serde_json::{Value, json};

use crate::support::{Directory, Lab};

/// Members that descriptions of instances have, but requests that create an instance do not.
const ONLY_SHOWN: [&str; 12] = [
    "accountId",
    "id",
    "createdAt",
    "updatedAt",
    "loginInfo",
    "region",
    "serviceInstanceInfo",
    "status",
    "statusCode",
    "statusReason",
    "timedStopDevInstance",
    "version",
];

fn without_read_only(mut shown: Value) -> Value {
    let members = shown.as_object_mut().unwrap();
    members.retain(|name, _| !ONLY_SHOWN.contains(&name.as_str()));
    members["conf"].as_object_mut().unwrap().remove("updatedAt");
    shown
}

/// Returns configurations that together have values for most members; none of these are secrets.
fn configurations() -> Vec<DevInstanceConf> {
    let disk = || VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
    let small = || {
        DevInstanceConf::new()
            .resource_pool(ResourcePool::new("default").resource_pool_id("cce-1"))
            .resources(Resources::new(1, 2))
            .image(Image::new(0, "registry.example.com/a:v1"))
    };
    vec![
        small().volume_confs([disk()]),
        small()
            .resource_pool(ResourcePool::new("queue-1").resource_pool_type("serverless"))
            .resources(
                Resources::new(8, 64)
                    .accelerator_type("baidu.com/a800_80g_cgpu")
                    .accelerator_count(2)
                    .shm_size(4),
            )
            .volume_confs([
                disk(),
                VolumeConf::new(VolumeType::Pfs, "/pfs")
                    .pfs(Pfs::new("pfs-1", "/a"))
                    .read_only(true),
                VolumeConf::new(VolumeType::Cfs, "/cfs").cfs(Cfs::new("cfs-1", "/", "m")),
                VolumeConf::new(VolumeType::Bos, "/bos").bos(Bos::new("bucket/path")),
            ])
            .schedule_conf(ScheduleConf::new().priority("low").cpu_node_affinity(true))
            .workspace_dir("/work: 'x'")
            .start_cmd("echo \"1\" # no\nsleep 1\n"),
        small().volume_confs([disk()]).start_cmd("yes").access(
            Access::new()
                .ssh_enable(true)
                .ssh_rsa_pub_key("ssh-rsa AAAA\nssh-rsa BBBB")
                .blb_id("lb-1")
                .port_info([
                    PortInfo::new("dev_ssh", 22, 30022),
                    PortInfo::new("web", 80, 30080),
                ]),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_show_writes_makes_an_instance_that_shows_the_same() {
    let lab = Lab::new().await;
    let directory = Directory::new("shown");
    for (number, conf) in configurations().into_iter().enumerate() {
        let create = lab
            .client()
            .create_dev_instance()
            .name(format!("n-{number}"))
            .conf(conf)
            .creator("张三")
            .creator_id("0123")
            .visible_scope(VisibleScope::new().r#type(1))
            .notify(NotifyDetail::new().is_open(true).notify_rule_id("r-1"))
            .is_public_mgmt(true);
        let id = create.await.unwrap().dev_instance_id;
        let json = |id: &str| lab.run(&["show", id, "-o", "json"]).ok().json();
        let expected = without_read_only(json(&id));
        for form in ["yaml", "json", "jsonl"] {
            let shown = lab.run(&["show", &id, "-o", form]).ok().stdout;
            let file = directory.write("shown", &shown);
            let made = lab.run(&["create", "-f", &file, "-o", "json"]).ok().json();
            let made = made["devInstanceId"].as_str().unwrap().to_owned();
            assert_eq!(without_read_only(json(&made)), expected, "{form}");
            let same = lab.run(&["update", &made, "-f", &file]);
            // The file contains the id of another instance.
            same.fails(2).says("another id");
            lab.run(&["diff", "-f", &file, &made]).ok();
        }
        // A list with one item.
        let list = json!([json(&id)]).to_string();
        lab.run_fed(&list, &["create", "-f", "-", "--name", "other"])
            .ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shown_secret_and_what_the_api_does_not_know_are_refused_by_name() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let shown = lab.run(&["show", &id, "-o", "yaml"]).ok().stdout;
    let create = ["create", "-f", "-"];
    lab.run_fed(&shown, &create)
        .fails(2)
        .says("standard input, line")
        .says("conf.envs.TOKEN is ***");
    let given = shown.replace("\"***\"", "hunter2");
    lab.run_fed(&given, &create).ok();
    let typo = format!("{given}accountID: x\n");
    lab.run_fed(&typo, &create)
        .fails(2)
        .says("standard input, line")
        .says("the API has no member accountID");
    let two = format!("{given}---\n{given}");
    lab.run_fed(&two, &create).fails(2).says("more than one");
    assert_eq!(lab.count("CreateDevInstance"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_has_everything_and_its_secrets_are_never_shown() {
    let lab = Lab::new().await;
    let id = lab.running("first").await;
    let dry = ["clone", &id, "--name", "second", "--dry-run", "-o", "json"];
    let dry = lab.run(&dry).ok();
    assert_eq!(dry.json()["body"]["conf"]["envs"]["TOKEN"], "***");
    assert_eq!(dry.json()["body"]["name"], "second");
    assert_eq!(lab.count("CreateDevInstance"), 1);
    let more = [
        "--cpus",
        "2",
        "--set",
        "startCmd=run",
        "--log-level",
        "trace",
    ];
    for command in ["clone", "copy"] {
        let clone = [command, "first", "--name", "second", "-o", "json"];
        let run = lab.run(&[&clone[..], &more].concat()).ok();
        let made = run.json()["devInstanceId"].as_str().unwrap().to_owned();
        let read = |id: &str| {
            let query = lab.client().query_dev_instance_detail(id);
            async move { query.await.unwrap().dev_instance }
        };
        let (source, copy) = (read(&id).await, read(&made).await);
        let (old, new) = (source.conf.unwrap(), copy.conf.unwrap());
        assert_eq!(new.envs, old.envs);
        assert_eq!((new.resources.cpus, new.resources.memory), (2, 8));
        assert_eq!(new.start_cmd.as_deref(), Some("run"));
        assert_eq!(
            (new.access, new.volume_confs),
            (old.access, old.volume_confs)
        );
        assert_eq!(
            (copy.creator, copy.creator_id),
            (source.creator, source.creator_id)
        );
        for run in [&run, &dry] {
            assert!(
                !run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"),
                "{run:#?}"
            );
        }
    }
    // A mask in a file means that the secret is kept.
    let file = "conf: {envs: {TOKEN: '***', MORE: x}}";
    let run = lab
        .run_fed(
            file,
            &["clone", &id, "--name", "third", "-f", "-", "-o", "json"],
        )
        .ok();
    let made = run.json()["devInstanceId"].as_str().unwrap().to_owned();
    let envs = lab.client().query_dev_instance_detail(&made).await.unwrap();
    let envs = envs.dev_instance.conf.unwrap().envs.unwrap();
    assert_eq!(
        (envs["TOKEN"].expose(), envs["MORE"].expose()),
        ("hunter2", "x")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_keeps_to_itself_must_be_given() {
    let lab = Lab::new().await;
    let image = Image::new(2, "registry.example.com/a:v1")
        .username("u")
        .password("hunter2");
    let conf = configurations().remove(0).image(image);
    let create = lab.client().create_dev_instance().name("first").conf(conf);
    let id = create
        .creator("c")
        .creator_id("i")
        .await
        .unwrap()
        .dev_instance_id;
    let clone = ["clone", &id, "--name", "second"];
    lab.run(&clone)
        .fails(2)
        .says("conf.image.password is a secret that the service does not show")
        .says("--set image.password=VALUE");
    assert_eq!(lab.count("CreateDevInstance"), 1);
    lab.run(&[&clone[..], &["--set", "image.password=s3cret"]].concat())
        .ok();
    let file = "conf: {image: {password: s3cret}}";
    let run = lab
        .run_fed(file, &[&clone[..], &["-f", "-", "--dry-run"]].concat())
        .ok();
    assert!(run.stdout.contains("\"password\": \"***\""), "{run:#?}");
    // The output of `show` does not contain the password either.
    let shown = lab.run(&["show", &id, "-o", "yaml"]).ok().stdout;
    lab.run_fed(&shown, &["create", "-f", "-"])
        .fails(2)
        .says("conf.image.password");
    lab.run(&["clone", &id]).fails(2).says("--name");
    lab.run(&["clone", "dv-00000000", "--name", "second"])
        .fails(1)
        .says("NotFound");
}
