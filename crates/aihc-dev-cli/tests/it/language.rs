//! Help and messages in Chinese.

use unicode_width::UnicodeWidthStr as _;

use crate::golden::assert_golden;
use crate::help::all_commands;
use crate::support::{Run, bare, run_bare};

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

/// Two English words one after the other, outside of what is the same in all languages.
fn english(text: &str) -> Option<String> {
    let is_word = |word: &&str| {
        let word = word.trim_matches(['.', ',', ';', '?', '!', '(', ')']);
        word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase())
    };
    // Commands stand in backticks, names of values in brackets.
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
    refused.says("en (English) and zh (Chinese)");
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
        ("list --page x", "'--page <N>' 的值 'x' 无效：不是整数"),
        ("list --page 0", "'--page <N>' 的值 '0' 无效：0 不在 1.."),
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

/// The language of whoever installs a completion is that of whoever completes, too.
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
