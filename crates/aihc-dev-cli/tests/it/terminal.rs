//! Runs the tool on a pseudo terminal, and types input.

#![cfg(unix)]

use std::process::{Command, Stdio};

use crate::support::{Lab, Run};

/// A Python program that runs another program on a terminal, and types keys as soon as the screen
/// shows the corresponding prompts. It ends with the exit code of that program.
const TYPE: &str = r#"
import json, os, pty, select, sys, time
steps, program = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program[0], program)
screen, seen, limit = '', 0, time.monotonic() + 60
def more():
    global screen
    if time.monotonic() > limit:
        os.kill(pid, 9)
        print(screen)
        sys.exit('timed out')
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            return False
        screen += data.decode(errors='replace')
        return bool(data)
    return True
for expected, keys in steps:
    while expected not in screen[seen:]:
        if not more():
            break
    else:
        seen = screen.index(expected, seen) + len(expected)
        os.write(terminal, keys.encode())
while more():
    pass
_, status = os.waitpid(pid, 0)
sys.stdout.write(screen)
sys.exit(os.waitstatus_to_exitcode(status))
"#;

impl Lab {
    /// Runs the tool on a terminal. When a prompt appears, types the keys that belong to it. In the
    /// result, standard output is what the terminal shows.
    pub(crate) fn run_on_terminal(
        &self,
        variables: &[(&str, &str)],
        arguments: &[&str],
        steps: &[(&str, &str)],
    ) -> Run {
        let tool = self.command(arguments);
        let steps = serde_json::to_string(steps).unwrap();
        let mut command = Command::new("python3");
        command
            .args(["-c", TYPE, &steps])
            .arg(tool.get_program())
            .args(tool.get_args());
        command.env_clear().envs(
            tool.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        command
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("TERM", "xterm")
            .envs(variables.iter().copied())
            .stdin(Stdio::null());
        let run = Run::of(command.output().unwrap());
        assert!(!run.stderr.contains("timed out"), "{run:#?}");
        run
    }
}
