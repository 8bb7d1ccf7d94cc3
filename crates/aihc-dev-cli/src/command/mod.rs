//! The commands of the command-line tool.

mod agreement;
mod apply;
mod batch;
mod change;
mod check_contract;
mod child;
mod clone;
mod completions;
mod configure;
mod confirm;
mod context;
mod cp;
mod create;
mod datasets;
mod delete;
mod descriptions;
mod diff;
mod doctor;
mod edit;
mod emulator;
mod events;
mod existing;
mod fallback;
mod help;
mod jobs;
mod list;
mod live;
mod login;
mod man;
mod names;
mod open;
mod pack_image;
mod pack_status;
mod page;
mod places;
mod pools;
mod port_forward;
mod profiles;
mod queues;
mod restart;
mod services;
mod session_token;
mod show;
mod ssh;
mod ssh_command;
mod start;
mod stop;
mod timed_stop;
mod update;
mod version;
mod wait;
mod watch;
mod whoami;

use clap::{Args, Subcommand};

pub(crate) use self::names::Resolved;
use crate::client::Context;
use crate::exit::Failure;

#[derive(Subcommand)]
pub(crate) enum Command {
    List(list::List),
    Show(show::Show),
    Create(create::Create),
    #[command(visible_alias = "copy")]
    Clone(clone::Clone),
    Update(update::Update),
    Edit(edit::Edit),
    Diff(diff::Diff),
    Apply(apply::Apply),
    Start(start::Start),
    Stop(stop::Stop),
    Restart(restart::Restart),
    Delete(delete::Delete),
    TimedStop(timed_stop::TimedStop),
    Events(events::Events),
    PackImage(pack_image::PackImage),
    PackStatus(pack_status::PackStatus),
    Wait(wait::Wait),
    Pools(pools::Pools),
    Queues(queues::Queues),
    Datasets(datasets::Datasets),
    Jobs(jobs::Jobs),
    Services(services::Services),
    Ssh(ssh::Ssh),
    Cp(cp::Cp),
    PortForward(port_forward::PortForward),
    SshCommand(ssh_command::SshCommand),
    Open(open::Open),
    SessionToken(session_token::SessionToken),
    Configure(configure::Configure),
    Profiles(profiles::Profiles),
    Whoami(whoami::Whoami),
    Context(context::ContextCommand),
    Doctor(doctor::Doctor),
    CheckContract(check_contract::CheckContract),
    Emulator(emulator::Emulator),
    Completions(completions::Completions),
    Man(man::Man),
    Version(version::Version),
    Help(help::Help),
}

/// The instances to which a command applies.
#[derive(Args)]
pub(crate) struct Ids {
    /// Ids or names of the instances; `-` reads them from standard input.
    #[arg(required = true, value_name = "ID|NAME")]
    pub(crate) ids: Vec<String>,
}

impl Command {
    /// Returns whether the command can make changes at the service.
    pub(crate) fn changes(&self) -> bool {
        match self {
            Self::Create(_)
            | Self::Clone(_)
            | Self::Update(_)
            | Self::Edit(_)
            | Self::Apply(_)
            | Self::Start(_)
            | Self::Stop(_)
            | Self::Restart(_)
            | Self::Delete(_)
            | Self::TimedStop(_)
            | Self::PackImage(_) => true,
            Self::Jobs(jobs) => jobs.changes(),
            Self::CheckContract(check) => check.changes(),
            _ => false,
        }
    }

    /// Returns whether the command handles signals itself.
    pub(crate) fn hears_signals(&self) -> bool {
        match self {
            Self::Emulator(_) | Self::Edit(_) => true,
            Self::CheckContract(check) => check.changes(),
            // On systems that cannot replace a process, this process waits for a child.
            Self::Ssh(_) | Self::Cp(_) | Self::PortForward(_) => cfg!(not(unix)),
            _ => false,
        }
    }

    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        // The futures of some commands are large, and only one of them runs; hence the boxes.
        match self {
            Self::List(command) => Box::pin(command.run(context)).await,
            Self::Show(command) => Box::pin(command.run(context)).await,
            Self::Create(command) => Box::pin(command.run(context)).await,
            Self::Clone(command) => Box::pin(command.run(context)).await,
            Self::Update(command) => Box::pin(command.run(context)).await,
            Self::Edit(command) => Box::pin(command.run(context)).await,
            Self::Diff(command) => Box::pin(command.run(context)).await,
            Self::Apply(command) => Box::pin(command.run(context)).await,
            Self::Start(command) => Box::pin(command.run(context)).await,
            Self::Stop(command) => Box::pin(command.run(context)).await,
            Self::Restart(command) => Box::pin(command.run(context)).await,
            Self::Delete(command) => Box::pin(command.run(context)).await,
            Self::TimedStop(command) => Box::pin(command.run(context)).await,
            Self::Events(command) => Box::pin(command.run(context)).await,
            Self::PackImage(command) => Box::pin(command.run(context)).await,
            Self::PackStatus(command) => Box::pin(command.run(context)).await,
            Self::Wait(command) => Box::pin(command.run(context)).await,
            Self::Pools(command) => Box::pin(command.run(context)).await,
            Self::Queues(command) => Box::pin(command.run(context)).await,
            Self::Datasets(command) => Box::pin(command.run(context)).await,
            Self::Jobs(command) => Box::pin(command.run(context)).await,
            Self::Services(command) => Box::pin(command.run(context)).await,
            Self::Ssh(command) => Box::pin(command.run(context)).await,
            Self::Cp(command) => Box::pin(command.run(context)).await,
            Self::PortForward(command) => Box::pin(command.run(context)).await,
            Self::SshCommand(command) => Box::pin(command.run(context)).await,
            Self::Open(command) => Box::pin(command.run(context)).await,
            Self::SessionToken(command) => Box::pin(command.run(context)).await,
            Self::Configure(command) => Box::pin(command.run(context)).await,
            Self::Profiles(command) => Box::pin(command.run(context)).await,
            Self::Whoami(command) => Box::pin(command.run(context)).await,
            Self::Context(command) => command.run(context),
            Self::Doctor(command) => Box::pin(command.run(context)).await,
            Self::CheckContract(command) => Box::pin(command.run(context)).await,
            Self::Emulator(command) => Box::pin(command.run(context)).await,
            Self::Completions(command) => command.run(context),
            Self::Man(command) => command.run(context),
            Self::Version(command) => command.run(context),
            Self::Help(command) => command.run(context),
        }
    }
}
