//! Tests of the formats of results, of their columns, order and selection, and of tables of several
//! widths.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::golden::{assert_golden, steady};
use crate::support::{Lab, Run, always};

/// Creates four instances, one of which is stopped. Some of their names contain Chinese, spaces or
/// quotation marks.
async fn four(lab: &Lab) -> [String; 4] {
    let ids = [
        lab.running("训练机-一").await,
        lab.running("plain").await,
        lab.running("带空格 的名字很长很长很长很长很长很长").await,
        lab.running("=1+1,\"quoted\"").await,
    ];
    lab.run(&["stop", &ids[1], "--wait", "--interval", "5ms"])
        .ok();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn ages_are_compared_as_ages() {
    let lab = Lab::new().await;
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let one = |id: &str, created: i64, updated: i64| serde_json::json!({"id": id, "createdAt": created, "updatedAt": updated});
    let hour = 3600;
    let body = serde_json::json!({"requestId": "r", "totalCount": 4, "devInstances": [
        one("dv-hours", now - 3 * hour, now - 20),
        one("dv-new", now - 10, now - 5),
        one("dv-days", now - 72 * hour, now - 48 * hour),
        one("dv-undated", 0, 0),
    ]});
    let server = always("200 OK", &body.to_string()).await;
    let url = server.url();
    let list = |format: &str, options: &[&str]| {
        let list = ["list", "--endpoint", &url, "-o", format];
        lab.run(&[&list[..], options].concat())
    };
    for (options, expected) in [
        (&["--filter", "age>2h"][..], "dv-hours dv-days"),
        (&["--filter", "AGE>=3h", "--filter", "age<1d"], "dv-hours"),
        (&["--filter", "age<1m"], "dv-new"),
        (&["--filter", "updated>1h"], "dv-days"),
        (&["--sort-by", "age"], "dv-new dv-hours dv-days dv-undated"),
        (
            &["--sort-by", "age:desc"],
            "dv-days dv-hours dv-new dv-undated",
        ),
        (
            &["--sort-by", "UPDATED:desc"],
            "dv-days dv-hours dv-new dv-undated",
        ),
        (
            &["--sort-by", "createdAt"],
            "dv-days dv-hours dv-new dv-undated",
        ),
    ] {
        let shown = list("id", options).ok().stdout;
        assert_eq!(shown.trim_end().replace('\n', " "), expected, "{options:?}");
        let shown = list("table", options).ok().stdout;
        let ids = shown
            .lines()
            .skip(1)
            .filter_map(|line| line.split_whitespace().next());
        assert_eq!(ids.collect::<Vec<_>>().join(" "), expected, "{options:?}");
    }
    for (wrong, problem) in [
        ("age>=3600", "--filter age: it has no unit; write 3600s"),
        (
            "age=2h",
            "--filter age: is how long ago; compare it with < or >",
        ),
        ("age>soon", "--filter age: must be a time such as 90s"),
    ] {
        list("id", &["--filter", wrong]).fails(2).says(problem);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_of_csv_do_not_depend_on_the_results() {
    let lab = Lab::new().await;
    lab.running("first").await;
    let id = lab.running("second").await;
    let heading = |arguments: &[&str]| {
        let run = lab.run(&[arguments, &["--yes", "-o", "csv"]].concat());
        run.stdout.lines().next().unwrap_or_default().to_owned()
    };
    let missing = heading(&["delete", "dv-00000000"]);
    assert!(
        missing.starts_with("id,name,result,error.code,"),
        "{missing}"
    );
    assert_eq!(heading(&["delete", "first", "dv-00000000"]), missing);
    assert_eq!(heading(&["delete", &id]), missing);
}

/// Returns what a program prints for this standard input.
fn piped(program: &str, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_ids_are_lines_for_pipes() {
    let lab = Lab::new().await;
    let ids = four(&lab).await;
    let newest_first: Vec<&str> = ids.iter().rev().map(String::as_str).collect();
    let run = lab.run(&["list", "-o", "id"]).ok();
    assert_eq!(run.stdout, newest_first.join("\n") + "\n");
    let names = lab.run(&["list", "-o", "name", "--status", "stopped"]).ok();
    assert_eq!(names.stdout, "plain\n");
    let show = lab.run(&["show", &ids[0], "-o", "name"]).ok();
    assert_eq!(show.stdout, "训练机-一\n");
    let stopped = lab.run_fed(
        &(ids[0].clone() + "\n"),
        &["stop", "-", "--yes", "-o", "id"],
    );
    assert_eq!(stopped.ok().stdout, format!("{}\n", ids[0]));
    let failed = lab
        .run(&["stop", "dv-0000dead", &ids[2], "-o", "id"])
        .fails(1);
    assert_eq!(failed.stdout, format!("{}\n", ids[2]));
    let events = lab.run(&["events", &ids[0], "-o", "name"]).fails(2);
    events.says("neither ids nor names");
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_is_what_other_programs_read() {
    let lab = Lab::new().await;
    four(&lab).await;
    let csv = lab
        .run(&["list", "-o", "csv", "--sort-by", "name"])
        .ok()
        .stdout;
    let script = "import csv,json,sys; print(json.dumps(list(csv.DictReader(sys.stdin))))";
    let rows: Value = serde_json::from_str(&piped("python3", &["-c", script], &csv)).unwrap();
    let json = lab
        .run(&["list", "-o", "json", "--sort-by", "name"])
        .ok()
        .json();
    for (row, instance) in rows
        .as_array()
        .unwrap()
        .iter()
        .zip(json.as_array().unwrap())
    {
        for member in ["id", "name", "status", "creator", "queueName", "imageUrl"] {
            assert_eq!(row[member], instance[member], "{member}");
        }
        assert_eq!(row["statusCode"], instance["statusCode"].to_string());
        assert_eq!(row["resources.cpus"], "4");
    }
    assert_eq!(rows[0]["name"], "=1+1,\"quoted\"");
    let header = csv.lines().next().unwrap();
    assert!(header.starts_with("id,name,status,resources.cpus,resources.memory,queueName,"));
    assert!(csv.lines().all(|line| !line.is_empty()) && csv.ends_with("\r\n"));
    let columns = [
        "list",
        "-o",
        "csv",
        "--columns",
        "STATE,id,free",
        "--no-headers",
    ];
    lab.run(&columns)
        .fails(2)
        .says("--columns free: there is no such member; available: ");
    let two = lab.run(&[
        "list",
        "-o",
        "csv",
        "--columns",
        "state,resources.cpus",
        "--no-headers",
    ]);
    assert_eq!(two.ok().stdout.lines().next(), Some("running,4"));
    // This works for results without a table as well.
    let show = lab
        .run(&["show", json[0]["id"].as_str().unwrap(), "-o", "csv"])
        .ok()
        .stdout;
    let shown: Value = serde_json::from_str(&piped("python3", &["-c", script], &show)).unwrap();
    assert_eq!(shown[0]["conf.resources.cpus"], "4");
    assert_eq!(shown[0]["conf.envs.TOKEN"], "***");
    let none = lab.run(&["list", "--name", "nobody", "-o", "csv"]).ok();
    assert_eq!(none.stdout.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn states_are_words_with_their_codes_in_every_form() {
    let lab = Lab::new().await;
    let ids = four(&lab).await;
    let lines = lab.run(&["list", "-o", "jsonl"]).ok().stdout;
    let running = piped(
        "jq",
        &["-r", "select(.status==\"running\") | .statusCode"],
        &lines,
    );
    assert_eq!(running, "3\n3\n3\n");
    let yaml = lab.run(&["show", &ids[1], "-o", "yaml"]).ok().stdout;
    assert!(yaml.contains("status: stopped\nstatusCode: 5\n"), "{yaml}");
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_selected_ordered_and_cut_to_columns() {
    let lab = Lab::new().await;
    let ids = four(&lab).await;
    let names = |arguments: &[&str]| -> Vec<String> {
        let run = lab.run(&[&["list", "-o", "name"], arguments].concat());
        run.ok().stdout.lines().map(str::to_owned).collect()
    };
    assert_eq!(names(&["--filter", "status!=running"]), ["plain"]);
    assert_eq!(
        names(&["--filter", "resources.cpus>=4", "--filter", "name=plain"]),
        ["plain"]
    );
    assert_eq!(names(&["--filter", "resources.cpus>4"]), [""; 0]);
    assert_eq!(names(&["--filter", "resources.acceleratorType=x"]), [""; 0]);
    let none = lab.run(&["list", "--filter", "status=runing"]).ok();
    assert!(none.stderr.contains("--filter matches none of 4"));
    let sorted = names(&["--sort-by", "name:desc"]);
    assert!(sorted.is_sorted_by(|a, b| a >= b), "{sorted:?}");
    assert_eq!(sorted.len(), 4);
    let since = ["--filter", "createdAt>2020-01-01T00:00:00Z"];
    assert_eq!(names(&since).len(), 4);
    let wrong = lab.run(&["list", "--filter", "stauts=running"]).fails(2);
    let wrong = wrong.says("--filter stauts: there is no such member; did you mean status?\n");
    assert_eq!(wrong.stdout, "");
    let wrong = lab.run(&["list", "--filter", "zebra=running"]).fails(2);
    let wrong = wrong.says("--filter zebra: there is no such member; available: ");
    wrong.says("status, statusCode");
    // In every format, headings are accepted as well.
    assert_eq!(names(&["--filter", "STATE!=running"]), ["plain"]);
    assert_eq!(names(&["--filter", "state=stopped"]), ["plain"]);
    let heading = ["list", "-o", "json", "--filter", "State=stopped"];
    assert_eq!(lab.run(&heading).ok().json().as_array().unwrap().len(), 1);
    let table = lab.run(&["list", "--filter", "STATE=stopped"]).ok();
    assert!(table.stdout.contains("plain"), "{table:#?}");
    // This is the example in the help of `list`.
    let query = ["list", "--query", "[?status=='stopped'].name"];
    assert_eq!(lab.run(&query).ok().json(), serde_json::json!(["plain"]));
    lab.run(&["list", "--query", "[?status==`stopped`].name"])
        .fails(2)
        .says("in single quotes, as 'running'");
    lab.run(&["list", "--sort-by", "nope"])
        .fails(2)
        .says("--sort-by nope");
    let table = lab.run(&[
        "list",
        "--columns",
        "name,state,creatorId",
        "--sort-by",
        "name",
    ]);
    let table = table.ok().stdout;
    assert!(table.starts_with("NAME"), "{table}");
    assert!(
        table.contains("plain                                  stopped  u-1\n"),
        "{table}"
    );
    let bare = lab.run(&[
        "list",
        "--columns",
        "id",
        "--no-headers",
        "--sort-by",
        "name:desc",
    ]);
    assert_eq!(bare.ok().stdout.lines().count(), 4);
    let page = lab
        .run(&["list", "--page-size", "2", "--filter", "status=stopped"])
        .ok();
    page.says("apply to this page only; use --all-pages for all results");
    let before = lab.count("StopDevInstance");
    lab.run(&["stop", &ids[0], "--filter", "status=running"])
        .fails(2)
        .says("only read");
    assert_eq!(lab.count("StopDevInstance"), before);
    lab.run(&["list", "-o", "json", "--columns", "id"])
        .fails(2)
        .says("--query");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_states_are_looked_for_in_all_pages() {
    let lab = Lab::new().await;
    four(&lab).await;
    let names = |arguments: &[&str]| {
        let list = ["list", "-o", "name", "--page-size", "1"];
        lab.run(&[&list, arguments].concat())
            .ok()
            .stdout
            .lines()
            .count()
    };
    assert_eq!(names(&["--status", "running,stopped"]), 4);
    assert_eq!(names(&["--status", "stopped", "--status", "queued"]), 1);
    let page = lab.run(&["list", "--status", "running,stopped", "--page", "2"]);
    page.fails(2).says("several states");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_takes_what_it_asks_for_from_the_whole_document() {
    let lab = Lab::new().await;
    four(&lab).await;
    let query = |query: &str, more: &[&str]| lab.run(&[&["list", "--query", query], more].concat());
    let stopped = query("[?status=='stopped'].name | [0]", &[]).ok().json();
    assert_eq!(stopped, json!("plain"));
    let all = ["--all-pages", "--page-size", "1", "-o", "jsonl"];
    let lines = query("[].{id: id, cpus: resources.cpus}", &all)
        .ok()
        .lines();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["cpus"], 4);
    assert_eq!(query("length(@)", &all).ok().stdout, "4\n");
    let wrong = query("[?status=='stopped'", &[]).fails(2);
    assert!(wrong.stderr.contains("^"), "{wrong:?}");
    assert_eq!(
        lab.run(&["list", "--query", "sum([].id)"]).fails(2).stdout,
        ""
    );
    query("[]", &["-o", "csv"])
        .fails(2)
        .says("--query returns documents");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_beyond_the_end_says_so() {
    let lab = Lab::new().await;
    lab.run(&["list", "--page", "9"])
        .ok()
        .says("page 9 is beyond the end");
    four(&lab).await;
    let run = lab.run(&["list", "--page", "9", "--page-size", "3"]).ok();
    let run = run.says("page 9 is beyond the end: there are 4 instances on 2 pages");
    assert_eq!(run.stdout, "");
    let last = lab.run(&["list", "--page", "2", "--page-size", "3"]).ok();
    assert_eq!(last.stderr, "");
    lab.run(&["jobs", "list", "--page", "3", "--pool", "cce-emulator"])
        .ok()
        .says("beyond the end");
}

fn at(lab: &Lab, width: &str, arguments: &[&str]) -> Run {
    let run = lab.run_with(&[("COLUMNS", width)], arguments).ok();
    for line in run.stdout.lines() {
        let used = unicode_width::UnicodeWidthStr::width(line);
        assert!(used <= width.parse().unwrap(), "{width}: {}", run.stdout);
    }
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_hold_at_every_width_also_in_chinese() {
    let lab = Lab::with_resources(crate::places::resources()).await;
    four(&lab).await;
    for width in ["40", "60", "80", "120"] {
        let mut shown = String::new();
        for arguments in [
            &["list", "--sort-by", "name"][..],
            &["list", "-o", "wide", "--sort-by", "name"],
            &["queues"],
            &["pools"],
            &["datasets"],
        ] {
            let run = at(&lab, width, arguments);
            shown += &format!("$ aihc-dev {}\n", arguments.join(" "));
            shown += &steady(&run.stdout);
            shown += &run.stderr;
            shown.push('\n');
        }
        assert_golden(&format!("tables-{width}.txt"), &shown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_gets_whole_lines_that_awk_and_column_read() {
    let lab = Lab::new().await;
    let ids = four(&lab).await;
    let table = lab
        .run(&["list", "--no-headers", "--columns", "id,status"])
        .ok()
        .stdout;
    let found = piped("awk", &["$2 == \"stopped\" { print $1 }"], &table);
    assert_eq!(found, format!("{}\n", ids[1]));
    assert_eq!(piped("column", &["-t"], &table), table);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_id_is_told_before_anything_is_issued() {
    let lab = Lab::new().await;
    let run = lab.run(&["session-token", "-o", "id"]).fails(2);
    assert_eq!(run.stdout, "");
    assert_eq!(lab.count("GetSessionToken"), 0);
}
