//! Tests of help and messages in Chinese.

use unicode_width::UnicodeWidthStr as _;

use crate::golden::{assert_golden, steady};
use crate::help::all_commands;
use crate::support::{Directory, Lab, Run, bare, run_bare};

fn run(variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = bare();
    command.envs(variables.iter().copied()).args(arguments);
    Run::of(command.output().unwrap())
}

fn is_chinese(run: &Run) -> bool {
    let text = run.stdout.clone() + &run.stderr;
    assert_ne!(text.contains("用法："), text.contains("Usage:"), "{text}");
    text.contains("用法：")
}

fn help(words: &[&str], columns: &str) -> String {
    let arguments = [words, &["--help"]].concat();
    let variables = [("BCE_LANGUAGE", "zh"), ("COLUMNS", columns)];
    let run = run(&variables, &arguments).ok();
    assert_eq!(run.stderr, "");
    run.stdout
}

/// Returns the first two consecutive English words in a text; `None` if there are none. Ignores
/// commands, which are in backticks, and names of values, which are in brackets: they are not
/// translated.
fn english(text: &str) -> Option<String> {
    let is_word = |word: &&str| {
        let word = word.trim_matches(['.', ',', ';', '?', '!', '(', ')']);
        word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase())
    };
    // Commands are in backticks, and names of values in brackets.
    let outside_of_backticks = text.split('`').step_by(2);
    let prose = outside_of_backticks.flat_map(|part| part.split('['));
    let prose = prose.map(|part| part.rsplit(']').next().unwrap_or_default());
    let words = prose.map(|part| part.split(' ').collect::<Vec<_>>());
    words.into_iter().find_map(|words| {
        let mut pairs = words.windows(2);
        let found = pairs.find(|pair| pair.iter().all(is_word));
        found.map(|pair| pair.join(" "))
    })
}

#[test]
fn help_of_every_command_is_chinese() {
    let whole = ("aihc-dev", Vec::new());
    for (command, words) in all_commands().chain([whole]) {
        let text = help(&words, "80");
        let is_prose = |line: &&str| {
            !(line.starts_with("用法：") || line.starts_with("  ") && line.contains("aihc-dev "))
        };
        let prose: Vec<_> = text.lines().filter(is_prose).map(str::trim).collect();
        assert_eq!(english(&prose.join(" ")), None, "{command}");
        let file = command.replace(' ', "-");
        assert_golden(&format!("help-zh/{file}.txt"), &text);
    }
}

#[test]
fn the_help_command_shows_chinese_as_the_option_does() {
    for words in [&["stop"][..], &["jobs", "stop"], &["create"]] {
        let zh = [("BCE_LANGUAGE", "zh"), ("COLUMNS", "60")];
        let asked = run(&zh, &[&["help"], words].concat()).ok();
        assert_eq!(asked.stdout, help(words, "60"));
    }
}

#[test]
fn chinese_help_on_a_narrow_terminal_has_texts_below_their_options() {
    let text = help(&["stop"], "40");
    assert!(
        text.contains("      --mine\n          我的所有可停止的开发机\n"),
        "{text}"
    );
    let lines = text.split("\n示例").next().unwrap().lines();
    let mut lines = lines.filter(|line| !line.starts_with("用法："));
    assert_eq!(lines.find(|line| line.width() > 40), None);
}

#[test]
fn chinese_help_fits_the_terminal() {
    for (command, words) in all_commands() {
        let text = help(&words, "60");
        let options = text.split("\n示例").next().unwrap();
        for line in options.lines().filter(|line| !line.starts_with("用法：")) {
            let fixed = line.trim_start().starts_with("aihc-dev ");
            assert!(fixed || line.width() <= 60, "{command}: {line}");
        }
    }
}

#[test]
fn the_option_goes_before_the_variable_and_the_variable_before_the_locale() {
    let locale = ("LANG", "zh_CN.UTF-8");
    let variable = ("BCE_LANGUAGE", "en");
    assert!(!is_chinese(&run_bare(&["--help"])));
    assert!(is_chinese(&run(&[locale], &["--help"])));
    assert!(is_chinese(&run(&[locale, ("LC_ALL", "")], &["list", "-h"])));
    assert!(!is_chinese(&run(&[locale, ("LC_ALL", "C")], &["--help"])));
    let messages = ("LC_MESSAGES", "en_US.UTF-8");
    assert!(!is_chinese(&run(&[locale, messages], &["--help"])));
    assert!(!is_chinese(&run(&[locale, variable], &["--help"])));
    let option = ["--language", "zh", "list", "--help"];
    assert!(is_chinese(&run(&[locale, variable], &option)));
    let option = ["list", "--language=en", "--help"];
    assert!(!is_chinese(&run(&[locale], &option)));
}

#[test]
fn a_terminal_that_shows_no_chinese_gets_english() {
    let gbk = ("LANG", "zh_CN.GBK");
    assert!(!is_chinese(&run(&[gbk], &["--help"])));
    assert!(is_chinese(&run(&[gbk], &["--help", "--language", "zh_CN"])));
}

#[test]
fn a_language_that_there_is_not_is_refused_as_an_option_and_noted_as_a_variable() {
    let refused = run_bare(&["list", "--language", "fr"]).fails(2);
    refused.says("en (English) or zh (Chinese)");
    let noted = run(&[("BCE_LANGUAGE", "fr")], &["completions", "bash"]).ok();
    assert_eq!(noted.stderr.lines().count(), 1, "{noted:?}");
    noted.says("BCE_LANGUAGE");
}

#[test]
fn what_is_wrong_with_a_command_line_is_told_in_chinese() {
    let zh = [("BCE_LANGUAGE", "zh")];
    for (line, expected) in [
        ("stp", "未知的命令 'stp'\n\n  提示：存在相似的命令：'stop'"),
        (
            "list --pag 3",
            "不支持的参数 '--pag'\n\n  提示：存在相似的参数：'--page'",
        ),
        ("queues second", "多余的参数 'second'"),
        ("list --page x", "'--page <N>' 的值 'x' 无效：不是整数"),
        ("list --page 0", "'--page <N>' 的值 '0' 无效：不能小于 1"),
        (
            "list --output xml",
            "'--output <FORMAT>' 的值 'xml' 无效\n  [可选值：table, ",
        ),
        ("list --region", "'--region <REGION>' 缺少值"),
        (
            "stop --mine dv-1",
            "参数 '--mine' 不能与以下参数同时使用：\n  [ID",
        ),
        ("show", "缺少以下必填参数：\n  <ID"),
        ("list --mine --mine", "参数 '--mine' 不能重复使用"),
        ("list --mine=x", "'--mine' 的值过多，多余的值为 'x'"),
    ] {
        let arguments: Vec<_> = line.split(' ').collect();
        let run = run(&zh, &arguments).fails(2);
        assert_eq!(run.stdout, "");
        assert!(run.stderr.starts_with("错误："), "{run:?}");
        assert_eq!(english(&run.stderr.replace('\n', " ")), None, "{line}");
        run.says(expected).says("--help");
    }
}

/// Tests that shells get the descriptions of candidates in the chosen language.
#[test]
fn shells_show_chinese_beside_what_fits() {
    let variables = [("BCE_LANGUAGE", "zh"), ("AIHC_DEV_COMPLETE", "fish")];
    let completed = run(&variables, &["--", "aihc-dev", "sto"]).ok();
    assert!(completed.stdout.contains("停止开发机"), "{completed:?}");
}

#[test]
fn help_that_is_asked_for_by_nothing_at_all_goes_to_standard_error() {
    let run = run(&[("BCE_LANGUAGE", "zh")], &[]).fails(2);
    assert_eq!(run.stdout, "");
    run.says("用法：aihc-dev [选项] <命令>");
}

#[test]
fn the_profile_goes_before_the_locale_and_after_the_variable() {
    let home = Directory::new("language");
    let profiles = r#"{"current": "work", "profiles": [
        {"name": "work", "language": "zh"}, {"name": "other", "language": "en"},
        {"name": "odd", "language": "fr"}, {"name": "none"}
    ]}"#;
    home.write(".bce/config.json", profiles);
    let of = |variables: &[(&str, &str)], arguments: &[&str]| {
        let home = [("HOME", home.path())];
        run(&[&home, variables].concat(), arguments)
    };
    let english = ("LANG", "en_US.UTF-8");
    let chinese = ("LANG", "zh_CN.UTF-8");
    assert!(is_chinese(&of(&[english], &["--help"])));
    assert!(is_chinese(&of(&[("LC_ALL", "C")], &["--help"])));
    assert!(!is_chinese(&of(&[("BCE_LANGUAGE", "en")], &["--help"])));
    assert!(!is_chinese(&of(
        &[chinese, ("BCE_PROFILE", "other")],
        &["--help"]
    )));
    assert!(!is_chinese(&of(
        &[chinese],
        &["--profile", "other", "--help"]
    )));
    assert!(is_chinese(&of(
        &[chinese],
        &["--profile", "none", "--help"]
    )));
    let odd = of(&[("BCE_PROFILE", "odd")], &["completions", "bash"]).ok();
    odd.says("the language of the profile");
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_and_notes_are_chinese_and_errors_of_the_library_are_not() {
    let lab = Lab::new().await;
    let zh = [("BCE_LANGUAGE", "zh")];
    let unknown = lab.run_with(&zh, &["show", "dv-0000dead"]).fails(1);
    unknown.says("dv-0000dead").says("提示：");
    lab.run_with(&zh, &["list"]).ok().says("没有开发机");
    let page = lab.run_with(&zh, &["list", "--page", "9"]).ok();
    page.says("第 9 页超出范围");
    let delete = lab.run_with(&zh, &["delete", "dv-0000dead"]).fails(2);
    delete.says("不在终端中运行，无法确认是否删除这些开发机及其数据");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_the_same_in_every_language() {
    let lab = Lab::new().await;
    let id = lab.running("train").await;
    let zh = [("BCE_LANGUAGE", "zh")];
    for arguments in [
        &["show", &id, "-o", "json"][..],
        &["list", "-o", "csv"],
        &["list", "-o", "yaml"],
        &["show", &id],
        &["list"],
        &["stop", "dv-0000dead", "-o", "json"],
    ] {
        let english = lab.run(arguments).stdout;
        let chinese = lab.run_with(&zh, arguments).stdout;
        let without_ids = |text: &str| {
            let lines = text.lines().filter(|line| !line.contains("equest"));
            steady(&lines.collect::<Vec<_>>().join("\n"))
        };
        assert_eq!(
            without_ids(&chinese),
            without_ids(&english),
            "{arguments:?}"
        );
    }
    let closed = ["doctor", "--endpoint", "http://127.0.0.1:1", "-o", "json"];
    let english = lab.run(&closed);
    let chinese = lab.run_with(&zh, &closed);
    assert!(chinese.stdout.is_ascii(), "{chinese:?}");
    assert_eq!(chinese.code, english.code);
    let table = lab.run_with(&zh, &closed[..3]);
    assert!(table.stdout.contains("访问密钥"), "{table:?}");
    assert!(table.stdout.contains("请检查 --region"), "{table:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_english() {
    let lab = Lab::new().await;
    let zh = [("BCE_LANGUAGE", "zh")];
    let run = lab.run_with(&zh, &["list", "--log-level", "debug"]).ok();
    let log = run.stderr.lines().filter(|line| line.contains("DEBUG"));
    let log: Vec<_> = log.collect();
    assert!(
        !log.is_empty() && log.iter().all(|line| line.is_ascii()),
        "{run:?}"
    );
}

#[test]
fn the_manual_is_installed_in_both_languages() {
    let folder = Directory::new("manual-zh");
    run_bare(&["man", "--install", folder.path()]).ok();
    let read = |page: &str| std::fs::read_to_string(format!("{}/{page}", folder.path())).unwrap();
    let english = read("man1/aihc-dev-stop.1");
    assert!(english.contains(".SH NAME") && english.contains("Stop instances"));
    let chinese = read("zh_CN/man1/aihc-dev-stop.1");
    for expected in [".SH 名称", ".SH 选项", ".SH 示例", "停止开发机"] {
        assert!(chinese.contains(expected), "{expected}: {chinese}");
    }
    assert!(!chinese.contains("[default: "), "{chinese}");
    let printed = run(&[("BCE_LANGUAGE", "zh")], &["man", "stop"]).ok();
    assert_eq!(printed.stdout, chinese);
}

#[test]
fn a_command_beside_the_emulator_speaks_the_same_language() {
    let tool = env!("CARGO_BIN_EXE_aihc-dev");
    let beside = ["emulator", "--", tool, "list"];
    let run = run(&[("BCE_LANGUAGE", "zh")], &beside).ok();
    run.says("没有开发机");
}
