"""Prints the configuration that `SSHCluster` gives to a scheduler on another host."""

import dask
import distributed  # noqa: F401

print(dask.config.serialize(dask.config.global_config))
