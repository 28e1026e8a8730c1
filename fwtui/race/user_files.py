"""What a plan must know of users' files, and how it is found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwtui.core.spec import WorkloadSpec
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.inspector import Waiting, ignore

if TYPE_CHECKING:  # needs NumPy, which `--help` must not wait for
    from fwtui.core.lane_model import LaneModel

Models = tuple["LaneModel", "LaneModel"]

_KEPT = 4
"""Pairs of models whose first weights are held here."""
_paired: dict[tuple[WorkloadSpec, int], tuple[Description, Models]] = {}


class NotKnownError(Exception):
    """A user's file must be examined."""


class UserFiles:
    """Finds out what there is to know of files as they stand now, which may take long.

    Args:
        waiting: is called while that takes its time.
    """

    def __init__(self, waiting: Waiting = ignore) -> None:
        self._waiting = waiting

    def describe(self, spec: WorkloadSpec) -> PackagedWorkload | Description:
        """What a workload offers. SpecError where there is no such workload, or a file cannot be used."""
        return workloads.fresh(spec, self._waiting)

    def models(self, spec: WorkloadSpec, file: Description, seed: int) -> Models | None:
        """A file's two models, paired, with their first weights.

        Raises:
            UserFileError: one of them cannot be evaluated, or their weights cannot be paired.
        """
        known = _known_models(spec, file, seed)
        if known is None:
            from fwtui.race.models import pair_models

            known = pair_models(file, spec, seed, self._waiting)
            _paired.pop((spec, seed), None)
            _paired[spec, seed] = file, known
            while len(_paired) > _KEPT:
                del _paired[next(iter(_paired))]
        return known


class CurrentFiles(UserFiles):
    """What is known of files as they stand now; NotKnownError for what must be found out."""

    def describe(self, spec: WorkloadSpec) -> PackagedWorkload | Description:
        """The workload as far as it is known."""
        known = workloads.current(spec)
        if known is None:
            raise NotKnownError
        return known

    def models(self, spec: WorkloadSpec, file: Description, seed: int) -> Models | None:
        """The models as far as they are known."""
        known = _known_models(spec, file, seed)
        if known is None:
            raise NotKnownError
        return known


class ExaminedFiles(UserFiles):
    """Files as they were examined last; one that was not is examined now."""

    def describe(self, spec: WorkloadSpec) -> PackagedWorkload | Description:
        """The workload as it was."""
        return workloads.load(spec)


class LastFiles(UserFiles):
    """Files as they were examined last, to check a request and not to run it: models may be left out."""

    def describe(self, spec: WorkloadSpec) -> PackagedWorkload | Description:
        """The workload as it was."""
        return workloads.known(spec)

    def models(self, spec: WorkloadSpec, file: Description, seed: int) -> Models | None:
        """The models as far as they are known."""
        return _known_models(spec, file, seed)


def _known_models(spec: WorkloadSpec, file: Description, seed: int) -> Models | None:
    then, models = _paired.get((spec, seed), (None, None))
    is_same = then is not None and (then.stamp, then.models) == (file.stamp, file.models)
    return models if is_same else None
