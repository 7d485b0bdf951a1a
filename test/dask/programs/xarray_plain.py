"""xarray without chunks: numpy computes at once, and Dask gets nothing to do; with them it does."""

import sys

import numpy as np
import xarray as xr
from dask.distributed import Client

if __name__ == "__main__":
    xr.Dataset({"t": ("time", np.arange(24.0))}).to_netcdf("data.nc")
    chunks = {} if sys.argv[1:] == ["chunks"] else None
    with Client(processes=False, n_workers=1, dashboard_address=None):
        print(float(xr.open_dataset("data.nc", chunks=chunks).t.mean().compute()))
