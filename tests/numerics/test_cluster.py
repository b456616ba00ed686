"""Protects: a run on a Dask cluster gives the bits of a local run, also when a worker is killed on the way."""

from __future__ import annotations

import logging
import os
import signal
from fractions import Fraction as F

import pytest

from ridgeproof.errors import InputError, NotConverged
from ridgeproof.numerics.draws.simulation import simulate
from ridgeproof.numerics.problem.scenario import Downstream, Generator, Scenario, Target
from ridgeproof.numerics.problem.spectrum import Spectrum

distributed = pytest.importorskip("distributed")

PROBLEM = Scenario(
    Spectrum("power-law", 60, beta=F(3, 2)),
    Target("source", r=F(1, 2)),
    (Generator(90, F(0), F(1, 2), 2),),
    Downstream(80, F(1, 5), F(1, 10)),
)


@pytest.mark.slow
def test_a_real_cluster_whose_worker_is_killed(tmp_path):
    """Claim: a scheduler and two worker processes, one killed (SIGKILL) after the third result of 400, its messages
    under way: the same bits as here, and a store that is whole and can be gone on from here.
    """
    here = simulate(PROBLEM, replicates=400, seed=5)
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        pids = list(client.run(os.getpid).values())
        killed = []

        def kill(done, total):
            if done == 3:
                os.kill(pids[0], signal.SIGKILL)
                killed.append(pids[0])

        address, path = cluster.scheduler_address, tmp_path / "run.db"
        there = simulate(PROBLEM, replicates=400, seed=5, scheduler=address, store=path, progress=kill)
        assert killed
        assert there == here
        assert simulate(PROBLEM, replicates=400, seed=5, store=path) == here
        with pytest.raises(InputError, match="another seed"):
            simulate(PROBLEM, replicates=400, seed=6, scheduler=address, store=path)


@pytest.mark.slow
def test_a_cluster_that_is_nobody_s_default():
    """Claim: the address is all that is needed, as from the command: no default client of this process helps."""
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        with pytest.raises(ValueError, match="No clients"):
            distributed.default_client()
        there = simulate(PROBLEM, replicates=4, seed=5, scheduler=cluster.scheduler_address)
    assert there == simulate(PROBLEM, replicates=4, seed=5)


@pytest.mark.slow
def test_a_scheduler_that_goes_away(tmp_path):
    """Claim: one clear line; what was finished is kept, and a run without the cluster goes on from it."""
    path, kept = tmp_path / "run.db", []
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:

        def lose(done, total):
            kept.append(done)
            cluster.close()

        with pytest.raises(NotConverged, match="the connection to the scheduler is lost"):
            simulate(PROBLEM, replicates=400, seed=5, scheduler=cluster.scheduler_address, store=path, progress=lose)
    found = []
    here = simulate(PROBLEM, replicates=400, seed=5, store=path, progress=lambda done, total: found.append(done))
    assert found[0] == kept[-1] + 1
    assert here == simulate(PROBLEM, replicates=400, seed=5)


def test_what_dask_logs_does_not_reach_the_reader(monkeypatch):
    """Claim: also loggers with a level of their own, as distributed.client has, which printed a traceback when the
    scheduler was killed.
    """
    monkeypatch.setattr("ridgeproof.numerics.draws.cluster.CONNECT_SECONDS", 1)
    logging.getLogger("distributed.client").setLevel(logging.WARNING)
    with pytest.raises(InputError, match="no scheduler"):
        simulate(PROBLEM, replicates=2, scheduler="tcp://127.0.0.1:9")
    for name in ("distributed.client", "distributed.core", "tornado.application", "asyncio"):
        assert not logging.getLogger(name).isEnabledFor(logging.ERROR)


def test_no_scheduler_there(monkeypatch, capfd):
    """Claim: an address where nothing answers, or that is none, is one clear line, and no client is left behind to
    complain on standard error when it is disposed of.
    """
    monkeypatch.setattr("ridgeproof.numerics.draws.cluster.CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:9", "nowhere", "", "http://x"):
        with pytest.raises(InputError, match="no scheduler"):
            simulate(PROBLEM, replicates=2, scheduler=address)
    assert "Traceback" not in capfd.readouterr().err
