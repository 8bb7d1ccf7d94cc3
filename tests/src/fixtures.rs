//! Fixtures that several suites use.

use aihc_dev::model::{
    Cds, DevInstanceConf, Image, ResourcePool, Resources, VolumeConf, VolumeType,
};

/// Returns a small configuration of a dev instance. Test suites add the members that they need.
pub fn conf() -> DevInstanceConf {
    let disk = VolumeConf::new(VolumeType::Cds, "/.rootfs").cds(Cds::new(100));
    DevInstanceConf::new()
        .resource_pool(ResourcePool::new("default"))
        .resources(Resources::new(1, 2))
        .image(Image::new(0, "registry.example/ubuntu:22.04"))
        .volume_confs([disk])
}
