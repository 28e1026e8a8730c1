"""What a control group leaves, in both versions of Linux's interface."""

from __future__ import annotations

import pytest

from fwtui.system.cgroup import memory_left_bytes, processor


@pytest.fixture
def left(tmp_path):
    """What is left, by the text of `/proc/self/cgroup` and the files of groups."""

    def left(membership, groups, ask=memory_left_bytes):
        for folder, files in groups.items():
            (tmp_path / "fs" / folder).mkdir(parents=True, exist_ok=True)
            for name, text in files.items():
                (tmp_path / "fs" / folder / name).write_text(f"{text}\n")
        (tmp_path / "cgroup").write_text(membership)
        return ask(tmp_path / "fs", tmp_path / "cgroup")

    return left


def v2(limit, used, cache=0):
    return {"memory.max": limit, "memory.current": used, "memory.stat": f"anon 1\ninactive_file {cache}"}


def v1(limit, used, cache=0):
    statistics = f"cache 1\ntotal_inactive_file {cache}"
    return {"memory.limit_in_bytes": limit, "memory.usage_in_bytes": used, "memory.stat": statistics}


def test_the_least_of_the_group_and_those_above_it_counts(left):
    groups = {"": v2("max", 900), "job": v2(1000, 600, cache=50), "job/step": v2(500, 20)}
    assert left("0::/job/step\n", groups) == 450


def test_the_first_version_has_other_names(left):
    groups = {"memory": v1(2**63 - 4096, 10), "memory/job": v1(1000, 300, cache=7)}
    assert left("9:name=systemd:/\n4:cpu,memory:/job\n0::/\n", groups) == 707


def test_in_a_container_the_root_is_the_group(left):
    assert left("0::/docker/abc\n", {"": v2(1000, 1)}) == 999
    assert left("4:memory:/docker/abc\n", {"memory": v1(500, 1)}) == 499


def test_more_than_the_limit_leaves_nothing(left):
    assert left("0::/job\n", {"job": v2(100, 900)}) == 0


@pytest.mark.parametrize("files", [v2("max", 1), {}, v2("much", 1), {**v2(10, 1), "memory.stat": "odd"}])
def test_no_limit_is_none(left, files):
    assert left("0::/job\nnonsense\n", {"job": files}) is None


def test_no_control_groups_are_none(tmp_path):
    assert memory_left_bytes(tmp_path, tmp_path / "none") is None


def cpu2(limit, used_us):
    return {"cpu.max": f"{limit} 100000", "cpu.stat": f"usage_usec {used_us}\nuser_usec 1"}


def test_the_fewest_cores_of_the_group_and_those_above_it_count(left):
    groups = {"": cpu2("max", 9), "job": cpu2(150_000, 8_000_000), "job/step": cpu2(400_000, 2_000_000)}
    assert left("0::/job/step\n", groups, processor) == (1.5, 8.0)


def test_cores_in_the_first_version(left):
    files = {"cpu.cfs_quota_us": 50_000, "cpu.cfs_period_us": 100_000, "cpuacct.usage": 3_000_000_000}
    assert left("4:cpu,cpuacct:/job\n0::/\n", {"cpu/job": files}, processor) == (0.5, 3.0)
    files["cpu.cfs_quota_us"] = -1
    assert left("4:cpu,cpuacct:/job\n0::/\n", {"cpu/job": files}, processor) is None


@pytest.mark.parametrize(
    "files", [cpu2("max", 1), {}, {"cpu.max": "much"}, {"cpu.max": "1 0", "cpu.stat": ""}]
)
def test_no_limit_of_cores_is_none(left, files):
    assert left("0::/job\nnonsense\n", {"job": files}, processor) is None
