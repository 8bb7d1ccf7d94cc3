//! Small programs that use the SDK; each is a binary of this crate.

pub mod stage;

/// The programs on the pages for people are compiled, and run where they can be.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    mod readme {}

    #[doc = include_str!("../../README.zh-CN.md")]
    mod readme_zh_cn {}

    #[doc = include_str!("../../docs/credentials.md")]
    mod credentials {}

    #[doc = include_str!("../../docs/retries-and-ambiguous-writes.md")]
    mod retries_and_ambiguous_writes {}

    #[doc = include_str!("../../docs/proxies-and-tls.md")]
    mod proxies_and_tls {}

    #[doc = include_str!("../../docs/testing-with-the-emulator.md")]
    mod testing_with_the_emulator {}

    #[doc = include_str!("../../docs/logging.md")]
    mod logging {}

    #[doc = include_str!("../../docs/migrating-from-go.md")]
    mod migrating_from_go {}
}
