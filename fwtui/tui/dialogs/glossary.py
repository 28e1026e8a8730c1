"""What the words on the screens mean."""

from __future__ import annotations

MEANINGS = (
    ("step", "one update of the weights on one batch"),
    (
        "step time",
        "wall time from the call of a step until its loss is on the host; half of the steady steps took "
        "less than p50, 95 and 99 in a hundred less than p95 and p99",
    ),
    (
        "steady",
        "after the first step, which traces or compiles, and the ten behind it (a tenth of a short run): "
        "only steady steps are in statistics",
    ),
    (
        "turns",
        "lanes alternate in blocks of steps and never run at the same time; race: all at once, each on cores "
        "of its own, and so contended",
    ),
    ("weights, data", "hashes of the first weights and batches, the same for all lanes or red"),
    (
        "gap",
        "largest difference of two lanes' losses at one step, relative to the loss; up to the tolerance it "
        "is what rounding explains. A loss that has fallen to where rounding decides it is held against the "
        "size at which that begins: 6e-06 of the first losses in float32",
    ),
    (
        "probe",
        "every gradient and parameter of a lane between two steps, outside any step time: before steps 0, 1, "
        "2, 3, 4, 6, 9 and so on. Its gap is the largest difference of two elements, relative to the largest "
        "element, or to what rounding decides where all are small",
    ),
    (
        "≠ apart",
        "more than the tolerance in float32, for which a ReLU at its kink is enough: a check tells a bug "
        "(✗ no) from rounding (≈ yes, but for rounding). It starts once all lanes are done or paused, or by "
        "f on the parity screen; esc ends it",
    ),
    ("ULPs", "how many numbers of the dtype lie between two values: units in the last place"),
    (
        "trace, graph break",
        "a trace makes a graph of the step, a compilation makes code of it; either is needed again where "
        "what it was made for changes. At a graph break a compiler leaves a gap that Python runs",
    ),
    (
        "op, kernel",
        "an op is what a framework is asked for, such as a matrix product; a kernel is the code that does "
        "it. A static backend gets one call a step, and kernels run inside of it",
    ),
    (
        "op log",
        "what the next batch makes a backend do, op by op: taken between two steps, in no step time, and "
        "taken back. Weights, optimizer and random numbers are afterwards what they were",
    ),
    (
        "fingerprint",
        "what came out of an op in a few figures: mean, standard deviation, largest magnitude, and how many "
        "are NaN or infinite",
    ),
    (
        "counterpart",
        "what does the same in the other lane; g leads to it. One op here may be several there; what has "
        "none is unmatched",
    ),
    (
        "overhead",
        "between which shares of a step no op runs, but Python, the tape or autograd: what the ops' time "
        "leaves over of the median steady step, and of the logged one, which takes longer; n/a where the log "
        "cannot tell it, as on a GPU",
    ),
    (
        "source",
        "▶ marks what the lane's present phase runs. What was traced, compiled or built before runs no more, "
        "but its ops do: their count and time are shown at the line that asked for them",
    ),
    (
        "ribbon",
        "which graph ran at which step: a letter where it is another than before, ▲ where the step was "
        "traced or compiled. A static graph is one colour for ever",
    ),
    (
        "2.05×  2.01 – 2.09",
        "ratio of the median step times, and the interval that holds it with 95 % confidence",
    ),
    ("steps/s", "as many of the mean step as go into a second; the step time beside it is the median"),
    (
        "contended, paced,\none interpreter,\ndisturbed",
        "why step times mean less: lanes ran at once, steps were kept apart, all ran in this one process, or "
        "a framework was imported while a lane trained",
    ),
    (
        "pays from step",
        "from here on the faster lane has made up for what it took longer to build, trace and compile",
    ),
    (
        "busy machine",
        "no core was free, and others used a fifth of them or more in too many of the steps: a ratio would "
        "tell of them. Steps that they disturbed do not count while there are enough others",
    ),
    ("others 12 %", "other processes used this share of all cores; step times mean less"),
    ("order 2 1 3", "the lanes by their median step, the shortest first"),
    ("per sample", "the lanes have batches of other sizes, and the time that one sample takes is compared"),
    (
        "in use, reserved",
        "memory on the device as the framework counts it; n/a where it does not, as on a CPU",
    ),
    ("RSS", "memory of the lane's process that is resident, the framework's libraries included"),
)
