//! `emulator`

use aihc_emulator::Emulator as Server;
use clap::Args;

use super::ssh_command::quoted;
use crate::connect::Context;
use crate::failure::Failure;
use crate::output::note;

/// Run a local service with instances of its own, to try things without an account.
#[derive(Args)]
#[command(after_help = "\
Prints the settings that lead other commands to it, and runs until Ctrl-C.

Example:
  aihc-dev emulator > settings.sh         # in one terminal
  . ./settings.sh && aihc-dev list        # in another, when it says that it is running

The program aihc-emulator is the same service with faults, scenarios and a clock to turn: see its
--control.")]
pub(crate) struct Emulator {
    /// Address to listen on; port 0 is a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7070")]
    listen: String,
    /// How many times faster than real the instances go through their states.
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    time_scale: f64,
}

impl Emulator {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let server = Server::builder()
            .listen(self.listen)
            .time_scale(self.time_scale);
        let server = server
            .start()
            .await
            .map_err(|error| Failure::usage(error.to_string()))?;
        let credentials = server.credentials();
        let mut lines = String::new();
        for (name, value) in [
            ("AIHC_ENDPOINT", server.endpoint()),
            ("BCE_STS_ENDPOINT", server.endpoint()),
            ("BCE_ACCESS_KEY_ID", credentials.access_key_id()),
            (
                "BCE_SECRET_ACCESS_KEY",
                credentials.secret_access_key().expose(),
            ),
        ] {
            lines += &format!("export {name}={}\n", quoted(value));
        }
        context.output.text(&lines)?;
        note("running; Ctrl-C ends it");
        std::future::pending().await
    }
}
