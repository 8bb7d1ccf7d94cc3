//! Programs that must not compile. Each contains a mistake that the types prevent.

/// A state cannot be converted to a string, which could be either `running` or `3`.
///
/// ```compile_fail,E0277
/// let _ = String::from(aihc_dev::model::DevInstanceStatus::Running);
/// ```
///
/// The filter of a list is a state, not a string.
///
/// ```compile_fail,E0277
/// # fn list(client: &aihc_dev::Client) {
/// let _ = client.list_dev_instances().status("Running");
/// # }
/// ```
///
/// An unknown state cannot be constructed directly, but only by a conversion from its code.
///
/// ```compile_fail
/// use aihc_dev::model::{DevInstanceStatus, UnknownValue};
/// let _ = DevInstanceStatus::Unknown(UnknownValue(3));
/// ```
///
/// A state has no default.
///
/// ```compile_fail,E0599
/// let _ = aihc_dev::model::DevInstanceStatus::default();
/// ```
///
/// Booleans are set by name, and so are all members if more than three are required.
///
/// ```compile_fail,E0061
/// # fn stop(client: &aihc_dev::Client) {
/// let _ = client.timed_stop_dev_instance("dv-1", true);
/// # }
/// ```
///
/// ```compile_fail,E0061
/// # fn create(client: &aihc_dev::Client, conf: aihc_dev::model::DevInstanceConf) {
/// let _ = client.create_dev_instance("name", conf, "owner-id", "owner");
/// # }
/// ```
struct Traps;
