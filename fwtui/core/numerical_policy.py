"""What counts as rounding: every number that decides between it and a difference, with where it comes from.

A unit in the last place is the distance between neighbouring numbers of a type, `EPS` relative to 1.
"""

from __future__ import annotations

# Types.

EPS = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}
"""By type, the distance from 1 to the next larger number."""

BELOW_DOUBLE = ("bfloat16", "float16", "float32")
"""From the least exact to the most."""

HALF = BELOW_DOUBLE[:2]
"""Types in which a network may compute, but no lane keeps its weights."""


# Same answer: losses, probes, digests and updates.

TOLERANCES = {"float32": 1e-4, "float64": 1e-10}
"""Relative gap between two losses of one step that rounding alone explains, by dtype.

Some 800 units in the last place of float32, and 450,000 of float64: the first leaves room for what training
makes of rounding in hundreds of steps, the second shows that float32 was used nowhere (its unit is 1e-7).
"""
FIRST_STEPS = 10
"""Steps whose median magnitude is what later, smaller values are held against: more than one, since a first
batch of outliers would hide every later difference."""
MIN_FIRST_VALUES = 3
"""Minimum number of values in that median, where most steps are skipped."""
SUM_ROUNDINGS = 32
"""Units in the last place that a sum of products may be off by: the square root of a thousand terms."""
MAX_SUM_ROUNDINGS = 512
"""Units in the last place of its largest term that a sum in float64 may be off by, with a wide margin."""
MIN_PLAIN_GAP = 0.1
"""Relative gap of one element from which it is plainly another number."""
GRADIENT_ROUNDINGS = 32.0
"""Units in the last place of an array's largest element that its gradients may be off by rounding alone."""
NO_GRADIENT = 1e-12
"""A gradient this small beside the largest one, in float64, is what rounding leaves of none: the bias of a
convolution in front of a batch norm has none, and is a sum of 65,536 terms (measured: 6e-14)."""
ROUNDINGS_OF_NONE = 4096.0
"""Units in the last place of the largest gradient that such a one may be off by, in any type."""
ROUNDING_GROWTH = 1000.0
"""Times that rounding may grow by from the largest gap of the `GROWTH_STEPS` steps before.

A ReLU at its kink makes a hundredfold of it in one step (digits-cnn with RMSprop: 1e-6 to 1.2e-4). A
difference that hides below this and lasts is found by the float64 twins and at the next probe's own weights.
"""
GROWTH_STEPS = 16
"""Steps over which that growth is counted."""

# Figures held against float64 at the same weights.

PERTURBATIONS = 32
"""Each misses a kink that rounding has crossed about every second time: all of them, once in four billion."""
SINGLE_PERTURBATIONS = 8
"""The same for float32's own rounding, which only has to be known by its size."""
PERTURBATION = 4.0
"""Units in the last place by which weights are perturbed, about what a sum of `PERTURBED_TERMS` products is
rounded by."""
PERTURBED_TERMS = 1024
"""With more numbers than these in a batch, weights are perturbed by the square root of it more: statistics of
a batch are sums over it. Measured for TensorFlow's mean of 65,536 numbers in float32: 41 units of their
deviation, and 250 where they lie 15 deviations from 0."""
MAX_PERTURBATION = 64.0
"""Units in the last place by which weights are perturbed at most, however large a batch is: of float32, 8e-6.
`BLURS` times that is below what TF32 (2⁻¹¹) and bfloat16 (2⁻⁸) round by, which is no rounding of float32."""
FARTHER, GROWN = 64.0, 8.0
"""A perturbation of data `FARTHER` times as large moves a smooth figure at least `GROWN` times as far."""
MAX_UNEXPLAINED = 4
"""Probes with an error that no rounding explains, not even to float32: further ones change no verdict."""
BLURS = 16.0
"""How many times as far as perturbed weights move a figure it may be off: the furthest of a few falls short
of what rounding can do."""
SINGLE_PRECISION = 32 * EPS["float32"]
"""How far a figure may be off, relatively, that was computed with numbers of float32 precision:
`SUM_ROUNDINGS` of its units."""

# The parity check.

HALF_ROUNDINGS = 16
"""Units in the last place by which losses and gradients may be off that half precision was used for."""
SUDDEN = 1e4
"""Times the tolerance: a loss that is so far apart at equal weights is not rounding that grew."""
MAX_SHARE = 1e6
"""Times the largest change by which an update is off: beyond, nothing should have changed at all."""
VARIATION = 10.0
"""How many times as much a float32 number may do in one step as in another: measured, 4."""
NOISE = 0.01
"""Times the tolerance: a gradient this small beside the largest one is rounding; exactly, it is zero."""

# Ops of two lanes, and their values.

OP_ROUNDINGS = 4.0
"""Units in the last place that an op may be off by which computes in a type: measured, at most 1."""
RECURSION_ROUNDINGS = 16.0
"""The same of one that goes through a sequence step by step: measured, at most 9."""
NUMBER_ROUNDINGS = 1.0
"""The same of one that computes in the step's own type with a number that was rounded once."""
SINGLE_CONSTANT = 32.0 * EPS["float32"]
"""How near two values must be, relatively, to be the same but for a float32 constant on one side."""
NEAR = 1e-3
"""Two figures are near that differ by no more of the largest magnitude: lanes drift apart by rounding."""
NEAR_FLOAT64 = 1e-6
"""What `NEAR` is in float32; a constant that a framework holds in float32 is near still."""
AMPLIFIED = 64.0
"""By how much an op may make the gap between its inputs larger: the terms of a product cancel too."""
INPUT_ROUNDINGS = 80.0
"""How many roundings of the largest input the inputs may be apart by, whatever their figures tell."""

# Models with one another's weights.

PAIRED = 1e-6
"""The largest relative gap, in float64, of two models whose weights are paired rightly. A wrong weight moves
values by much more; right ports may be 1e-8 apart, since Keras's layers have constants in float32."""
SINGLE_RATES = 10
"""How many times as far as two learning rates weights may be apart, where one is rounded to float32: each
update is off by that share of itself, and weights move by several times their size."""
