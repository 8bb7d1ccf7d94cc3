//! The `open` command: prints or opens the address of the web IDE of an instance.

use aihc_dev::model::LoginInfo;
use aihc_dev::operation::QueryDevInstanceDetail;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::names;
use crate::client::Context;
use crate::exit::Failure;
use crate::language::text;
use crate::terminal::one_line;

/// Print the address of an instance's web IDE, or open it in the browser.
#[derive(Args)]
#[command(after_help = "\
Examples:
  aihc-dev open dv-f458ede5
  aihc-dev open dv-f458ede5 --ide jupyter --browser")]
pub(crate) struct Open {
    /// Id or name of the instance.
    #[arg(value_name = "ID|NAME")]
    id: String,
    /// IDE [default: the available one, VS Code first].
    #[arg(long, value_name = "IDE")]
    ide: Option<Ide>,
    /// Open it in the local browser.
    #[arg(long)]
    browser: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Ide {
    Vscode,
    Jupyter,
}

#[derive(Serialize)]
struct Address {
    url: String,
}

impl Open {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let one = names::resolve_one(context, &client, &self.id).await?;
        let opened = self.open(context, client.query_dev_instance_detail(&one.id));
        opened.await.map_err(|failure| failure.about(&one))
    }

    async fn open(&self, context: &Context, call: QueryDevInstanceDetail) -> Result<(), Failure> {
        let detail = call.await?.dev_instance;
        let id = one_line(&detail.id).into_owned();
        let Some(url) = url(detail.login_info.unwrap_or_default(), self.ide) else {
            return Err(Failure::unfit(text!(
                "{id} has no such address now; is it running?",
                id = id
            )));
        };
        if self.browser {
            // For other schemes, a browser may open files or run programs.
            if !url.starts_with("https://") && !url.starts_with("http://") {
                return Err(Failure::unfit(text!(
                    "{url} is not a web address",
                    url = url
                )));
            }
            open::that_detached(&url)?;
        }
        let address = Address { url };
        Ok(context
            .output
            .document(&address, |_| format!("{}\n", one_line(&address.url)))?)
    }
}

fn url(login: LoginInfo, ide: Option<Ide>) -> Option<String> {
    let vscode = login.vscode.filter(|_| ide != Some(Ide::Jupyter));
    let jupyter = login.jupyter.filter(|_| ide != Some(Ide::Vscode));
    let urls = [vscode, jupyter]
        .into_iter()
        .flatten()
        .map(|login| login.url);
    urls.into_iter().find(|url| !url.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_there_is_is_opened_vscode_first() {
        let both: LoginInfo =
            serde_json::from_value(json!({"jupyter": {"url": "j"}, "vscode": {"url": "v"}}))
                .unwrap();
        assert_eq!(url(both.clone(), None).as_deref(), Some("v"));
        assert_eq!(url(both, Some(Ide::Jupyter)).as_deref(), Some("j"));
        let one: LoginInfo =
            serde_json::from_value(json!({"jupyter": {"url": "j"}, "vscode": {"url": ""}}))
                .unwrap();
        assert_eq!(url(one.clone(), None).as_deref(), Some("j"));
        assert_eq!(url(one, Some(Ide::Vscode)), None);
    }
}
