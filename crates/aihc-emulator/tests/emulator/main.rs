//! Drives an emulator over TCP, with a clock that the tests turn.

#[cfg(test)]
mod access;
#[cfg(test)]
mod client;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod control;
#[cfg(test)]
mod events;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod http;
#[cfg(test)]
mod image_pack;
#[cfg(test)]
mod life;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod official_requests;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod robust;
#[cfg(test)]
mod server;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod sts;
