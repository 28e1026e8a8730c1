"""What fwtui lists. It reads this module whenever it starts, so nothing slow is imported here."""

from fwtui.backends.entries import EACH_STEP, RUN, BackendEntry, FrameworkEntry, SourcePart

FRAMEWORK = FrameworkEntry(
    key="numpy", title="NumPy", package="numpy", folder="fwtui_numpy", slot=3, eager="numpy.eager"
)
BACKENDS = [
    BackendEntry(
        name="numpy.eager",
        framework=FRAMEWORK,
        mode="eager",
        summary="dynamic: no graph, gradients written by hand",
        each_step="NumPy's functions, called",
        source=(
            SourcePart(RUN, EACH_STEP),
            SourcePart(RUN, EACH_STEP, "step.py", ("Eager.step", "{optimizer}")),
        ),
    )
]
